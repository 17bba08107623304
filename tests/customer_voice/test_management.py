"""Commands for operators: figures printed, one clear line on bad input."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from customer_voice.models import Feedback
from tests.customer_voice.conftest import csv_bytes, good_rows


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "feedback.csv"
    path.write_bytes(csv_bytes(good_rows(8)))
    return path


def test_a_file_is_checked_or_imported(organization, ada, nps, touchpoints, file, capsys):
    call_command("import_feedback", str(file), organization="northwind", metric="nps", dry_run=True)
    assert "nothing imported; rows 8, new 8" in capsys.readouterr().out
    assert Feedback.objects.count() == 0
    call_command("import_feedback", str(file), organization="northwind", metric="nps")
    assert "imported; rows 8, new 8, changed 0, known 0, rejected 0" in capsys.readouterr().out
    call_command("import_feedback", str(file), organization="northwind", metric="nps")
    assert "known 8" in capsys.readouterr().out
    assert Feedback.objects.count() == 8


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"organization": "nobody"}, "no organization"),
        ({"metric": "smile"}, "no metric"),
        ({"map": ["colour=id"]}, "colour=id"),
        ({"map": ["score=nowhere"]}, "no column"),
        ({"by": "stranger@example.org"}, "may import feedback"),
        ({"touchpoint": "moon"}, "no touchpoint"),
    ],
)
def test_bad_input_is_one_clear_line(organization, ada, nps, touchpoints, file, options, line):
    with pytest.raises(CommandError, match=line) as refusal:
        call_command(
            "import_feedback", str(file), **{"organization": "northwind", "metric": "nps", **options}
        )
    assert "\n" not in str(refusal.value)
    assert Feedback.objects.count() == 0


def test_a_missing_or_unreadable_file_is_one_clear_line(organization, ada, nps, tmp_path):
    with pytest.raises(CommandError, match="Cannot read"):
        call_command("import_feedback", str(tmp_path / "no.csv"), organization="northwind", metric="nps")
    (tmp_path / "book.csv").write_bytes(b"PK\x03\x04" + b"\x00" * 99)
    with pytest.raises(CommandError, match="Excel"):
        call_command("import_feedback", str(tmp_path / "book.csv"), organization="northwind", metric="nps")


def test_rejected_rows_stop_the_import_and_are_listed(organization, ada, nps, touchpoints, tmp_path, capsys):
    path = tmp_path / "bad.csv"
    path.write_bytes(csv_bytes([*good_rows(3), ["bad", "2026-03-14", "web", 99, "", ""]]))
    with pytest.raises(CommandError, match="nothing was imported"):
        call_command("import_feedback", str(path), organization="northwind", metric="nps")
    assert "row 5, score" in capsys.readouterr().err
    call_command("import_feedback", str(path), organization="northwind", metric="nps", skip_bad_rows=True)
    assert Feedback.objects.count() == 3


def test_a_series_is_printed_as_csv_or_json(bring_in, nps, touchpoints, capsys):
    bring_in(csv_bytes(good_rows(22)))
    call_command("metric_series", organization="northwind", metric="nps")
    (row,) = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert (row["start"], row["n"], row["unit"]) == ("2026-03-01", "22", "points")
    call_command(
        "metric_series",
        organization="northwind",
        metric="nps",
        touchpoint="web",
        format="json",
        period="week",
    )
    body = json.loads(capsys.readouterr().out)
    assert sum(point["n"] for point in body["points"]) == 11
    assert "Share of answers 9–10" in body["definition"]


@pytest.mark.parametrize(
    "options",
    [
        {"metric": "smile"},
        {"organization": "nobody"},
        {"touchpoint": "moon"},
        {"start": "soon"},
        {"version_number": 7},
    ],
)
def test_an_unknown_series_is_one_clear_line(organization, nps, options):
    with pytest.raises(CommandError):
        call_command("metric_series", **{"organization": "northwind", "metric": "nps", **options})
