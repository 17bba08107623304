"""The evidence pack of a document: everything to check it without this installation, in one ZIP."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from common.files import opened
from common.spreadsheets import harmless
from cxstats.codec import canonical_text
from reports.models import Report
from wording.formats import Territory, reader, writing_for

_README = "README.txt"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pack:
    name: str
    content: bytes


def pack_of(report: Report) -> Pack:
    """The pack of a finished document: the same document gives the same bytes. One query at most, for its
    organization. Raises common.files.FileGone."""
    code = report.verification_code
    with opened(report.file) as file:
        document = file.read()
    files = {
        f"{report.kind.replace('_', '-')}-{code}.pdf": document,
        f"evidence-{code}.json": canonical_text(report.content).encode(),
        **{name: _csv(rows) for name, rows in _tables(report.content)},
    }
    with translation.override(report.language), writing_for(Territory(code=report.territory)):
        readme = _readme(report, files).encode("utf-8-sig")
    made = io.BytesIO()
    moment = report.created_at.timetuple()[:6]
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {_README: readme, **files}.items():
            entry = zipfile.ZipInfo(name, date_time=moment)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)
    return Pack(name=f"evidence-pack-{code}.zip", content=made.getvalue())


# --- tables -----------------------------------------------------------------------------------------------


def _tables(content: dict[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """What the document has of series, as it stands in the evidence: by the name of its file."""
    study, case = content.get("study"), content.get("roi_case")
    if study:
        yield "series.csv", study["finding"]["series"]
        yield "cells.csv", study["inputs"]["panel"]["cells"]
    if case:
        yield "cash-flow.csv", case["result"]["cash_flow"]
    if content.get("program_case"):
        yield from _tables_of_program(content)


def _tables_of_program(content: dict[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Years and initiatives of the return that the document shows, and the ledger behind its costs."""
    inputs, results = content["program_case"]["inputs"], content["program_case"]["result"]
    key, first = ("whole", "whole_first_year") if content["with_look_backs"] else ("main", "first_year")
    found = (results[key] or {}).get("return")
    if found:
        years = zip(found["benefits_by_year"], found["costs_by_year"], strict=True)
        yield (
            "cash-flow.csv",
            [
                {"year": inputs[first] + place, "benefits": benefits, "costs": costs}
                for place, (benefits, costs) in enumerate(years)
            ],
        )
        yield "initiatives.csv", [_row_of_line(line) for line in found["lines"]]
    costs_of_years = [{"year": year["year"], **line} for year in inputs["ledger"] for line in year["lines"]]
    if costs_of_years:
        yield "ledger.csv", costs_of_years


def _row_of_line(line: dict[str, Any]) -> dict[str, Any]:
    """What is counted of one initiative with the ends of its range, each in a column."""
    kept = {key: value for key, value in line.items() if key not in ("key", "share")}
    counted = {f"counted_{part}": value for part, value in line["share"].items()}
    return {"initiative": line["key"], **kept, **counted}


def _csv(rows: Sequence[dict[str, Any]]) -> bytes:
    """Keys as columns, figures as in the evidence, to the last digit; lists stay JSON."""
    text = io.StringIO()
    columns = sorted({key for row in rows for key in row}, key=lambda key: (key not in _FIRST, key))
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(key)) for key in columns] for row in rows)
    return text.getvalue().encode("utf-8-sig")


_FIRST = ("period", "unit", "year", "initiative")


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return harmless(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


# --- words ------------------------------------------------------------------------------------------------


def _readme(report: Report, files: dict[str, bytes]) -> str:
    site = settings.SITE_URL + reverse("verify_code", args=[report.verification_code])
    document = next(iter(files))
    parts = [
        report.title,
        _("Evidence pack of the document %(code)s") % {"code": report.verification_code},
        _("What is in this folder"),
        "\r\n".join(f"- {name}: {said}" for name, said in _said_of(files)),
        _("How to check it"),
        _(
            "1. Is it the document that was created? Open %(address)s, choose the PDF and compare. The page "
            "says whether it is the same, byte for byte. The code is printed at the foot of every page."
        )
        % {"address": site},
        _(
            "2. Does the evidence belong to the document? The JSON file is attached to the PDF too. Its "
            "SHA-256 is printed in the document: %(digest)s. Changing a single character gives another one."
        )
        % {"digest": report.content_digest},
        *_computing(report, files, document),
        _("SHA-256 of the files"),
        "\r\n".join(f"{sha256(content).hexdigest()}  {name}" for name, content in files.items()),
    ]
    return "\r\n\r\n".join(parts) + "\r\n"


def _said_of(files: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    said = {
        "series.csv": _(
            "each period of the study: what was observed, what was expected without the change with its "
            "range, and the comparison"
        ),
        "cells.csv": _(
            "what the engine read: value, variance and number of answers by touchpoint and period"
        ),
        "cash-flow.csv": _("costs and benefits by year, not discounted and discounted"),
        "initiatives.csv": _(
            "each initiative that counts: what its study found, what others and chance take from it, what is "
            "counted with its range, and its costs (present values)"
        ),
        "ledger.csv": _("what the program itself cost, line by line, with rates of exchange"),
    }
    if "series.csv" not in files:
        said["cash-flow.csv"] = _("benefits and costs of the program by fiscal year, not discounted")
    endings = {
        ".pdf": _("the document"),
        ".json": _("everything the document says, as data: inputs, figures, plan, decision and digests"),
    }
    for name in files:
        yield (
            name,
            said.get(name) or next(words for ending, words in endings.items() if name.endswith(ending)),
        )


def _computing(report: Report, files: dict[str, bytes], document: str) -> Iterator[str]:
    """How the figures are computed again, where the pack holds what they were computed from."""
    command = f"python manage.py verify_report {document}"
    if report.content.get("program_case"):
        yield from _computing_program(report, files, command)
        return
    if "cells.csv" not in files:
        yield _(
            "3. With a copy of cxprogram (open source, no database is needed): %(command)s. It says whether "
            "the evidence was changed. The figures cannot be computed again from this folder: the answers of "
            "people are not in it."
        ) % {"command": command}
        return
    yield _(
        "3. Do effect and money follow from the data? With a copy of cxprogram (open source, no database is "
        "needed): %(command)s. It computes both again from the evidence in the PDF and names what differs."
    ) % {"command": command}
    yield _(
        "4. By hand: the columns “observed”, “expected” and “control” of series.csv are the lines of the "
        "chart. After the start, observed less expected is the change period by period."
    )


def _computing_program(report: Report, files: dict[str, bytes], command: str) -> Iterator[str]:
    yield _(
        "3. Does the return follow from its inputs? With a copy of cxprogram (open source, no database is "
        "needed): %(command)s. It computes net value, return and payback again from the evidence in the PDF, "
        "compares what was counted with the ledger, and names what differs."
    ) % {"command": command}
    inputs = report.content["program_case"]["inputs"]
    if "cash-flow.csv" not in files or inputs["missing"] or inputs["without_rate"]:
        return
    yield _(
        "4. By hand: discount the benefits less the costs of cash-flow.csv with %(rate)s a year to the first "
        "year in it. Their sum is the expected net present value."
    ) % {"rate": reader().in_percents(inputs["discount_rate_pct"])}
