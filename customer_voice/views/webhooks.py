"""Incoming webhooks: made, their secret, what values mean, the log of calls."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.editing import edits_of, made_once
from accounts.http import MemberRequest, member_view
from common.editing import NEW
from common.errors import DomainError
from common.parsers import read_json
from customer_voice import services
from customer_voice.access import call_for, webhook_for
from customer_voice.feed_choices import CallState
from customer_voice.forms import CallMappingForm, WebhookForm
from customer_voice.importers.json_places import leaves_of, list_in, lists_of
from customer_voice.models import IncomingWebhook, MetricDefinition, WebhookCall
from customer_voice.selectors import feeds as selectors

TAKE = Action.IMPORT_FEEDBACK
PER_PAGE = 50
MOST_PREVIEWED = 3


@require_http_methods(["GET", "POST"])
@member_view(TAKE)
@made_once
def webhook_new(request: MemberRequest) -> HttpResponse:
    form = WebhookForm(request.POST or None, edits=NEW)
    if request.method == "POST" and form.is_valid():
        try:
            hook = services.create_webhook(by=request.member, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            return redirect("customer_voice:webhook_detail", request.organization.slug, hook.pk)
    return render(
        request, "customer_voice/webhook_new.html", {"form": form}, status=422 if form.errors else 200
    )


@require_GET
@member_view(TAKE)
def webhook_detail(request: MemberRequest, pk: int) -> HttpResponse:
    return _page(request, webhook_for(request.member, pk))


@require_POST
@member_view(TAKE)
def webhook_secret(request: MemberRequest, pk: int) -> HttpResponse:
    """Show the secret, once."""
    hook = webhook_for(request.member, pk)
    secret = services.show_secret(webhook=hook)
    hook.is_secret_seen = True
    return _page(request, hook, secret=secret)


@require_http_methods(["GET", "POST"])
@member_view(TAKE)
def webhook_roll(request: MemberRequest, pk: int) -> HttpResponse:
    """GET asks, POST makes a new secret."""
    hook = webhook_for(request.member, pk)
    if request.method != "POST":
        return render(request, "customer_voice/webhook_roll.html", {"webhook": hook})
    services.roll_secret(by=request.member, webhook=hook)
    messages.success(request, _("There is a new secret. The one before holds for 24 hours more."))
    return redirect("customer_voice:webhook_detail", request.organization.slug, pk)


@require_http_methods(["GET", "POST"])
@member_view(TAKE)
def webhook_map(request: MemberRequest, pk: int) -> HttpResponse:
    """The values of a call, and for each what it is. POST shows what calls would become, or saves."""
    hook = webhook_for(request.member, pk)
    samples = selectors.samples_of(hook)
    sample = _chosen(samples, request.GET.get("call", ""))
    mapping = services.CallMapping.of_json(hook.mapping)
    body = read_json(sample.body) if sample is not None else {}
    lists = lists_of(body)
    asked = request.GET.get("list")
    each = asked if asked in {place for place, _count in lists} else list_in(mapping.places)
    each = None if asked == "-" else each
    form = CallMappingForm(
        request.POST or None,
        organization=request.organization,
        leaves=leaves_of(body, "\x00" if each is None else each),
        metrics=selectors.call_metrics(request.organization),
        mapping=mapping,
        survey=hook.survey_id,
        edits=edits_of(hook, request.organization, verb="feed.mapped"),
    )
    previews: list[tuple[WebhookCall, services.Preview]] = []
    doubts: list[tuple[MetricDefinition, services.Moods]] = []
    if request.method == "POST" and form.is_valid():
        try:
            chosen = form.mapping()
            if request.POST.get("step") == "save":
                survey = form.cleaned_data["survey"]
                services.map_webhook(by=request.member, webhook=hook, mapping=chosen, survey=survey)
                messages.success(request, _("Saved."))
                return redirect("customer_voice:webhook_detail", request.organization.slug, pk)
            hook.survey = form.cleaned_data["survey"]
            previews = [
                (call, services.preview_call(webhook=hook, mapping=chosen, call=call))
                for call in samples[:MOST_PREVIEWED]
            ]
            doubts = services.call_doubts(hook, chosen)
        except DomainError as error:
            form.absorb(error.fields, error.message)
    context = {
        "form": form,
        "webhook": hook,
        "samples": samples,
        "sample": sample,
        "lists": lists,
        "each": each,
        "previews": previews,
        "doubts": doubts,
    }
    return render(request, "customer_voice/webhook_map.html", context, status=422 if form.errors else 200)


@require_POST
@member_view(TAKE)
def webhook_switch(request: MemberRequest, pk: int) -> HttpResponse:
    """On, off, live or held back."""
    hook, to = webhook_for(request.member, pk), request.POST.get("to")
    try:
        if to in {"live", "hold"}:
            services.set_live(by=request.member, webhook=hook, is_live=to == "live")
        elif to in {"on", "off"}:
            services.switch_webhook(by=request.member, webhook=hook, is_on=to == "on")
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect("customer_voice:webhook_detail", request.organization.slug, pk)


@require_POST
@member_view(TAKE)
def webhook_take(request: MemberRequest, pk: int) -> HttpResponse:
    """Take in what came before the webhook was live."""
    hook = webhook_for(request.member, pk)
    try:
        done, failed = services.take_waiting(by=request.member, webhook=hook)
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        text = ngettext("%(number)d call was read.", "%(number)d calls were read.", done) % {"number": done}
        messages.success(request, text)
        if failed:
            text = ngettext(
                "%(number)d of them could not be read: see the log below.",
                "%(number)d of them could not be read: see the log below.",
                failed,
            )
            messages.warning(request, text % {"number": failed})
    return redirect("customer_voice:webhook_detail", request.organization.slug, pk)


@require_GET
@member_view(TAKE)
def webhook_call(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    call = call_for(webhook_for(request.member, pk), number)
    may_try = call.state in {CallState.FAILED, CallState.WAITING} and bool(call.body and call.webhook.mapping)
    context = {"call": call, "webhook": call.webhook, "may_try": may_try}
    return render(request, "customer_voice/webhook_call.html", context)


@require_POST
@member_view(TAKE)
def call_again(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    call = call_for(webhook_for(request.member, pk), number)
    try:
        call = services.try_again(by=request.member, call=call)
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        if call.state == CallState.FAILED:
            messages.error(request, _("It still cannot be read."))
        else:
            messages.success(request, _("Taken in."))
    return redirect("customer_voice:webhook_call", request.organization.slug, pk, number)


@require_http_methods(["GET", "POST"])
@member_view(TAKE)
def webhook_remove(request: MemberRequest, pk: int) -> HttpResponse:
    """GET asks, POST does it."""
    hook = webhook_for(request.member, pk)
    if request.method != "POST":
        return render(request, "customer_voice/feed_remove.html", {"feed": hook, "kind": "webhook"})
    services.remove_webhook(by=request.member, webhook=hook)
    messages.success(request, _("Removed. What it brought stays."))
    return redirect("customer_voice:feed_list", request.organization.slug)


def _page(request: MemberRequest, hook: IncomingWebhook, *, secret: str = "") -> HttpResponse:
    page = Paginator(selectors.calls_of(hook), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "webhook": hook,
        "address": selectors.webhook_address(hook),
        "secret": secret,
        "counts": selectors.call_counts(hook),
        "page": page,
        "doubts": services.call_doubts(hook, services.CallMapping.of_json(hook.mapping)),
    }
    return render(request, "customer_voice/webhook_detail.html", context)


def _chosen(samples: list[WebhookCall], asked: str) -> WebhookCall | None:
    found = [one for one in samples if str(one.pk) == asked] or samples
    return found[0] if found else None
