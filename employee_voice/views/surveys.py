"""Surveys: list, new, texts, own questions, preview, copy, archive."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.editing import edits_of, made_once
from accounts.http import MemberRequest, member_view
from common.editing import NEW
from common.errors import DomainError
from employee_voice import selectors, services
from employee_voice.access import survey_for
from employee_voice.content import survey_content
from employee_voice.forms import CopyForm, QuestionForm, RewordForm, SurveyForm
from employee_voice.models import Survey

MANAGE = Action.MANAGE_EMPLOYEE_SURVEYS


@require_GET
@member_view(Action.VIEW)
def survey_list(request: MemberRequest) -> HttpResponse:
    rows = selectors.survey_rows(request.organization)
    return render(request, "employee_voice/survey_list.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@member_view(MANAGE)
@made_once
def survey_new(request: MemberRequest) -> HttpResponse:
    form = SurveyForm(request.POST or None, language=get_language() or "en", edits=NEW)
    if request.method == "POST" and form.is_valid():
        try:
            survey = services.make_survey(by=request.member, **form.cleaned_data)
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(
                request, _("The survey is ready. Read the questions and change what does not fit.")
            )
            return redirect("employee_voice:survey_edit", request.organization.slug, survey.pk)
    return render(
        request, "employee_voice/survey_new.html", {"form": form}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
@member_view(MANAGE)
def survey_edit(request: MemberRequest, pk: int) -> HttpResponse:
    survey = survey_for(request.member, pk, MANAGE)
    edits = edits_of(survey, request.organization)
    form = RewordForm(request.POST or None, editor=selectors.editor_of(survey), edits=edits)
    if request.method == "POST" and form.is_valid():
        try:
            services.reword_survey(by=request.member, survey=survey, **form.typed())
        except DomainError as error:
            form.absorb(error.fields, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("employee_voice:survey_edit", request.organization.slug, pk)
    return _editor(request, survey, form=form)


@require_GET
@member_view(Action.VIEW)
def survey_preview(request: MemberRequest, pk: int) -> HttpResponse:
    """The survey as respondents see it; nothing that is typed here goes anywhere."""
    survey = survey_for(request.member, pk, Action.VIEW)
    language = request.GET.get("lang", "")[:12] or get_language() or "en"
    asked = selectors.page_of(survey_content(survey.content), language, {}, {})
    return render(request, "employee_voice/survey_preview.html", {"survey": survey, "asked": asked})


@require_POST
@member_view(MANAGE)
@made_once
def question_add(request: MemberRequest, pk: int) -> HttpResponse:
    survey = survey_for(request.member, pk, MANAGE)
    question = QuestionForm(request.POST, languages=selectors.editor_of(survey).languages, edits=NEW)
    if question.is_valid():
        try:
            services.add_question(by=request.member, survey=survey, **question.typed())
        except DomainError as error:
            question.absorb(error.fields, error.message)
        else:
            messages.success(request, _("The question was added."))
            return redirect("employee_voice:survey_edit", request.organization.slug, pk)
    return _editor(request, survey, question=question)


@require_POST
@member_view(MANAGE)
def question_remove(request: MemberRequest, pk: int, key: str) -> HttpResponse:
    survey = survey_for(request.member, pk, MANAGE)
    services.remove_question(by=request.member, survey=survey, key=key)
    messages.success(request, _("The question was removed."))
    return redirect("employee_voice:survey_edit", request.organization.slug, pk)


@require_POST
@member_view(MANAGE)
@made_once
def survey_copy(request: MemberRequest, pk: int) -> HttpResponse:
    survey = survey_for(request.member, pk, MANAGE)
    copying = CopyForm(request.POST, edits=NEW)
    if copying.is_valid():
        try:
            copied = services.copy_survey(by=request.member, survey=survey, **copying.cleaned_data)
        except DomainError as error:
            copying.absorb(error.fields, error.message)
        else:
            messages.success(request, _("This is the copy. It can be changed freely."))
            return redirect("employee_voice:survey_edit", request.organization.slug, copied.pk)
    return _editor(request, survey, copying=copying)


@require_POST
@member_view(MANAGE)
def survey_archive(request: MemberRequest, pk: int) -> HttpResponse:
    try:
        services.archive_survey(by=request.member, survey=survey_for(request.member, pk, MANAGE))
    except DomainError as error:
        messages.error(request, str(error.message))
        return redirect("employee_voice:survey_edit", request.organization.slug, pk)
    messages.success(request, _("The survey is archived, and its lists of people were deleted."))
    return redirect("employee_voice:survey_list", request.organization.slug)


@require_POST
@member_view(MANAGE)
def lists_delete(request: MemberRequest, pk: int) -> HttpResponse:
    try:
        deleted = services.delete_lists(by=request.member, survey=survey_for(request.member, pk, MANAGE))
    except DomainError as error:
        messages.error(request, str(error.message))
    else:
        text = ngettext("%(count)d address was deleted.", "%(count)d addresses were deleted.", deleted)
        messages.success(request, text % {"count": deleted})
    return redirect("employee_voice:survey_edit", request.organization.slug, pk)


def _editor(
    request: MemberRequest,
    survey: Survey,
    *,
    form: RewordForm | None = None,
    question: QuestionForm | None = None,
    copying: CopyForm | None = None,
) -> HttpResponse:
    """The editor as it is, or with what was typed and could not be used."""
    editor = selectors.editor_of(survey)
    has_errors = any(one is not None and one.errors for one in (form, question, copying))
    form = form or RewordForm(editor=editor, edits=edits_of(survey, request.organization))
    context = {
        "survey": survey,
        "editor": editor,
        "form": form,
        "rows": form.rows(editor),
        "question": question or QuestionForm(languages=editor.languages, edits=NEW),
        "copying": copying
        or CopyForm(initial={"title": _("%(title)s (copy)") % {"title": survey.title[:110]}}, edits=NEW),
    }
    return render(request, "employee_voice/survey_edit.html", context, status=422 if has_errors else 200)
