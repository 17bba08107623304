"""`manage.py roi_report`: says what it did in figures, or what is wrong in one line."""

import errno
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Membership
from reports.models import Report
from tests.factories.coalition import InitiativeFactory
from tests.factories.impact import live_initiative
from tests.factories.reports import proved
from tests.reports.test_services import disk_full

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]


def run(output, **options):
    wishes = {"organization": "northwind", "initiative": "INI-1", "output": str(output), **options}
    call_command("roi_report", **wishes)


def refused(output, **options) -> str:
    with pytest.raises(CommandError) as refusal:
        run(output, **options)
    text = str(refusal.value)
    assert refusal.value.returncode == 1
    assert text
    assert "\n" not in text
    return text


def test_report_is_written_and_described_in_figures(supported, tmp_path, capsys):
    output = tmp_path / "roi.pdf"
    run(output)
    said = capsys.readouterr().out
    report = Report.objects.get()
    assert output.read_bytes().startswith(b"%PDF")
    assert output.stat().st_size == report.file_bytes
    for figure in (f"{report.pages} pages", "verdict supported", "grade B", report.verification_code):
        assert figure in said
    assert said.count("\n") == 1


@pytest.mark.usefixtures("short")
def test_second_run_writes_the_same_bytes(supported, tmp_path):
    for name in ("one.pdf", "two.pdf"):
        run(tmp_path / name, initiative="ini-1")
    run(tmp_path / "three.pdf", initiative="1")
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "three.pdf").read_bytes()
    assert Report.objects.count() == 1


@pytest.mark.usefixtures("short")
def test_language_and_paper_can_be_chosen(supported, tmp_path):
    run(tmp_path / "x.pdf", language="zh-hans", paper="letter")
    report = Report.objects.get()
    assert (report.language, report.paper) == ("zh-hans", "letter")


@pytest.mark.usefixtures("short")
def test_refused_study_gives_its_report(ada, tmp_path, capsys):
    proved(ada, "refused")
    run(tmp_path / "x.pdf")
    assert "verdict not_estimable" in capsys.readouterr().out


@pytest.mark.parametrize("reference", ["INI-2", "INI-", "nonsense", "INI-²", "INI-" + "9" * 30, "-1", ""])
def test_unknown_initiative_is_named(supported, tmp_path, reference):
    assert "has no initiative" in refused(tmp_path / "x.pdf", initiative=reference)
    assert not Report.objects.exists()


def test_unknown_organization_is_named(supported, tmp_path):
    assert "no organization 'nowhere'" in refused(tmp_path / "x.pdf", organization="nowhere")


def test_initiative_of_another_organization_is_unknown(supported, elsewhere, tmp_path):
    assert "has no initiative" in refused(tmp_path / "x.pdf", organization="elsewhere")


def test_initiative_without_a_study_says_what_to_do(organization, ada, tmp_path):
    live_initiative(organization, ada)
    InitiativeFactory(organization=organization, number=2, owner=ada)
    for reference in ("INI-1", "INI-2"):
        assert "no finished study" in refused(tmp_path / "x.pdf", initiative=reference)


def test_missing_folder_and_folder_as_file_are_named(supported, tmp_path):
    assert "does not exist" in refused(tmp_path / "missing" / "x.pdf")
    assert "Cannot write" in refused(tmp_path)


@pytest.mark.parametrize("options", [{"language": "tlh"}, {"paper": "A0"}])
def test_unknown_language_and_paper_are_refused(supported, tmp_path, options):
    arguments = ["--organization", "northwind", "--initiative", "INI-1", "--output", str(tmp_path / "x.pdf")]
    ((name, value),) = options.items()
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("roi_report", *arguments, f"--{name}", value)


def test_nobody_who_may_make_reports_is_said(supported, tmp_path):
    Membership.objects.update(is_active=False)
    assert "nobody who may make reports" in refused(tmp_path / "x.pdf")


@pytest.mark.usefixtures("short")
def test_full_disk_is_said_and_leaves_nothing(supported, tmp_path, monkeypatch, settings):
    disk_full(monkeypatch, after=1_000)
    assert "disk is full" in refused(tmp_path / "x.pdf")
    assert not (tmp_path / "x.pdf").exists()


@pytest.mark.usefixtures("short")
def test_full_target_disk_is_said(supported, tmp_path, monkeypatch):
    def full(self, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert "No space left on device" in refused(tmp_path / "x.pdf")


@pytest.mark.usefixtures("short")
def test_document_in_the_hands_of_another_worker_is_said(supported, tmp_path):
    run(tmp_path / "x.pdf")
    report = Report.objects.get()
    Report.objects.update(job_state="queued")
    report.claim()
    assert "Another worker" in refused(tmp_path / "y.pdf")


def test_a_lost_file_is_made_again_to_the_byte(supported, tmp_path):
    run(tmp_path / "x.pdf")
    Path(Report.objects.get().file.path).unlink()
    run(tmp_path / "y.pdf")
    assert (tmp_path / "y.pdf").read_bytes() == (tmp_path / "x.pdf").read_bytes()
