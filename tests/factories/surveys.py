"""Customer surveys, as people build them."""

from customer_voice.choices import FollowUp
from customer_voice.services import make_survey, open_survey, take_reply
from customer_voice.survey_content import survey_content
from questionnaires.answering import evaluate
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory

KEY = "form-key-of-this-test"


def survey_of(
    by,
    *,
    metric="nps",
    languages=("en",),
    follow_up=FollowUp.BY_SCORE,
    name="After the visit",
    touchpoint=None,
):
    organization = by.organization
    return make_survey(
        by=by,
        name=name,
        title="How did we do?",
        metric=MetricDefinitionFactory(organization=organization, key=metric),
        touchpoint=touchpoint or TouchpointFactory(organization=organization, key="store"),
        languages=languages,
        follow_up=follow_up,
    )


def opened_survey(by, **values):
    return open_survey(by=by, survey=survey_of(by, **values), accepts_missing=True)


def take(survey, key=KEY, *, way="link", language="en", **answers):
    """An answer as the page hands it in, by question; dashes written as underscores."""
    content = survey_content(survey.content)
    typed = {name.replace("_", "-"): [value] for name, value in answers.items()}
    return take_reply(
        survey=survey,
        questionnaire=content,
        answers=evaluate(content, typed).answers,
        language=language,
        way=way,
        key=key,
    )


def sent(key=KEY, *, page=0, language="en", **answers):
    """What a browser sends of the form: `answers` by question, dashes written as underscores."""
    found = {"form-key": key, "way": "link", "website": "", "go": "next"}
    found |= {"q-page": str(page), "q-language": language}
    return {**found, **{f"q-{name.replace('_', '-')}": value for name, value in answers.items()}}
