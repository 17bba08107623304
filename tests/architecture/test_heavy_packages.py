"""Web and worker start without the packages that draw, typeset and compute, and load them when needed."""

import os
import re
import subprocess
import sys

from tests.architecture.test_floors import ROOT

HEAVY = (
    *("scipy", "statsmodels", "pandas", "weasyprint", "fontTools", "PIL", "vl_convert", "xlsxwriter"),
    *("python_calamine", "pikepdf", "pptx", "lxml"),
)
# The only imports inside functions: file -> what it imports.
LATE = {
    "accounts/pictures.py": {"PIL"},
    "common/spreadsheets.py": {"xlsxwriter"},
    "customer_voice/pictures.py": {"qrcode", "qrcode.image.svg"},
    "cxcharts/render.py": {"vl_convert"},
    "cxstats/structural/model.py": {
        "statsmodels.tsa.statespace.structural",
        "statsmodels.tools.sm_exceptions",
    },
    "reports/documents/slips.py": {"qrcode"},
    "reports/pdf/faces.py": {"fontTools.merge", "fontTools.ttLib"},
    "reports/pdf/__init__.py": {"reports.pdf.engine", "reports.pdf.reading"},
    "reports/slides/__init__.py": {"reports.slides.engine"},
}
FOLDERS = (
    *("accounts", "assessments", "coalition", "common", "customer_voice", "cxcharts", "cxprogram", "cxstats"),
    *("impact", "journeys", "overview", "questionnaires", "reports", "tabular", "wording"),
)
START = """
import sys
import django
django.setup()
from django.urls import get_resolver
from cxprogram.celery import app
get_resolver().url_patterns
app.loader.import_default_modules()
assert any(name.startswith("reports.") for name in app.tasks), sorted(app.tasks)
print(" ".join(name for name in sys.argv[1:] if name in sys.modules))
"""
CORE = """
import sys, cxstats.evaluate, cxstats.roi, cxstats.voc, cxstats.power
print(" ".join(name for name in sys.argv[1:] if name in sys.modules))
"""
# A series alone and two groups that started at different times, from the cells to the finding.
JUDGED = """
import sys
from datetime import date
import numpy as np
from cxstats.design import EstimandKind, EvaluationDesign, MetricPanel, PanelCell, PeriodKind
from cxstats.evaluate import evaluate
months = [date(2022 + k // 12, k % 12 + 1, 1) for k in range(36)]
rng = np.random.default_rng(1)
cells = tuple(
    PanelCell(unit=f"u{i}", period=month, value=float(rng.normal(20, 4)), n=100, variance=3600.0)
    for i in range(12)
    for month in months
)
design = EvaluationDesign(
    metric="nps", kind=EstimandKind.NPS, period=PeriodKind.MONTH, start=months[20]
)
alone = tuple(cell for cell in cells if cell.unit == "u0")
waves = tuple((f"u{i}", months[20 + 2 * (i % 3)]) for i in range(6))
for panel in (MetricPanel(cells=alone, treated=(("u0", None),)), MetricPanel(cells=cells, treated=waves,
    controls=tuple(f"u{i}" for i in range(6, 12)))):
    found = evaluate(design, panel, rng=rng)
    assert found.effect is not None, found.refusal
print(" ".join(sorted(name for name in sys.argv[1:] if name in sys.modules)))
"""


def run(code: str, *arguments: str) -> str:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "cxprogram.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_setup_urls_and_tasks_load_nothing_heavy():
    assert run(START, *HEAVY) == ""


def test_the_core_loads_neither_scipy_nor_statsmodels():
    assert run(CORE, *HEAVY) == ""


def test_a_finding_needs_of_scipy_the_special_functions_alone():
    parts = ("scipy.special", "scipy.optimize", "scipy.stats", "statsmodels", "pandas")
    assert run(JUDGED, *parts) == "scipy.special"


def test_imports_inside_functions_stand_on_the_list():
    found: dict[str, set[str]] = {}
    for folder in FOLDERS:
        for file in (ROOT / folder).rglob("*.py"):
            for module in re.findall(
                r"^ +(?:from|import) ([\w.]+)\b.*# noqa: PLC0415", file.read_text(encoding="utf-8"), re.M
            ):
                found.setdefault(file.relative_to(ROOT).as_posix(), set()).add(module)
    assert found == LATE
