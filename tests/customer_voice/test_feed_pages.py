"""Pages of feeds, as somebody uses them: send one call, choose its values, preview, go live."""

import re

import pytest
from django.urls import reverse

from customer_voice.forms.feeds import _field
from customer_voice.models import Feedback, IncomingWebhook, Mailbox, WatchedFolder, WebhookCall
from customer_voice.services import CallMapping, create_webhook, map_webhook
from tests.customer_voice.calls import send
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory

pytestmark = pytest.mark.django_db

CALL = {"id": "r-1", "kind": "done", "answers": [{"ref": "q1", "number": 9}, {"ref": "q2", "text": "Quick"}]}


@pytest.fixture
def hook(organization, ada):
    TouchpointFactory(organization=organization, key="web", name="Web")
    MetricDefinitionFactory(organization=organization, key="nps")
    return create_webhook(by=ada, name="Chat", source="chat")


@pytest.fixture
def as_ada(client_of, ada):
    return client_of(ada)


@pytest.fixture
def page(organization):
    def url(name, *args):
        return reverse(f"customer_voice:{name}", args=[organization.slug, *args])

    return url


def test_from_the_first_call_to_live_answers(as_ada, page, organization):
    TouchpointFactory(organization=organization, key="web", name="Web")
    MetricDefinitionFactory(organization=organization, key="nps")
    made = as_ada.post(page("webhook_new"), {"name": "Chat", "source": ""})
    hook = IncomingWebhook.objects.get()
    assert made["Location"] == page("webhook_detail", hook.pk)
    shown = as_ada.post(page("webhook_secret", hook.pk)).content.decode()
    [secret] = re.findall(r"whsec_[A-Za-z0-9+/=]+", shown)
    assert "whsec_" not in as_ada.get(page("webhook_detail", hook.pk)).content.decode()
    assert as_ada.post(page("webhook_secret", hook.pk)).status_code == 409
    assert send(hook, CALL, secret=secret).status_code == 202
    body = as_ada.get(page("webhook_map", hook.pk)).content.decode()
    assert "/answers/[ref=q1]/number" in body
    chosen = {
        _field("/id"): "external_id",
        _field("/answers/[ref=q1]/number"): "score:nps",
        _field("/answers/[ref=q2]/text"): "text:nps",
        "touchpoint": "web",
        "only_place": "/kind",
        "only_values": "done, finished",
    }
    preview = as_ada.post(page("webhook_map", hook.pk), {**chosen, "step": "preview"})
    assert preview.status_code == 200
    assert Feedback.objects.count() == 0
    hook.refresh_from_db()
    assert hook.mapping == {}
    assert as_ada.post(page("webhook_map", hook.pk), {**chosen, "step": "save"}).status_code == 302
    as_ada.post(page("webhook_switch", hook.pk), {"to": "live"})
    as_ada.post(page("webhook_take", hook.pk))
    answer = Feedback.objects.get()
    assert (answer.score, answer.text, answer.touchpoint.key) == (9, "Quick", "web")
    assert (
        send(hook, {**CALL, "id": "r-2", "kind": "draft"}, message_id="m2").json()["code"] == "nothing_in_it"
    )


def test_what_is_chosen_twice_or_without_a_touchpoint_is_said_at_its_place(as_ada, page, hook):
    send(hook, CALL)
    both = {_field("/id"): "external_id", _field("/kind"): "external_id", "step": "save"}
    response = as_ada.post(page("webhook_map", hook.pk), both)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [_field("/kind")]
    response = as_ada.post(page("webhook_map", hook.pk), {_field("/answers/[ref=q1]/number"): "score:nps"})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["touchpoint"]


