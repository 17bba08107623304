"""Feedback from workbooks, from upload to import; and what a source remembers of its files."""

import io
import json
from datetime import UTC, date, datetime, time

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils.translation import override

from customer_voice import services, tasks
from customer_voice.choices import ImportStage
from customer_voice.errors import ImportNotReady, MappingRefused
from customer_voice.models import Feedback, ImportBatch
from tabular.errors import FileRefused
from tabular.opening import Layout
from tests.customer_voice.conftest import HEADER, MAPPING, csv_bytes, good_rows
from tests.factories.customer_voice import MetricDefinitionFactory
from tests.tabular.books import workbook

BASE = "/api/v1/o/northwind"
ROWS = [
    ["r1", date(2026, 3, 4), "web", 9, "fine", "a"],
    ["r2", datetime(2026, 3, 5, 10, 30), "phone", ("=3+4", 7), "", "a"],
    [1003, 46095.5, "web", 0, "number as ID, day as number", "b"],
]
OTHER = ("Cases", [["case", "opened", "touchpoint"], ["c1", date(2026, 3, 4), "web"]])


@pytest.fixture
def _worker(monkeypatch):
    """The worker is at once: what is enqueued runs when the request commits."""
    monkeypatch.setattr(tasks.run_import, "delay", tasks.run_import)


def book(*rows) -> bytes:
    return workbook(("Answers", [HEADER, *(rows or ROWS)]), OTHER)


def url(name, *args) -> str:
    return reverse(f"customer_voice:{name}", args=["northwind", *args])


def test_typed_cells_come_in_as_what_they_are(bring_in, organization, touchpoints):
    organization.time_zone = "Europe/Berlin"
    organization.save()
    batch = bring_in(book())
    assert (batch.rows_created, batch.rows_rejected, batch.sheet) == (3, 0, "Answers")
    found = Feedback.objects.order_by("occurred_at").values_list(
        "submission__external_id", "occurred_at", "score"
    )
    assert list(found) == [
        ("r1", datetime(2026, 3, 3, 23, tzinfo=UTC), 9),
        ("r2", datetime(2026, 3, 5, 9, 30, tzinfo=UTC), 7),
        ("1003", datetime(2026, 3, 14, 11, tzinfo=UTC), 0),
    ]


def test_a_workbook_says_the_same_as_its_csv(bring_in, touchpoints):
    rows = good_rows(6)
    assert bring_in(workbook(("A", [HEADER, *rows]))).rows_created == 6
    again = bring_in(csv_bytes(rows))
    assert (again.rows_created, again.rows_unchanged) == (0, 6)


def test_dates_typed_as_text_are_asked_for_as_in_a_csv_file(check, nps, touchpoints):
    rows = [ROWS[0], ["t1", "03/04/2026", "web", 9, "", ""]]
    batch = check(book(*rows))
    assert batch.stage == ImportStage.FAILED
    assert "day first or month first" in batch.failure
    services.map_import(batch=batch, mapping=MAPPING, metric=nps, date_format="day_first")
    services.run_import(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.stage, batch.rows_created) == (ImportStage.CHECKED, 2)


