"""Files as the field's tools export them come in at the first try, with the figure that a person expects."""

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from customer_voice import services
from customer_voice.errors import MappingRefused
from customer_voice.import_report import import_report
from customer_voice.import_words import notes_on_file
from customer_voice.importers import guess_mapping, guess_metric
from customer_voice.models import Feedback, MetricDefinition
from customer_voice.services.checking import facts_of
from tests.factories.customer_voice import MetricDefinitionFactory


def scores() -> list[int | None]:
    return list(Feedback.objects.order_by("occurred_at", "pk").values_list("score", flat=True))


QUALTRICS = (
    "StartDate,Status,RecordedDate,ResponseId,DistributionChannel,Q1_NPS_GROUP,Q1,Q2\n"
    "Start Date,Response Type,Recorded Date,Response ID,Distribution Channel,"
    "How likely are you to recommend us? - Group,How likely are you to recommend us?,What made you say so?\n"
    + ",".join(f'"{{""ImportId"": ""{name}""}}"' for name in "abcdefgh")
    + "\n"
    "2026-03-02 09:00:01,IP Address,2026-03-02 09:01:12,R_1,email,Promoter,9,quick\n"
    "2026-03-02 10:00:01,IP Address,2026-03-02 10:01:12,R_2,email,Promoter,10 - Extremely likely,\n"
    "2026-03-03 09:00:01,IP Address,2026-03-03 09:01:12,R_3,email,Detractor,0 - Not at all likely,no\n"
    "2026-03-03 11:00:01,IP Address,2026-03-03 11:01:12,R_4,email,Passive,8,\n"
    "2026-03-03 12:00:01,Survey Preview,2026-03-03 12:01:12,R_5,preview,Detractor,1,a test\n"
    "2026-03-03 13:00:01,Spam,2026-03-03 13:01:12,R_6,email,Detractor,2,spam\n"
)


def test_an_export_with_rows_of_labels_and_previews_is_read_by_its_questions(first_try, nps):
    batch = first_try(QUALTRICS)
    assert batch.metric == nps
    assert scores() == [9, 10, 0, 8]
    assert batch.mapping["score"] == "Q1"
    assert batch.mapping["text"] == "Q2"
    assert (batch.rows_total, batch.rows_created, batch.aside) == (6, 4, {"preview": 2})
    assert batch.words_read == {"10 - Extremely likely": "10", "0 - Not at all likely": "0"}
    report = import_report(batch)
    assert report.aside == ("2 rows are marked as previews, tests or spam",)
    assert report.words == ("“0 - Not at all likely” = 0", "“10 - Extremely likely” = 10")
    assert notes_on_file(facts_of(batch)) == ["Lines 2, 3 describe the columns and are not imported."]


def test_an_erasure_reaches_what_the_report_quotes_of_scores(first_try, nps, ada):
    batch = first_try(QUALTRICS)
    services.erase_answer(by=ada, answer=Feedback.objects.get(submission__external_id="R_2"))
    batch.refresh_from_db()
    assert (batch.words_read, import_report(batch).words) == ({}, ())


def test_the_page_names_columns_with_their_questions_and_says_how_the_file_is_read(
    client_of, ada, upload, nps
):
    batch = upload(("NPS answers,,\n" + QUALTRICS).encode())
    page = client_of(ada).get(f"/o/northwind/listen/imports/{batch.pk}/columns/").text
    assert "The names of the columns are read from line 2. What is above is not imported." in page
    assert '<option value="Q1" selected>Q1 – How likely are you to recommend us?</option>' in page
    assert f'<option value="{nps.pk}" selected>' in page


