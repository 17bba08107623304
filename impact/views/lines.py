"""Screens of further benefits of a value model, and of two values side by side."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.choices import Action
from accounts.http import MemberRequest, member_view
from coalition.models import Initiative
from common.errors import DomainError
from common.rows import moment_mark
from impact import selectors, services
from impact.access import initiative_for
from impact.choices import ValueKind
from impact.errors import ValueModelChanged
from impact.forms import LineForms
from impact.forms.lines import STATE
from impact.models import ValueLine, ValueModel
from impact.services import LineValues
from impact.views.studies import association_choices


@require_http_methods(["GET", "POST"])
@member_view(Action.EDIT_VALUE)
def line_edit(request: MemberRequest, number: int, line: int = 0) -> HttpResponse:
    """A further benefit by its number, or a new one."""
    initiative = initiative_for(request.member, number, Action.EDIT_VALUE)
    model, lines = _lines_of(initiative)
    row = _place(lines, line)
    stored = lines[row] if line else None
    wanted = request.POST.get("kind") or request.GET.get("kind") or (stored.kind if stored else "")
    kind = wanted if wanted in ValueKind.values else ""
    forms, state = None, request.POST.get(STATE) or moment_mark(model.changed_at)
    if kind:
        forms = LineForms(
            request.POST or None,
            kind=kind,
            line=stored,
            associations=association_choices(request, initiative),
            library=selectors.library_choices(request.organization, model),
        )
    if request.method == "POST" and forms is not None and forms.is_valid():
        kept = [selectors.line_values(one) for one in lines]
        try:
            _save(request, initiative, model, [*kept[:row], forms.values(), *kept[row + 1 :]])
        except ValueModelChanged as error:  # said once: saved again, it takes the place of what is stored now
            forms.absorb(error.fields, error.message, row=row)
            state = moment_mark(model.changed_at)
        except DomainError as error:
            forms.absorb(error.fields, error.message, row=row)
        else:
            messages.success(request, _("Saved. Compute the value to see the result."))
            return redirect("impact:value_edit", request.organization.slug, number)
    context = {
        "initiative": initiative,
        "kinds": ValueKind.choices,
        "kind": kind,
        "forms": forms,
        "line": stored,
        "state": state,
        "warning": selectors.warning_of_writing(initiative, request.member),
    }
    return render(request, "impact/value_line.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@member_view(Action.EDIT_VALUE)
def line_remove(request: MemberRequest, number: int, line: int) -> HttpResponse:
    """Take a further benefit out of the model; values computed with it stay as they are."""
    initiative = initiative_for(request.member, number, Action.EDIT_VALUE)
    model, lines = _lines_of(initiative)
    row = _place(lines, line)
    label = lines[row].label
    _save(request, initiative, model, [selectors.line_values(one) for one in lines if one != lines[row]])
    messages.success(request, _("“%(label)s” was removed. Compute the value again.") % {"label": label})
    return redirect("impact:value_edit", request.organization.slug, number)


@require_GET
@member_view(Action.VIEW)
def case_compare(request: MemberRequest, number: int) -> HttpResponse:
    """Two values of the initiative, chosen by their keys in the address."""
    initiative = initiative_for(request.member, number, Action.VIEW)
    first, second = (_key(request.GET.get(name, "")) for name in ("first", "second"))
    page = selectors.comparison_page(initiative, first=first, second=second)
    return render(request, "impact/comparison.html", {"page": page, "initiative": initiative})


def _key(text: str) -> int | None:
    """None where nothing was asked for; 0, which no value has, for what is no key."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _lines_of(initiative: Initiative) -> tuple[ValueModel, list[ValueLine]]:
    model = selectors.value_model_of(initiative)
    if model is None:
        raise Http404
    return model, list(model.lines.prefetch_related("parameters"))


def _place(lines: list[ValueLine], number: int) -> int:
    """Where the benefit of this number stands; a new one comes last."""
    places = {one.number: place for place, one in enumerate(lines)} | {0: len(lines)}
    if number not in places:
        raise Http404
    return places[number]


def _save(request: MemberRequest, initiative: Initiative, model: ValueModel, lines: list[LineValues]) -> None:
    """Refused where somebody has changed the model since the page was drawn."""
    mark = request.POST.get(STATE, "")
    seen = ValueModel(pk=model.pk, initiative=initiative, changed_at=model.changed_at)
    if mark and mark != moment_mark(model.changed_at):
        seen.changed_at = None  # type: ignore[assignment]
    services.save_benefit_lines(initiative=initiative, by=request.member, lines=lines, seen=seen)