def test_bad_cells_are_listed_with_the_row_that_the_spreadsheet_shows(check, touchpoints):
    rows = [
        ["r1", ("=NA()", "#N/A"), "web", 9, "", ""],
        ["r2", date(2026, 3, 4), "web", ("=1/0", "#DIV/0!"), "", ""],
        ["r3", date(2026, 3, 4), "web", 9, ("=NA()", "#N/A"), ""],
        ["r4", True, "web", 9, "", ""],
        ["r5", date(2026, 3, 4), "web", 9.5, "", ""],
        ["r6", date(2026, 3, 4), "web", 9, "", "", "beyond"],
        ["r7", date(2026, 3, 4), "web", date(2026, 3, 4), "", ""],
        ["r8", date(2026, 3, 4), "web", 8, "", ""],
    ]
    batch = check(book(*rows))
    listed = list(batch.row_errors.values_list("row_number", "column", "code", "value"))
    assert listed == [
        (2, "date", "cell_error", "#N/A"),
        (3, "score", "cell_error", "#DIV/0!"),
        (4, "comment", "cell_error", "#N/A"),
        (5, "date", "not_a_date", "TRUE"),
        (6, "score", "not_a_number", "9.5"),
        (7, "", "wrong_width", ""),
        (8, "score", "not_a_number", "2026-03-04"),
    ]
    assert (batch.rows_created, batch.rows_rejected) == (1, 7)
    error = batch.row_errors.filter(code="cell_error").first()
    assert error.text == "The cell shows the error #N/A instead of a value."
    with override("zh-hans"):
        assert error.text == "单元格显示错误#N/A，而不是数值。"


# --- the sheet -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_worker")
def test_the_way_of_a_workbook_through_the_screens(
    client_of, ada, nps, touchpoints, django_capture_on_commit_callbacks
):
    client = client_of(ada)
    content = workbook(OTHER, ("Answers", [HEADER, *ROWS]))
    sent = {"file": SimpleUploadedFile("march.xlsx", content), "source": "survey", "encoding": "auto"}
    client.post(url("import_new"), sent)
    batch = ImportBatch.objects.get()
    page = client.get(url("import_map", batch.pk))
    assert '<option value="Cases" selected>' in page.text
    assert "Read it again" in page.text
    wrong = client.post(url("import_map", batch.pk), {"layout": "1", "sheet": "No such"})
    assert (wrong.status_code, "form-error" in wrong.text) == (422, True)
    assert client.post(url("import_map", batch.pk), {"layout": "1", "sheet": "Answers"}).status_code == 302
    page = client.get(url("import_map", batch.pk))
    assert '<option value="Answers" selected>' in page.text
    assert '<option value="comment" selected>' in page.text
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("import_map", batch.pk), {**MAPPING, "metric": nps.pk, "date_format": "auto"})
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("import_start", batch.pk))
    page = " ".join(client.get(url("import_detail", batch.pk)).text.split())
    assert "3 rows were imported: 3 new" in page
    assert "<dt>Sheet</dt> <dd>Answers</dd>" in page


def test_a_csv_file_offers_no_sheet(client_of, ada, upload):
    page = client_of(ada).get(url("import_map", upload(csv_bytes(good_rows(2))).pk))
    assert 'name="sheet"' not in page.text


def test_another_sheet_asks_for_its_columns_again(check, nps, touchpoints):
    batch = check(book())
    assert batch.stage == ImportStage.CHECKED
    batch = services.choose_layout(batch=batch, layout=Layout(sheet="Cases"))
    assert (batch.stage, batch.sheet, batch.mapping) == (ImportStage.MAPPING, "Cases", {})
    same = services.choose_layout(batch=batch, layout=Layout(sheet="Cases"))
    assert same.sheet == "Cases"


def test_a_sheet_is_not_changed_once_it_is_imported_or_to_one_that_is_no_table(bring_in, check, touchpoints):
    with pytest.raises(ImportNotReady):
        services.choose_layout(batch=bring_in(book()), layout=Layout(sheet="Cases"))
    waiting = check(workbook(("Answers", [HEADER, *ROWS]), ("Cover", [["About"]])))
    with pytest.raises(FileRefused):
        services.choose_layout(batch=waiting, layout=Layout(sheet="Cover"))
    waiting.refresh_from_db()
    assert (waiting.sheet, waiting.stage) == ("Answers", ImportStage.CHECKED)


