"""What a change of many touchpoints would do now: each row with what differs, what is wrong, what is asked.

Nothing is stored here. The same question, asked again after it was applied, finds nothing to do: that is why
a file that comes twice makes nothing twice.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import BusinessFunction, Membership, Organization
from common.registry import lost_with, operational_metrics_of
from common.text import one_line
from cxstats.codec import digest_of, encoded
from journeys.change_cells import Cells
from journeys.choices import EMPTIES, UNINTENDED_CHANNELS, ChangeKind
from journeys.models import InventoryChange, Touchpoint

SAME, NEW = "same", "new"  # what may be answered about a name that is spelled alike
ALIKE = 0.86  # share of letters in common from which on two names are asked about
FIELDS = (
    "name", "phase", "channel", "owner_function", "owner_person", "is_intended", "purpose",
    "operational_metric", "side_effects",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What is wrong in a row, with the column as the file calls it."""

    line: int
    column: str
    value: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Alike:
    """A row that would add a touchpoint whose name is spelled much like one that is there."""

    line: int
    name: str
    known: str
    answer: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedRow:
    """One touchpoint: `touchpoint` None where it is added; only what differs stands in `before` and
    `after`."""

    line: int
    touchpoint: Touchpoint | None
    name: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What would happen now."""

    rows: tuple[PlannedRow, ...] = ()
    problems: tuple[Problem, ...] = ()
    alike: tuple[Alike, ...] = ()
    unchanged: int = 0
    left_out: int = 0  # rows that mean the same as another row of the file
    unread: tuple[str, ...] = field(default=())

    @property
    def added(self) -> tuple[PlannedRow, ...]:
        return tuple(row for row in self.rows if row.touchpoint is None)

    @property
    def changed(self) -> tuple[PlannedRow, ...]:
        return tuple(row for row in self.rows if row.touchpoint is not None)

    @property
    def questions(self) -> tuple[Alike, ...]:
        """Those that nobody has answered yet."""
        return tuple(one for one in self.alike if not one.answer)

    @property
    def is_ready(self) -> bool:
        return bool(self.rows) and not self.problems and not self.questions

    @property
    def mark(self) -> str:
        """What somebody has seen who confirms it."""
        seen = [
            [row.line, row.touchpoint.pk if row.touchpoint else 0, _plain(row.before), _plain(row.after)]
            for row in self.rows
        ]
        return digest_of(encoded({"rows": seen}), version=1)[:16]


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Rows by their number, so that the values can be stored and compared."""
    rows = (BusinessFunction, Membership)
    return {name: value.pk if isinstance(value, rows) else value for name, value in values.items()}


plain_values = _plain


def plan_change(change: InventoryChange) -> Plan:
    """What it would do now. Four queries."""
    if change.kind == ChangeKind.FILE:
        return _plan_file(change.organization, change.asked)
    return _plan_choice(change.organization, change.asked)


def standing(organization: Organization) -> list[Touchpoint]:
    """All that are no part of others, archived ones too, with their owners. One query."""
    rows = Touchpoint.objects.of(organization).standing()
    return list(rows.select_related("owner_function", "owner_person__user").order_by("name"))


# --- touchpoints that were chosen ---------------------------------------------------------------------


def _plan_choice(organization: Organization, asked: Mapping[str, Any]) -> Plan:
    """`asked`: numbers of touchpoints, and the values that all of them get (None empties)."""
    given, problems = _rows_of(organization, asked["values"])
    planned, unchanged = [], 0
    chosen = {row.pk: row for row in standing(organization) if not row.is_archived}
    for number, pk in enumerate(asked["touchpoints"], start=1):
        row = chosen.get(pk)
        if row is None:  # archived or merged since it was chosen
            continue
        after = {name: value for name, value in given.items() if getattr(row, name) != value}
        if not after:
            unchanged += 1
            continue
        if after.get("is_archived"):
            problems += _kept_by(number, row)
        before = {name: getattr(row, name) for name in after}
        planned.append(PlannedRow(line=number, touchpoint=row, name=row.name, before=before, after=after))
    return Plan(rows=tuple(planned), problems=tuple(problems), unchanged=unchanged)


def _kept_by(line: int, row: Touchpoint) -> Iterator[Problem]:
    """What would end with a touchpoint is accepted for it alone, where it is told."""
    for one in lost_with(row):
        if one.is_to_accept:
            text = _("%(why)s Archive it by itself, or choose without it.") % {"why": one.text}
            yield Problem(line=line, column="is_archived", value=row.name, text=text)


