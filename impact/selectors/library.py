"""The library of an organization's own figures: what it says, and which value models took what of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Organization
from coalition.models import Initiative
from impact.choices import LibraryMeasure, inputs_of
from impact.models import LibraryFigure, LineInput, ValueModel, ValueParameter
from impact.models.values import InputColumns
from wording.formats import reader
from wording.intervals import from_to
from wording.joining import bracketed, clauses

MOST_FIGURES = 500  # figures of one library on its page; file and API have all


@dataclass(frozen=True, kw_only=True, slots=True)
class Taker:
    """One input of a value model that was taken from the library."""

    initiative: Initiative
    label: str
    version: int
    is_behind: bool  # the library says something newer


@dataclass(frozen=True, kw_only=True, slots=True)
class LibraryLine:
    """What the library says of one figure now, and who took it."""

    figure: LibraryFigure
    range: str
    takers: tuple[Taker, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class LibraryVersion:
    """One version of a figure, as text."""

    figure: LibraryFigure
    range: str
    taken: int  # by so many inputs


@dataclass(frozen=True, kw_only=True, slots=True)
class LibraryPage:
    lines: tuple[LibraryLine, ...]
    retired: tuple[LibraryLine, ...] = ()
    total: int = 0

    @property
    def shown(self) -> int:
        return len(self.lines) + len(self.retired)


@dataclass(frozen=True, kw_only=True, slots=True)
class FigurePage:
    """One figure with its versions, the newest first, and the value models that took it."""

    figure: LibraryFigure
    range: str
    versions: tuple[LibraryVersion, ...]
    takers: tuple[Taker, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LibraryChoices:
    """What inputs can be taken from: reference, what it counts, and words, by what the library says now.

    `kept` has the words of earlier versions that a value model holds.
    """

    offered: tuple[tuple[str, str, str], ...] = ()
    kept: dict[str, str] = field(default_factory=dict)

    def of(self, measure: str | None, held: str = "") -> list[tuple[str, str]]:
        """For an input of this measure (any if None), with what it holds already."""
        found = [(key, text) for key, of_measure, text in self.offered if measure in (None, of_measure)]
        if held and held not in dict(found):
            found.insert(0, (held, self.kept.get(held, held)))
        return found


def library_page(organization: Organization, *, most: int | None = None) -> LibraryPage:
    """Figures by name, those that are no longer offered apart; `most` of them, or all. Three queries."""
    figures = list(LibraryFigure.objects.of(organization).newest().select_related("written_by__user"))
    takers = _takers(organization, figures)
    lines = [
        LibraryLine(figure=one, range=range_text(one), takers=takers.get(one.number, ()))
        for one in sorted(figures, key=lambda one: (one.label.casefold(), one.number))[:most]
    ]
    return LibraryPage(
        lines=tuple(one for one in lines if not one.figure.is_retired),
        retired=tuple(one for one in lines if one.figure.is_retired),
        total=len(figures),
    )


def figure_page(organization: Organization, figure: LibraryFigure) -> FigurePage:
    """Three queries."""
    rows = list(
        LibraryFigure.objects.of(organization).filter(number=figure.number).select_related("written_by__user")
    )
    takers = _takers(organization, [figure]).get(figure.number, ())
    return FigurePage(
        figure=figure,
        range=range_text(figure),
        versions=tuple(
            LibraryVersion(
                figure=one,
                range=range_text(one),
                taken=sum(taker.version == one.version for taker in takers),
            )
            for one in rows
        ),
        takers=takers,
    )


def library_versions(organization: Organization, references: Iterable[str]) -> dict[str, LibraryFigure]:
    """The versions that these name, by what was asked; a number alone is what the library says now. One
    query for each of the two."""
    parsed = {text: _parsed(text) for text in references}
    exact = {pair for pair in parsed.values() if pair is not None and pair[1] is not None}
    newest = {pair[0] for pair in parsed.values() if pair is not None and pair[1] is None}
    rows = dict[tuple[int, int | None], LibraryFigure]()
    figures = LibraryFigure.objects.of(organization)
    if exact:
        asked = Q()
        for number, version in exact:
            asked |= Q(number=number, version=version)
        rows |= {(one.number, one.version): one for one in figures.filter(asked)}
    if newest:
        rows |= {(one.number, None): one for one in figures.newest().filter(number__in=newest)}
    return {text: rows[pair] for text, pair in parsed.items() if pair is not None and pair in rows}


def _parsed(text: str) -> tuple[int, int | None] | None:
    number, _dot, version = text.partition(".")
    parts = [part for part in (number, version) if part] if "." in text else [number]
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        return None
    if "." in text and len(parts) != 2:
        return None
    return int(number), int(version) if version else None


def unfit_text(figure: LibraryFigure, measure: str | None, currency: str) -> str:
    """Why an input of this measure (any if None) in this currency cannot be taken from it, or nothing."""
    if measure is not None and figure.measure != measure:
        return _("“%(label)s” is of another kind: this input is “%(measure)s”.") % {
            "label": figure.label,
            "measure": LibraryMeasure(measure).label,
        }
    if figure.currency and figure.currency != currency:
        return _("“%(label)s” is in %(currency)s. Write it in %(own)s in the library first.") % {
            "label": figure.label,
            "currency": figure.currency,
            "own": currency,
        }
    return ""


def library_choices(organization: Organization, model: ValueModel | None) -> LibraryChoices:
    """What the inputs of a model can be taken from, with what they hold. Four queries at most."""
    figures = LibraryFigure.objects.of(organization).newest().filter(is_retired=False)
    usable = [one for one in figures.order_by("label") if one.currency in ("", organization.currency)]
    held = [row.library for row in _inputs_of(model) if row.library] if model is not None else []
    versions = library_versions(organization, held)
    return LibraryChoices(
        offered=tuple((one.reference, one.measure, _choice_text(one)) for one in usable),
        kept={
            text: _("%(figure)s, version %(version)s, as this model keeps it")
            % {"figure": _choice_text(one), "version": one.version}
            for text, one in versions.items()
        },
    )


def library_notices(organization: Organization, model: ValueModel | None) -> tuple[str, ...]:
    """Where the library says something newer than what a model took. Four queries at most, one where nothing
    was taken."""
    if model is None:
        return ()
    rows = [row for row in _inputs_of(model) if row.library]
    if not rows:
        return ()
    kept = library_versions(organization, {row.library for row in rows})
    numbers = {one.number for one in kept.values()}
    now = {
        one.number: one for one in LibraryFigure.objects.of(organization).newest().filter(number__in=numbers)
    }
    pairs = dict.fromkeys((kept[row.library], now[kept[row.library].number]) for row in rows)
    return tuple(_notice(taken, newest) for taken, newest in pairs if newest.version != taken.version)


def _notice(taken: LibraryFigure, newest: LibraryFigure) -> str:
    said = {
        "label": newest.label,
        "now": range_text(newest),
        "source": newest.source,
        "day": reader().day(newest.day),
        "kept": range_text(taken),
    }
    if newest.is_retired:
        return _("%(label)s: the library no longer offers this figure. This model keeps %(kept)s.") % said
    return (
        _(
            "%(label)s: the library now says %(now)s (%(source)s, %(day)s). This model keeps %(kept)s until "
            "the newer figure is chosen in it."
        )
        % said
    )


def range_text(figure: LibraryFigure) -> str:
    """The most likely figure with its range; one that is certain stands alone."""
    likely = _text(figure, figure.likely)
    if figure.low == figure.high:
        return likely
    return bracketed(likely, from_to(_text(figure, figure.low), _text(figure, figure.high)))


def _text(figure: LibraryFigure, value: Decimal) -> str:
    if figure.measure == LibraryMeasure.MONEY and value == round(value, 2):
        return reader().money(value, figure.currency)
    number = reader().shortest(value.normalize())
    return f"{figure.currency} {number}" if figure.currency else number


def _choice_text(figure: LibraryFigure) -> str:
    return clauses([figure.label, range_text(figure), reader().day(figure.day)])


def _inputs_of(model: ValueModel) -> Iterator[ValueParameter | LineInput]:
    """Of all benefits. Two queries."""
    yield from ValueParameter.objects.filter(value_model=model)
    yield from LineInput.objects.filter(line__value_model=model).order_by("line__number", "position", "pk")


def _takers(organization: Organization, figures: Sequence[LibraryFigure]) -> dict[int, tuple[Taker, ...]]:
    """Inputs of the organization's value models by the number of the figure that they were taken from. Two
    queries."""
    newest = {one.number: one.version for one in figures}
    found = dict[int, list[Taker]]()
    first = (
        ValueParameter.objects.exclude(library="")
        .filter(value_model__initiative__organization=organization)
        .select_related("value_model__initiative")
    )
    further = (
        LineInput.objects.exclude(library="")
        .filter(line__value_model__initiative__organization=organization)
        .select_related("line__value_model__initiative")
    )
    of_models = [(row, row.value_model, row.value_model.kind, "") for row in first]
    of_lines = [(row, row.line.value_model, row.line.kind, row.line.label) for row in further]
    for row, model, kind, line in [*of_models, *of_lines]:
        pair = _parsed(row.library)
        if pair is None or pair[1] is None or pair[0] not in newest:
            continue
        label = _name_of(row, kind)
        taker = Taker(
            initiative=model.initiative,
            label=bracketed(label, line) if line else label,
            version=pair[1],
            is_behind=pair[1] != newest[pair[0]],
        )
        found.setdefault(pair[0], []).append(taker)
    return {
        number: tuple(sorted(rows, key=lambda one: (one.initiative.number, one.label)))
        for number, rows in found.items()
    }


def _name_of(row: InputColumns, kind: str) -> str:
    presets = {preset.key: str(preset.label) for preset in inputs_of(kind)}
    return presets.get(row.key, row.label)