@pytest.mark.usefixtures("_worker")
def test_a_workbook_goes_in_through_the_api(
    api_of, ada, nps, touchpoints, django_capture_on_commit_callbacks
):
    api = api_of(ada)

    def send(**more):
        file = SimpleUploadedFile("f.xlsx", workbook(OTHER, ("Answers", [HEADER, *ROWS])))
        body = {"file": file, "metric": "nps", "mapping": json.dumps(MAPPING), **more}
        with django_capture_on_commit_callbacks(execute=True):
            return api.post(f"{BASE}/imports/", body, format="multipart")

    unknown = send(sheet="May")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "no_sheet")
    assert unknown.json()["errors"]["sheet"] == (
        "The workbook has no sheet “May”. Its sheets: Cases, Answers."
    )
    assert not ImportBatch.objects.exists()
    answer = send(sheet="Answers")
    assert (answer.status_code, answer.json()["sheet"]) == (202, "Answers")
    path = f"{BASE}/imports/{answer.json()['id']}/"
    assert (api.get(path).json()["stage"], api.get(path).json()["rows_created"]) == ("checked", 3)
    with django_capture_on_commit_callbacks(execute=True):
        assert api.post(f"{path}start/").status_code == 202
    assert Feedback.objects.count() == 3


def test_an_operator_imports_a_sheet(organization, ada, nps, touchpoints, tmp_path, capsys):
    path = tmp_path / "march.xlsx"
    path.write_bytes(workbook(OTHER, ("Answers", [HEADER, *ROWS])))
    call_command("import_feedback", str(path), organization="northwind", metric="nps", sheet="Answers")
    assert "imported; rows 3, new 3" in capsys.readouterr().out


# --- what a source remembers -------------------------------------------------------------------------------


def test_the_next_workbook_of_a_source_begins_with_the_same_sheet(bring_in, upload, touchpoints):
    bring_in(book())
    content = workbook(OTHER, ("Answers", [HEADER, *ROWS]))
    assert upload(content).sheet == "Answers"
    assert upload(content, source="another").sheet == "Cases"


@pytest.mark.parametrize("encoding", ["cp1252", "gb18030"])
def test_the_encoding_of_a_source_is_used_again_when_nobody_says_one(bring_in, upload, touchpoints, encoding):
    words = {"cp1252": "très bien", "gb18030": "服务态度非常好，下次还来"}[encoding]
    content = csv_bytes([["1", "2026-03-14", "web", 9, words, ""]]).decode().encode(encoding)
    polish = csv_bytes([["2", "2026-03-15", "web", 9, "żółta łata", ""]]).decode().encode("cp1250")
    with pytest.raises(FileRefused):
        upload(polish, encoding="auto")
    bring_in(content, encoding=encoding)
    batch = upload(content, encoding="auto")
    assert batch.encoding == encoding
    _facts, initial = services.import_proposal(batch)
    assert initial["text"] == "comment"
    if encoding == "cp1252":  # somebody chose it for this source before, whatever it looks like
        assert upload(polish, encoding="auto").encoding == encoding


def test_the_delimiter_of_a_source_is_used_again(bring_in, upload, touchpoints):
    header = ("id", "date", "touchpoint", "score")
    bring_in(
        csv_bytes([["1", "2026-03-14", "web", 9]], header).replace(b",", b";"),
        mapping={name: MAPPING[name] for name in ("external_id", "occurred_at", "touchpoint", "score")},
    )
    batch = ImportBatch.objects.get()
    assert batch.delimiter == ";"
    assert batch.source.recipe["files"][0]["delimiter"] == ";"


def test_a_recipe_of_an_older_version_says_no_delimiter_and_still_counts(bring_in, upload, touchpoints):
    content = csv_bytes([["1", "2026-03-14", "web", 9, "très bien", ""]]).decode().encode("cp1252")
    source = bring_in(content, encoding="cp1252").source
    source.refresh_from_db()
    for name in ("delimiter", "sheet"):
        del source.recipe["files"][0][name]
    source.save()
    assert upload(content, encoding="auto").encoding == "cp1252"


