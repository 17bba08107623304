"""Files of what a page shows: what it offers, and giving one out, which stands in the trail."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import Http404, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.http import MemberRequest
from accounts.services import record_download
from common.downloads import MOST_WORKBOOK_ROWS, Download, download, filters_said
from common.errors import InvalidValues
from wording.formats import reader
from wording.joining import listed, sentences

ENDINGS = ("csv", "xlsx")
_OF_THE_PAGE = ("sort", "page")  # and of no file
_OF_THE_FILE = ("mark",)  # whether a CSV has a byte order mark


class UnknownFilters(InvalidValues):
    """A file was asked for with a filter that nothing reads: it would hold more than was meant."""

    code = "unknown_filters"


class UnreadableFilters(InvalidValues):
    """A file was asked for with a filter whose value cannot be read: it would hold more than was meant."""

    code = "unreadable_filters"


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """One table in its three forms, as addresses that keep the filters of the page."""

    label: str
    csv: str
    plain_csv: str
    workbook: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Offers:
    """What `components/downloads.html` shows."""

    files: tuple[Offer, ...]
    most: int = MOST_WORKBOOK_ROWS


def offers(
    request: MemberRequest,
    name: str,
    tables: Iterable[tuple[str, Sequence[object]]],
    *,
    filters: Iterable[str] = (),
) -> Offers:
    """The tables of a page: of each its label, and what stands in its address between organization and
    ending. Of the page's address they keep the `filters`."""
    kept, known = request.GET.copy(), set(filters)
    for parameter in list(kept):
        if parameter not in known:
            del kept[parameter]

    def address(given: Sequence[object], ending: str, **more: str) -> str:
        query = kept.copy()
        query.update(more)
        path = reverse(name, args=[request.organization.slug, *given, ending])
        return f"{path}?{query.urlencode()}" if query else path

    return Offers(
        files=tuple(
            Offer(
                label=label,
                csv=address(given, "csv"),
                plain_csv=address(given, "csv", mark="no"),
                workbook=address(given, "xlsx"),
            )
            for label, given in tables
        )
    )


def refuse_unknown_filters(request: MemberRequest, filters: Iterable[str] = ()) -> None:
    """Raises UnknownFilters, which names them and those that are read."""
    read = list(filters)
    known = {*read, *_OF_THE_PAGE, *_OF_THE_FILE}
    unknown = [parameter for parameter in request.GET if parameter not in known]
    if unknown:
        names = {"unknown": listed(unknown), "known": listed(sorted(read))}
        text = (
            _("No file was made: it cannot be filtered by %(unknown)s. It can be by: %(known)s.")
            if read
            else _("No file was made: it cannot be filtered, and %(unknown)s was asked for.")
        )
        raise UnknownFilters(text % names, fields={name: _("Unknown.") for name in unknown})


def give_out(
    request: MemberRequest,
    table: Download,
    ending: str,
    /,
    *,
    verb: str,
    subject: models.Model,
    filters: Iterable[str] = (),
    **about: str,
) -> HttpResponseBase:
    """The file, and its entry in the trail; `filters` are those that were asked of its rows. Raises Http404
    for an ending that there is none of, UnknownFilters for any other filter."""
    if ending not in ENDINGS:
        raise Http404
    refuse_unknown_filters(request, filters)
    record_download(by=request.member, verb=verb, subject=subject, format=ending, **about)
    return download(table, ending, has_mark=request.GET.get("mark") != "no")


def about_file(request: MemberRequest, title: str, form: Any = None) -> list[str]:
    """What a workbook says of itself: its title, whose, when, and how it was narrowed. The form is valid."""
    organization = request.organization
    facts = {"organization": organization.name, "moment": reader().moment(organization.clock.now())}
    narrowed = [] if form is None else filters_said(form)
    return [title, _("%(organization)s, %(moment)s") % facts, *(narrowed or [_("All rows")])]


def refuse_unreadable_filters(form: Any) -> None:
    """No file where a filter cannot be read: it would hold more than was asked for. Raises UnreadableFilters,
    which names each and says why."""
    if form.errors:
        wrong = {
            name: _("%(label)s: %(value)s")
            % {"label": form.fields[name].label, "value": " ".join(map(str, texts))}
            for name, texts in form.errors.items()
            if name in form.fields
        }
        text = sentences([_("No file was made: a filter cannot be read."), *wrong.values()])
        raise UnreadableFilters(text, fields=wrong)
