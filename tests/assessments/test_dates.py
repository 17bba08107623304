"""Days of rounds for reminders, and what frameworks are called where one is chosen."""

from datetime import timedelta

import pytest

from assessments import services
from assessments.models import Assessment
from assessments.selectors import framework_names
from assessments.selectors.dates import dates_ahead, kinds_of_dates
from common.dates import DateQuestion
from tests.factories.assessments import make_assessment, make_framework, make_result, make_submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(ada):
    return ada.organization.clock.today()


def ahead(ada, first, last):
    question = DateQuestion(organization=ada.organization, first=first, last=last)
    return [(one.kind, one.people, one.on, one.words["title"]) for one in dates_ahead(question)]


def test_who_has_not_answered_and_who_opened_it_are_told_of_the_last_day(ada, ben, cleo, today):
    due = today + timedelta(days=3)
    assessment = make_assessment(ada, due_on=due)
    services.take_seat(by=ben, assessment=assessment, perspective="executive")
    make_submitted(cleo, assessment, "front_line")
    told = [("answers", (ben.pk,), due, "Spring round"), ("round", (ada.pk,), due, "Spring round")]
    assert ahead(ada, due, due) == told
    assert ahead(ada, today, due) == ahead(ada, due, due + timedelta(days=1)) == told
    assert ahead(ada, today, due - timedelta(days=1)) == []
    assert ahead(ada, due + timedelta(days=1), due + timedelta(days=9)) == []
    assert {one.key for one in kinds_of_dates(None)} == {"answers", "round"}


def test_closed_rounds_private_ones_and_those_of_others_are_nobodys_date(ada, dora, today):
    due = today + timedelta(days=3)
    closed = make_result(ada).assessment
    private = make_assessment(ada, due_on=due, framework=closed.framework)
    Assessment.objects.filter(pk=closed.pk).update(due_on=due)
    Assessment.objects.filter(pk=private.pk).update(is_private=True)
    make_assessment(dora, due_on=due, framework=closed.framework)
    without = make_assessment(ada, framework=closed.framework)
    assert without.due_on is None
    assert ahead(ada, today, due) == []


def test_a_framework_is_called_as_its_newest_version_says(ada, dora):
    own = make_framework(ada.organization, key="own", version="1.0", name={"en": "Old", "zh-hans": "旧"})
    make_framework(ada.organization, key="own", version="1.1", name={"en": "New", "zh-hans": "新"})
    assert framework_names(ada.organization)[own.key] == "New"
    assert own.key not in framework_names(dora.organization)
