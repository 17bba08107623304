"""Warm time of an ROI report against WeasyPrint alone drawing the same HTML with its charts ready-made.

python -m benchmarks.report_speed [--rounds 7]
"""

import argparse
import statistics
import subprocess
import sys
import time

from benchmarks.demo_place import demo_place, machine


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
    from cxstats.codec import canonical_text
    from impact.selectors.cases import latest_case
    from impact.selectors.studies import latest_finished_study
    from reports import services
    from reports.documents import html_of
    from reports.pdf import Evidence, render_pdf

    study = latest_finished_study(Initiative.objects.get(number=1))
    report = services.request_roi_report(
        by=Membership.objects.filter(role="cx_leader").first(), study=study, roi_case=latest_case(study)
    )
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
    print(machine())
    marks = html.count("<path") + html.count("<text")
    print(f"{rendered.pages} pages, {html.count('<td'):,} cells, {marks:,} SVG marks")
    print(f"whole document  {statistics.median(ours):6.2f} s")
    print(f"WeasyPrint only {statistics.median(alone):6.2f} s")
    print(f"ratio           {statistics.median(ratios):6.2f}   ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
