"""Results as tables: the figures of the page, no more and no finer."""

from django.http import Http404
from django.utils.translation import gettext as _

from common.downloads import WORKBOOK
from common.spreadsheets import csv_text, xlsx_bytes
from cxstats.anonymity import Telling
from cxstats.engagement import Share
from employee_voice.selectors.shown import Line, ResultsPage, Row
from employee_voice.telling import digits_of, told_value

COLUMNS = (
    "function", "part_of", "participation", "measure", "kind", "driver", "told", "answers", "favourable",
    "neutral", "unfavourable", "score", "low", "high", "change", "why",
)  # fmt: skip


def results_file(ending: str, page: ResultsPage) -> tuple[str | bytes, str]:
    """The file's content and its type. Raises Http404 for another ending."""
    rows = results_rows(page)
    if ending == "csv":
        return "\ufeff" + csv_text(COLUMNS, rows), "text/csv; charset=utf-8"
    if ending == "xlsx":
        return xlsx_bytes(_("Results"), COLUMNS, rows), WORKBOOK
    raise Http404


def results_rows(page: ResultsPage) -> list[tuple[object, ...]]:
    """One row for each figure; of hidden functions one that says why. Exact figures are numbers, rounded as
    on the page, blunt ones are words.
    """
    names = dict[int, str]()
    rows = list[tuple[object, ...]]()
    for row in page.rows:
        names[row.depth] = row.name
        above = names.get(row.depth - 1, "")
        if not row.is_shown:
            rows.append((row.name, above, "", "", "", "", "hidden", *[""] * 8, row.why))
            continue
        for line in row.cells:
            rows.append(_line(row, above, line, ""))
            rows += [_line(row, above, item, line.name) for item in line.items]
        rows += [_line(row, above, line, "") for line in row.own]
    return rows


def _line(row: Row, above: str, line: Line, driver: str) -> tuple[object, ...]:
    figure, kind = line.figure, line.measure.kind
    start = (row.name, above, row.participation, line.name, kind.value, driver)
    if figure is None or line.why:
        return (*start, "hidden" if figure and figure.how is Telling.HIDDEN else "", *[""] * 8, line.why)
    digits, score = digits_of(kind), figure.score
    return (
        *start,
        figure.how.value,
        line.answers if line.is_blunt else figure.n,
        *(
            _share(share, text)
            for share, text in (
                (figure.favourable, line.favourable),
                (figure.neutral, line.neutral),
                (figure.unfavourable, line.unfavourable),
            )
        ),
        *(
            ("", "", "")
            if score is None
            else (round(one, digits) for one in (score.value, score.interval.low, score.interval.high))
        ),
        line.change,
        row.roughly if line.is_blunt else "",
    )


def _share(share: Share | None, text: str) -> object:
    """As a number where it is exact, in words where it is not."""
    if share is None:
        return ""
    return text if share.step else told_value(share)