def test_times_of_a_zone_that_the_column_names_are_of_that_zone(first_try, nps):
    batch = first_try(
        "#,How likely are you to recommend *us*?,And why?,Submit Date (UTC),Tags\n"
        "k1,10,fine,2026-03-31 22:30:00,\nk2,3,late,2026-03-31 22:59:00,\nk3,9,,2026-04-10 08:01:00,\n"
        "k4,,,,\n"
    )
    days = [
        row.occurred_at.astimezone(ZoneInfo("Europe/Berlin")).date()
        for row in Feedback.objects.order_by("pk")
    ]
    assert days == [date(2026, 4, 1), date(2026, 4, 1), date(2026, 4, 10)]
    assert batch.aside == {"no_answer": 1}
    assert import_report(batch).aside == ("1 row holds neither a score nor a comment",)
    assert notes_on_file(facts_of(batch)) == [
        "Times in “Submit Date (UTC)” are read in UTC, as its name says."
    ]


def test_a_form_without_ids_comes_in_and_comes_in_again_without_doubles(first_try, nps):
    content = (
        "Timestamp,How likely are you to recommend us?,Why?\n"
        "2026/03/14 9:05:07 AM GMT+1,9,ok\n2026/03/14 9:05:07 AM GMT+1,9,ok\n2026/03/29 8:05:07 PM GMT+2,0,\n"
    )
    assert first_try(content).rows_created == 3  # two people may say the same
    again = first_try(content + "2026/03/30 8:05:07 PM GMT+2,10,\n")
    assert (again.rows_created, again.rows_unchanged) == (1, 3)
    assert scores() == [9, 9, 0, 10]


def test_cases_and_amounts_need_their_ids(upload, ttr, touchpoints):
    batch = upload(b"Created at,Solved at,Queue\n2026-03-02 08:00,2026-03-02 12:00,x\n")
    with pytest.raises(MappingRefused) as refusal:
        services.map_import(
            batch=batch,
            mapping={"opened_at": "Created at", "resolved_at": "Solved at"},
            metric=ttr,
            touchpoint_key="web",
        )
    assert set(refusal.value.fields) == {"external_id"}


def test_satisfaction_in_words_is_read_on_a_scale_of_five(first_try, organization):
    csat = MetricDefinitionFactory(organization=organization, key="csat_5")
    batch = first_try(
        "id,date,csat,comment\n1,2026-03-14,Very satisfied,\n2,2026-03-14,Satisfied,\n"
        "3,2026-03-15,Neither satisfied nor dissatisfied,\n4,2026-03-15,Dissatisfied,x\n"
        "5,2026-03-16,VERY DISSATISFIED ,y\n"
    )
    assert batch.metric == csat
    assert scores() == [5, 4, 3, 2, 1]


def test_yes_and_no_are_one_and_nothing(first_try, organization):
    share = MetricDefinitionFactory(organization=organization, key="csat_yes_no")
    batch = first_try(
        "ID,Created at,Satisfaction Score,Satisfaction Comment\n1,2026-03-02 08:00,Good,thanks\n"
        "2,2026-03-02 09:00,Bad,slow\n"
        "3,2026-03-03 09:00,Offered,\n4,2026-03-03 09:30,Unoffered,\n5,2026-03-04 09:40,👍,\n"
        "6,2026-03-05 09:40,TRUE,\n7,2026-03-06,No,\n",
        metric=share,
        occurred_at="",
    )
    assert scores() == [1, 0, 1, 1, 0]
    assert batch.aside == {"no_answer": 2}


def test_what_stands_for_no_answer_is_none_and_keeps_the_words_beside_it(first_try, nps):
    batch = first_try(
        "id,date,nps,comment\n1,2026-03-14,9,\n2,2026-03-14,N/A,did not use it\n3,2026-03-15,—,no reply\n"
        "4,2026-03-15,-,\n5,2026-03-15,NULL,\n6,2026-03-16,Prefer not to say,x\n7,2026-03-16,10,\n"
        "8,2026-03-17,#N/A,\n"
    )
    assert scores() == [9, None, None, None, 10]
    assert list(Feedback.objects.filter(score=None).order_by("pk").values_list("text", flat=True)) == [
        "did not use it", "no reply", "x",
    ]  # fmt: skip
    assert batch.aside == {"no_answer": 3}
    assert import_report(batch).words == ("no answer: “#N/A”, “-”, “N/A”, “NULL”, “Prefer not to say”, “—”",)


