"""Missing translations before a survey opens, and a version in another meaning that takes its place."""

import pytest
from django.test import Client
from django.urls import reverse

from common.errors import InvalidValues
from customer_voice.choices import SurveyState
from customer_voice.errors import TranslationsMissing
from customer_voice.models import CustomerSurvey
from customer_voice.selectors.survey_results import survey_results
from customer_voice.services import (
    archive_survey,
    close_survey,
    copy_survey,
    open_survey,
    reword_survey,
)
from tests.factories.surveys import opened_survey, survey_of, take

pytestmark = pytest.mark.django_db


def url(name, survey):
    return reverse(f"customer_voice:{name}", args=[survey.organization.slug, survey.pk])


def asked_at(survey):
    return reverse("ask:form", args=[survey.public_id])


# --- before it opens ------------------------------------------------------------------------------------


def test_a_survey_that_lacks_translations_opens_when_somebody_has_seen_which(ada, client_of):
    draft = survey_of(ada, languages=("en", "de"))
    with pytest.raises(TranslationsMissing):
        open_survey(by=ada, survey=draft)
    client = client_of(ada)
    asks = client.post(url("survey_open", draft))
    assert asks.status_code == 409
    assert '<li lang="en">How did we do?</li>' in asks.text
    assert "customers read it in English" in " ".join(asks.text.split())
    draft.refresh_from_db()
    assert draft.state == SurveyState.DRAFT
    assert client.post(url("survey_open", draft), {"accepts_missing": "yes"}).status_code == 302
    draft.refresh_from_db()
    assert draft.state == SurveyState.OPEN


def test_a_survey_that_lacks_nothing_opens_at_once(ada, client_of):
    draft = survey_of(ada, languages=("en", "de"))
    draft = reword_survey(by=ada, survey=draft, texts={"title": {"de": "Wie war es?"}})
    assert client_of(ada).post(url("survey_open", draft)).status_code == 302
    assert CustomerSurvey.objects.get().state == SurveyState.OPEN


def test_thanks_that_lack_a_language_are_missing_too(ada):
    draft = survey_of(ada, languages=("en", "de"))
    texts = {"title": {"de": "Wie war es?"}, "thanks": {"en": "Thank you so much."}}
    draft = reword_survey(by=ada, survey=draft, texts=texts)
    with pytest.raises(TranslationsMissing):
        open_survey(by=ada, survey=draft)


# --- a version in another meaning -----------------------------------------------------------------------


def version_of(by, survey, name="Second"):
    return copy_survey(by=by, survey=survey, name=name, is_version=True)


def test_a_new_version_takes_the_place_of_the_old_one_when_it_opens(ada, client_of):
    first = opened_survey(ada, follow_up="none")
    take(first, key="form-key-number-one", score="9")
    second = version_of(ada, first)
    assert Client().get(asked_at(first)).status_code == 200  # a draft takes nobody's place
    second = open_survey(by=ada, survey=second)
    first.refresh_from_db()
    assert first.state == SurveyState.CLOSED
    led = Client().get(asked_at(first) + "?via=qr&lang=en")
    assert (led.status_code, led["Location"]) == (302, f"{asked_at(second)}?via=qr&lang=en")
    assert Client().post(asked_at(first), {}).status_code == 409
    assert [survey_results(one, "en").replies for one in (first, second)] == [1, 0]
    client = client_of(ada)
    assert (
        f'<a href="{url("survey_detail", first)}">After the visit</a>'
        in client.get(url("survey_detail", second)).text
    )
    assert (
        f'<a href="{url("survey_detail", second)}">Second</a>' in client.get(url("survey_detail", first)).text
    )


def test_a_chain_of_versions_leads_to_the_one_that_is_open(ada):
    first = opened_survey(ada, follow_up="none")
    second = open_survey(by=ada, survey=version_of(ada, first))
    third = open_survey(by=ada, survey=version_of(ada, second, "Third"))
    archive_survey(by=ada, survey=CustomerSurvey.objects.get(pk=second.pk))
    assert Client().get(asked_at(first))["Location"] == asked_at(third)
    close_survey(by=ada, survey=third)
    assert "This survey has closed" in Client().get(asked_at(first)).text


def test_a_copy_that_is_no_version_leads_nobody_on(ada):
    first = opened_survey(ada, follow_up="none")
    open_survey(by=ada, survey=copy_survey(by=ada, survey=first, name="Other"))
    first.refresh_from_db()
    assert first.state == SurveyState.OPEN
    close_survey(by=ada, survey=first)
    assert Client().get(asked_at(first)).status_code == 200


def test_an_older_version_that_opens_again_has_its_place_back(ada):
    first = opened_survey(ada, follow_up="none")
    open_survey(by=ada, survey=version_of(ada, first))
    open_survey(by=ada, survey=CustomerSurvey.objects.get(pk=first.pk))
    assert Client().get(asked_at(first)).status_code == 200


def test_a_draft_has_no_versions(ada, client_of):
    draft = survey_of(ada)
    with pytest.raises(InvalidValues):
        version_of(ada, draft)
    assert "is_version" not in client_of(ada).get(url("survey_edit", draft)).text
    opened = opened_survey(ada, name="Opened")
    made = client_of(ada).post(url("survey_copy", opened), {"name": "Second", "is_version": "on"})
    assert made.status_code == 302
    assert CustomerSurvey.objects.get(name="Second").follows == opened