def test_utf_16_comes_in(check, touchpoints):
    content = b"\xff\xfe" + csv_bytes(good_rows(3)).decode().replace(",", "\t").encode("utf-16-le")
    batch = check(content, encoding="auto")
    assert (batch.encoding, batch.delimiter, batch.rows_created) == ("utf-16", "\t", 3)


def test_a_date_and_its_time_in_two_columns_are_one_moment(first_try, nps):
    rows = [
        ["id", "Date", "Time", "touchpoint", "NPS"],
        ["r1", date(2026, 3, 4), time(14, 30), "web", 9],
        ["r2", date(2026, 3, 5), "9:05 PM", "phone", 3],
        ["r3", date(2026, 3, 6), None, "web", 7],
    ]
    batch = first_try(workbook(("Answers", rows)))
    assert batch.mapping["occurred_time"] == "Time"
    assert (batch.rows_created, batch.rows_rejected) == (3, 0)
    found = Feedback.objects.order_by("occurred_at").values_list("occurred_at", flat=True)
    assert list(found) == [
        datetime(2026, 3, 4, 13, 30, tzinfo=UTC),
        datetime(2026, 3, 5, 20, 5, tzinfo=UTC),
        datetime(2026, 3, 5, 23, tzinfo=UTC),
    ]


def test_a_time_without_its_date_is_refused(upload, nps, touchpoints):
    batch = upload(b"id,date,clock,touchpoint,score\nr1,2026-03-04,14:30,web,9\n")
    mapping = {"external_id": "id", "occurred_at": "date", "touchpoint": "touchpoint", "score": "score"}
    with pytest.raises(MappingRefused) as refusal:
        services.map_import(batch=batch, metric=nps, mapping={**mapping, "resolved_time": "clock"})
    assert "resolved_time" in refusal.value.fields


def test_a_column_called_time_that_holds_moments_is_no_time_of_day(first_try, nps):
    rows = [f"r{n},2026-03-0{n},2026-03-0{n} 10:00,web,9" for n in (1, 2)]
    batch = first_try("\n".join(["id,date,time,touchpoint,NPS", *rows]).encode())
    assert "occurred_time" not in batch.mapping


def test_cells_shown_as_percent_are_percent_on_a_scale_to_100(upload, organization, touchpoints):
    metric = MetricDefinitionFactory(
        organization=organization, key="slider", kind="custom", name="Slider", rule="mean", scale_low=0,
        scale_high=100, bottom_box_high=None, top_box_low=None,
    )  # fmt: skip
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet, percent = book.add_worksheet(), book.add_format({"num_format": "0%"})
    sheet.write_row(0, 0, ["id", "date", "touchpoint", "score"])
    for row, (name, value, form) in enumerate(
        [("a", 0.8, percent), ("b", 55, None), ("c", 1, percent)], start=1
    ):
        sheet.write_row(row, 0, [name, "2026-03-04", "web"])
        sheet.write(row, 3, value, form)
    book.close()
    batch = upload(file.getvalue())
    mapping = {"external_id": "id", "occurred_at": "date", "touchpoint": "touchpoint", "score": "score"}
    services.map_import(batch=batch, metric=metric, mapping=mapping)
    services.run_import(batch_id=batch.pk)
    batch.refresh_from_db()
    services.start_import(batch=batch)
    services.run_import(batch_id=batch.pk)
    scores = Feedback.objects.order_by("submission__external_id").values_list("score", flat=True)
    assert [int(score) for score in scores] == [80, 55, 100]


def test_the_form_of_dates_is_looked_for_once(check, bring_in, touchpoints, monkeypatch):
    batch = check(csv_bytes(good_rows(3)), date_format="auto")
    assert batch.dates_found["order"] == "iso"
    monkeypatch.setattr("customer_voice.services.planning.find_date_order", None)
    services.start_import(batch=batch)
    services.run_import(batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.rows_created == 3
