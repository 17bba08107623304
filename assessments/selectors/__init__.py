"""Reads for screens, the API, and the apps above. Everything returned is frozen and in one language."""

from assessments.selectors.answering import (
    AnsweringPage,
    PracticeCard,
    ReviewPage,
    answering_page,
    first_open_dimension,
    in_words,
    practice_card,
    problem_links,
    review_page,
)
from assessments.selectors.disclosure import published_content, published_profile
from assessments.selectors.headlines import result_headline
from assessments.selectors.profiles import framework_of, maturity_profile_of
from assessments.selectors.results import (
    initiative_seed,
    latest_result,
    result_page,
)
from assessments.selectors.rounds import (
    AssessmentRow,
    FrameworkRow,
    OpenDisagreement,
    RoundPage,
    WaitingSeat,
    assessment_rows,
    comparable_rounds,
    framework_names,
    framework_rows,
    invitable_members,
    members_by_pk,
    open_disagreement,
    perspectives_of,
    round_page,
    rows_of,
    waiting_for,
)
from assessments.selectors.shapes import InitiativeSeed, ResultPage

__all__ = [
    "AnsweringPage",
    "AssessmentRow",
    "FrameworkRow",
    "InitiativeSeed",
    "OpenDisagreement",
    "PracticeCard",
    "ResultPage",
    "ReviewPage",
    "RoundPage",
    "WaitingSeat",
    "answering_page",
    "assessment_rows",
    "comparable_rounds",
    "first_open_dimension",
    "framework_names",
    "framework_of",
    "framework_rows",
    "in_words",
    "initiative_seed",
    "invitable_members",
    "latest_result",
    "maturity_profile_of",
    "members_by_pk",
    "open_disagreement",
    "perspectives_of",
    "practice_card",
    "problem_links",
    "published_content",
    "published_profile",
    "result_headline",
    "result_page",
    "review_page",
    "round_page",
    "rows_of",
    "waiting_for",
]
