"""Inputs of a value model whose source is an association from own data: its figures, not typed ones."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.reading import written_for
from coalition.models import Initiative
from impact.choices import Distribution, SourceKind, ValueKind, inputs_of
from impact.fields import LineValues, ParameterValues
from impact.selectors.associations import Usable, source_text, usable_associations


def linked_inputs(
    initiative: Initiative, kind: str, parameters: Sequence[ParameterValues]
) -> tuple[list[ParameterValues], dict[str, str | Promise]]:
    """The inputs, those with an association with its range, source and kind of source; and what is wrong,
    by `<key>-association`. Whatever else was sent beside an association does not count.

    An association enters with its whole sampling distribution; it never raises a design grade, which no input
    of a value model touches. Three queries, none where no input has one.
    """
    if not any(one.association is not None for one in parameters):
        return list(parameters), _not_linked(parameters)
    usable = {one.run.number: one for one in usable_associations(initiative)}
    found, wrong = [], _not_linked(parameters)
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
