"""The ways to a survey: link, code, card, widget."""

import pytest
from django.test import Client
from django.urls import reverse

from customer_voice.models import Feedback
from customer_voice.services import change_survey
from journeys.services import archive_touchpoint
from tests.factories.surveys import opened_survey, sent, survey_of

pytestmark = pytest.mark.django_db


def url(name, survey):
    return reverse(f"customer_voice:{name}", args=[survey.organization.slug, survey.pk])


def test_the_page_shows_the_address_and_no_widget_before_a_site_is_named(ada, client_of, settings):
    settings.SITE_URL = "https://listen.example"
    survey, client = opened_survey(ada), client_of(ada)
    page = client.get(url("survey_share", survey)).content.decode()
    assert f"https://listen.example/f/{survey.public_id}/" in page
    assert "widget.js" not in page
    change_survey(
        by=ada, survey=survey, name="x", touchpoint=survey.touchpoint, embed_hosts=["shop.example.com"]
    )
    page = client.get(url("survey_share", survey)).content.decode()
    assert f"https://listen.example/f/{survey.public_id}/widget.js" in page


def test_the_code_is_a_picture_and_the_card_names_the_address(ada, client_of, settings):
    settings.SITE_URL = "https://listen.example"
    survey, client = opened_survey(ada, languages=("en", "ar")), client_of(ada)
    picture = client.get(url("survey_qr", survey))
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture.content.count(b"<path") == 1
    card = client.get(url("survey_card", survey) + "?lang=ar").content.decode()
    assert '<html lang="ar" dir="rtl">' in card
    assert f"listen.example/f/{survey.public_id}/" in card


def test_the_widget_frames_the_survey_shut_in_and_counts_as_such(ada, settings):
    settings.SITE_URL = "https://listen.example"
    survey, visitor = opened_survey(ada), Client()
    script = visitor.get(f"/f/{survey.public_id}/widget.js")
    assert script["Content-Type"].startswith("text/javascript")
    assert (
        '"sandbox", "allow\\u002Dforms' in script.content.decode() or "allow-forms" in script.content.decode()
    )
    assert "allow-same-origin" not in script.content.decode()
    page = visitor.get(f"/f/{survey.public_id}/?via=embed").content.decode()
    assert 'name="way" value="embed"' in page
    assert visitor.get("/f/nothing/widget.js").status_code == 404
    assert visitor.get(f"/f/{survey_of(ada).public_id}/widget.js").status_code == 404


def test_an_archived_touchpoint_loses_no_answer(ada):
    survey = opened_survey(ada, follow_up="none")
    archive_touchpoint(by=ada, touchpoint=survey.touchpoint)
    assert Client().post(f"/f/{survey.public_id}/", sent(score="8")).status_code == 302
    assert Feedback.objects.get().touchpoint == survey.touchpoint