def test_saving_another_example_keeps_what_it_does_not_show(as_ada, ada, page, hook):
    mapping = CallMapping(answers={"nps": {"score": "/old/place"}}, fixed={"touchpoint": "web"})
    map_webhook(by=ada, webhook=hook, mapping=mapping)
    send(hook, CALL)
    form = as_ada.get(page("webhook_map", hook.pk)).context["form"]
    typed = {name: value for name, value in form.initial.items() if value}
    as_ada.post(page("webhook_map", hook.pk), {**typed, _field("/id"): "external_id", "step": "save"})
    hook.refresh_from_db()
    told = CallMapping.of_json(hook.mapping)
    assert told.answers == {"nps": {"score": "/old/place"}}
    assert told.values == {"external_id": "/id"}


def test_a_list_can_be_chosen_whose_entries_are_answers(as_ada, page, hook):
    send(hook, {"data": [{"a": 1}, {"a": 2}]})
    body = as_ada.get(page("webhook_map", hook.pk), {"list": "/data"}).context["form"]
    assert [leaf.place for leaf in body.leaves if leaf.is_value] == ["/data/*/a"]
    body = as_ada.get(page("webhook_map", hook.pk), {"list": "-"}).context["form"]
    assert [leaf.place for leaf in body.leaves if leaf.is_value] == ["/data/0/a", "/data/1/a"]


def test_a_failed_call_is_explained_and_tried_again(as_ada, ada, page, hook):
    mapping = CallMapping(answers={"nps": {"score": "/nps"}}, fixed={"touchpoint": "web"})
    map_webhook(by=ada, webhook=hook, mapping=mapping)
    as_ada.post(page("webhook_switch", hook.pk), {"to": "live"})
    send(hook, {"nps": 12})
    call = WebhookCall.objects.get()
    assert "Outside the scale" in as_ada.get(page("webhook_call", hook.pk, call.pk)).content.decode()
    as_ada.post(page("call_again", hook.pk, call.pk))
    call.refresh_from_db()
    assert call.state == "failed"
    mapping = CallMapping(
        values={"name": "/x"}, answers={"nps": {"text": "/nps"}}, fixed={"touchpoint": "web"}
    )
    map_webhook(by=ada, webhook=hook, mapping=mapping)
    as_ada.post(page("call_again", hook.pk, call.pk))
    assert Feedback.objects.get().text == "12"


def test_values_of_a_call_are_shown_as_text(as_ada, page, hook):
    send(hook, {"<b>key</b>": "<script>alert(1)</script>", "id": "‮evil"})
    body = as_ada.get(page("webhook_map", hook.pk)).content.decode()
    assert "<script>alert" not in body
    assert "<b>key" not in body


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "10.1.2.3", "169.254.169.254", "::1"])
def test_a_mailbox_of_a_private_host_is_refused_when_it_is_saved_as_when_it_is_tried(
    as_ada, api_of, ada, page, organization, settings, host
):
    """The page and the API, new and changed, by the same rule in the same words."""
    words = "This host is inside a private network. Only public hosts can be connected to."
    touchpoint = TouchpointFactory(organization=organization, key="mail")
    known = {"source": "inbox", "port": 993, "security": "tls", "username": "care@example.org"}
    typed = {**known, "password": "a secret word", "folder": "INBOX", "host": host}
    form = {**typed, "touchpoint": touchpoint.pk, "days_back": "0"}
    answer = as_ada.post(page("mailbox_new"), form)
    assert (answer.status_code, answer.context["form"].errors["host"]) == (422, [words])
    api, base = api_of(ada), "/api/v1/o/northwind/mailboxes/"
    told = api.post(base, {**typed, "touchpoint": "mail"})
    assert (told.status_code, told.json()["code"]) == (422, "host_refused")
    assert told.json()["errors"] == {"host": words}
    assert not Mailbox.objects.exists()
    settings.PRIVATE_HOSTS = True
    box = api.post(base, {**typed, "touchpoint": "mail"}).json()
    settings.PRIVATE_HOSTS = False
    row = f"{base}{box['id']}/"
    assert api.put(row, {**box, "channel": "letters"}).status_code == 200  # its host is not changed
    other = "127.0.0.2" if host != "127.0.0.2" else "127.0.0.3"
    assert api.put(row, {**box, "host": other, "password": "new"}).json()["errors"] == {"host": words}
    told = as_ada.post(page("mailbox_detail", box["id"]), {**form, "host": other})
    assert (told.status_code, told.context["form"].errors["host"]) == (422, [words])
    assert Mailbox.objects.get().host == host


