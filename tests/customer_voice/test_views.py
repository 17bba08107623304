"""Screens: who gets in, what they show, and that hostile input stays text."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from common.spreadsheets import harmless
from customer_voice import services, tasks
from customer_voice.choices import ImportStage
from customer_voice.forms.imports import word_field
from customer_voice.models import Feedback, ImportBatch, MetricDefinition
from tests.customer_voice.conftest import MAPPING, csv_bytes, good_rows
from tests.factories.customer_voice import ContactFactory, MetricDefinitionFactory

HOSTILE = '<script>alert("x")</script>'


@pytest.fixture(autouse=True)
def _worker(monkeypatch, django_capture_on_commit_callbacks):
    """The worker is at once: what is enqueued runs when the request commits."""
    monkeypatch.setattr(tasks.run_import, "delay", tasks.run_import)


def url(name: str, *args: object) -> str:
    return reverse(f"customer_voice:{name}", args=["northwind", *args])


def test_every_member_sees_the_figures_but_only_some_import(client_of, cleo, bring_in, touchpoints, nps):
    batch = bring_in(csv_bytes(good_rows(30)))
    client = client_of(cleo)
    for name, args in [
        ("metric_list", []),
        ("metric_detail", ["nps"]),
        ("metric_file", ["nps", "csv"]),
        ("feedback_list", []),
        ("definition_list", []),
    ]:
        assert client.get(url(name, *args)).status_code == 200
    for name, args in [
        ("import_list", []),
        ("import_new", []),
        ("import_detail", [batch.pk]),
        ("import_map", [batch.pk]),
        ("import_errors", [batch.pk, "csv"]),
        ("definition_new", []),
    ]:
        assert client.get(url(name, *args)).status_code == 403


def test_a_stranger_finds_nothing(client_of, dora, bring_in, touchpoints, nps):
    batch = bring_in(csv_bytes(good_rows(6)))
    client = client_of(dora)
    assert client.get(url("metric_list")).status_code == 404
    own = reverse("customer_voice:import_detail", args=["elsewhere", batch.pk])
    assert client.get(own).status_code == 404
    assert client.get(reverse("customer_voice:metric_detail", args=["elsewhere", "nps"])).status_code == 404


def test_empty_pages_teach_the_next_step(client_of, ada):
    client = client_of(ada)
    assert b"Choose metrics" in client.get(url("metric_list")).content
    services.create_standard_metrics(ada.organization, ["nps"])
    assert b"Import feedback" in client.get(url("metric_list")).content
    assert b"sample" in client.get(url("import_list")).content
    assert client.get(url("metric_detail", "nps")).status_code == 200


def test_the_sample_file_comes_in_as_it_is(client_of, ada, nps, check):
    content = client_of(ada).get(url("import_sample")).content
    mapping = {**MAPPING, "channel": "channel"}
    assert check(content, mapping=mapping, creates_touchpoints=True).rows_created == 4


def test_the_way_of_a_file_through_the_screens(
    client_of, ada, nps, touchpoints, django_capture_on_commit_callbacks
):
    client = client_of(ada)
    content = csv_bytes([*good_rows(9), ["bad", "2026-03-14", "web", 99, HOSTILE, ""]])
    upload = SimpleUploadedFile("my feedback.csv", content)
    answer = client.post(url("import_new"), {"file": upload, "source": "survey", "encoding": "utf-8"})
    batch = ImportBatch.objects.get()
    assert answer.headers["Location"] == url("import_map", batch.pk)
    page = client.get(url("import_map", batch.pk)).content.decode()
    assert HOSTILE not in page
    assert '<option value="comment" selected>' in page
    sent = {**MAPPING, "metric": nps.pk, "date_format": "auto"}
    assert "What do these cells of “score” mean?" in client.post(url("import_map", batch.pk), sent).text
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(url("import_map", batch.pk), {**sent, word_field("score", "99"): "refuse"})
    assert answer.headers["Location"] == url("import_detail", batch.pk)
    page = client.get(url("import_detail", batch.pk)).content.decode()
    assert "1 of 10 rows cannot be imported. Nothing is imported yet." in page
    assert "Outside the scale" in page
    assert client.post(url("import_start", batch.pk)).status_code == 409
    assert Feedback.objects.count() == 0
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("import_start", batch.pk), {"skip": "yes"})
    page = " ".join(client.get(url("import_detail", batch.pk)).content.decode().split())
    assert "9 rows were imported: 9 new, 0 changed, 0 unchanged. 1 row was left out." in page
    assert client.post(url("import_discard", batch.pk)).status_code == 409


def test_a_wrong_mapping_keeps_what_was_chosen(client_of, ada, upload, touchpoints):
    batch = upload(csv_bytes(good_rows(3)))
    answer = client_of(ada).post(url("import_map", batch.pk), {"score": "score", "date_format": "iso"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Choose the column that holds the date." in page
    assert '<option value="score" selected>' in page


def notes_of(page: str) -> dict[str, str]:
    """Name of each field -> what stands beside its label: "optional", when it is needed, or nothing."""
    blocks = re.findall(
        r"<(?:label|legend) class=\"form-label.*?>(.*?)</(?:label|legend)>(.*?)</(?:div|fieldset)>",
        page,
        re.S,
    )
    found = {}
    for label, after in blocks:
        name = re.search(r'name="(\w+)"', after)
        note = re.search(r'<span class="optional">(.*?)</span>', label)
        if name:
            found[name[1]] = note[1] if note else ""
    return found


def test_optional_stands_on_no_column_that_an_import_asks_for(client_of, ada, organization, upload, nps, ttr):
    batch, client = upload(csv_bytes(good_rows(3))), client_of(ada)
    notes = notes_of(client.get(url("import_map", batch.pk)).text)
    assert {name for name, note in notes.items() if note == "optional"} == {
        "customer", "account", "segment", "channel", "reopened_count", "exposure", "creates_touchpoints",
        "duration", "question", "status", "merged_into", "reopened_at", "occurred_time", "resolved_time",
        "waited", "waiting",
    } & set(notes)  # fmt: skip
    further = ("also_", "leave_", "encoding", "delimiter", "header_row")
    assert {name for name, note in notes.items() if not note and not name.startswith(further)} == {
        "amounts", "date_format",
    }  # fmt: skip
    assert notes["external_id"] == "needed for cases and amounts"
    assert notes["touchpoint"] == "needed unless the whole file has one touchpoint"
    assert len(notes) >= 15
    asked = set()
    for data in ({}, {"metric": nps.pk}, {"metric": ttr.pk}, {"score": "score"}):
        answer = client.post(url("import_map", batch.pk), {"date_format": "iso", **data})
        assert answer.status_code == 422
        asked |= set(answer.context["form"].errors)
    assert asked == {"external_id", "occurred_at", "touchpoint", "metric", "score", "resolved_at"}


def test_optional_stands_on_no_part_of_a_definition_that_its_rule_asks_for(client_of, ada):
    notes = notes_of(client_of(ada).get(url("definition_new")).text)
    asked = set()
    for rule in ("top_box", "net", "rate"):
        values = {"name": "Trust", "kind": "custom", "rule": rule, "scale_low": 1, "scale_high": 5}
        asked |= set(client_of(ada).post(url("definition_new"), values).context["form"].errors)
    assert asked == {"top_box_low", "bottom_box_high", "amount_name"}
    assert {notes[name] for name in asked} == {
        "needed for the top box", "needed for top minus bottom", "needed for a number per period",
    }  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04\x00\x00", b"id,date\n1,\xff\xfe\n"])
def test_a_refused_file_is_explained_beside_the_field(client_of, ada, content):
    upload = SimpleUploadedFile("x.csv", content)
    answer = client_of(ada).post(url("import_new"), {"file": upload, "source": "s", "encoding": "utf-8"})
    assert answer.status_code == 422
    assert b"form-error" in answer.content
    assert ImportBatch.objects.count() == 0


def test_before_there_is_a_metric_the_page_says_where_to_choose_one(client_of, ada, upload, organization):
    batch = upload(b"id,date,touchpoint,score\n1,2026-03-14,web,9\n")
    address = f"/o/northwind/listen/imports/{batch.pk}/columns/"
    words = "No metric is in use yet, so this file can bring in comments only."
    page = client_of(ada).get(address).text
    assert words in page
    assert 'href="/o/northwind/listen/definitions/"' in page
    MetricDefinitionFactory(organization=organization, key="nps")
    assert words not in client_of(ada).get(address).text


def test_progress_is_a_fragment_and_ends_with_a_reload(client_of, ada, upload, nps, touchpoints):
    batch = upload(csv_bytes(good_rows(3)))
    services.map_import(batch=batch, mapping=MAPPING, metric=nps)
    client = client_of(ada)
    htmx = {"HX-Request": "true"}  # as the progress bar asks: it has no name
    assert b"hx-trigger" in client.get(url("import_detail", batch.pk)).content
    fragment = client.get(url("import_detail", batch.pk), headers=htmx)
    assert b"<html" not in fragment.content
    assert b"every 1s" in fragment.content
    services.run_import(batch_id=batch.pk)
    assert client.get(url("import_detail", batch.pk), headers=htmx).headers["HX-Refresh"] == "true"


def test_a_file_can_be_discarded_before_it_came_in(client_of, ada, upload):
    batch = upload(csv_bytes(good_rows(3)))
    client = client_of(ada)
    assert b"Discard feedback.csv?" in client.get(url("import_discard", batch.pk)).content
    client.post(url("import_discard", batch.pk))
    assert ImportBatch.objects.count() == 0


def test_hostile_words_stay_words_everywhere(client_of, ada, bring_in, nps, touchpoints):
    rows = [[f"{HOSTILE}{n}", "2026-03-14", "web", 9, HOSTILE, HOSTILE] for n in range(6)]
    batch = bring_in(csv_bytes(rows), creates_touchpoints=True)
    client = client_of(ada)
    for name, args, query in [
        ("metric_list", [], ""),
        ("metric_detail", ["nps"], "?segment=" + HOSTILE),
        ("feedback_list", [], "?q=script"),
        ("import_detail", [batch.pk], ""),
    ]:
        page = client.get(url(name, *args) + query)
        assert page.status_code == 200
        assert HOSTILE.encode() not in page.content


def test_downloads_cannot_run_as_formulas(client_of, ada, check, nps, touchpoints):
    rows = [["1", "2026-03-14", '=HYPERLINK("x")', 9, "", ""], ["2", "@x", "web", 9, "", ""]]
    batch = check(csv_bytes(rows), date_format="iso")
    text = client_of(ada).get(url("import_errors", batch.pk, "csv")).getvalue().decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert "'@x" in text
    assert batch.stage == ImportStage.CHECKED


@pytest.mark.parametrize("sign", [*"=+-@\t\r\n", *"＝＋－＠"])
def test_no_cell_begins_like_a_formula(sign):
    """The wide signs are signs too where spreadsheets speak Chinese."""
    assert harmless(f"{sign}1+1") == f"'{sign}1+1"
    assert harmless(-1.5) == -1.5


def test_feedback_can_be_narrowed_down(client_of, ada, bring_in, nps, touchpoints):
    bring_in(csv_bytes(good_rows(30)))
    client = client_of(ada)
    for query, count in [
        ("", 30),
        (f"?metric={nps.pk}&touchpoint=web", 15),
        ("?score_from=9&score_to=10", 4),
        ("?start=2026-03-01&end=2026-03-02", 2),
        ("?q=words+17", 1),
        ("?segment=b", 0),
        ("?metric=999999&touchpoint=moon&score_from=x&start=never", 30),
    ]:
        page = client.get(url("feedback_list") + query).content.decode()
        said = "1 answer matches." if count == 1 else f"{count} answers match."
        assert said in page, query
    page = client.get(url("feedback_list") + "?sort=score&page=2").content.decode()
    assert "26–30 of 30" in page


def test_every_period_of_a_page_leads_to_the_answers_that_it_counts(
    client_of, ada, bring_in, nps, touchpoints
):
    """By hand: of `good_rows(30)` the even ones are of the web, r0 to r28, on 1 + n % 20 March."""
    bring_in(csv_bytes(good_rows(30)))
    client = client_of(ada)
    page = client.get(url("metric_detail", "nps") + "?touchpoint=web&period=week").text
    drawer = page[page.index("Every period, with customer comments") :]
    links = [html.unescape(link) for link in re.findall(r'href="([^"]+start=2026[^"]+)"', drawer)]
    begun = [re.search(r"start=([\d-]+)&end=([\d-]+)$", link) for link in links]
    assert [one.groups() for one in begun if one] == [
        ("2026-03-16", "2026-03-23"), ("2026-03-09", "2026-03-16"), ("2026-03-02", "2026-03-09"),
        ("2026-02-23", "2026-03-02"),
    ]  # fmt: skip
    of_weeks = [2, 5, 6, 2]  # 17 19; 9 9 11 13 15; 3 3 5 5 7 7; 1 1
    for link, count in zip(links, of_weeks, strict=True):
        assert f"{count} answers match." in client.get(link).text
        assert f"metric={nps.pk}&touchpoint=web&" in link


@pytest.mark.parametrize(("reads", "keeps"), [("zh-hans", "en"), ("en", "zh-hans")])
def test_standard_metrics_are_offered_by_the_name_that_they_will_have(
    client_of, ada, organization, reads, keeps
):
    type(organization).objects.update(language=keeps)
    type(ada.user).objects.update(language=reads)
    page = client_of(ada).get(url("definition_list")).text
    names = {"en": "CSAT, 5-point", "zh-hans": "客户满意度（5分制）"}
    assert names[keeps] in page
    assert names[reads] not in page
    client_of(ada).post(url("definition_standard"), {"keys": ["csat_5"]})
    assert MetricDefinition.objects.get().name == names[keeps]


def test_definitions_are_made_changed_and_retired_on_screens(client_of, ada):
    client = client_of(ada)
    client.post(url("definition_standard"), {"keys": ["nps", "ttr"]})
    assert set(MetricDefinition.objects.values_list("key", flat=True)) == {"nps", "ttr"}
    values = {"name": "Trust", "kind": "custom", "rule": "top_box", "scale_low": 1, "scale_high": 5}
    answer = client.post(url("definition_new"), values)
    assert answer.status_code == 422
    assert b"from which answer on the top box counts" in answer.content
    assert client.post(url("definition_new"), {**values, "top_box_low": 4}).status_code == 302
    assert client.get(url("definition_edit", "trust")).status_code == 200
    client.post(url("definition_retire", "trust"))
    assert MetricDefinition.objects.get(key="trust").is_retired
    assert b"retired" in client.get(url("definition_list")).content


@pytest.mark.parametrize(
    "query", ["?period=never", "?touchpoint=moon&start=x", "?version=abc", "?end=2020-01-01"]
)
def test_wrong_questions_to_a_metric_page_do_no_harm(client_of, ada, bring_in, nps, touchpoints, query):
    bring_in(csv_bytes(good_rows(12)))
    assert client_of(ada).get(url("metric_detail", "nps") + query).status_code == 200


def test_an_older_version_can_be_read(client_of, ada, bring_in, nps, touchpoints):
    bring_in(csv_bytes(good_rows(12)))
    services.define_metric(by=ada, metric=nps, values={"wording": "Would you recommend us?"})
    client = client_of(ada)
    assert b"v2" in client.get(url("metric_detail", "nps")).content
    assert b"12 answers" in client.get(url("metric_detail", "nps") + "?version=1").content
    assert client.get(url("metric_detail", "nps") + "?version=9").status_code == 404


@pytest.mark.parametrize(
    ("name", "most"), [("metric_list", 12), ("metric_detail", 17), ("feedback_list", 12), ("import_list", 12)]
)
def test_queries_do_not_grow_with_rows(
    client_of, ada, bring_in, nps, touchpoints, name, most, django_assert_max_num_queries
):
    client = client_of(ada)
    path = url(name, "nps") if name == "metric_detail" else url(name)
    for lot in range(3):
        bring_in(csv_bytes(good_rows(6 * 3**lot)), source=f"s{lot}")
        with django_assert_max_num_queries(most):
            assert client.get(path).status_code == 200


def test_every_period_leads_to_what_was_said_in_it(client_of, ada, bring_in, nps, touchpoints):
    bring_in(csv_bytes(good_rows(22)))
    client = client_of(ada)
    page = client.get(url("metric_detail", "nps"))
    (period,) = page.context["page"].periods
    links = re.findall(r'href="([^"]*feedback/\?[^"]*start=[^"]*)"', page.text)
    assert len(links) == 1 + len(page.context["page"].touchpoints)
    for link in links:
        found = client.get(html.unescape(link)).context["table"]
        assert found.paginator.count == 22 if "touchpoint" not in link else found.paginator.count > 0
        days = {row.record.occurred_at.date() for row in found.rows}
        assert all(period.start <= day < period.end for day in days)


def test_feedback_with_words_can_be_asked_for_alone(client_of, ada, bring_in, nps, touchpoints):
    rows = good_rows(10)
    for row in rows[:7]:
        row[4] = ""
    bring_in(csv_bytes(rows))
    client = client_of(ada)
    assert b"10 answers match" in client.get(url("feedback_list")).content
    assert b"3 answers match" in client.get(url("feedback_list") + "?words=on").content
    assert b"10 answers match" in client.get(url("feedback_list") + "?words=").content


def test_a_row_opens_and_leads_on(client_of, ada, cleo, dora, bring_in, nps, touchpoints):
    rows = [["r1", "2026-03-14T10:00", "web", 4, f"Long wait. {HOSTILE} " + "more " * 100, "small business"]]
    batch = bring_in(csv_bytes(rows))
    row = Feedback.objects.get()
    row.contact = ContactFactory(organization=row.organization, external_reference="C-17 & Co")
    row.save()
    listed = client_of(ada).get(url("feedback_list")).content.decode()
    assert url("feedback_detail", row.pk) in listed
    assert "more " * 90 not in listed
    page = client_of(ada).get(url("feedback_detail", row.pk)).content.decode()
    assert "more " * 99 in page
    assert HOSTILE not in page
    for part in (
        "4 on a scale from 0 to 10",
        "counts against the metric",
        "How likely are you to recommend us",
        url("metric_detail", "nps"),
        reverse("overview:touchpoint_detail", args=["northwind", "web"]),
        "segment=small%20business",
        url("contact_detail", row.contact_id),
        url("import_detail", batch.pk),
        "test · r1",
    ):
        assert part in page, part
    lesser = client_of(cleo).get(url("feedback_detail", row.pk)).content.decode()
    assert batch.filename in lesser
    assert url("import_detail", batch.pk) not in lesser
    foreign = reverse("customer_voice:feedback_detail", args=["elsewhere", row.pk])
    assert client_of(dora).get(foreign).status_code == 404


@pytest.mark.parametrize(
    ("score", "words"),
    [(9, "counts for the metric"), (8, "counts neither for nor against"), (6, "counts against the metric")],
)
def test_a_row_says_what_its_score_counts_for(client_of, ada, bring_in, nps, touchpoints, score, words):
    bring_in(csv_bytes([["r1", "2026-03-14", "web", score, "", ""]]), date_format="iso")
    page = client_of(ada).get(url("feedback_detail", Feedback.objects.get().pk)).content.decode()
    assert words in page
    assert "The customer left no comment." in page


def test_the_metric_page_draws_target_and_answers(client_of, ada, bring_in, nps, touchpoints):
    bring_in(csv_bytes(good_rows(30)))
    services.set_target(by=ada, metric=nps, value=90.0)
    client = client_of(ada)
    page = client.get(url("metric_detail", "nps")).content.decode()
    assert "The target of 90 is not reached." in page
    assert "How often each answer was given in Mar 2026" in page
    assert "cannot tell" not in page
    assert url("metric_target", "nps") in page
    services.set_target(by=ada, metric=nps, value=80.0, touchpoint=touchpoints[0])
    assert (
        "The target of 80 is not reached."
        in client.get(url("metric_detail", "nps") + "?touchpoint=web").content.decode()
    )


@pytest.mark.parametrize("query", ["end=0001-01-01", "start=9999-12-31", "end=9999-12-31&period=quarter"])
def test_the_first_and_the_last_day_there_is_make_an_empty_series_and_no_error(
    client_of, ada, bring_in, nps, touchpoints, query
):
    bring_in(csv_bytes(good_rows(4)))
    for name, more in (("metric_detail", []), ("metric_file", ["csv"])):
        address = reverse(f"customer_voice:{name}", args=["northwind", "nps", *more])
        assert client_of(ada).get(f"{address}?{query}").status_code == 200


def test_a_target_is_said_with_the_decimals_that_were_typed(client_of, ada, bring_in, nps, touchpoints):
    bring_in(csv_bytes(good_rows(30)))
    services.set_target(by=ada, metric=nps, value=92.5)
    client = client_of(ada)
    assert "The target of 92.5 is not reached." in client.get(url("metric_detail", "nps")).text
    services.set_target(by=ada, metric=nps, value=92.0)
    assert "The target of 92 is not reached." in client.get(url("metric_detail", "nps")).text


def test_one_answer_can_be_erased_from_its_page_by_who_may(client_of, ada, cleo, bring_in, nps, touchpoints):
    bring_in(csv_bytes(good_rows(1)))
    pk = Feedback.objects.get().pk
    erase = f'href="{url("feedback_erase", pk)}"'
    assert erase in client_of(ada).get(url("feedback_detail", pk)).text
    assert erase not in client_of(cleo).get(url("feedback_detail", pk)).text