@pytest.mark.parametrize(
    ("score", "code"),
    [
        ("99", "wrong_scale"),
        ("6.5", "not_a_number"),
        ("nine", "not_a_number"),
        ("4/5", "not_a_number"),
        ("Good", "not_a_number"),
    ],
)
def test_what_could_be_another_answer_is_refused_by_name(check, nps, touchpoints, score, code):
    batch = check(
        f"id,date,touchpoint,score,comment,segment\n1,2026-03-14,web,{score},,\n2,2026-03-14,web,9,,\n".encode()
    )
    assert list(batch.row_errors.values_list("row_number", "code", "value")) == [(2, code, score)]


@pytest.mark.parametrize(
    ("key", "text", "score"),
    [
        ("nps", "10 - Extremely likely", 10), ("nps", "Extremely likely (10)", 10), ("nps", "0=gar nicht", 0),
        ("nps", "7/10", 7), ("csat_5", "4 stars", 4), ("csat_5", "★★★★☆", 4), ("csat_5", "⭐⭐", 2),
        ("csat_5", "4/5", 4),
        ("csat_5", "Sehr zufrieden", 5), ("csat_5", "满意", 4), ("csat_5", "Stimme nicht zu.", 2),
        ("csat_5", "très satisfaite", 5),
        ("csat_7", "6 - Agree", 6), ("csat_yes_no", "Ja", 1), ("csat_yes_no", "否", 0),
        ("csat_7", "Satisfied", None), ("csat_5", "3/10", None), ("csat_5", "Good", None),
        ("nps", "10 minutes 30", None),
        ("nps", "9 - Anna from the shop in Kiel called me twice and had it mended", None),
        ("nps", "Satisfied", None), ("csat_5", "ok", None),
    ],
)  # fmt: skip
def test_words_are_read_only_where_they_say_one_answer(organization, check, touchpoints, key, text, score):
    metric = MetricDefinition.objects.filter(organization=organization, key=key).first()
    metric = metric or MetricDefinitionFactory(organization=organization, key=key)
    batch = check(
        f"id,date,touchpoint,score,comment,segment\n1,2026-03-14,web,{text},,\n".encode(), metric=metric
    )
    assert batch.words_read == ({text: str(score)} if score is not None else {})
    assert batch.rows_rejected == (0 if score is not None else 1)


@pytest.mark.parametrize(
    "content",
    [
        "ID;Datum;Bewertung;Kommentar\n1;14.03.2026;9,0;größtenteils gut\n2;15.03.2026;6;mäßig\n"
        "".encode("cp1252"),
        "sep=;\nid;date;score;comment\n1;2026-03-14;9;ok\n2;2026-03-15;6;no\n",
        "编号,日期,评分,意见\n1,2026-03-14,9,师傅很准时\n2,2026年3月15日,6,等了两个小时\n".encode("gb18030"),
        "NPS answers,,,\nExported on,2026-03-20,,\n,,,\nid,date,score,comment\n1,2026-03-14,9,ok\n"
        "2,2026-03-15,6,no\n",
        '"Antwort-ID";"Abgeschickt";"Wie wahrscheinlich, von 0 bis 10, ist eine Weiterempfehlung?"\n'
        '"1";"14.03.2026";"9"\n"2";"15.03.2026";"6"\n',
        "id;date;score;;\n1;14.03.2026;9;;\n2;15.03.2026;6;;\n;;;;\n;;;;\n",
        "id,date,score\n1,3/14/26,9\n2,3/31/26,6\n",
        'id,date,score\n1,14 Mar 2026 09:15,9\n2,"Mar 15, 2026",6\n',
        "id,date,score,Comments,Comments\n1,2026-03-14,9,a,b\n2,2026-03-15,6,c,d\n",
        'Response ID,Date,"All in all, how likely is it that you would recommend us in your street?"\n'
        "1,2026-03-14,9\n2,2026-03-15,6\n",
        "Response ID,Score,Comment,Responded at\na1,9,x,2026-03-14 09:15:00 -0700\n"
        "a2,6,y,2026-03-15 10:15:00 +0100\n",
    ],
)  # fmt: skip
def test_layouts_of_the_field_give_the_same_two_answers(first_try, nps, content):
    first_try(content, metric=nps)
    assert scores() == [9, 6]


