"""Dates and numbers are written in one place: `wording.formats`, and for charts `cxcharts.locale`."""

import re
from collections.abc import Iterator

import polib
import pytest

from tests.architecture.test_floors import ROOT

APPS = (
    "accounts", "assessments", "coalition", "common", "customer_voice", "cxcharts", "impact", "journeys",
    "overview", "questionnaires", "reports", "tabular", "wording",
)  # fmt: skip

OWN_WAYS = {
    "Django's formats know a language and no territory": re.compile(r"django\.utils\.formats"),
    "strftime": re.compile(r"strftime|%-?d %b"),
    "a number with groups": re.compile(r"\{[^{}]*:,[^{}]*\}"),
    "a number with decimals": re.compile(r"\{[^{}]*:\.\d[fg][^{}]*\}"),
    "a percentage": re.compile(r"[0-9}] ?%[\"']"),
    "a field that reads every number as an American": re.compile(r"forms\.(Integer|Float|Decimal)Field\("),
}

# What may stand: file and what the line has, and why.
ALLOWED = {
    ("wording/formats.py", "from django.utils import formats as django_formats"): "the one place",
    ("cxcharts/locale.py", "%-d %b %Y"): "what the drawing engine is told",
    ("cxcharts/locale.py", 'percents: str = "{}%"'): "the default where no reader is given",
    ("cxcharts/locale.py", 'f"{size:.9g}"'): "amounts told apart, none written",
    ("reports/documents/slides.py", 'EstimandKind.SHARE: "0%"'): "a format of the sheet behind a chart",
    ("common/jobs.py", "ended after %.1f s"): "a line of the log",
    ("impact/selectors/charts.py", 'f"{value:.3g}"'): "digits counted before the reader's format",
    ("customer_voice/charts.py", 'f"{x:.1f},{y}"'): "points of a drawing",
    ("reports/management/commands/roi_report.py", "report.file_bytes:,"): "said to whoever runs the server",
    ("reports/services/verifying.py", "{effect['value']:.6g}"): "said to whoever runs the command",
    ("reports/services/verifying.py", "to {interval['high']:.6g}"): "said to whoever runs the command",
    ("reports/services/verifying.py", "{money['mean']:.2f}"): "said to whoever runs the command",
    ("reports/services/verifying_program.py", "['mean']:.2f} {currency}"): "said to whoever runs the command",
    (
        "reports/services/verifying_program.py",
        "payback {payback:.2f} years",
    ): "said to whoever runs the command",
    ("customer_voice/importers/watched_files.py", "timestamp():.3f"): "a mark of a file that nobody reads",
    ("customer_voice/services/former_customers.py", 'f"{value:.2f}"'): "an amount as JSON keeps it",
    ("reports/forms.py", "forms.IntegerField(required=False)"): "ids that the page sends, nobody types",
}


def _is_allowed(name: str, text: str) -> bool:
    return any(name == file and part in text for file, part in ALLOWED)


def _lines(app: str) -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / app).rglob("*.py")):
        if "migrations" in path.parts:
            continue
        name = str(path.relative_to(ROOT))
        for line in path.read_text(encoding="utf-8").splitlines():
            text = line.strip()
            if text and not text.startswith(("#", '"""')):
                yield name, text


def test_code_writes_no_date_and_no_number_of_its_own():
    found = [
        f"{name}: {text} ({why})"
        for app in APPS
        for name, text in _lines(app)
        for why, way in OWN_WAYS.items()
        if way.search(text) and not _is_allowed(name, text)
    ]
    assert not found, "\n".join(found)


def test_every_exception_is_still_needed():
    lines = [(name, text) for app in APPS for name, text in _lines(app)]
    unused = [
        f"{file}: {part}"
        for file, part in ALLOWED
        if not any(name == file and part in text for name, text in lines)
    ]
    assert not unused


# Named formats are the reader's; the others are for machines: addresses, and what a PDF says of itself.
NAMED = {"DATE_FORMAT", "DATETIME_FORMAT", "YEAR_MONTH_FORMAT"}
MACHINES = {("customer_voice/metric_detail.html", "Y-m-d"), ("reports/pdf/document.html", "c")}
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"})


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_template_writes_dates_by_name_only(path):
    name, text = str(path.relative_to(ROOT / "templates")), path.read_text(encoding="utf-8")
    for said in re.findall(r"""\|(?:date|time):["']([^"']*)["']""", text):
        assert said in NAMED or (name, said) in MACHINES, said
    assert not re.search(r"\|(date|time)\b(?!:)|\|floatformat|\|intcomma|\|naturalday|{% now ", text)
    for said in re.findall(r'\|stringformat:"([^"]*)"', text):  # attributes of a drawing, values compared
        assert said in {".1f", "d"}, said
    assert not re.search(r"}} ?%(?!})", text)  # a number with its own sign of percent


def test_texts_leave_percentages_to_the_reader():
    """English says 57% in New York and 57 % in Berlin: a text has a slot and no figure with its sign."""
    catalog = polib.pofile(str(ROOT / "locale/zh_Hans/LC_MESSAGES/django.po"))
    texts = [text for entry in catalog for text in (entry.msgid, entry.msgid_plural) if text]
    assert not [text for text in texts if re.search(r"(\d|\)s) ?%(?!\()", text)]
