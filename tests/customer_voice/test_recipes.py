"""What people say of a file beyond which column is which: more metrics, own words, rows that nobody wants."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from customer_voice import services
from customer_voice.errors import MappingRefused
from customer_voice.forms.imports import question_field, word_field
from customer_voice.import_report import import_report
from customer_voice.models import Feedback, ImportBatch, MetricDefinition, Submission
from customer_voice.services.reading import Also, Condition, Reading
from tests.factories.customer_voice import MetricDefinitionFactory

THREE = (
    "id,date,nps,csat,ces,comment\n1,2026-03-14,10,5,7,a\n2,2026-03-14,9,4,6,b\n3,2026-03-15,0,1,2,c\n"
    "4,2026-03-15,8,3,4,d\n5,2026-03-15,10,5,7,e\n6,2026-03-16,6,2,3,f\n"
)
ALSO = (Also(metric="csat_5", score="csat"), Also(metric="ces_agree_7", score="ces"))


@pytest.fixture
def csat(organization) -> MetricDefinition:
    return MetricDefinitionFactory(organization=organization, key="csat_5")


@pytest.fixture
def ces(organization) -> MetricDefinition:
    return MetricDefinitionFactory(organization=organization, key="ces_agree_7")


@pytest.fixture
def read(upload, touchpoints) -> Callable[..., ImportBatch]:
    """Upload and check with what is proposed and what is said besides."""

    def make(
        content: str, *, reading: Reading | None = None, metric: Any = "", **changes: str
    ) -> ImportBatch:
        batch = upload(content.encode(), encoding="auto")
        _facts, proposal = services.import_proposal(batch)
        chosen = MetricDefinition.objects.filter(pk=proposal.get("metric") or 0).first()
        fields = {name: value for name, value in proposal.items() if name not in OTHERS}
        services.map_import(
            batch=batch,
            mapping={field: column for field, column in {**fields, **changes}.items() if column},
            metric=chosen if metric == "" else metric,
            touchpoint_key="web",
            reading=proposal["reading"] if reading is None else reading,
        )
        services.run_import(batch_id=batch.pk)
        found = ImportBatch.objects.get(pk=batch.pk)
        assert found.failure == ""
        return found

    return make


OTHERS = {"metric", "fixed_touchpoint", "creates_touchpoints", "date_format", "reading"}


def bring(batch: ImportBatch, **options: Any) -> ImportBatch:
    services.start_import(batch=batch, **options)
    services.run_import(batch_id=batch.pk)
    return ImportBatch.objects.get(pk=batch.pk)


def refused(batch: ImportBatch) -> list[tuple[int, str, str]]:
    return list(batch.row_errors.values_list("row_number", "code", "value"))


# --- several metrics -------------------------------------------------------------------------------


def test_a_file_with_three_metrics_is_proposed_and_read_as_three(read, nps, csat, ces):
    batch = read(THREE)
    assert Reading.of_json(batch.reading).also == ALSO
    figures = [(one.value, one.count) for one in import_report(batch).figures]
    assert figures == [("17", "6 answers"), ("50%", "6 answers"), ("50%", "6 answers")]
    assert [round(one["value"], 3) for one in batch.figures] == [16.667, 0.5, 0.5]
    done = bring(batch)
    assert (done.rows_total, done.rows_created) == (6, 18)
    assert Submission.objects.count() == 6
    of_one = Feedback.objects.filter(submission__external_id="1")
    assert sorted(of_one.values_list("metric_key", "score")) == [
        ("ces_agree_7", 7), ("csat_5", 5), ("nps", 10),
    ]  # fmt: skip


def test_the_comment_is_kept_once_with_the_first_metric(read, nps, csat, ces):
    bring(read(THREE))
    assert set(Feedback.objects.exclude(text="").values_list("metric_key", flat=True)) == {"nps"}


def test_a_metric_may_have_its_own_comment(read, nps, csat):
    also = (Also(metric="csat_5", score="csat", text="why"),)
    content = "id,date,nps,csat,comment,why\n1,2026-03-14,9,4,good,nice staff\n"
    bring(read(content, reading=Reading(also=also)))
    assert dict(Feedback.objects.values_list("metric_key", "text")) == {"nps": "good", "csat_5": "nice staff"}


def test_the_same_file_again_changes_nothing_and_a_later_rating_of_one_metric_is_one_change(
    read, nps, csat, ces
):
    bring(read(THREE))
    again = read(THREE)
    assert (again.rows_created, again.rows_updated, again.rows_unchanged) == (0, 0, 18)
    later = bring(read(THREE.replace("2026-03-14,10,5,7,a", "2026-03-14,10,2,7,a")), replaces_known=True)
    assert (later.rows_updated, later.rows_unchanged) == (1, 17)


def test_three_metrics_are_undone_together(read, nps, csat, ces, ada):
    batch = bring(read(THREE))
    services.undo_import(batch=batch, by=ada)
    services.run_import(batch_id=batch.pk)
    assert (Feedback.objects.count(), Submission.objects.count()) == (0, 0)


def test_a_row_without_an_answer_to_one_metric_has_the_others(read, nps, csat):
    content = "id,date,nps,csat\n1,2026-03-14,9,\n2,2026-03-14,,4\n3,2026-03-14,,\n4,2026-03-14,N/A,n/a\n"
    batch = bring(read(content, reading=Reading(also=(Also(metric="csat_5", score="csat"),))))
    assert sorted(Feedback.objects.values_list("submission__external_id", "metric_key", "score")) == [
        ("1", "nps", 9), ("2", "csat_5", 4),
    ]  # fmt: skip
    assert batch.aside == {"no_answer": 2}


def test_a_row_that_one_metric_refuses_comes_in_for_none(read, nps, csat):
    content = "id,date,nps,csat\n1,2026-03-14,9,4\n2,2026-03-14,9,7\n3,soon,9,9\n"
    batch = read(content, reading=Reading(also=(Also(metric="csat_5", score="csat"),)))
    assert refused(batch) == [(3, "wrong_scale", "7"), (4, "not_a_date", "soon"), (4, "wrong_scale", "9")]
    assert (batch.rows_rejected, batch.rows_created) == (2, 2)
    bring(batch, skips_bad_rows=True)
    assert set(Feedback.objects.values_list("submission__external_id", flat=True)) == {"1"}


def test_rows_without_ids_are_known_by_their_content_for_every_metric(read, nps, csat):
    content = "date,nps,csat\n2026-03-14,9,4\n2026-03-14,9,4\n2026-03-15,3,\n"
    assert bring(read(content)).rows_created == 5
    assert read(content).rows_unchanged == 5
    assert Submission.objects.count() == 3


def test_tickets_have_a_time_and_a_satisfaction(read, organization, ttr):
    MetricDefinitionFactory(organization=organization, key="csat_yes_no")
    content = (
        "ID,Created at,Solved at,Reopens,Satisfaction Score\n1,2026-03-02 08:00,2026-03-02 12:00,0,Good\n"
        "2,2026-03-02 09:00,2026-03-04 09:00,2,Bad\n3,2026-03-03 09:00,,0,Offered\n"
    )
    batch = bring(read(content, reading=Reading(also=(Also(metric="ttr"),))))
    assert dict(batch.aside) == {}
    assert sorted(Feedback.objects.filter(metric_key="csat_yes_no").values_list("score", flat=True)) == [0, 1]
    assert Feedback.objects.filter(metric_key="ttr", resolved_at=None).count() == 1
    assert Feedback.objects.filter(metric_key="ttr").count() == 3


@pytest.mark.parametrize(
    ("also", "field"),
    [
        ((Also(metric="csat_5"),), "also_1_score"),
        ((Also(metric="csat_5", score="gone"),), "also_1_score"),
        ((Also(metric="csat_5", score="nps"),), "also_1_score"),
        ((Also(metric="nps", score="csat"),), "also_1_metric"),
        ((Also(metric="none", score="csat"),), "metric"),
        ((Also(metric="ttr"),), "resolved_at"),
    ],
)
def test_a_further_metric_that_cannot_be_read_is_refused_by_its_field(read, nps, csat, ttr, also, field):
    with pytest.raises(MappingRefused) as refusal:
        read("id,date,nps,csat\n1,2026-03-14,9,4\n", reading=Reading(also=also))
    assert field in refusal.value.fields


LONG = (
    "response,date,question,value\n1,2026-03-14,NPS,9\n1,2026-03-14,How satisfied are you?,4\n"
    "1,2026-03-14,Why?,quick\n2,2026-03-15,NPS,3\n2,2026-03-15,Age,44\n"
)
QUESTIONS = {"nps": "nps", "how satisfied are you?": "csat_5", "why?": "-", "age": ""}


def test_a_long_file_says_in_each_row_which_metric_it_answers(read, nps, csat):
    batch = read(
        LONG, reading=Reading(questions=QUESTIONS), metric=None,
        question="question", score="value", external_id="response",
    )  # fmt: skip
    assert refused(batch) == []
    assert batch.aside == {"left_out": 1}
    done = bring(batch)
    assert done.rows_created == 4
    found = Feedback.objects.order_by("submission__external_id", "metric_key")
    assert list(found.values_list("submission__external_id", "metric_key", "score", "text")) == [
        ("1", "", None, "quick"), ("1", "csat_5", 4, ""), ("1", "nps", 9, ""), ("2", "nps", 3, ""),
    ]  # fmt: skip
    assert Submission.objects.count() == 2


def test_a_question_that_nobody_has_named_is_refused_by_name(read, nps):
    batch = read(
        LONG, reading=Reading(questions={"nps": "nps"}), metric=None,
        question="question", score="value", external_id="response",
    )  # fmt: skip
    assert [(row, code) for row, code, _value in refused(batch)] == [
        (3, "unknown_question"), (4, "unknown_question"), (6, "unknown_question"),
    ]  # fmt: skip


# --- own words -------------------------------------------------------------------------------------


def test_own_words_are_read_where_nobody_else_could(read, organization):
    seven = MetricDefinitionFactory(organization=organization, key="csat_7")
    content = "id,date,csat\n1,2026-03-14,Very satisfied\n2,2026-03-14,SATISFIED\n3,2026-03-14,Good\n"
    assert read(content, metric=seven).rows_rejected == 3
    words = {"csat": {"very satisfied": "7", "satisfied": "6", "good": "5"}}
    batch = read(content, metric=seven, reading=Reading(words=words))
    assert refused(batch) == []
    assert batch.words_read == {"Very satisfied": "7", "SATISFIED": "6", "Good": "5"}
    bring(batch)
    assert sorted(Feedback.objects.values_list("score", flat=True)) == [5, 6, 7]


def test_99_means_no_answer_only_where_the_recipe_says_so(read, nps):
    content = "id,date,nps,comment\n1,2026-03-14,9,\n2,2026-03-14,99,refused to say\n"
    assert refused(read(content)) == [(3, "wrong_scale", "99")]
    bring(read(content, reading=Reading(words={"nps": {"99": ""}})))
    assert list(Feedback.objects.order_by("pk").values_list("score", "text")) == [
        (9, ""), (None, "refused to say"),
    ]  # fmt: skip


def test_what_is_said_once_is_proposed_for_the_next_file_of_the_source(read, upload, nps, csat):
    content = "id,date,nps,csat\n1,2026-03-14,99,Good\n2,2026-03-15,9,4\n"
    reading = Reading(
        also=(Also(metric="csat_5", score="csat"),),
        words={"nps": {"99": ""}, "csat": {"good": "4"}},
        leave_out=(Condition(column="id", values=("7",)),),
    )
    bring(read(content, reading=reading))
    later = upload(content.replace("1,2026", "7,2026").encode(), encoding="auto")
    _facts, proposal = services.import_proposal(later)
    assert proposal["reading"] == reading


# --- rows to leave out -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        (Condition(column="status", values=("complete",), is_among=False), ["1", "3"]),
        (Condition(column="status", values=("Partial", "screened out")), ["1", "3"]),
        (Condition(column="status", values=("complete",)), ["2", "4"]),
    ],
)
def test_rows_are_left_out_by_what_a_column_says_and_counted(read, nps, condition, kept):
    content = (
        "id,date,nps,status\n1,2026-03-14,9,Complete\n2,2026-03-14,x,Partial\n3,2026-03-14,8,COMPLETE \n"
        "4,2026-03-14,7,Screened  out\n"
    )
    batch = read(content.replace(",x,", ",5,"), reading=Reading(leave_out=(condition,)))
    assert refused(batch) == []
    assert batch.aside == {"left_out": 2}
    assert import_report(batch).aside == ("2 rows are left out by your conditions",)
    bring(batch)
    assert list(Feedback.objects.order_by("pk").values_list("submission__external_id", flat=True)) == kept


def test_what_is_wrong_in_a_row_that_is_left_out_concerns_nobody(read, nps):
    content = "id,date,nps,status\n1,2026-03-14,9,Complete\n2,soon,x,Partial\n"
    leave_out = (Condition(column="status", values=("Partial",)),)
    assert refused(read(content, reading=Reading(leave_out=leave_out))) == []


# --- lengths of time ---------------------------------------------------------------------------------


def hours() -> list[Decimal | None]:
    return [
        row.resolved_at and Decimal((row.resolved_at - row.occurred_at).total_seconds()) / 3600
        for row in Feedback.objects.order_by("pk")
    ]


def test_times_are_read_from_minutes_as_the_name_of_the_column_says(read, ttr):
    content = (
        "ID,Created at,Full resolution time in minutes,Full resolution time (calendar hours),Priority\n"
        '1,2026-03-02 08:00,"1,250",20:50:00,High\n2,2026-03-02 09:00,35,0:35:00,Low\n'
        "3,2026-03-03 09:00,,,Low\n4,2026-03-03 10:00,-12,-0:12:00,Low\n"
    )
    batch = read(content)
    assert batch.metric == ttr
    assert refused(batch) == [(5, "negative_time", "-12")]
    bring(batch, skips_bad_rows=True)
    assert [value and round(value, 2) for value in hours()] == [Decimal("20.83"), Decimal("0.58"), None]
    same = read(content, duration="Full resolution time (calendar hours)", reading=Reading(duration="clock"))
    assert (same.rows_unchanged, same.rows_rejected) == (3, 1)


def test_a_unit_that_nothing_says_is_asked_for(read, ttr):
    with pytest.raises(MappingRefused) as refusal:
        read("ID,Created at,Took\n1,2026-03-02 08:00,35\n", metric=ttr, duration="Took")
    assert set(refusal.value.fields) == {"duration_unit"}


# --- spellings, entities -----------------------------------------------------------------------------


def test_spellings_of_a_segment_are_one_and_na_is_none(read, nps):
    content = (
        "id,date,score,segment\n1,2026-03-14,9,Enterprise\n2,2026-03-14,6,enterprise\n"
        "3,2026-03-14,10,Enterprise \n4,2026-03-14,2,ENTERPRISE\n5,2026-03-14,9,N/A\n6,2026-03-14,9,\n"
    )
    bring(read(content, metric=nps))
    found = list(Feedback.objects.order_by("pk").values_list("segment", flat=True))
    assert found == ["Enterprise"] * 4 + ["", ""]
    bring(read("id,date,score,segment\n7,2026-03-15,9,enterPRISE\n", metric=nps))
    assert Feedback.objects.filter(segment="Enterprise").count() == 5


def test_touchpoints_that_differ_in_case_or_blanks_are_one(read, nps, organization):
    content = "id,date,score,touchpoint\n1,2026-03-14,9,web\n2,2026-03-14,9, WEB\n3,2026-03-14,9,N/A\n"
    bring(read(content, metric=nps))
    assert set(Feedback.objects.values_list("touchpoint__key", flat=True)) == {"web"}


def test_comments_of_web_pages_are_read_as_their_words(read, nps):
    content = (
        'id,date,score,comment\n1,2026-03-14,9,"Fast &amp; friendly&nbsp;&#39;crew&#39; &lt;3"\n'
        '2,2026-03-14,6,"<p>Nobody came.<br/>Twice.</p>"\n3,2026-03-14,6,a < b and <3 &co; &amp;lt;b&gt;\n'
        "4,2026-03-14,6,<script>alert(1)</script>fine\n"
        '5,2026-03-14,6,"if a<b, c>d at &amp;#38; t"\n'
    )
    bring(read(content, metric=nps))
    assert list(Feedback.objects.order_by("pk").values_list("text", flat=True)) == [
        "Fast & friendly 'crew' <3", "Nobody came.\nTwice.", "a < b and <3 &co; &lt;b>", "fine",
        "if a<b, c>d at & t",
    ]  # fmt: skip


# --- the page ------------------------------------------------------------------------------------------


@pytest.fixture
def at_once(monkeypatch) -> None:
    for name in ("customer_voice.views.imports.enqueue", "customer_voice.api.views.enqueue"):
        monkeypatch.setattr(name, lambda batch: services.run_import(batch_id=batch.pk))


def typed(page: Any) -> dict[str, Any]:
    """What a browser would send of the mapping page."""
    form = page.context["form"]
    return {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}


DESK = "\r\n".join([  # a title, the names, what they are to programs: three rows above the first case
    "Helpdesk-Export;;;;;;;",
    "Ticket-ID;Erstellt am;Gelöst am;Status;Statusverlauf;Kanal;Firma;Zufriedenheit (1-5)",
    ";".join(f'{{"ImportId":"{number}"}}' for number in range(8)),
    'T-1;02.11.2026 08:00;02.11.2026 16:00;Gelöst;"02.11.2026 08:00 Offen; 02.11.2026 09:00 Rückfrage; '
    '02.11.2026 14:00 Offen";Telefon;Adler AG;4,5',
    'T-2;13.11.2026 08:00;13.11.2026 10:00;Gelöst;13.11.2026 08:00 Offen;E-Mail;Adler AG;1,0',
])  # fmt: skip


@pytest.mark.usefixtures("at_once")
def test_a_desk_s_export_comes_in_at_the_first_try_where_nothing_was_set_up(client_of, ada, upload):
    """Nobody has named a touchpoint yet: the page of the columns takes the first by name."""
    MetricDefinitionFactory(
        organization=ada.organization, key="csat_5", scale_low=1, scale_high=5, scale_step=Decimal("0.5"),
    )  # fmt: skip
    net = services.create_standard_metrics(ada.organization, ["net_resolution"])[0]
    batch = upload(DESK.encode("cp1252"), encoding="auto")
    client = client_of(ada)
    address = reverse("customer_voice:import_map", args=[ada.organization.slug, batch.pk])
    sent = typed(client.get(address))
    proposed = {"channel": "Kanal", "account": "Firma", "status": "Status", "waits": "Statusverlauf"}
    assert sent.items() >= {**proposed, "opened_at": "Erstellt am", "score": "Zufriedenheit (1-5)"}.items()
    assert "fixed_touchpoint" not in sent
    nameless = client.post(address, sent)
    assert nameless.status_code == 422
    sent |= {"new_touchpoint": " Desk ", "waiting": "Rückfrage", "also_1_metric": net.key}
    assert client.post(address, sent).status_code == 302
    batch.refresh_from_db()
    assert (batch.rows_rejected, batch.defaults["touchpoint"]) == (0, "desk")
    again = typed(client.get(address))
    assert (again["fixed_touchpoint"], again["new_touchpoint"]) == ("desk", "")
    both = client.post(address, {**again, "new_touchpoint": "Shop"})
    assert "not both" in both.text
    bring(batch)
    assert set(Feedback.objects.values_list("touchpoint__name", flat=True)) == {"Desk"}
    assert next((one.value, one.count) for one in import_report(batch).figures) == ("50%", "2 answers")
    counted = Feedback.objects.filter(metric_key=net.key).order_by("occurred_at")
    lengths = [one.resolved_at - (one.counted_from or one.occurred_at) for one in counted]
    assert lengths == [
        timedelta(hours=3),
        timedelta(hours=2),
    ]  # of the eight hours of the first, five were Rückfrage


@pytest.mark.usefixtures("at_once", "touchpoints")
def test_numbers_of_another_scale_are_called_numbers_and_point_to_the_metric(client_of, ada, upload, csat):
    batch = upload(b"id,date,answer\n1,2026-03-14,9\n2,2026-03-15,7\n3,2026-03-16,10\n", encoding="auto")
    client = client_of(ada)
    address = reverse("customer_voice:import_map", args=[ada.organization.slug, batch.pk])
    sent = {**typed(client.get(address)), "fixed_touchpoint": "web", "creates_touchpoints": ""}
    asked = client.post(address, sent | {"metric": csat.pk, "score": "answer"})
    assert asked.status_code == 422
    assert "hold numbers that are not on the metric" in asked.text
    assert "choose another metric" in " ".join(asked.text.split())
    assert "hold words that cannot be read" not in asked.text


@pytest.mark.usefixtures("at_once", "touchpoints")
def test_the_page_asks_what_words_mean_and_imports_by_the_answer(client_of, ada, upload, nps, csat):
    content = "id,date,nps,csat\n1,2026-03-14,99,Good\n2,2026-03-15,9,4\n"
    batch = upload(content.encode(), encoding="auto")
    client = client_of(ada)
    address = reverse("customer_voice:import_map", args=[ada.organization.slug, batch.pk])
    page = client.get(address)
    assert "What do these cells of “nps” mean?" in page.text
    sent = {**typed(page), "fixed_touchpoint": "web", "creates_touchpoints": ""}
    assert sent["also_1_metric"] == ""  # “Good” is no answer, so the column is not proposed
    sent |= {"also_1_metric": "csat_5", "also_1_score": "csat", word_field("nps", "99"): "none"}
    asked = client.post(address, sent)
    assert asked.status_code == 422
    assert "What do these cells of “csat” mean?" in asked.text
    assert "hold words that cannot be read" in asked.text
    assert asked.context["form"][word_field("nps", "99")].value() == "none"
    assert ImportBatch.objects.get().mapping == {}
    sent[word_field("csat", "good")] = "4"
    assert client.post(address, sent).status_code == 302
    batch.refresh_from_db()
    assert (batch.rows_rejected, batch.rows_created) == (0, 3)
    assert Reading.of_json(batch.reading).words == {"nps": {"99": ""}, "csat": {"good": "4"}}
    shown = client.get(address)
    assert shown.context["form"][word_field("csat", "good")].value() == "4"


@pytest.mark.usefixtures("at_once", "touchpoints")
def test_the_page_asks_which_metric_each_question_belongs_to(client_of, ada, upload, nps, csat):
    batch = upload(LONG.encode(), encoding="auto")
    client = client_of(ada)
    address = reverse("customer_voice:import_map", args=[ada.organization.slug, batch.pk])
    page = client.get(address)
    sent = {**typed(page), "fixed_touchpoint": "web", "creates_touchpoints": ""}
    sent |= {"external_id": "response", "occurred_at": "date", "score": "value", "question": "question"}
    for plain, key in QUESTIONS.items():
        sent[question_field(plain)] = {"-": "comment", "": "leave"}.get(key, key)
    assert client.post(address, sent).status_code == 302
    batch.refresh_from_db()
    assert (batch.rows_created, batch.aside) == (4, {"left_out": 1})
    report = client.get(reverse("customer_voice:import_detail", args=[ada.organization.slug, batch.pk])).text
    assert "4 answers can be imported" in report


@pytest.mark.usefixtures("touchpoints")
def test_the_line_of_the_header_and_the_delimiter_can_be_said(client_of, ada, upload, nps):
    content = "Report;of;March\nid;date;score\nA;B;C\n1;2026-03-14;9\n"
    batch = upload(content.encode(), encoding="auto")
    client = client_of(ada)
    address = reverse("customer_voice:import_map", args=[ada.organization.slug, batch.pk])
    sent = {"layout": "1", "encoding": "utf-8", "delimiter": ";", "header_row": "3"}
    assert client.post(address, sent).status_code == 302
    assert client.get(address).context["facts"].header == ("A", "B", "C")
    refusal = client.post(address, {**sent, "header_row": "9"})
    assert refusal.status_code == 422
    assert "Line 9 is empty, or the file has no such line." in refusal.text
    assert client.post(address, {**sent, "header_row": "2"}).status_code == 302
    assert client.get(address).context["facts"].header == ("id", "date", "score")


@pytest.mark.usefixtures("at_once", "touchpoints")
def test_the_api_reads_a_file_as_the_page_does(api_of, ada, nps, csat, tmp_path: Path, organization):
    file = tmp_path / "two.csv"
    file.write_text("id,date,nps,csat,status\n1,2026-03-14,99,Good,Complete\n2,2026-03-14,9,4,Partial\n")
    reading = (
        '{"also": [{"metric": "csat_5", "score": "csat"}], "words": {"nps": {"99": ""}, '
        '"csat": {"Good": "4"}}, "leave_out": [{"column": "status", "values": ["Partial"]}]}'
    )
    mapping = '{"external_id": "id", "occurred_at": "date", "score": "nps"}'
    address = f"/api/v1/o/{organization.slug}/imports/"
    with file.open("rb") as sent:
        values = {"file": sent, "metric": "nps", "touchpoint": "web", "mapping": mapping, "reading": reading}
        answer = api_of(ada).post(address, values, format="multipart")
    assert answer.status_code == 202, answer.content
    found = api_of(ada).get(f"{address}{answer.json()['id']}/").json()
    assert (found["rows_created"], found["aside"]) == (1, {"left_out": 1})
    assert found["figures"] == [
        {"metric": "nps", "n": 0, "value": None}, {"metric": "csat_5", "n": 1, "value": 1.0},
    ]  # fmt: skip
    with file.open("rb") as sent:
        values |= {"file": sent, "reading": '{"also": [{"no": "such"}]}'}
        assert api_of(ada).post(address, values, format="multipart").status_code == 422


# --- columns that nobody chose -------------------------------------------------------------------------


def test_columns_that_hold_something_and_are_not_read_are_named(read, nps, csat, client_of, ada):
    head, *rows = THREE.splitlines()
    content = "\n".join([f"{head},empty,Status", *(f"{row},,imported" for row in rows), ""])
    batch = read(content, metric=nps, reading=Reading(also=(Also(metric="csat_5", score="csat"),)))
    assert batch.columns_unread == ["ces"]  # the second is empty, the third says which rows are previews
    page = client_of(ada).get(f"/o/northwind/listen/imports/{batch.pk}/").text
    assert "Columns not read" in page
    assert "“ces”" in page
    done = bring(batch)
    assert done.columns_unread == ["ces"]


def test_of_very_many_columns_that_are_not_read_some_are_named(read, nps):
    heads = ",".join(f"c{number}" for number in range(1, 41))
    batch = read(f"id,date,nps,{heads}\n1,2026-03-14,10{',x' * 40}\n", metric=nps, text="")
    assert len(batch.columns_unread) == 40
    said = import_report(batch).unread
    assert said.endswith("“c12” and 28 more")


def test_where_every_column_is_read_none_is_named(read, nps, client_of, ada):
    batch = read("id,date,nps\n1,2026-03-14,10\n", metric=nps)
    assert batch.columns_unread == []
    assert "Columns not read" not in client_of(ada).get(f"/o/northwind/listen/imports/{batch.pk}/").text


def test_a_column_that_a_condition_reads_is_read(read, nps):
    reading = Reading(leave_out=(Condition(column="kind", values=("x",)),))
    batch = read("id,date,nps,kind\n1,2026-03-14,10,x\n2,2026-03-14,9,y\n", metric=nps, reading=reading)
    assert batch.columns_unread == []


def test_columns_that_few_files_have_stand_apart_unless_one_is_chosen(upload, nps, client_of, ada):
    for content, is_open in (
        ("id,date,nps\n1,2026-03-14,9\n", False),
        ("id,date,nps,segment\n1,2026-03-14,9,A\n", True),
    ):
        batch = upload(content.encode(), encoding="auto")
        page = client_of(ada).get(f"/o/northwind/listen/imports/{batch.pk}/columns/").text
        before = page.split("Customers, segments, cases and other columns")[0].rsplit("<details", 1)[1]
        assert (" open" in before) is is_open


# --- times at which the clock was changed ---------------------------------------------------------------

CHANGES = """id,date,nps
a,2026-03-29 02:30,10
b,2025-10-26 02:15,9
c,2025-10-26 02:45,9
d,2025-10-26T02:15+01:00,9
e,2025-10-26,9
f,2026-03-29 03:30,8
g,2026-03-29 02:10,12
"""


def test_times_that_the_clock_skips_or_shows_twice_are_told(read, nps, client_of, ada, organization):
    type(organization).objects.update(time_zone="Europe/Berlin")
    batch = read(CHANGES, metric=nps, text="")
    assert batch.rows_rejected == 1  # the 12; its time is not told, for it does not come in
    assert batch.clock_changes == {
        "skipped": {"rows": 1, "row": 2, "text": "2026-03-29 02:30"},
        "doubled": {"rows": 2, "row": 3, "text": "2025-10-26 02:15"},
    }
    said = import_report(batch).clock
    assert said == (
        "1 row has a time that did not exist, because the clock was put forward (“2026-03-29 02:30” in row "
        "2). It is read as if the clock had not been changed yet.",
        "2 rows have a time that was there twice, because the clock was put back (“2025-10-26 02:15” in row "
        "3). It is read as the first of the two.",
        "Times with their offset from UTC (such as +01:00) are read as they are.",
    )
    page = client_of(ada).get(f"/o/northwind/listen/imports/{batch.pk}/").text
    assert "Changes of the clock" in page
    assert "did not exist, because the clock was put forward" in page


def test_a_file_without_such_times_says_nothing_of_the_clock(read, nps, client_of, ada):
    batch = read("id,date,nps\na,2026-03-14 02:30,10\nb,2026-03-29 01:59,9\n", metric=nps, text="")
    assert batch.clock_changes == {}
    assert import_report(batch).clock == ()
    assert "Changes of the clock" not in client_of(ada).get(f"/o/northwind/listen/imports/{batch.pk}/").text
