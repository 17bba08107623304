"""Customer surveys: list, new, builder, questions, words, preview, states."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.editing import edits_of, made_once
from accounts.http import MemberRequest, member_view
from common.editing import NEW
from common.errors import DomainError
from customer_voice import services
from customer_voice import survey_content as plain
from customer_voice.access import survey_for, surveys_for
from customer_voice.errors import TranslationsMissing
from customer_voice.models import CustomerSurvey, MetricDefinition
from customer_voice.selectors import surveys as selectors
from customer_voice.standard_metrics import STANDARD_METRICS
from customer_voice.survey_forms import (
    METRIC,
    CopySurveyForm,
    FollowUpForm,
    LanguagesForm,
    NewSurveyForm,
    QuestionForm,
    SurveyForm,
    SurveyTextsForm,
)
from journeys.access import touchpoints_for
from questionnaires.reading import language_of

BUILD = Action.EDIT_METRICS


@require_GET
@member_view(Action.VIEW)
def survey_list(request: MemberRequest) -> HttpResponse:
    is_archive = request.GET.get("show") == "archived"
    surveys_for(request.member)
    rows = selectors.survey_rows(request.organization, archived=is_archive)
    return render(request, "customer_voice/survey_list.html", {"rows": rows, "is_archive": is_archive})


@require_http_methods(["GET", "POST"])
@member_view(BUILD)
@made_once
def survey_new(request: MemberRequest) -> HttpResponse:
    metrics = selectors.metrics_to_ask(request.organization)
    language = language_of(request.organization.language)
    form = NewSurveyForm(
        request.POST or None,
        metrics=metrics,
        standard=_standard(metrics),
        touchpoints=_touchpoints(request),
        initial={"language": language, "touchpoint": request.GET.get("touchpoint", "")},
        edits=NEW,
    )
    if request.method == "POST" and form.is_valid():
        try:
            survey = services.begin_survey(by=request.member, **form.arguments())
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("The draft is ready. Look at the preview, then open it."))
            return redirect("customer_voice:survey_edit", request.organization.slug, survey.pk)
    return render(
        request, "customer_voice/survey_new.html", {"form": form}, status=422 if form.errors else 200
    )


def _standard(known: Sequence[MetricDefinition]) -> list[tuple[str, str]]:
    """Standard metrics that are asked on a scale and not in use: key and name."""
    keys = {one.key for one in known}
    asked = ((key, values) for key, values in STANDARD_METRICS.items() if values.get("wording"))
    on_scale = [(key, values) for key, values in asked if values["scale_low"] != values["scale_high"]]
    return [(key, str(values["name"])) for key, values in on_scale if key not in keys]


@require_http_methods(["GET", "POST"])
@member_view(BUILD)
def survey_edit(request: MemberRequest, pk: int) -> HttpResponse:
    survey = survey_for(request.member, pk, BUILD)
    if request.method != "POST":
        return _builder(request, survey)
    form = _settings_form(request, survey, request.POST)
    if form.is_valid():
        try:
            services.change_survey(by=request.member, survey=survey, **form.arguments())
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("customer_voice:survey_edit", request.organization.slug, pk)
    return _builder(request, survey, form=form)


@require_http_methods(["GET", "POST"])
@member_view(BUILD)
def survey_texts(request: MemberRequest, pk: int) -> HttpResponse:
    survey = survey_for(request.member, pk, BUILD)
    texts, has_opened = selectors.edited_texts(survey), survey.versions.exists()
    edits = edits_of(survey, request.organization, verb="customer_survey.reworded")
    form = SurveyTextsForm(request.POST or None, texts=texts, has_opened=has_opened, edits=edits)
    if request.method == "POST" and form.is_valid():
        try:
            services.reword_survey(by=request.member, survey=survey, **form.typed())
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("customer_voice:survey_texts", request.organization.slug, pk)
    editor = selectors.survey_editor(survey)
    context = {"survey": survey, "editor": editor, "form": form, "rows": form.rows(texts)}
    return render(request, "customer_voice/survey_texts.html", context, status=422 if form.errors else 200)


@require_POST
@member_view(BUILD)
def survey_languages(request: MemberRequest, pk: int) -> HttpResponse:
    survey = survey_for(request.member, pk, BUILD)
    form = LanguagesForm(
        request.POST,
        first=survey.content["default_language"],
        initial={"languages": survey.content["languages"][1:]},
        edits=edits_of(survey, request.organization),
    )
    if form.is_valid():
        try:
            services.set_languages(by=request.member, survey=survey, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved. Missing translations are listed below."))
            return redirect("customer_voice:survey_edit", request.organization.slug, pk)
    return _builder(request, survey, languages=form)


@require_POST
@member_view(BUILD)
def follow_up_set(request: MemberRequest, pk: int) -> HttpResponse:
    survey = survey_for(request.member, pk, BUILD)
    form = FollowUpForm(request.POST, initial={"follow_up": services.follow_up_of(survey)})
    if form.is_valid():
        try:
            services.set_follow_up(by=request.member, survey=survey, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("customer_voice:survey_edit", request.organization.slug, pk)
    return _builder(request, survey, follow_up=form)


@require_http_methods(["GET", "POST"])
@member_view(BUILD)
@made_once
def question_new(request: MemberRequest, pk: int) -> HttpResponse:
    return _question(request, survey_for(request.member, pk, BUILD), "")


@require_http_methods(["GET", "POST"])
@member_view(BUILD)
def question_edit(request: MemberRequest, pk: int, key: str) -> HttpResponse:
    survey = survey_for(request.member, pk, BUILD)
    if key not in {one["key"] for one in plain.more_questions(survey.content)}:
        raise Http404
    return _question(request, survey, key)


@require_POST
@member_view(BUILD)
def question_remove(request: MemberRequest, pk: int, key: str) -> HttpResponse:
    survey = survey_for(request.member, pk, BUILD)
    return _done(
        request,
        survey,
        lambda: services.remove_question(by=request.member, survey=survey, key=key),
        _("The question was removed."),
    )


@require_POST
@member_view(BUILD)
def question_move(request: MemberRequest, pk: int, key: str) -> HttpResponse:
    survey = survey_for(request.member, pk, BUILD)
    is_up = request.POST.get("to") == "up"
    return _done(
        request,
        survey,
        lambda: services.move_question(by=request.member, survey=survey, key=key, is_up=is_up),
        _("The question was moved."),
    )


@require_POST
@member_view(BUILD)
def survey_open(request: MemberRequest, pk: int) -> HttpResponse:
    """Open it; where translations are missing, a page lists them first and asks."""
    survey = survey_for(request.member, pk, BUILD)
    accepts_missing = request.POST.get("accepts_missing") == "yes"
    try:
        services.open_survey(by=request.member, survey=survey, accepts_missing=accepts_missing)
    except TranslationsMissing:
        editor = selectors.survey_editor(survey)
        context = {"survey": survey, "editor": editor}
        return render(request, "customer_voice/survey_open.html", context, status=409)
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The survey is open."))
    return redirect("customer_voice:survey_edit", request.organization.slug, survey.pk)


@require_POST
@member_view(BUILD)
def survey_close(request: MemberRequest, pk: int) -> HttpResponse:
    survey = survey_for(request.member, pk, BUILD)
    return _done(
        request,
        survey,
        lambda: services.close_survey(by=request.member, survey=survey),
        _("The survey is closed. It can be opened again."),
    )


@require_POST
@member_view(BUILD)
def survey_archive(request: MemberRequest, pk: int) -> HttpResponse:
    survey = survey_for(request.member, pk, BUILD)
    return _done(
        request,
        survey,
        lambda: services.archive_survey(by=request.member, survey=survey),
        _("The survey is archived. Its answers and results stay."),
    )


@require_POST
@member_view(BUILD)
@made_once
def survey_copy(request: MemberRequest, pk: int) -> HttpResponse:
    survey = survey_for(request.member, pk, BUILD)
    form = CopySurveyForm(request.POST, edits=NEW, has_opened=survey.versions.exists())
    if form.is_valid():
        try:
            copied = services.copy_survey(by=request.member, survey=survey, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("This is the copy. It can be changed freely."))
            return redirect("customer_voice:survey_edit", request.organization.slug, copied.pk)
    return _builder(request, survey, copying=form)


# --- parts ----------------------------------------------------------------------------------------------


def _done(request: MemberRequest, survey: CustomerSurvey, work: Any, text: str) -> HttpResponse:
    """A step with a button: done, or refused in words; either way back to the builder."""
    try:
        work()
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, text)
    return redirect("customer_voice:survey_edit", request.organization.slug, survey.pk)


def _touchpoints(request: MemberRequest) -> Any:
    return touchpoints_for(request.member).filter(is_archived=False)


def _settings_form(request: MemberRequest, survey: CustomerSurvey, data: Any) -> SurveyForm:
    return SurveyForm(
        data,
        touchpoints=_touchpoints(request) | touchpoints_for(request.member).filter(pk=survey.touchpoint_id),
        initial={
            "name": survey.name,
            "touchpoint": survey.touchpoint_id,
            "channel": survey.channel.name if survey.channel else "",
            "first_day": survey.first_day,
            "last_day": survey.last_day,
            "privacy_url": survey.privacy_url,
            "embed_hosts": "\n".join(survey.embed_hosts),
            "half_answers": survey.half_answers,
        },
        edits=edits_of(survey, request.organization, verb="customer_survey.changed"),
    )


def _builder(
    request: MemberRequest,
    survey: CustomerSurvey,
    *,
    form: SurveyForm | None = None,
    languages: LanguagesForm | None = None,
    follow_up: FollowUpForm | None = None,
    copying: CopySurveyForm | None = None,
) -> HttpResponse:
    """The builder as it is, or with what was typed and could not be used."""
    has_errors = any(one is not None and one.errors for one in (form, languages, follow_up, copying))
    content, editor = survey.content, selectors.survey_editor(survey)
    initial = {"name": _("%(title)s (copy)") % {"title": survey.name[:110]}}
    context = {
        "survey": survey,
        "editor": editor,
        "form": form or _settings_form(request, survey, None),
        "languages": languages
        or LanguagesForm(
            first=content["default_language"],
            initial={"languages": content["languages"][1:]},
            edits=edits_of(survey, request.organization),
        ),
        "follow_up": follow_up or FollowUpForm(initial={"follow_up": services.follow_up_of(survey)}),
        "copying": copying or CopySurveyForm(initial=initial, edits=NEW, has_opened=editor.has_opened),
    }
    return render(request, "customer_voice/survey_edit.html", context, status=422 if has_errors else 200)


def _question(request: MemberRequest, survey: CustomerSurvey, key: str) -> HttpResponse:
    """One further question: new, or as it is."""
    bands = services.bands_by_question(survey)
    options = plain.rule_options(survey.content, bands, before=key)
    known = next((one for one in plain.questions_of(survey.content) if one["key"] == key), {})
    asked = survey.metrics.filter(question=key).first() if key else None
    language = survey.content["default_language"]
    choices = known.get("choices", [])
    initial = {
        "kind": METRIC if asked else known.get("kind", ""),
        "text": known.get("text", {}).get(language, ""),
        "choices": "\n".join(choice["label"].get(language, "") for choice in choices),
        "has_none": any(choice.get("exclusive") for choice in choices),
        "metric": asked.metric_id if asked else None,
        "rule": plain.option_of(known, options, bands) if known else "",
        "is_required": bool(known.get("required")),
    }
    form = QuestionForm(
        request.POST or None,
        metrics=selectors.metrics_to_ask(request.organization),
        options=options,
        initial=initial,
        edits=edits_of(survey, request.organization) if key else NEW,
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.save_question(by=request.member, survey=survey, plan=form.plan(), key=key)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("The question is saved."))
            return redirect("customer_voice:survey_edit", request.organization.slug, survey.pk)
    context = {"survey": survey, "form": form, "key": key, "language": get_language()}
    return render(request, "customer_voice/survey_question.html", context, status=422 if form.errors else 200)