def test_notes_and_reasons_are_said_in_chinese_too(first_try, nps):
    batch = first_try("标题,,\n编号,日期 (UTC),NPS\n1,2026-03-14,9\n2,2026-03-15,N/A\n")
    with override("zh-hans"):
        notes, report = notes_on_file(facts_of(batch)), import_report(batch)
    assert notes == ["列名取自第2行，其上的内容不会导入。", "“日期 (UTC)”中的时间按列名所示的UTC读取。"]
    assert report.aside == ("1行既没有得分也没有评论",)
    assert report.words == ("无回答：“N/A”",)


@pytest.mark.parametrize(
    ("high", "step", "texts", "unclear"),
    [
        (5000, "5", ["5.000", "10,0", "25"], ["5.000"]),
        (5000, "5", ["5,000", "25"], ["5,000"]),
        (5000, "5", ["2.500", "25"], ["2.500"]),
        (100, "0.5", ["1.500", "12,5"], ["1.500"]),
        (100, "0.5", ["1.500", "12.5"], []),
        (10, "1", ["9.000", "7,0"], ["9.000"]),
    ],
)
def test_thousands_are_never_read_as_units(organization, check, touchpoints, high, step, texts, unclear):
    metric = MetricDefinitionFactory(
        organization=organization, key="seconds", kind="custom", rule="mean", scale_low=0, scale_high=high,
        scale_step=Decimal(step), bottom_box_high=None, top_box_low=None,
    )  # fmt: skip
    rows = "".join(f"{number};2026-03-14;web;{text};;\n" for number, text in enumerate(texts))
    batch = check(f"id;date;touchpoint;score;comment;segment\n{rows}".encode(), metric=metric)
    assert list(batch.row_errors.values_list("value", flat=True)) == unclear
    for error in batch.row_errors.all():
        small, large = (
            error.value.replace(",", ".").rstrip("0").rstrip("."),
            error.value.replace(",", "").replace(".", ""),
        )
        assert error.text == f"This can be read in two ways. Write {small} or {large}."


def test_a_date_that_nobody_can_read_is_not_measured_by_a_form_that_nobody_chose(check, nps, touchpoints):
    content = b"id,date,touchpoint,score,comment,segment\n1,2026-03-14,web,9,,\n2,open,web,9,,\n"
    assert check(content).row_errors.get().text == "Not a date that can be read."
    chosen = check(content.replace(b"open", b"shut"), date_format="iso").row_errors.get()
    assert chosen.text == "Not a date in the form “Year first: 2026-03-14”."


@pytest.mark.parametrize(
    ("header", "labels", "score", "text", "kind"),
    [
        (["Q1_NPS_GROUP", "Q1", "Q2"], ["How likely are you to tell a neighbour? - Group",
         "How likely are you to tell a neighbour?", "What made you say so?"], "Q1", "Q2", "nps"),
        (["How satisfied were you overall?", "Anything else?"], [], "How satisfied were you overall?",
         "Anything else?", "osat"),
        (["Wie zufrieden sind Sie?", "Warum?"], [], "Wie zufrieden sind Sie?", "Warum?", "csat"),
        (["How easy was it?", "Score"], [], "Score", None, None),
        (["CES", "Kommentar"], [], "CES", "Kommentar", "ces"),
        (["有多大可能推荐我们？", "为什么？"], [], "有多大可能推荐我们？", "为什么？", "nps"),
        (["Name", "City"], [], None, None, None),
    ],
)  # fmt: skip
def test_questions_say_what_a_column_holds(header, labels, score, text, kind):
    found = guess_mapping(header, labels)
    assert (found.get("score"), found.get("text")) == (score, text)
    assert guess_metric(found.get("score", ""), header, labels) == kind
