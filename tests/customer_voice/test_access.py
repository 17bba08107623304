"""Each door of the room: who gets which row, who is refused, and for whom there is nothing."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.choices import Action
from customer_voice import access
from customer_voice.models import Channel
from tests.factories.customer_voice import (
    ContactFactory,
    CustomerAccountFactory,
    FeedbackFactory,
    MetricDefinitionFactory,
    SourceFactory,
)

pytestmark = pytest.mark.django_db


def answers_of(organization, nps, count=3):
    return [
        FeedbackFactory(
            organization=organization, metric=nps, source="crm", external_id=f"a{number}", score=9
        )
        for number in range(count)
    ]


def test_a_metric_is_found_by_its_key_and_version(ada, nps, ttr):
    second = MetricDefinitionFactory(organization=ada.organization, key="nps", version=2)
    assert access.metric_for(ada, "nps") == second
    assert access.metric_for(ada, "nps", version=1) == nps
    assert access.metric_for(ada, "ttr") == ttr


def test_the_metric_in_use_comes_before_a_newer_one_that_is_retired(ada, nps):
    MetricDefinitionFactory(organization=ada.organization, key="nps", version=2, is_retired=True)
    assert access.metric_for(ada, "nps") == nps


def test_a_file_is_found_by_its_key_among_others(ada, upload):
    files = [upload(b"id,date\n1,2026-03-01\n") for _number in range(3)]
    assert access.import_for(ada, files[1].pk) == files[1]


def test_an_answer_is_found_by_its_key_and_by_the_names_it_was_sent_under(ada, nps):
    answers = answers_of(ada.organization, nps)
    FeedbackFactory(organization=ada.organization, metric=nps, source="shop", external_id="a1", score=2)
    assert access.answer_for(ada, answers[1].pk) == answers[1]
    assert access.sent_answer_for(ada, "crm", "a1", "nps") == answers[1]
    for names in (("shop", "a2", "nps"), ("crm", "a9", "nps"), ("crm", "a1", "csat")):
        with pytest.raises(Http404):
            access.sent_answer_for(ada, *names)


def test_a_channel_and_an_account_are_found_by_their_names(ada):
    organization = ada.organization
    channels = [Channel.objects.create(organization=organization, name=name) for name in ("web", "shop")]
    accounts = [CustomerAccountFactory(organization=organization, external_reference=f"A{n}") for n in "12"]
    assert [access.channel_for(ada, name) for name in ("web", "shop")] == channels
    assert [access.account_for(ada, name) for name in ("A1", "A2")] == accounts


def test_for_a_stranger_there_is_nothing(ada, dora, nps, upload):
    organization = ada.organization
    file, answer = upload(b"id,date\n1,2026-03-01\n"), answers_of(organization, nps, 1)[0]
    ContactFactory(organization=organization)
    SourceFactory(organization=organization, name="shop")
    CustomerAccountFactory(organization=organization, external_reference="A1")
    Channel.objects.create(organization=organization, name="web")
    for find in (
        lambda: access.metric_for(dora, "nps"),
        lambda: access.import_for(dora, file.pk),
        lambda: access.answer_for(dora, answer.pk),
        lambda: access.sent_answer_for(dora, "crm", "a0", "nps"),
        lambda: access.channel_for(dora, "web"),
        lambda: access.account_for(dora, "A1"),
    ):
        with pytest.raises(Http404):
            find()
    for rows in (access.contacts_for, access.sources_for, access.accounts_for, access.channels_for):
        assert not rows(dora).exists()


@pytest.mark.parametrize(
    ("role", "may_import", "may_erase", "may_edit"),
    [
        ("administrator", True, True, True),
        ("cx_leader", True, True, True),
        ("coalition_member", False, False, False),
        ("executive", False, False, False),
        ("finance_reviewer", False, False, False),
        ("contributor", False, False, False),
        ("auditor", False, False, False),
    ],
)
def test_who_imports_erases_and_defines(ada, nps, role, may_import, may_erase, may_edit):
    answer = answers_of(ada.organization, nps, 1)[0]
    ada.role = role
    doors = (
        (lambda: access.imports_for(ada), may_import),
        (lambda: access.answer_for(ada, answer.pk), may_erase),
        (lambda: access.sent_answer_for(ada, "crm", "a0", "nps"), may_erase),
        (lambda: access.metrics_for(ada, Action.EDIT_METRICS), may_edit),
        (lambda: access.metrics_for(ada), True),
        (lambda: access.feedback_for(ada), True),
    )
    for open_door, may in doors:
        if may:
            open_door()
            continue
        with pytest.raises(PermissionDenied):
            open_door()
