"""The library: figures of an organization, once for every value model."""

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Membership, Organization
from accounts.services import acting, record_event
from common.errors import InvalidValues
from common.fields import Use
from common.text import one_line
from impact.choices import LibraryMeasure, SourceKind
from impact.errors import LibraryChanged
from impact.fields import LIBRARY, LibraryValues
from impact.models import LibraryFigure
from impact.services.value_checks import Wrong
from wording.formats import reader


@transaction.atomic
def save_library_figure(
    *, by: Membership, values: LibraryValues, number: int | None = None, seen: int | None = None
) -> LibraryFigure:
    """Write a new figure, or the next version of the one with this number; the trail keeps both states.

    `seen`: the version that the writer began from; where a newer one is there, the change is refused
    (LibraryChanged). Value models that took an earlier version keep it. Money is in the organization's
    currency. Raises InvalidValues; LibraryFigure.DoesNotExist for an unknown number.
    """
    by = acting(by, Action.EDIT_VALUE)
    organization = Organization.objects.select_for_update(no_key=True).get(pk=by.organization_id)
    figures = LibraryFigure.objects.of(organization).newest()
    row = None if number is None else figures.get(number=number)
    if row is not None and seen is not None and seen != row.version:
        raise library_changed()
    values = replace(values, label=one_line(values.label), source=one_line(values.source))
    wrong = _wrong(organization, values, row)
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)
    before = {} if row is None else _content(row)
    made = LibraryFigure(
        organization=organization,
        number=row.number if row is not None else _next_number(organization),
        version=row.version + 1 if row is not None else 1,
        currency=organization.currency if values.measure == LibraryMeasure.MONEY else "",
        written_by=by,
        written_at=timezone.now(),
    )
    LIBRARY.write(made, values)
    made.unit = one_line(made.unit)
    made.owner_name = one_line(made.owner_name)
    if row is not None and _told(before) == _told(_content(made)):
        return row  # saving it as it was makes nobody its author
    made.save()
    record_event(
        organization=organization,
        actor=by.user,
        verb="library_figure.saved",
        subject=made,
        before=before,
        after=_content(made),
    )
    return made


def library_changed() -> LibraryChanged:
    """For who writes a figure that is newer than the one that they read."""
    return LibraryChanged(_("Someone else has just saved this figure. Look at it, then save again."))


def _next_number(organization: Organization) -> int:
    last = LibraryFigure.objects.of(organization).order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def _content(row: LibraryFigure) -> dict[str, Any]:
    told: dict[str, Any] = LIBRARY.content_of(row, Use.HISTORY)
    return {**told, "currency": row.currency, "number": row.number, "version": row.version}


def _told(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name != "version"}


def _wrong(organization: Organization, values: LibraryValues, row: LibraryFigure | None) -> Wrong:
    wrong: Wrong = {name: text for name, text in LIBRARY.refusals(values).items() if text}
    if not values.label:
        wrong["label"] = _("Name this figure.")
    elif _is_taken(organization, values, row):
        wrong["label"] = _(
            "The library has a figure of this name already: change that one, or choose another name."
        )
    if not values.source:
        wrong["source"] = _("Name the source: a ledger, a report, a system.")
    if values.source_kind == SourceKind.ASSOCIATION:
        wrong["source_kind"] = _("An association is chosen in the value model itself.")
    if values.day > organization.clock.today():
        wrong["day"] = _("This day has not come yet.")
    if row is not None and values.measure != row.measure:
        wrong["measure"] = _(
            "A figure keeps its kind, so that its versions can be compared. Enter a new figure."
        )
    if not {"low", "likely", "high"} & set(wrong):
        wrong |= _wrong_range(values)
    return wrong


def _wrong_range(values: LibraryValues) -> Wrong:
    if not values.low <= values.likely <= values.high:
        return {"likely": _("Low must not exceed most likely, and most likely must not exceed high.")}
    if values.high <= 0:
        return {"likely": _("This must be above 0.")}
    if values.measure == LibraryMeasure.SHARE and values.high > 1:
        said = {"number": reader().number(0.6, 1), "share": reader().percent(0.6)}
        return {"likely": _("A share must be between 0 and 1: write %(number)s for %(share)s.") % said}
    return {}


def _is_taken(organization: Organization, values: LibraryValues, row: LibraryFigure | None) -> bool:
    others = LibraryFigure.objects.of(organization).newest()
    if row is not None:
        others = others.exclude(number=row.number)
    return values.label.casefold() in {label.casefold() for label in others.values_list("label", flat=True)}
