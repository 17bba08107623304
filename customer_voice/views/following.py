"""A survey that follows events, and the "no" of customers that an administrator takes back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.choices import Action
from accounts.editing import edits_of
from accounts.http import MemberRequest, member_view
from common.errors import DomainError
from customer_voice import services
from customer_voice.access import event_for, survey_for
from customer_voice.choices import TicketScope
from customer_voice.selectors import survey_events as selectors
from customer_voice.selectors import surveys as survey_selectors
from customer_voice.selectors.mailings import unsubscribed_count
from customer_voice.survey_forms import EventRuleForm, LiftForm

BUILD = Action.EDIT_METRICS
PER_PAGE = 50
DELAY_HOURS, AGE_DAYS = 24, 7  # what a survey begins with


@require_http_methods(["GET", "POST"])
@member_view(BUILD)
def survey_events(request: MemberRequest, pk: int) -> HttpResponse:
    """What waits to be sent after an event; POST sets delay and age."""
    survey = survey_for(request.member, pk, BUILD)
    figures = selectors.event_figures(survey)
    rule = figures.rule
    form = EventRuleForm(
        request.POST or None,
        initial={
            "delay_hours": rule.delay_hours if rule else DELAY_HOURS,
            "age_days": rule.age_days if rule else AGE_DAYS,
            "tickets": rule.tickets if rule else TicketScope.NONE,
        },
        edits=edits_of(survey, request.organization, verb="customer_survey.events_set"),
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.set_event_rule(by=request.member, survey=survey, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved. What waits already keeps its hour."))
            return redirect("customer_voice:survey_events", request.organization.slug, pk)
    page = Paginator(selectors.waiting_events(survey), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "survey": survey,
        "openness": survey_selectors.openness_of(survey, request.organization.clock.today()),
        "figures": figures,
        "rule": rule,
        "form": form,
        "page": page,
        "quiet_days": services.quiet_days_of(request.organization),
    }
    return render(request, "customer_voice/survey_events.html", context, status=422 if form.errors else 200)


@require_POST
@member_view(BUILD)
def survey_events_pause(request: MemberRequest, pk: int) -> HttpResponse:
    """Hold back what is due, or let it go out again."""
    survey = survey_for(request.member, pk, BUILD)
    is_paused = request.POST.get("to") == "pause"
    try:
        services.pause_events(by=request.member, survey=survey, is_paused=is_paused)
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("Paused. Nothing goes out.") if is_paused else _("It goes out again."))
    return redirect("customer_voice:survey_events", request.organization.slug, pk)


@require_POST
@member_view(BUILD)
def survey_event_cancel(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    survey = survey_for(request.member, pk, BUILD)
    services.cancel_event(by=request.member, event=event_for(survey, number))
    messages.success(request, _("Canceled. This customer is not asked about it."))
    return redirect("customer_voice:survey_events", request.organization.slug, pk)


@require_http_methods(["GET", "POST"])
@member_view(Action.LIFT_UNSUBSCRIBING)
def survey_unsubscribed(request: MemberRequest) -> HttpResponse:
    """Take the "no" of an address back, with a reason. Nobody is listed: only digests are kept."""
    form = LiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.lift_no(by=request.member, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(
                request, _("This address can be asked again. The reason is in the history of changes.")
            )
            return redirect("customer_voice:survey_unsubscribed", request.organization.slug)
    context = {"form": form, "count": unsubscribed_count(request.organization)}
    return render(
        request, "customer_voice/survey_unsubscribed.html", context, status=422 if form.errors else 200
    )
