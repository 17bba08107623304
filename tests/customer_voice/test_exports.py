"""What customers said, as tables: filtered as on the screen, whole, and cut only where it says so."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import AuditEvent
from common import downloads
from customer_voice.exports import feedback as tables
from tests.factories.customer_voice import (
    ContactFactory,
    CustomerAccountFactory,
    FeedbackFactory,
    MetricDefinitionFactory,
    TouchpointFactory,
)

pytestmark = pytest.mark.django_db

MARCH = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)  # in Berlin it is the first of April


def at(name, *args):
    return reverse(f"customer_voice:{name}", args=["northwind", *args])


def rows_of(answer):
    text = answer.getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def sheets_of(answer):
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue()))
    return [book.get_sheet_by_index(place).to_python() for place in range(len(book.sheet_names))]


@pytest.fixture
def desk(ada):
    """One submission of three answers, a case with both of its times, an amount, and words alone."""
    owner = ada.organization
    owner.time_zone = "Europe/Berlin"
    owner.save()
    nps, csat, ttr = (
        MetricDefinitionFactory(organization=owner, key=key) for key in ("nps", "csat_5", "ttr")
    )
    frt = MetricDefinitionFactory(
        organization=owner,
        key="frt",
        kind="frt",
        rule="duration",
        name="First reply",
        scale_low=0,
        scale_high=0,
    )
    calls = MetricDefinitionFactory(
        organization=owner, key="complaints", kind="custom", rule="rate", name="Complaints", scale_low=0,
        scale_high=0, per=1000,
    )  # fmt: skip
    place = TouchpointFactory(organization=owner, key="hotline")
    firm = CustomerAccountFactory(organization=owner, external_reference="A-1", name="Harbor")
    ContactFactory(
        organization=owner, external_reference="C-1", name="Ines", email="ines@harbor.example", account=firm
    )

    def said(known_as, *, score=None, **values):
        FeedbackFactory(
            organization=owner, source="desk", external_id=known_as, touchpoint=place, score=score, **values
        )

    who = {"customer": "C-1", "account": "A-1", "segment": "Enterprise", "occurred_at": MARCH}
    said("R-1", metric=nps, score=9, text="=SUM(A1) fine", **who)
    said("R-1", metric=csat, score=4, **who)
    said("R-1", metric=None, text="And one thing more", **who)
    opened = datetime(2026, 3, 2, 8, tzinfo=UTC)
    solved, replied = opened + timedelta(hours=5), opened + timedelta(minutes=30)
    said("T-1", metric=ttr, occurred_at=opened, resolved_at=solved, reopened_count=1)
    said("T-1", metric=frt, occurred_at=opened, resolved_at=replied)
    said("T-2", metric=ttr, occurred_at=opened)
    said("O-1", metric=calls, occurred_at=opened, score=12, exposure=4000)
    return nps


def test_answers_are_given_out_newest_first_with_the_references_of_customers_and_no_names(
    client_of, cleo, desk
):
    answer = client_of(cleo).get(at("feedback_file", "answers", "csv"))
    assert answer.streaming
    assert answer["Cache-Control"] == "no-store"
    text = answer.getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["external_id"] for row in rows] == ["R-1", "R-1", "R-1", "O-1", "T-2", "T-1", "T-1"]
    first = next(row for row in rows if row["metric"] == "nps")
    assert (first["score"], first["version"], first["touchpoint"]) == ("9", "1", "hotline")
    assert first["occurred_at"] == "2026-04-01T00:30:00+02:00"
    assert (first["customer"], first["customer_account"], first["segment"]) == ("C-1", "A-1", "Enterprise")
    assert first["text"] == "'=SUM(A1) fine"
    assert "ines@harbor.example" not in text
    assert "Ines" not in text


def test_a_submission_is_one_row_with_all_of_its_answers_even_where_one_of_them_matched(
    client_of, cleo, desk
):
    asked = {"metric": desk.pk, "score_from": 9}
    [row] = rows_of(client_of(cleo).get(at("feedback_file", "submissions", "csv"), asked))
    assert (row["external_id"], row["nps"], row["csat_5"]) == ("R-1", "9", "4")
    assert row["text"] == "'=SUM(A1) fine\n\nAnd one thing more"
    everything = rows_of(client_of(cleo).get(at("feedback_file", "submissions", "csv")))
    assert {row["external_id"] for row in everything} == {"R-1", "T-1", "T-2", "O-1"}
    amount = next(row for row in everything if row["external_id"] == "O-1")
    assert (amount["complaints"], amount["complaints_exposure"], amount["nps"]) == ("12", "4000", "")


def test_cases_have_their_times_and_the_seconds_that_count(client_of, cleo, desk):
    rows = rows_of(client_of(cleo).get(at("feedback_file", "cases", "csv")))
    told = {(row["external_id"], row["metric"]): row for row in rows}
    assert set(told) == {("T-1", "ttr"), ("T-1", "frt"), ("T-2", "ttr")}
    solved, replied, still_open = told["T-1", "ttr"], told["T-1", "frt"], told["T-2", "ttr"]
    assert (solved["seconds"], solved["reopened_count"], solved["first_reply_at"]) == ("18000", "1", "")
    assert solved["resolved_at"] == "2026-03-02T14:00:00+01:00"
    assert (replied["seconds"], replied["first_reply_at"]) == ("1800", "2026-03-02T09:30:00+01:00")
    assert (still_open["seconds"], still_open["resolved_at"]) == ("", "")


def test_operational_figures_have_amount_and_exposure(client_of, cleo, desk):
    [row] = rows_of(client_of(cleo).get(at("feedback_file", "amounts", "csv")))
    assert (row["metric"], row["amount"], row["exposure"]) == ("complaints", "12", "4000")


def test_a_file_holds_what_the_list_shows(client_of, cleo, desk):
    client, asked = client_of(cleo), {"start": "2026-04-01", "segment": "Enterprise", "words": "on"}
    rows = rows_of(client.get(at("feedback_file", "answers", "csv"), asked))
    assert sorted(row["text"] for row in rows) == ["'=SUM(A1) fine", "And one thing more"]
    page = client.get(at("feedback_list"), asked)
    assert "2 answers match." in page.text
    assert at("feedback_file", "answers", "csv").replace("&", "&amp;") + "?start=2026-04-01" in page.text


def test_a_filter_that_cannot_be_read_makes_no_file_that_holds_more(client_of, cleo, desk):
    answer = client_of(cleo).get(at("feedback_file", "answers", "csv"), {"start": "soon"})
    assert answer.status_code == 422
    assert "No file was made: a filter cannot be read. From: Enter a valid date" in answer.text
    assert not AuditEvent.objects.filter(verb="feedback.exported").exists()


def test_lots_behind_one_another_leave_nothing_out_and_give_nothing_twice(client_of, cleo, desk, monkeypatch):
    """Three answers of one moment, over the border of a lot as well."""
    whole = rows_of(client_of(cleo).get(at("feedback_file", "answers", "csv")))
    whole_submissions = rows_of(client_of(cleo).get(at("feedback_file", "submissions", "csv")))
    for size in (1, 2, 3):
        monkeypatch.setattr(tables, "AT_ONCE", size)
        assert rows_of(client_of(cleo).get(at("feedback_file", "answers", "csv"))) == whole
        found = rows_of(client_of(cleo).get(at("feedback_file", "submissions", "csv")))
        assert found == whole_submissions


def test_a_workbook_says_where_it_was_cut_with_both_numbers(client_of, cleo, desk, monkeypatch):
    monkeypatch.setattr(downloads, "MOST_WORKBOOK_ROWS", 2)
    rows, about = sheets_of(client_of(cleo).get(at("feedback_file", "answers", "xlsx")))
    assert [row[1] for row in rows[:3]] == ["external_id", "R-1", "R-1"]
    cut = "Cut here: 2 of 7 rows. A workbook holds no more; the CSV file holds all of them."
    assert rows[3][0] == cut
    assert cut in [line[0] for line in about]
    assert len(rows_of(client_of(cleo).get(at("feedback_file", "answers", "csv")))) == 7


def test_a_file_that_could_not_be_read_to_its_end_says_so(client_of, cleo, desk, monkeypatch, caplog):
    """The status is sent long before: without a word the file would look whole."""
    found = tables._newest

    def broken(rows, columns):
        yield from list(found(rows, columns))[:3]
        raise OSError("the database is away")

    monkeypatch.setattr(tables, "_newest", broken)
    text = client_of(cleo).get(at("feedback_file", "answers", "csv")).getvalue().decode("utf-8-sig")
    assert text.splitlines()[-1] == "This file is incomplete: an error stopped it here. Download it again."
    assert "a download stopped half way" in caplog.text


def test_a_workbook_that_holds_all_says_how_it_was_narrowed(client_of, cleo, desk):
    asked = {"start": "2026-04-01", "words": "on"}
    rows, about = sheets_of(client_of(cleo).get(at("feedback_file", "answers", "xlsx"), asked))
    lines = [line[0] for line in about]
    assert len(rows) == 3
    assert lines[0] == "Answers, one in each row"
    assert any(line.startswith("From: ") and "2026" in line for line in lines)
    assert "Only with a comment" in lines
    assert not any("Cut here" in line for line in lines)


def test_a_text_too_long_for_a_cell_ends_with_a_sign_and_is_counted(client_of, cleo, desk):
    FeedbackFactory(
        organization=desk.organization,
        source="desk",
        external_id="T-9",
        score=None,
        touchpoint=TouchpointFactory(organization=desk.organization, key="hotline"),
        metric=None,
        occurred_at=MARCH + timedelta(days=1),
        text="x" * 40_000,
    )
    rows, about = sheets_of(client_of(cleo).get(at("feedback_file", "answers", "xlsx")))
    cell = rows[1][rows[0].index("text")]
    assert (len(cell), cell[-1]) == (32_000, "…")
    assert any("cut at their end: 1." in line[0] for line in about)
    first = rows_of(client_of(cleo).get(at("feedback_file", "answers", "csv")))[0]
    assert len(first["text"]) == 40_000


def test_programs_get_a_file_without_the_mark_and_the_trail_says_who_took_what(client_of, cleo, desk):
    client = client_of(cleo)
    assert client.get(at("feedback_file", "cases", "csv")).getvalue().startswith(b"\xef\xbb\xbfsource,")
    assert client.get(at("feedback_file", "cases", "csv"), {"mark": "no"}).getvalue().startswith(b"source,")
    entry = AuditEvent.objects.filter(verb="feedback.exported").first()
    assert (entry.actor_name, entry.after) == (cleo.user.name, {"format": "csv", "table": "cases"})
    for kind, ending in (("answers", "pdf"), ("people", "csv")):
        assert client.get(at("feedback_file", kind, ending)).status_code == 404


def test_lists_of_customers_are_given_out_as_they_are_narrowed(client_of, ada, desk):
    ContactFactory(organization=ada.organization, external_reference="C-2", name="Tom")
    CustomerAccountFactory(
        organization=ada.organization, external_reference="A-2", name="Osei", segment="SMB"
    )
    client = client_of(ada)
    [row] = rows_of(client.get(at("account_file", "csv"), {"segment": "SMB"}))
    assert row["external_reference"] == "A-2"
    [row] = rows_of(client.get(at("contact_file", "csv"), {"q": "harbor"}))
    assert (row["external_reference"], row["email"]) == ("C-1", "ines@harbor.example")
    rows, _about = sheets_of(client.get(at("contact_file", "xlsx")))
    assert [line[0] for line in rows] == ["external_reference", "C-1", "C-2"]


def test_points_of_a_metric_come_as_a_workbook_too(client_of, cleo, desk):
    rows, about = sheets_of(client_of(cleo).get(at("metric_file", "nps", "xlsx")))
    assert rows[0][:3] == ["metric", "version", "touchpoint"]
    assert {"n", "value", "low", "high"} <= set(rows[0])
    assert about[0][0]


def test_the_inventory_is_given_out_with_its_owners(client_of, cleo, desk):
    address = reverse("journeys:touchpoint_file", args=["northwind", "csv"])
    [row] = rows_of(client_of(cleo).get(address, {"q": "hotline"}))
    assert (row["key"], row["name"], row["owner"], row["archived"]) == ("hotline", "Hotline", "", "false")
    assert rows_of(client_of(cleo).get(address, {"archived": "yes"})) == []
