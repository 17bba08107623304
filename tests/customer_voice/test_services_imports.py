"""Files on their way in: refusals in clear words, all or nothing, nothing twice."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from common.jobs import JobState, restart_stale_jobs
from customer_voice import services, tasks
from customer_voice.choices import ImportStage
from customer_voice.errors import ImportNotReady, MappingRefused, RowsRejected
from customer_voice.models import DurationPoint, Feedback, ImportBatch, ImportRowError, MetricPoint
from customer_voice.problems import problem_text
from journeys.models import Touchpoint
from tabular.errors import FileRefused
from tests.customer_voice.conftest import MAPPING, csv_bytes, good_rows
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory


def codes(batch: ImportBatch) -> list[tuple[int, str]]:
    return list(batch.row_errors.values_list("row_number", "code"))


# --- the file as such --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"  \n \n", "empty"),
        (b"PK\x03\x04" + b"\x00" * 200, "excel_file"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 200, "excel_file"),
        (b"%PDF-1.7\nid,date\n", "binary_file"),
        (b"id,date\n\x00\x01\x02,2026\n", "binary_file"),
        ("id,date\n1,2\n".encode("utf-16"), "wrong_encoding"),
        (b"id;date;score\n", "no_rows"),
        (b"justonecolumn\n1\n", "one_column"),
        (b"1,2026-03-14,web,9\n2,2026-03-15,web,3\n", "no_header"),
        (b'id,date\n1,"never closed\n2,2026-01-01\n', "broken_quotes"),
    ],
)
def test_a_file_that_is_no_csv_table_is_refused_with_its_reason(upload, content, code):

    def read_to_the_end():
        list(services.processing._blocks(upload(content)))

    with pytest.raises(FileRefused) as refusal:
        read_to_the_end()
    assert refusal.value.code == code
    assert len(str(refusal.value.message)) > 15
    assert Feedback.objects.count() == 0


def test_broken_utf8_names_the_line_and_suggests_the_encoding(upload):
    western = "id,date,comment\n1,2026-03-14,ok\n2,2026-03-14,très bien\n".encode("cp1252")
    with pytest.raises(FileRefused, match=r"Line 3.*Windows-1252") as refusal:
        upload(western)
    assert "encoding" in refusal.value.fields
    chinese = "id,date,comment\n1,2026-03-14,服务态度非常好，下次还来\n".encode("gb18030")
    with pytest.raises(FileRefused, match=r"Line 2.*GB 18030"):
        upload(chinese)


@pytest.mark.parametrize(("encoding", "words"), [("cp1252", "très bien"), ("gb18030", "服务态度非常好")])
def test_other_encodings_are_read_when_chosen(bring_in, touchpoints, encoding, words):
    rows = [["1", "2026-03-14", "web", 9, words, ""]]
    content = csv_bytes(rows).decode().encode(encoding)
    assert bring_in(content, encoding=encoding).rows_created == 1
    assert Feedback.objects.get().text == words


def test_a_file_above_the_limit_is_refused_without_reading_it(upload, settings):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    with pytest.raises(FileRefused, match="at most 1 MB") as refusal:
        upload(b"id,date\n" + b"x" * (2 * 1024 * 1024))
    assert refusal.value.code == "too_large"


def test_a_byte_order_mark_and_semicolons_do_no_harm(bring_in, touchpoints):
    content = b"\xef\xbb\xbf" + csv_bytes(good_rows(3)).replace(b",", b";")
    assert bring_in(content).rows_created == 3


# --- the mapping -------------------------------------------------------------------------------


def test_the_mapping_must_make_feedback(upload, nps, ttr, touchpoints):
    batch = upload(csv_bytes(good_rows(2)))
    with pytest.raises(MappingRefused) as refusal:
        services.map_import(batch=batch, mapping={"score": "score"}, metric=nps)
    assert set(refusal.value.fields) == {"occurred_at", "touchpoint"}
    with pytest.raises(MappingRefused) as refusal:
        services.map_import(batch=batch, mapping={**MAPPING, "text": "score"}, metric=nps)
    assert "text" in refusal.value.fields
    with pytest.raises(MappingRefused):
        services.map_import(batch=batch, mapping=MAPPING, metric=None)
    with pytest.raises(MappingRefused):
        services.map_import(batch=batch, mapping=MAPPING, metric=ttr)
    with pytest.raises(MappingRefused):
        services.map_import(batch=batch, mapping={**MAPPING, "score": "no such"}, metric=nps)


def test_an_imported_file_cannot_be_mapped_or_imported_again(bring_in, nps, touchpoints):
    batch = bring_in(csv_bytes(good_rows(2)))
    with pytest.raises(ImportNotReady):
        services.map_import(batch=batch, mapping=MAPPING, metric=nps)
    with pytest.raises(ImportNotReady):
        services.start_import(batch=batch)
    with pytest.raises(ImportNotReady):
        services.discard_import(batch=batch)


def test_files_that_nobody_imports_are_thrown_away_after_thirty_days(
    bring_in, check, upload, touchpoints, django_capture_on_commit_callbacks
):
    imported = bring_in(csv_bytes(good_rows(2)))
    old, new = (check(csv_bytes(good_rows(3))) for _ in "ab")
    never_mapped = upload(csv_bytes(good_rows(4)))
    services.run_import(batch_id=never_mapped.pk)
    long_ago = timezone.now() - timedelta(days=31)
    ImportBatch.objects.filter(pk__in=[imported.pk, old.pk, never_mapped.pk]).update(created_at=long_ago)
    path = old.file.path
    with django_capture_on_commit_callbacks(execute=True):
        tasks.discard_forgotten_imports()
    assert set(ImportBatch.objects.all()) == {imported, new}
    assert not Path(path).exists()
    assert Feedback.objects.count() == 2


# --- rows --------------------------------------------------------------------------------------


def test_every_bad_row_is_listed_with_its_reason(check, touchpoints):
    tomorrow = (timezone.now() + timedelta(days=2)).isoformat()
    batch = check(
        csv_bytes(
            [
                ["1", "2026-03-14", "web", 9, "", ""],
                ["2", "2026-03-14", "web", 11, "", ""],
                ["3", "2026-03-14", "web", "nine", "", ""],
                ["4", "2026-03-14", "moon", 9, "", ""],
                ["5", tomorrow, "web", 9, "", ""],
                ["6", "14.03.2026", "web", 9, "", ""],
                ["", "2026-03-14", "web", 9, "", ""],
                ["8", "2026-03-14", "web", "", "", ""],
                ["9", "1900-01-01", "web", 9, "", ""],
                ["1", "2026-03-14", "web", 8, "", ""],
                ["11", "2026-03-14", "web"],
                ["12", "2026-03-14", "", 9, "", ""],
                ["x" * 121, "2026-03-14", "web", 9, "", ""],
            ]
        ),
        date_format="iso",
    )
    assert codes(batch) == [
        (3, "wrong_scale"),
        (4, "not_a_number"),
        (5, "unknown_touchpoint"),
        (6, "in_the_future"),
        (7, "not_a_date"),
        (8, "missing"),
        (10, "too_old"),
        (11, "repeated_id"),
        (12, "wrong_width"),
        (13, "missing"),
        (14, "too_long"),
    ]
    assert batch.stage == ImportStage.CHECKED
    assert (batch.rows_total, batch.rows_created, batch.rows_rejected) == (13, 1, 11)
    assert batch.aside == {"no_answer": 1}
    assert "row 2" in batch.row_errors.get(code="repeated_id").text
    assert Feedback.objects.count() == 0


def test_words_without_a_score_come_in_and_are_not_counted(bring_in, touchpoints):
    bring_in(csv_bytes([["1", "2026-03-14", "web", "", "only words", ""]]))
    assert Feedback.objects.get().score is None
    assert MetricPoint.objects.count() == 0


def test_a_case_cannot_be_resolved_before_it_was_opened(check, ttr, touchpoints):
    header = ("case", "opened", "resolved", "touchpoint", "reopened")
    mapping = {
        "external_id": "case", "opened_at": "opened", "resolved_at": "resolved",
        "touchpoint": "touchpoint", "reopened_count": "reopened",
    }  # fmt: skip
    batch = check(
        csv_bytes(
            [
                ["1", "2026-03-14T10:00", "2026-03-14T09:00", "web", "0"],
                ["2", "2026-03-14T10:00", "", "web", "1"],
                ["3", "2026-03-14T10:00", "2026-03-14T12:00", "web", "-1"],
                ["4", "2026-03-14T10:00", "2026-03-14T12:00", "web", ""],
            ],
            header,
        ),
        metric=ttr,
        mapping=mapping,
    )
    assert codes(batch) == [(2, "resolved_before_opened"), (4, "not_a_number")]
    services.start_import(batch=batch, skips_bad_rows=True)
    services.run_import(batch_id=batch.pk)
    assert sorted(DurationPoint.objects.values_list("duration_bin", "n")) == [(-100 - 10 * 60, 1), (444, 1)]


def test_unknown_touchpoints_are_added_when_asked_and_only_with_the_import(bring_in, check, touchpoints):
    rows = [["1", "2026-03-14", "Repair visit", 9, "", ""], ["2", "2026-03-14", "repair visit", 8, "", ""]]
    batch = check(csv_bytes(rows), creates_touchpoints=True)
    assert batch.touchpoints_new == ["Repair visit"]
    assert not Touchpoint.objects.filter(key="repair-visit").exists()
    bring_in(csv_bytes(rows), creates_touchpoints=True)
    assert Touchpoint.objects.get(key="repair-visit").name == "Repair visit"
    assert Feedback.objects.filter(touchpoint__key="repair-visit").count() == 2


def test_a_metric_touchpoint_and_segment_can_hold_for_the_whole_file(bring_in, touchpoints):
    mapping = {"external_id": "id", "occurred_at": "date", "score": "score"}
    bring_in(
        csv_bytes([["1", "2026-03-14", 9]], ("id", "date", "score")),
        mapping=mapping,
        touchpoint_key="web",
        fixed={"segment": "key account"},
    )
    feedback = Feedback.objects.get()
    assert (feedback.touchpoint.key, feedback.segment) == ("web", "key account")


# --- dates -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["2026-03-04", "2026-03-05 13:00"], [(3, 4), (3, 5)]),
        (["2026/03/04", "2026-03-05T13:00:00Z"], [(3, 4), (3, 5)]),
        (["04.03.2026", "25.03.2026 09:15"], [(3, 4), (3, 25)]),
        (["04.03.2026", "05.03.2026 09:15"], [(3, 4), (3, 5)]),
        (["03/04/2026", "3/25/2026 1:05 PM"], [(3, 4), (3, 25)]),
    ],
)
def test_the_date_format_is_found_from_the_whole_file(bring_in, touchpoints, dates, expected):
    rows = [[str(n), text, "web", 9, "", ""] for n, text in enumerate(dates)]
    batch = bring_in(csv_bytes(rows))
    assert batch.rows_created == 2
    found = Feedback.objects.order_by("occurred_at").values_list("occurred_at", flat=True)
    assert [(moment.month, moment.day) for moment in found] == expected


def test_a_date_that_no_form_reads_is_listed_and_does_not_stop_the_file(check, touchpoints):
    rows = [[str(n), text, "web", 9, "", ""] for n, text in enumerate(["2026-03-04", "31.31.2026"])]
    batch = check(csv_bytes(rows))
    assert batch.stage == ImportStage.CHECKED
    assert {code for _row, code in codes(batch)} == {"not_a_date"}


@pytest.mark.parametrize(
    ("dates", "reason"),
    [
        (["03/04/2026", "05/06/2026"], "day first or month first"),
        (["25/03/2026", "03/25/2026"], "several forms"),
        (["2026-03-25", "25.03.2026"], "several forms"),
        (["2026-03-25", "25/03/2026", "03/25/2026"], "several forms"),
    ],
)
def test_dates_that_read_two_ways_are_refused_until_somebody_chooses(check, nps, touchpoints, dates, reason):
    rows = [[str(n), text, "web", 9, "", ""] for n, text in enumerate(dates)]
    batch = check(csv_bytes(rows))
    assert batch.stage == ImportStage.FAILED
    assert reason in batch.failure
    services.map_import(batch=batch, mapping=MAPPING, metric=nps, date_format="day_first")
    services.run_import(batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.stage == ImportStage.CHECKED
    assert {code for _row, code in codes(batch)} <= {"not_a_date"}


def test_times_without_an_offset_are_of_the_organization(bring_in, organization, touchpoints):
    organization.time_zone = "America/New_York"
    organization.save()
    bring_in(csv_bytes([["1", "2026-03-14T23:30", "web", 9, "", ""]]))
    assert Feedback.objects.get().occurred_at == datetime(2026, 3, 15, 3, 30, tzinfo=UTC)
    assert MetricPoint.objects.get().day.isoformat() == "2026-03-14"


# --- all or nothing, nothing twice -------------------------------------------------------------


def test_a_file_of_bad_rows_alone_is_no_import_even_without_them(check, touchpoints):
    batch = check(csv_bytes([["bad", "2026-03-14", "web", 99, "", ""]]))
    with pytest.raises(RowsRejected, match="No row of this file can be imported"):
        services.start_import(batch=batch, skips_bad_rows=True)
    batch.refresh_from_db()
    assert batch.stage == ImportStage.CHECKED


def test_nothing_comes_in_while_a_row_is_rejected_unless_somebody_says_so(check, touchpoints):
    batch = check(csv_bytes([*good_rows(4), ["bad", "2026-03-14", "web", 99, "", ""]]))
    with pytest.raises(RowsRejected, match="nothing was imported"):
        services.start_import(batch=batch)
    assert Feedback.objects.count() == 0
    services.start_import(batch=batch, skips_bad_rows=True)
    services.run_import(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.rows_created, batch.rows_rejected, Feedback.objects.count()) == (4, 1, 4)
    assert batch.stage == ImportStage.IMPORTED


def test_rows_that_went_bad_after_the_check_stop_the_import(check, touchpoints):
    batch = check(csv_bytes(good_rows(4)))
    services.start_import(batch=batch)
    Touchpoint.objects.filter(key="phone").update(is_archived=True)
    services.run_import(batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.stage == ImportStage.CHECKED
    assert (batch.rows_rejected, Feedback.objects.count()) == (2, 0)


def test_the_same_file_twice_changes_nothing(bring_in, touchpoints):
    content = csv_bytes(good_rows(6))
    bring_in(content)
    before = list(MetricPoint.objects.order_by("pk").values())
    batch = bring_in(content)
    assert (batch.rows_created, batch.rows_updated, batch.rows_unchanged) == (0, 0, 6)
    assert Feedback.objects.count() == 6
    assert list(MetricPoint.objects.order_by("pk").values()) == before


def test_a_changed_row_is_updated_and_the_rest_left_alone(bring_in, touchpoints):
    rows = good_rows(6)
    bring_in(csv_bytes(rows))
    rows[2][3], rows[3][1] = 0, "2026-04-20"
    content = csv_bytes([*rows, ["new", "2026-03-01", "web", 5, "", ""]])
    batch = bring_in(content, replaces_known=True)
    assert (batch.rows_created, batch.rows_updated, batch.rows_unchanged) == (1, 2, 4)
    points = list(MetricPoint.objects.values("touchpoint", "day", "segment", "n", "answers_0", "answers_3"))
    services.rebuild_rollup(organization=batch.organization)
    again = list(MetricPoint.objects.values("touchpoint", "day", "segment", "n", "answers_0", "answers_3"))
    assert sorted(points, key=str) == sorted(again, key=str)


def test_a_file_without_a_column_leaves_what_is_stored_there(bring_in, touchpoints):
    bring_in(csv_bytes(good_rows(2)))
    mapping = {name: column for name, column in MAPPING.items() if name != "text"}
    batch = bring_in(csv_bytes(good_rows(2)), mapping=mapping)
    assert batch.rows_unchanged == 2
    assert Feedback.objects.exclude(text="").count() == 2


def test_the_same_id_from_another_source_is_another_row(bring_in, touchpoints):
    bring_in(csv_bytes(good_rows(2)))
    bring_in(csv_bytes(good_rows(2)), source="second")
    assert Feedback.objects.count() == 4


class Killed(BaseException):
    """The worker process is gone: nothing after this line runs."""


@pytest.mark.parametrize("step", ["recount", "check_together", "record_event"])
def test_a_killed_worker_leaves_nothing_half_done_and_another_one_finishes(
    check, touchpoints, monkeypatch, settings, step, django_capture_on_commit_callbacks
):
    batch = check(csv_bytes(good_rows(6)))
    services.start_import(batch=batch)

    def die(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(f"customer_voice.services.processing.{step}", die)
        with pytest.raises(Killed):
            services.run_import(batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.job_state == JobState.RUNNING
    assert Feedback.objects.count() == MetricPoint.objects.count() == 0
    services.run_import(batch_id=batch.pk)  # its heartbeat is fresh: hands off
    assert Feedback.objects.count() == 0
    ImportBatch.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=10_000))
    settings.CELERY_TASK_ALWAYS_EAGER = True
    monkeypatch.setattr(tasks.run_import, "delay", tasks.run_import)
    restart_stale_jobs(timezone.now())
    batch.refresh_from_db()
    assert batch.stage == ImportStage.IMPORTED
    assert Feedback.objects.count() == 6
    tasks.run_import(batch.pk)
    assert Feedback.objects.count() == 6


def test_a_worker_that_was_overtaken_writes_nothing(check, touchpoints, monkeypatch):
    batch = check(csv_bytes(good_rows(6)))
    services.start_import(batch=batch)
    stage = services.processing._stage

    def overtaken(batch, *args):
        ImportBatch.objects.filter(pk=batch.pk).update(attempts=batch.attempts + 1)
        return stage(batch, *args)

    monkeypatch.setattr("customer_voice.services.processing._stage", overtaken)
    services.run_import(batch_id=batch.pk)
    assert Feedback.objects.count() == 0
    assert ImportBatch.objects.get().job_state == JobState.RUNNING


def test_an_import_that_never_answers_is_given_up(check, touchpoints):
    batch = check(csv_bytes(good_rows(2)))
    services.start_import(batch=batch)
    ImportBatch.objects.update(
        job_state=JobState.RUNNING, attempts=9, heartbeat_at=timezone.now() - timedelta(days=1)
    )
    services.run_import(batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.stage == ImportStage.FAILED
    assert "stopped 5 times" in batch.failure


def test_another_organizations_touchpoints_are_unknown(check, elsewhere, touchpoints):
    TouchpointFactory(organization=elsewhere, key="moon")
    batch = check(csv_bytes([["1", "2026-03-14", "moon", 9, "", ""]]))
    assert codes(batch) == [(2, "unknown_touchpoint")]


def test_scores_of_another_scale_are_refused(check, organization, touchpoints):
    csat = MetricDefinitionFactory(organization=organization, key="csat_5")
    batch = check(csv_bytes(good_rows(11)), metric=csat)
    assert {code for _row, code in codes(batch)} == {"wrong_scale"}
    assert "from 1 to 5" in batch.row_errors.first().text


def test_the_import_is_in_the_trail(bring_in, touchpoints, ada):
    batch = bring_in(csv_bytes(good_rows(2)))
    from accounts.models import AuditEvent

    event = AuditEvent.objects.get(verb="feedback.imported")
    assert event.actor == ada.user
    assert event.after["created"] == 2
    assert event.after["file_digest"] == batch.file_digest


def test_only_the_first_thousands_of_errors_are_kept_but_all_are_counted(check, touchpoints, monkeypatch):
    monkeypatch.setattr("customer_voice.services.processing.MOST_ERRORS_KEPT", 3)
    batch = check(csv_bytes([[str(n), "2026-03-14", "web", 99, "", ""] for n in range(8)]))
    assert (batch.rows_rejected, batch.row_errors.count()) == (8, 3)


# --- a row whose file is gone ----------------------------------------------------------------------


def test_a_file_that_is_gone_is_said_and_can_be_discarded(upload, client_of, ada):
    batch = upload(csv_bytes(good_rows(2)))
    batch.file.storage.delete(batch.file.name)
    client = client_of(ada)
    address = reverse("customer_voice:import_map", args=["northwind", batch.pk])
    for answer in (client.get(address), client.post(address, {"external_id": "id"})):
        assert answer.status_code == 410
        assert "no longer on the server" in answer.text
    assert (
        client.post(reverse("customer_voice:import_discard", args=["northwind", batch.pk])).status_code == 302
    )
    assert not ImportBatch.objects.exists()


def test_a_file_that_went_before_the_check_ends_in_a_reason(upload, nps, touchpoints):
    batch = upload(csv_bytes(good_rows(2)))
    services.map_import(batch=batch, metric=nps, mapping=MAPPING)
    batch.file.storage.delete(batch.file.name)
    services.run_import(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.job_state, batch.failure) == (
        "failed", "The file is no longer on the server. Upload it again, or ask for the document again."
    )  # fmt: skip


# --- reasons in the reader's language --------------------------------------------------------------


def test_a_reason_is_shown_in_the_language_of_whoever_reads_it(check, nps, touchpoints):
    batch = check(
        csv_bytes(
            [
                ["1", "2026-03-14", "web", 99, "", ""],
                ["2", "14 March", "web", 9, "", ""],
                ["", "2026-03-14", "web", 9, "", ""],
            ]
        ),
        date_format="iso",
    )
    outside, undated, nameless = batch.row_errors.all()
    with override("zh-hans"):
        assert outside.text == f"超出{nps.name}的量表范围（0到10）。"
        assert undated.text == "不是“年在前：2026-03-14”格式的日期。"
        assert nameless.text == "单元格为空；每行都需要自己的ID。"
    with override("en"):
        assert outside.text == f"Outside the scale of {nps.name}, which runs from 0 to 10."
        assert undated.text == "Not a date in the form “Year first: 2026-03-14”."
        assert nameless.text == "The cell is empty; every row needs an ID of its own."


@pytest.mark.parametrize(
    ("code", "field", "params", "english", "chinese"),
    [
        (
            "wrong_width",
            "",
            {"found": 3, "width": 6},
            "The row has 3 cells, the header has 6.",
            "该行有3个单元格，而表头有6个。",
        ),
        (
            "repeated_id",
            "external_id",
            {"first": 7},
            "Same ID as row 7, with different content.",
            "ID与第7行相同，但内容不同。",
        ),
        ("too_long", "segment", {"limit": 80}, "Longer than 80 characters.", "超过80个字符。"),
        (
            "missing",
            "occurred_at",
            {},
            "The cell is empty; every row needs a date.",
            "单元格为空；每行都需要日期。",
        ),
        (
            "missing",
            "opened_at",
            {},
            "The cell is empty; every row needs a date.",
            "单元格为空；每行都需要日期。",
        ),
        (
            "missing",
            "touchpoint",
            {},
            "The cell is empty; every row needs a touchpoint.",
            "单元格为空；每行都需要触点。",
        ),
        ("missing", "score", {}, "Neither a score nor a comment.", "既没有得分，也没有留言。"),
        ("not_a_number", "score", {}, "The score must be a whole number.", "得分必须为整数。"),
        (
            "not_a_number",
            "reopened_count",
            {},
            "The number of reopenings must be a whole number, 0 or more.",
            "重新打开次数必须为不小于0的整数。",
        ),
        ("of_an_older_version", "", {}, "", ""),
    ],
)
def test_each_reason_has_its_words_in_both_languages(code, field, params, english, chinese):
    with override("en"):
        assert problem_text(code, field, params) == english
    with override("zh-hans"):
        assert problem_text(code, field, params) == chinese


def test_a_reason_of_an_older_version_keeps_the_words_it_was_stored_with(check, nps, touchpoints):
    batch = check(csv_bytes([["1", "2026-03-14", "web", 99, "", ""]]))
    old = ImportRowError.objects.create(
        batch=batch, row_number=9, code="wrong_scale", message="Outside the scale."
    )
    with override("zh-hans"):
        assert old.text == "Outside the scale."


def test_a_comment_may_have_twenty_thousand_characters_and_not_one_more(check, touchpoints):
    """The row that is too long is named, with its column; the others come in."""
    rows = good_rows(3)
    rows[0][4], rows[1][4] = "x" * 20_000, "x" * 20_001
    batch = check(csv_bytes(rows))
    assert (batch.rows_good, batch.rows_rejected) == (2, 1)
    error = batch.row_errors.get()
    assert (error.row_number, error.column, error.field, error.code) == (3, "comment", "text", "too_long")


def test_a_row_that_differs_in_its_metric_alone_replaces_nothing(bring_in, organization, nps, touchpoints):
    """The same file under another metric: new answers beside the old ones, and each is known again."""
    other = MetricDefinitionFactory(
        organization=organization, key="nps_yearly", name="NPS once a year", kind="nps", rule="net",
        scale_low=0, scale_high=10, bottom_box_high=6, top_box_low=9,
    )  # fmt: skip
    content = csv_bytes(good_rows(4))
    bring_in(content)
    first = list(Feedback.objects.order_by("pk").values())
    second = bring_in(content, metric=other)
    assert (second.rows_created, second.rows_updated, second.rows_replaced) == (4, 0, 0)
    assert list(Feedback.objects.filter(metric=nps).order_by("pk").values()) == first
    again = bring_in(content)
    assert (again.rows_created, again.rows_updated, again.rows_unchanged) == (0, 0, 4)
