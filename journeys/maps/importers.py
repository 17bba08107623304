"""A map from a table, a row a step, CSV or workbook: read, not stored. No rules but those of the table."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from common.spreadsheets import as_it_was
from common.text import legible, one_line
from journeys.maps.choices import LONGEST_NAME, LONGEST_TEXT, MOST_LANES, MOST_STAGES, MOST_STEPS, LaneKind
from tabular.errors import FileRefused
from tabular.headers import guess_columns, plain_name
from tabular.opening import Layout, Limits, inspect_table, open_table

MOST_BYTES = 4 * 2**20
MOST_MEGABYTES_OF_TEXT = 3  # of what was read, which is sent back to be confirmed: a workbook is packed
MOST_WRONG = 50

COLUMNS: dict[str, tuple[str, ...]] = {
    "stage": ("stage", "phase", "stufe", "étape du parcours", "etapa", "阶段"),
    "step": ("step", "activity", "schritt", "étape", "paso", "步骤"),
    "touchpoints": ("touchpoints", "touchpoint", "kontaktpunkt", "point de contact", "触点"),
    "owner": ("owner", "owner function", "function", "verantwortlich", "负责方", "负责"),
    "emotion": ("emotion", "stimmung", "émotion", "emoción", "情绪"),
    "nested": ("nested map", "opens map", "sub journey", "下级地图"),
}
# What an export of ours says besides, and no map takes in.
NUMBERS = frozenset({"number", "序号"})
CHANNELS = frozenset({"channels", "渠道"})
_LANES: dict[str, tuple[str, ...]] = {
    LaneKind.GOAL: ("goal", "goals", "customer s goal", "ziel", "目标", "客户目标"),
    LaneKind.DOING: ("doing", "what the customer does", "actions", "行为", "客户做什么"),
    LaneKind.THINKING: ("thinking", "what the customer thinks", "thoughts", "想法", "客户想什么"),
    LaneKind.FEELING: ("feeling", "what the customer feels", "feelings", "感受", "客户的感受"),
    LaneKind.PAIN: ("pain", "pain points", "pain point", "痛点"),
    LaneKind.MOMENT: ("moment", "moment of truth", "关键时刻"),
    LaneKind.BACKSTAGE: ("backstage", "behind the scenes", "后台", "后台工作"),
    LaneKind.SYSTEMS: ("systems", "system", "系统"),
    LaneKind.EVIDENCE: ("evidence", "证据"),
    LaneKind.IDEAS: ("ideas", "idea", "想法与建议", "改进想法"),
}
# A lane that has a kind and a name of its own, as an export writes it.
_NAMED = re.compile(rf"\s*({'|'.join(LaneKind.values)})\s*[:：]\s*(\S.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class StepRow:
    """One row of the file, with its line; `cells` by the place of their lane. `is_stage`: it names a stage
    and no step."""

    line: int
    stage: str
    step: str
    touchpoints: tuple[str, ...]
    owner: str
    emotion: int | None
    nested: str
    cells: Mapping[int, str]
    is_stage: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadMap:
    """What a file says; `lanes`: kind and name. `wrong`: sentences with the line, of which one stops it
    all."""

    rows: tuple[StepRow, ...]
    lanes: tuple[tuple[str, str], ...]
    wrong: tuple[str, ...]


def read_map(file: IO[bytes]) -> ReadMap:
    """The steps of a table in its order. A column of another name becomes a lane. Raises FileRefused."""
    limits = Limits(most_bytes=MOST_BYTES, most_rows=MOST_STEPS)
    layout = inspect_table(file, layout=Layout(), limits=limits).layout
    with open_table(file, layout=layout, limits=limits) as table:
        header = table.header
        rows = [(number, cells) for number, cells in table.rows if any(cell.strip() for cell in cells)]
    columns = guess_columns(header, COLUMNS)
    missing = [name for name in ("stage", "step") if name not in columns]
    if missing:
        raise FileRefused(
            _("The file needs columns for stage and step. Not found: %(names)s.")
            % {"names": ", ".join(missing)}
        )
    place = {field: header.index(name) for field, name in columns.items()}
    lanes = _lanes(header, set(place.values()))
    if len(lanes) > MOST_LANES:
        raise FileRefused(
            _("A map has at most %(most)d lanes; this file has %(number)d further columns.")
            % {"most": MOST_LANES, "number": len(lanes)}
        )
    found, wrong = list[StepRow](), list[str]()
    for number, cells in rows:
        row, problems = _row(number, cells, place, [at for at, _kind, _name in lanes])
        found.append(row)
        wrong += [_("Line %(line)s: %(text)s") % {"line": number, "text": text} for text in problems]
    wrong += _nameless_steps(found)
    if len({row.stage.casefold() for row in found}) > MOST_STAGES:
        wrong.append(_("A map has at most %(most)d stages.") % {"most": MOST_STAGES})
    return ReadMap(
        rows=tuple(found),
        lanes=tuple((kind, name) for _at, kind, name in lanes),
        wrong=tuple(wrong[:MOST_WRONG]),
    )


def _nameless_steps(rows: Sequence[StepRow]) -> list[str]:
    """Rows without a step in a stage that has some: such a stage is no row of its own, and what stands in the
    cells of that row would be seen nowhere."""
    with_steps = {row.stage.casefold() for row in rows if row.step}
    return [
        _("Line %(line)s: %(text)s") % {"line": row.line, "text": _("the step has no name.")}
        for row in rows
        if row.is_stage and row.stage.casefold() in with_steps
    ]


_QUOTED = re.compile(r'"((?:[^"]|"")*)"(?=[\t\n]|$)')
_NEXT = re.compile(r"[\t\n]")
_WHOLE = re.compile(r"(?<=\d)[.,]0+$")  # what spreadsheets add to whole numbers


def pasted_rows(text: str) -> list[list[str]]:
    """Cells of a spreadsheet as they come over the clipboard: a tab between cells, a line a row. A cell that
    holds a line break or a tab stands in quotation marks, its own ones doubled; others are as they are."""
    text, at = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n"), 0
    rows: list[list[str]] = [[]]
    while True:
        quoted = _QUOTED.match(text, at)
        if quoted and ("\n" in quoted[1] or "\t" in quoted[1]):
            cell, at = quoted[1].replace('""', '"'), quoted.end()
        else:
            found = _NEXT.search(text, at)
            end = found.start() if found else len(text)
            cell, at = text[at:end], end
        rows[-1].append(cell)
        if at >= len(text):
            return rows
        if text[at] == "\n":
            rows.append([])
        at += 1


def _lanes(header: Sequence[str], taken: set[int]) -> list[tuple[int, str, str]]:
    """(column, kind, name) of every column that is no part of a step; a kind that comes twice is an own
    lane. The numbers and the channels of an export, which begins with the numbers, are passed over; in
    another table they are lanes like all else."""
    lanes: list[tuple[int, str, str]] = []
    ours = [NUMBERS, CHANNELS] if header and plain_name(header[0]) in NUMBERS else []
    for at, name in enumerate(header):
        said = plain_name(name)
        if at in taken or not name.strip():
            continue
        passed = next((words for words in ours if said in words), None)
        if passed is not None:
            ours.remove(passed)
            continue
        named = _NAMED.match(as_it_was(name))
        if named:
            lanes.append((at, named[1].lower(), one_line(named[2])[:LONGEST_NAME]))
            continue
        kind = next((kind for kind, words in _LANES.items() if said in words), LaneKind.OWN.value)
        if kind in {one for _at, one, _name in lanes}:
            kind = LaneKind.OWN.value
        own = one_line(as_it_was(name))[:LONGEST_NAME] if kind == LaneKind.OWN else ""
        lanes.append((at, str(kind), own))
    return lanes


def lane_header(kind: str, name: str) -> str:
    """What a lane is called in a table, so that it comes back as it was."""
    if not name:
        return str(kind)
    is_plain = kind == LaneKind.OWN and not _NAMED.match(name) and not _is_known(name)
    return name if is_plain else f"{kind}: {name}"


def _is_known(name: str) -> bool:
    """Whether a column of this name would be read as something else than an own lane."""
    said = plain_name(name)
    words = (*COLUMNS.values(), *_LANES.values(), NUMBERS, CHANNELS)
    return any(said in one for one in words)


def _row(
    number: int, cells: Sequence[str], place: Mapping[str, int], lanes: Sequence[int]
) -> tuple[StepRow, list[str]]:
    def cell(at: int | None) -> str:
        return as_it_was(cells[at].strip()) if at is not None and at < len(cells) else ""

    said = {field: one_line(cell(at)) for field, at in place.items()}
    problems = []
    is_stage = bool(said["stage"]) and not any(text for field, text in said.items() if field != "stage")
    for field, text in (("stage", _("the stage is missing.")), ("step", _("the step has no name."))):
        if not said[field]:
            problems += [] if is_stage else [text]
        elif len(said[field]) > LONGEST_NAME:
            problems.append(
                _("“%(text)s…” has more than %(most)d characters.")
                % {"text": said[field][:30], "most": LONGEST_NAME}
            )
    emotion = _WHOLE.sub("", said.get("emotion", "").replace("−", "-").removeprefix("+"))
    if emotion not in {"", "-2", "-1", "0", "1", "2"}:
        problems.append(_("“%(text)s” is no emotion from -2 to 2.") % {"text": said["emotion"][:40]})
        emotion = ""
    texts = {at: legible(cell(column)).strip() for at, column in enumerate(lanes)}
    if any(len(text) > LONGEST_TEXT for text in texts.values()):
        problems.append(_("a cell has more than %(most)d characters.") % {"most": LONGEST_TEXT})
    points = said.get("touchpoints", "").replace("；", ";").split(";")
    row = StepRow(
        line=number,
        stage=said["stage"],
        step=said["step"],
        touchpoints=tuple(point.strip() for point in points if point.strip()),
        owner=said.get("owner", ""),
        emotion=int(emotion) if emotion else None,
        nested=said.get("nested", ""),
        cells={at: text for at, text in texts.items() if text},
        is_stage=is_stage,
    )
    return row, problems
