"""Inputs of a value model that are taken from an association or the library: its figures, not typed ones."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.reading import written_for
from coalition.models import Initiative
from impact.choices import Distribution, SourceKind, ValueKind, inputs_of
from impact.fields import LineValues, ParameterValues
from impact.models import LibraryFigure
from impact.parameters import range_arguments
from impact.selectors.associations import Usable, source_text, usable_associations
from impact.selectors.library import library_versions, unfit_text

type Wrong = dict[str, str | Promise]


def linked_inputs(
    initiative: Initiative, kind: str, parameters: Sequence[ParameterValues]
) -> tuple[list[ParameterValues], dict[str, str | Promise]]:
    """The inputs, those with an association or a figure of the library with its range, source and kind of
    source; and what is wrong, by `<key>-association` and `<key>-library`. Whatever else was sent beside them
    does not count.

    An association enters with its whole sampling distribution; it never raises a design grade, which no input
    of a value model touches. A figure of the library enters as the version that was named, also where a newer
    one is there. Four queries at most, none where no input has either.
    """
    taken, not_taken = _from_library(initiative, kind, parameters)
    parameters, wrong = taken, not_taken | _not_linked(taken)
    if not any(one.association is not None for one in parameters):
        return taken, wrong
    usable = {one.run.number: one for one in usable_associations(initiative)}
    found = []
    for values in parameters:
        one = usable.get(values.association) if values.association is not None else None
        if values.association is None:
            found.append(values)
        elif one is None or not _fits(one, kind, values.key):
            wrong[f"{values.key}-association"] = _(
                "There is no such association that this input could be taken from."
            )
            found.append(replace(values, association=None, source_kind=SourceKind.ASSUMPTION))
        else:
            found.append(_linked(initiative, values, one))
    return found, wrong


def linked_lines(
    initiative: Initiative, lines: Sequence[LineValues]
) -> tuple[list[LineValues], dict[str, str | Promise]]:
    """As `linked_inputs`, of further benefits; what is wrong by `line-<row>-<key>-association`."""
    found, wrong = [], dict[str, str | Promise]()
    for row, line in enumerate(lines):
        parameters, unlinked = linked_inputs(initiative, line.frame.kind, line.parameters)
        found.append(replace(line, parameters=tuple(parameters)))
        wrong |= {f"line-{row}-{name}": text for name, text in unlinked.items()}
    return found, wrong


def _from_library(
    initiative: Initiative, kind: str, parameters: Sequence[ParameterValues]
) -> tuple[list[ParameterValues], Wrong]:
    if not any(one.library for one in parameters):
        return list(parameters), {}
    figures = library_versions(initiative.organization, [one.library for one in parameters if one.library])
    presets = {preset.key: preset for preset in inputs_of(kind)}
    found, wrong = [], dict[str, str | Promise]()
    for values in parameters:
        figure = figures.get(values.library)
        preset = presets.get(values.key)
        if not values.library:
            found.append(values)
            continue
        if values.association is not None:
            refused = _("Take this input from own data or from the library, not from both.")
        elif figure is None or figure.is_retired:
            refused = _("The library has no such figure that could be taken.")
        else:
            measure = None if preset is None else preset.measure
            refused = unfit_text(figure, measure, initiative.organization.currency)
        if figure is None or refused:
            wrong[f"{values.key}-library"] = refused
            found.append(replace(values, library=""))
        else:
            found.append(_as_in_library(values, figure))
    return found, wrong


def _as_in_library(values: ParameterValues, figure: LibraryFigure) -> ParameterValues:
    distribution, arguments = range_arguments(
        *(float(end) for end in (figure.low, figure.likely, figure.high))
    )
    return replace(
        values,
        distribution=distribution,
        arguments=arguments,
        source=figure.source,
        source_kind=figure.source_kind,
        owner_name=figure.owner_name,
        library=figure.reference,
    )


def _not_linked(parameters: Iterable[ParameterValues]) -> dict[str, str | Promise]:
    return {
        f"{one.key}-source_kind": _("Choose the association, or another kind of source.")
        for one in parameters
        if one.association is None and one.source_kind == SourceKind.ASSOCIATION
    }


def _fits(one: Usable, kind: str, key: str) -> bool:
    """Whether this input is what the association says for one unit: of a formula any factor of one's own."""
    if kind != one.kind:
        return False
    return key == one.key or (
        kind == ValueKind.FORMULA and key not in {preset.key for preset in inputs_of(kind)}
    )


def _linked(initiative: Initiative, values: ParameterValues, one: Usable) -> ParameterValues:
    with written_for(initiative.organization):
        source = source_text(one)
    return replace(
        values,
        distribution=Distribution.NORMAL,
        arguments=(one.value, one.error),
        source=source,
        source_kind=SourceKind.ASSOCIATION,
        owner_name=values.owner_name or str(one.run.requested_by or ""),
    )
