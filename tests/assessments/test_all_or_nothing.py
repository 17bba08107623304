"""Each use case of the room that breaks off at its last statement leaves nothing behind."""

from functools import partial

import pytest

from assessments import services
from tests.factories.assessments import (
    PRACTICES,
    answer_all,
    make_assessment,
    make_framework,
    make_result,
    make_submitted,
)
from tests.interruption import left_behind

pytestmark = pytest.mark.django_db


def answered(ada):
    """A seat with every answer, not handed in yet."""
    return answer_all(
        services.take_seat(by=ada, assessment=make_assessment(ada)), dict.fromkeys(PRACTICES, 3)
    )


def submitted(ada):
    assessment = make_assessment(ada)
    make_submitted(ada, assessment)
    return assessment


# What breaks off, and the use case: made from a leader and a colleague.
BROKEN = {
    "opening a round": (
        "services.rounds.take_seat",
        lambda ada, ben: partial(make_assessment, ada, framework=make_framework(), takes_part=True),
    ),
    "starting a quick check": (
        "services.rounds.take_seat",
        lambda ada, ben: partial(services.start_quick_check, by=ada),
    ),
    "inviting a colleague": (
        "services.rounds.record_event",
        lambda ada, ben: partial(
            services.invite_respondents, by=ada, assessment=make_assessment(ada), members=[ben]
        ),
    ),
    "handing in": (
        "services.answers.record_event",
        lambda ada, ben: partial(services.submit_response, by=ada, response=answered(ada)),
    ),
    "closing a round": (
        "services.rounds.record_event",
        lambda ada, ben: partial(services.close_assessment, by=ada, assessment=submitted(ada)),
    ),
    "reopening a round": (
        "services.rounds.record_event",
        lambda ada, ben: partial(
            services.reopen_assessment, by=ada, assessment=make_result(ada).assessment, reason="Late answer"
        ),
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_off_leaves_nothing_behind(ada, ben, monkeypatch, name):
    last, prepare = BROKEN[name]
    services.frameworks_on_offer(ada.organization)  # those of the product are installed on first use
    use_case = prepare(ada, ben)
    assert left_behind(monkeypatch, f"assessments.{last}", use_case, "assessments", "accounts") == []
