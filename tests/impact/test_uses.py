"""What used a row: a file's answers by the plans that read them, and lists that say where they are cut."""

from datetime import UTC, datetime, timedelta

import pytest

from coalition.models import Initiative
from common import registry
from common.registry import uses_of
from customer_voice.models import Feedback, ImportBatch, Submission
from impact.selectors.uses import studies_and_returns
from journeys.models import Touchpoint
from tests.factories.customer_voice import FeedbackFactory, TouchpointFactory
from tests.factories.reports import proved

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(ada):
    return proved(ada)


def answer(known, *, at, touchpoint=None, metric=None):
    initiative = known.simulated.initiative
    return FeedbackFactory(
        metric=metric or initiative.plan.metric,
        touchpoint=touchpoint or initiative.touchpoints.first(),
        occurred_at=at,
    )


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def studies_of(ada, row):
    return [used.url for used in uses_of(ada, row) if "/studies/" in used.url]


def test_an_answer_names_the_studies_that_read_it_and_no_others(ada, known):
    last = known.last_day
    assert len(studies_of(ada, answer(known, at=noon(last)))) == 1
    compared = known.simulated.initiative.plan.comparison_touchpoints.first()
    assert len(studies_of(ada, answer(known, at=noon(last), touchpoint=compared))) == 1
    assert studies_of(ada, answer(known, at=noon(last + timedelta(days=1)))) == []
    elsewhere = TouchpointFactory(organization=ada.organization)
    assert studies_of(ada, answer(known, at=noon(last), touchpoint=elsewhere)) == []


def test_answers_before_the_baseline_were_not_read(ada, known):
    plan = known.simulated.initiative.plan
    plan.baseline_from = known.last_day
    plan.save()
    assert studies_of(ada, answer(known, at=noon(known.last_day - timedelta(days=1)))) == []
    assert len(studies_of(ada, answer(known, at=noon(known.last_day)))) == 1


def test_a_file_with_very_many_touchpoints_is_asked_for_in_few_queries(
    ada, known, django_assert_max_num_queries
):
    """More of them than an expression of SQLite may hold."""
    here = answer(known, at=noon(known.last_day))
    batch = ImportBatch.objects.create(
        organization=ada.organization,
        filename="a.csv",
        file_bytes=1,
        source=here.submission.source,
        created_by=ada,
    )
    Feedback.objects.filter(pk=here.pk).update(batch=batch)
    places = Touchpoint.objects.bulk_create(
        Touchpoint(organization=ada.organization, key=f"far-{number}", name=f"Far {number}")
        for number in range(1200)
    )
    sent = Submission.objects.bulk_create(
        Submission(organization=ada.organization, source=here.submission.source, external_id=f"far-{number}")
        for number in range(1200)
    )
    Feedback.objects.bulk_create(
        Feedback(
            organization=ada.organization, metric=here.metric, metric_key=here.metric_key, touchpoint=place,
            submission=one, occurred_at=here.occurred_at, score=9, batch=batch,
        )
        for place, one in zip(places, sent, strict=True)
    )  # fmt: skip
    with django_assert_max_num_queries(7):
        found = studies_of(ada, batch)
    assert len(found) == 1


def test_a_list_that_is_cut_says_so_with_both_numbers(ada, known, monkeypatch):
    initiative = known.simulated.initiative
    metric = initiative.plan.metric
    before = [used.title for used in uses_of(ada, metric)]
    assert initiative.title in " ".join(before)
    assert not [title for title in before if "listed" in title]
    for number in (801, 802):
        proved(ada, number=number, title=f"Another {number}", place=f"place-{number}")
    monkeypatch.setattr(registry, "MOST_USED", 2)
    kinds = {}
    for used in uses_of(ada, metric):
        kinds.setdefault(used.kind, []).append((used.title, used.url))
    for rows in kinds.values():
        assert rows[-1] == ("The newest 2 of 3 are listed.", "")
        assert len(rows) == 3
    assert set(kinds) == {"Initiative", "Study"}


def test_other_rows_ask_nothing(ada, django_assert_num_queries):
    class Asked:
        member, subject = ada, ada

    with django_assert_num_queries(0):
        assert list(studies_and_returns(Asked)) == []
    assert Initiative.objects.count() == 0
