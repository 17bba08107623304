"""Warm time of an ROI report, and of a program report of 60 initiatives, against WeasyPrint alone drawing the
same HTML with its charts ready-made.

python -m benchmarks.report_speed [--rounds 7]
"""

import argparse
import statistics
import subprocess
import sys
import time

from benchmarks.demo_place import demo_place, machine

MANY = 60
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}  # as ours


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        compare(options.rounds)
        return
    with demo_place() as environment:
        arguments = [
            sys.executable,
            "-m",
            "benchmarks.report_speed",
            "--inside",
            "--rounds",
            str(options.rounds),
        ]
        subprocess.run(arguments, env=environment, check=True)


def compare(rounds: int) -> None:
    import django

    django.setup()
    from accounts.models import Membership
    from coalition.models import Initiative
    from impact.selectors.cases import latest_case
    from impact.selectors.studies import latest_finished_study
    from reports import services

    print(machine())
    study = latest_finished_study(Initiative.objects.get(number=1))
    report = services.request_roi_report(
        by=Membership.objects.filter(role="cx_leader").first(), study=study, roi_case=latest_case(study)
    )
    print("ROI report of one initiative")
    compare_one(report, rounds)
    print("program report of 60 initiatives")
    sixty = program_of_sixty()
    compare_one(sixty, rounds)
    print("program workbook of 60 initiatives")
    compare_workbook(sixty, rounds)


def program_of_sixty():  # type: ignore[no-untyped-def]
    """The demo's program with 60 claims instead of its own, really computed; nothing of it is kept."""
    from accounts.models import Membership
    from cxstats.codec import decoded, encoded
    from cxstats.program import Program, money_claim
    from impact.models import ProgramCase
    from impact.services.program import program_figures
    from reports import services

    case = ProgramCase.objects.finished().select_related("organization").first()
    told = next(one for one in case.inputs["initiatives"] if one["state"] == "counted")
    names = [f"INI-{number}" for number in range(1, MANY + 1)]
    claims = tuple(
        money_claim(
            key=name, value=40_000.0 * (place % 7 - 2), standard_error=30_000.0, years=3, cost=25_000.0
        )
        for place, name in enumerate(names)
    )
    program = decoded(Program, case.inputs["program"])
    whole = Program(
        initiatives=claims, costs=program.costs, years=program.years, discount_rate=program.discount_rate
    )
    case.inputs["initiatives"] = [
        {**told, "reference": name, "number": place, "title": f"{told['title']} {place}"}
        for place, name in enumerate(names, start=1)
    ]
    case.inputs |= {"program": encoded(whole), "whole": None, "overlaps": [], "forecasts": []}
    case.result = {"main": program_figures(case.inputs["program"]), "whole": None}
    by = Membership.objects.filter(role="cx_leader").first()
    report = services.request_program_report(by=by, case=case)
    report.program_case = case
    return report


def compare_one(report, rounds: int) -> None:  # type: ignore[no-untyped-def]
    from cxstats.codec import canonical_text
    from reports.documents import html_of
    from reports.pdf import Evidence, render_pdf

    evidence = Evidence(name="e.json", description="e", content=canonical_text(report.content).encode())

    def whole() -> str:
        html = html_of(report)
        render_pdf(html, evidence=evidence, identifier=report.content_digest, moment=report.created_at)
        return html

    html = whole()
    ours, alone = [], []
    for _round in range(rounds):
        start = time.perf_counter()
        whole()
        ours.append(time.perf_counter() - start)
        start = time.perf_counter()
        rendered = render_pdf(
            html, evidence=evidence, identifier=report.content_digest, moment=report.created_at
        )
        alone.append(time.perf_counter() - start)
    ratios = [a / b for a, b in zip(ours, alone, strict=True)]
    marks = html.count("<path") + html.count("<text")
    print(f"{rendered.pages} pages, {html.count('<td'):,} cells, {marks:,} SVG marks")
    print(f"whole document  {statistics.median(ours):6.2f} s")
    print(f"WeasyPrint only {statistics.median(alone):6.2f} s")
    print(f"ratio           {statistics.median(ratios):6.2f}   ({min(ratios):.2f} to {max(ratios):.2f})")


def compare_workbook(report, rounds: int) -> None:  # type: ignore[no-untyped-def]
    """The workbook, from what is stored to the file, beside XlsxWriter writing the same cells once more."""
    import io

    from xlsxwriter import Workbook

    from common import spreadsheets
    from reports.workbooks import program_workbook
    from reports.workbooks import sheets as drawn

    calls: list[tuple[int | None, str, tuple[object, ...], dict[str, object]]] = []
    made: list[object] = []  # formats, in the order in which they were asked for

    class Noted:
        """Passes everything on, and notes it; `number` is that of the sheet, None for the workbook."""

        def __init__(self, inner: object, number: int | None) -> None:
            self.inner, self.number, self.sheets = inner, number, 0

        def __getattr__(self, name: str):  # type: ignore[no-untyped-def]
            def noted(*arguments: object, **named: object) -> object:
                calls.append((self.number, name, arguments, named))
                result = getattr(self.inner, name)(*arguments, **named)
                if name == "add_worksheet":
                    self.sheets += 1
                    return Noted(result, self.sheets - 1)
                if name == "add_format":
                    made.append(result)
                return result

            return noted

    def ours() -> bytes:
        return program_workbook(case=report.program_case, content=report.content, moment=report.created_at)

    drawn.calculating_workbook = lambda file: Noted(spreadsheets.calculating_workbook(file), None)  # type: ignore[assignment]
    ours()
    drawn.calculating_workbook = spreadsheets.calculating_workbook

    def alone() -> None:
        book = Workbook(io.BytesIO(), dict(OPTIONS))
        sheets, formats = [], {}  # type: ignore[var-annotated]
        for number, name, arguments, named in calls:
            given = [formats.get(id(one), one) for one in arguments]
            result = getattr(book if number is None else sheets[number], name)(*given, **named)
            if name == "add_worksheet":
                sheets.append(result)
            elif name == "add_format":
                formats[id(made[len(formats)])] = result

    times: list[tuple[float, float]] = []
    for _round in range(rounds):
        start = time.perf_counter()
        content = ours()
        middle = time.perf_counter()
        alone()
        times.append((middle - start, time.perf_counter() - middle))
    written = sum(name.startswith("write_") for _sheet, name, _arguments, _named in calls)
    print(f"{written:,} cells, {len(content):,} bytes")
    print(f"whole workbook  {statistics.median(a for a, _b in times):6.2f} s")
    print(f"XlsxWriter only {statistics.median(b for _a, b in times):6.2f} s")
    ratios = [a / b for a, b in times]
    print(f"ratio           {statistics.median(ratios):6.2f}   ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
