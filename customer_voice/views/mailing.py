"""Asking by e-mail: the list, letters, reminders, what came back."""

from dataclasses import asdict

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.choices import Action
from accounts.editing import edits_of
from accounts.http import MemberRequest, member_view
from common.errors import DomainError
from customer_voice import services
from customer_voice.access import list_for, survey_for
from customer_voice.mail import survey_letter
from customer_voice.models import CustomerSurvey, SurveyInvitation
from customer_voice.selectors import mailings as selectors
from customer_voice.selectors import surveys as survey_selectors
from customer_voice.survey_forms import QuietForm, RecipientsForm
from questionnaires.forms import own_name

BUILD = Action.EDIT_METRICS
PER_PAGE = 50
MOST_DIGITS = 9  # of the number that was confirmed
MOST_MARK = 80
MOST_NAMED = 20  # lines with no address, on the page
SAMPLE_SECRET = "0" * 40


@require_http_methods(["GET", "POST"])
@member_view(BUILD)
def survey_mail(request: MemberRequest, pk: int) -> HttpResponse:
    """The list and its figures; POST puts people on it and has them written to."""
    survey = survey_for(request.member, pk, BUILD)
    form = RecipientsForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            read = form.chosen(request.organization)
            kept = services.keep_list(
                by=request.member,
                survey=survey,
                people=[services.Recipient(**asdict(one)) for one in read.rows],
                unread=read.unread,
                columns=read.columns,
            )
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            return redirect("customer_voice:survey_invite", request.organization.slug, pk, kept.pk)
    return _page(request, survey, form=form)


@require_http_methods(["GET", "POST"])
@member_view(BUILD)
def survey_invite(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """What a list brings, before anybody on it is asked; POST asks them."""
    survey = survey_for(request.member, pk, BUILD)
    kept = list_for(survey, number)
    note = ""
    if request.method == "POST":
        expected = request.POST.get("asked", "")[:MOST_DIGITS]
        try:
            found = services.invite_list(
                by=request.member,
                kept=kept,
                expected=int(expected) if expected.isdecimal() else -1,
                seen=request.POST.get("seen", "")[:MOST_MARK],
                places=request.POST.get("leaves") != "yes",
                moves=request.POST.get("moves") == "yes",
            )
        except DomainError as error:
            note = str(error.message)
        else:
            messages.success(request, _told(found))
            return redirect("customer_voice:survey_mail", request.organization.slug, pk)
    context = {
        "survey": survey,
        "kept": kept,
        "plan": services.planned(survey, services.people_of(kept)),
        "first_language": own_name(survey.content["default_language"]),
        "most_named": MOST_NAMED,
        "note": note,
    }
    return render(request, "customer_voice/survey_invite.html", context, status=409 if note else 200)


@require_POST
@member_view(BUILD)
def survey_invite_drop(request: MemberRequest, pk: int, number: int) -> HttpResponse:
    """Nobody on the list is asked; it is forgotten."""
    survey = survey_for(request.member, pk, BUILD)
    services.drop_list(kept=list_for(survey, number))
    messages.success(request, _("The list was dropped. Nobody was asked."))
    return redirect("customer_voice:survey_mail", request.organization.slug, pk)


@require_POST
@member_view(BUILD)
def survey_remind(request: MemberRequest, pk: int) -> HttpResponse:
    survey = survey_for(request.member, pk, BUILD)
    try:
        count = services.remind(by=request.member, survey=survey)
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        text = ngettext("%(count)d reminder is being sent.", "%(count)d reminders are being sent.", count)
        messages.success(request, text % {"count": count})
    return redirect("customer_voice:survey_mail", request.organization.slug, pk)


@require_POST
@member_view(BUILD)
def survey_mail_again(request: MemberRequest, pk: int) -> HttpResponse:
    survey = survey_for(request.member, pk, BUILD)
    try:
        services.send_survey_again(by=request.member, survey=survey)
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The mailing continues."))
    return redirect("customer_voice:survey_mail", request.organization.slug, pk)


@require_POST
@member_view(BUILD)
def survey_bounced(request: MemberRequest, pk: int) -> HttpResponse:
    """A letter came back; its address stands in the form, never in the page's own address."""
    survey = survey_for(request.member, pk, BUILD)
    try:
        services.mark_bounced(by=request.member, survey=survey, email=request.POST.get("email", "")[:254])
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("Marked as not delivered."))
    return redirect("customer_voice:survey_mail", request.organization.slug, pk)


@require_POST
@member_view(BUILD)
def survey_quiet(request: MemberRequest, pk: int) -> HttpResponse:
    survey = survey_for(request.member, pk, BUILD)
    form = _quiet_form(request, request.POST)
    if form.is_valid():
        try:
            services.set_asking_rules(by=request.member, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved. It holds for all surveys."))
            return redirect("customer_voice:survey_mail", request.organization.slug, pk)
    return _page(request, survey, quiet=form)


def _page(
    request: MemberRequest,
    survey: CustomerSurvey,
    *,
    form: RecipientsForm | None = None,
    quiet: QuietForm | None = None,
) -> HttpResponse:
    pages = Paginator(selectors.invitation_list(survey), PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    mailing = selectors.last_mailing(survey)
    sample = SurveyInvitation(survey=survey, name="", language=request.GET.get("lang", "")[:12])
    context = {
        "survey": survey,
        "openness": survey_selectors.openness_of(survey, request.organization.clock.today()),
        "figures": selectors.mail_figures(survey),
        "mailing": mailing,
        "is_under_way": selectors.is_under_way(mailing),
        "form": form or RecipientsForm(),
        "quiet": quiet or _quiet_form(request, None),
        "page": page,
        "rows": selectors.invitation_rows(page.object_list),
        "letter": survey_letter(survey, sample, SAMPLE_SECRET, is_reminder=False),
    }
    has_errors = any(one is not None and one.errors for one in (form, quiet))
    return render(request, "customer_voice/survey_mail.html", context, status=422 if has_errors else 200)


def _quiet_form(request: MemberRequest, data: object) -> QuietForm:
    return QuietForm(
        data,
        initial={"quiet_days": services.quiet_days_of(request.organization)},
        edits=edits_of(request.organization, request.organization, verb="customer_survey.rules_changed"),
    )


def _told(found: services.Invited) -> str:
    """How many are asked, and how many were left out."""
    said = ngettext("%(count)d person is asked.", "%(count)d people are asked.", found.asked)
    parts = [said % {"count": found.asked}]
    if found.left_out:
        parts.append(_("%(count)d left out.") % {"count": found.left_out})
    if found.placed is not None and (placed := found.placed.added + found.placed.joined):
        text = ngettext(
            "%(count)d person was put into an account.", "%(count)d people were put into an account.", placed
        )
        parts.append(text % {"count": placed})
    return " ".join(parts)