def _rows_of(organization: Organization, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Stored numbers as the rows that they mean; what has gone since is a problem."""
    found, problems = dict(values), []
    if values.get("owner_function") is not None:
        found["owner_function"] = (
            BusinessFunction.objects.of(organization).filter(pk=values["owner_function"]).first()
        )
    if values.get("owner_person") is not None:
        people = Membership.objects.of(organization).active().select_related("user")
        found["owner_person"] = people.filter(pk=values["owner_person"]).first()
    for name in ("owner_function", "owner_person"):
        if values.get(name) is not None and found[name] is None:
            text = _("It was chosen and is no longer there. Choose the touchpoints again.")
            problems.append(Problem(line=0, column=name, value="", text=text))
    metric = values.get("operational_metric")
    if metric and metric not in operational_metrics_of(organization):
        text = _("This metric is no longer in use. Choose the touchpoints again.")
        problems.append(Problem(line=0, column="operational_metric", value=str(metric), text=text))
    return found, problems


# --- a file -------------------------------------------------------------------------------------------


def _plan_file(organization: Organization, asked: Mapping[str, Any]) -> Plan:
    """`asked`: columns by field, rows with their lines and cells, answers by line."""
    return _FilePlan(organization, asked).plan()


class _FilePlan:
    """One reading of a file against the inventory as it stands."""

    def __init__(self, organization: Organization, asked: Mapping[str, Any]) -> None:
        self.columns: Mapping[str, str] = asked["columns"]
        self.listed: Sequence[Mapping[str, Any]] = asked["rows"]
        self.answers: Mapping[str, str] = asked.get("answers", {})
        self.unread = tuple(asked.get("unread", ()))
        self.rows = standing(organization)
        self.by_key = {row.key: row for row in self.rows}
        self.by_name = {_folded(row.name): row for row in self.rows}
        by_pk: dict[int | None, Touchpoint] = {row.pk: row for row in self.rows}
        merged = Touchpoint.objects.of(organization).exclude(merged_into=None)
        for key, name, kept in merged.values_list("key", "name", "merged_into"):
            self.by_key.setdefault(key, by_pk[kept])
            self.by_name.setdefault(_folded(name), by_pk[kept])
        self.cells = Cells(organization)
        self.problems: list[Problem] = []
        self.alike: list[Alike] = []
        self.planned: list[PlannedRow] = []
        self.seen: dict[int, int] = {}  # touchpoint -> line
        self.new: dict[str, int] = {}  # folded name -> line
        self.added: dict[str, tuple[str, str]] = {}  # the same -> name and letters
        self.spelled = [(row, _letters(row.name)) for row in self.rows if not row.is_archived]
        self.unchanged = self.left_out = 0

    def plan(self) -> Plan:
        for listed in self.listed:
            self._read(int(listed["line"]), listed["cells"])
        self._refuse_same_names()
        return Plan(
            rows=tuple(self.planned),
            problems=tuple(sorted(self.problems, key=lambda one: one.line)),
            alike=tuple(self.alike),
            unchanged=self.unchanged,
            left_out=self.left_out,
            unread=self.unread,
        )

    def _read(self, line: int, cells: Mapping[str, str]) -> None:
        name = one_line(cells.get("name", ""))
        key = cells.get("key", "")
        row = self.by_key.get(key) if key else self.by_name.get(_folded(name))
        if key and row is None:
            row = self.by_name.get(_folded(name))
        if name in EMPTIES:
            self._wrong(line, "name", name, _("A name cannot be emptied. Leave the cell empty to keep it."))
            return
        if not name and row is None:
            self._wrong(line, "key" if key else "name", key, self._no_name(key))
            return
        is_named = row is not None and (key == "" or row.key != key)  # its name in the list stays
        if row is None:
            row, is_known = self._asked_about(line, name)
            if is_known and row is None:
                self.left_out += 1
                return
            is_named = is_known
        if row is not None and row.is_archived:
            text = _("“%(name)s” is archived. Restore it first, or take the row out.") % {"name": row.name}
            self._wrong(line, "name", name or key, text)
            return
        if (first := self._first_line(row, name)) is not None:
            text = _("Row %(line)s is about the same touchpoint.") % {"line": first}
            self._wrong(line, "name" if name else "key", name or key, text)
            return
        self._remember(row, name, line)
        given = self._given(line, cells)
        if given is not None:
            self._plan_row(line, row, name, given, keeps_name=is_named)

    def _plan_row(
        self, line: int, row: Touchpoint | None, name: str, given: dict[str, Any], *, keeps_name: bool
    ) -> None:
        if name and not keeps_name:
            given = {"name": name, **given}
        if row is None:
            if given.get("channel") in UNINTENDED_CHANNELS:
                given = {"is_intended": False, **given}  # unless the file says otherwise
            self.planned.append(PlannedRow(line=line, touchpoint=None, name=name, before={}, after=given))
            return
        after = {field: value for field, value in given.items() if getattr(row, field) != value}
        if not after:
            self.unchanged += 1
            return
        before = {field: getattr(row, field) for field in after}
        self.planned.append(PlannedRow(line=line, touchpoint=row, name=row.name, before=before, after=after))

    def _given(self, line: int, cells: Mapping[str, str]) -> dict[str, Any] | None:
        """Values of the cells that say something; None where one of them cannot be used."""
        given: dict[str, Any] = {}
        is_wrong = False
        for field_name, text in cells.items():
            if field_name in {"key", "name"} or not text:
                continue
            value, problem = self.cells.read(field_name, text)
            if problem:
                self._wrong(line, field_name, text, problem)
                is_wrong = True
            else:
                given[field_name] = value
        if len(one_line(cells.get("name", ""))) > 120:
            self._wrong(line, "name", cells["name"], _("A name has at most 120 characters."))
            is_wrong = True
        return None if is_wrong else given

    def _asked_about(self, line: int, name: str) -> tuple[Touchpoint | None, bool]:
        """A touchpoint that somebody said is meant, and whether they said that a known one is meant at all
        (a row of this file, where no touchpoint comes with it)."""
        found = next(self._spelled_alike(name), None)
        if found is None:
            return None, False
        known, row = found
        answer = self.answers.get(str(line), "")
        self.alike.append(Alike(line=line, name=name, known=known, answer=answer))
        return (row, True) if answer == SAME else (None, False)

    def _spelled_alike(self, name: str) -> Iterator[tuple[str, Touchpoint | None]]:
        is_alike = _Alike(_letters(name))
        for row, letters in self.spelled:
            if is_alike(letters):
                yield row.name, row
        for folded, (earlier, letters) in self.added.items():
            if folded != _folded(name) and is_alike(letters):
                yield earlier, None

    def _first_line(self, row: Touchpoint | None, name: str) -> int | None:
        return self.new.get(_folded(name)) if row is None else self.seen.get(row.pk)

    def _remember(self, row: Touchpoint | None, name: str, line: int) -> None:
        if row is None:
            self.new[_folded(name)] = line
            self.added[_folded(name)] = name, _letters(name)
        else:
            self.seen[row.pk] = line

    def _refuse_same_names(self) -> None:
        """A touchpoint that is renamed may not take the name of another one."""
        for row in self.planned:
            name = row.after.get("name") if row.touchpoint is not None else None
            other = self.by_name.get(_folded(name)) if name else None
            if other is not None and row.touchpoint is not None and other.pk != row.touchpoint.pk:
                self._wrong(row.line, "name", str(name), _("Another touchpoint has this name."))
            elif name and _folded(name) in self.new:
                text = _("Row %(line)s has the same name.") % {"line": self.new[_folded(name)]}
                self._wrong(row.line, "name", str(name), text)

    def _no_name(self, key: str) -> str:
        if not key:
            return _("This row names no touchpoint.")
        return _("There is no touchpoint with this key, and the row has no name for a new one.")

    def _wrong(self, line: int, column: str, value: str, text: str) -> None:
        self.problems.append(
            Problem(line=line, column=self.columns.get(column, column), value=value[:80], text=text)
        )


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _letters(name: str) -> str:
    """Letters and figures alone: hyphens, blanks and case make no other touchpoint."""
    return "".join(sign for sign in name.casefold() if sign.isalnum())


class _Alike:
    """Whether other names may be this one: the same letters, or few that differ. Figures tell lines apart.

    Bounds that are cheap are asked first: hundreds of names are compared with hundreds.
    """

    def __init__(self, letters: str) -> None:
        self.letters, self.figures = letters, _figures(letters)
        self.matcher = SequenceMatcher(None, "", letters)

    def __call__(self, other: str) -> bool:
        if not self.letters or not other:
            return False
        if self.letters == other:
            return True
        shorter, longer = sorted((len(self.letters), len(other)))
        if shorter < 4 or 2 * shorter < ALIKE * (shorter + longer) or self.figures != _figures(other):
            return False
        self.matcher.set_seq1(other)
        return self.matcher.quick_ratio() >= ALIKE and self.matcher.ratio() >= ALIKE


def _figures(letters: str) -> str:
    return "".join(sign for sign in letters if sign.isdigit())