def test_a_mailbox_and_a_folder_are_set_up_changed_and_removed(
    as_ada, page, organization, settings, tmp_path
):
    settings.WATCH_ROOT = str(tmp_path)
    touchpoint = TouchpointFactory(organization=organization, key="mail")
    typed = {
        "source": "inbox", "touchpoint": touchpoint.pk, "host": "imap.example.org", "port": "993",
        "security": "tls",
        "username": "care@example.org", "password": "a secret word", "folder": "INBOX", "days_back": "0",
    }  # fmt: skip
    assert as_ada.post(page("mailbox_new"), {**typed, "password": ""}).status_code == 422
    assert as_ada.post(page("mailbox_new"), typed).status_code == 302
    box = Mailbox.objects.get()
    assert "a secret word" not in as_ada.get(page("mailbox_detail", box.pk)).content.decode()
    changed = as_ada.post(page("mailbox_detail", box.pk), {**typed, "password": "", "folder": "Care"})
    assert changed.status_code == 302
    sealed = box.sealed_password
    box.refresh_from_db()
    assert (box.folder, box.sealed_password) == ("Care", sealed)
    assert as_ada.post(page("folder_new"), {"source": "crm", "path": "../x"}).status_code == 422
    as_ada.post(page("folder_new"), {"source": "crm", "path": "nightly", "replaces_known": "on"})
    folder = WatchedFolder.objects.get()
    as_ada.post(page("folder_detail", folder.pk), {"moves_done": "on"})
    folder.refresh_from_db()
    assert (folder.moves_done, folder.replaces_known) == (True, False)
    for name, row in (("mailbox", box), ("folder", folder)):
        assert as_ada.get(page(f"{name}_remove", row.pk)).status_code == 200
        as_ada.post(page(f"{name}_switch", row.pk), {"to": "off"})
        row.refresh_from_db()
        assert not row.is_on
        as_ada.post(page(f"{name}_remove", row.pk))
    assert Mailbox.objects.count() == WatchedFolder.objects.count() == 0


def test_the_api_makes_maps_and_reads_a_webhook(api_of, ada, hook, organization):
    client, base = api_of(ada), f"/api/v1/o/{organization.slug}/incoming-webhooks/"
    made = client.post(base, {"name": "By program"}).json()
    number = made["webhook"]["id"]
    hook = IncomingWebhook.objects.get(pk=number)
    assert made["webhook"]["address"].endswith(f"/hooks/{hook.public_id}/")
    assert client.patch(f"{base}{number}/", {"is_live": True}).status_code == 409
    mapping = {"answers": {"nps": {"score": "/nps"}}, "fixed": {"touchpoint": "web"}}
    assert client.patch(f"{base}{number}/", {"mapping": {"answers": []}}).status_code == 422
    told = client.patch(f"{base}{number}/", {"mapping": mapping, "is_live": True}).json()
    assert (told["mapping"], told["is_live"]) == (mapping, True)
    assert send(hook, {"nps": 7}, secret=made["secret"]).status_code == 200
    [call] = client.get(f"{base}{number}/calls/").json()["results"]
    assert (call["state"], call["answers_created"]) == ("stored", 1)
    rolled = client.post(f"{base}{number}/roll/").json()["secret"]
    assert rolled != made["secret"]
    assert send(hook, {"nps": 8}, secret=rolled, message_id="m2").status_code == 200
    assert client.delete(f"{base}{number}/").status_code == 204
    assert Feedback.objects.count() == 2
