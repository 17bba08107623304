"""Kinds of files that tools and people make beyond those of the field: each comes in with what a person
expects, or says what is wrong; expectations are worked out by hand."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from common.errors import DomainError
from customer_voice import services
from customer_voice.import_words import notes_on_file
from customer_voice.models import Feedback, ImportBatch
from customer_voice.services.checking import facts_of
from tests.factories.customer_voice import MetricDefinitionFactory

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


def stored():
    """(score, moment in Berlin, words) of every answer, the first one first."""
    rows = Feedback.objects.order_by("occurred_at", "pk")
    return [(float(one.score), f"{one.occurred_at.astimezone(BERLIN):%m-%d %H:%M}", one.text) for one in rows]


def test_a_help_desk_export_with_three_header_rows_and_decimal_commas(first_try, organization):
    """Titles above, names, kinds of values, zones and units in brackets: then the tickets."""
    csat = MetricDefinitionFactory(organization=organization, key="csat_5")
    batch = first_try(
        "Helpdesk Export;;;;\n"
        "Zeitraum: März 2026;;;;\n"
        ";;;;\n"
        "Ticket-ID;Erstellt am;Gelöst am;Zufriedenheit;Kommentar\n"
        "Nummer;Datum;Datum;1-5;Text\n"
        "(intern);(UTC);(UTC);;\n"
        "1;02.03.2026 08:00;02.03.2026 09:30;4,0;gut\n"
        "2;14.03.2026 22:30;;2,0;lang\n",
        metric=csat,
    )
    assert (batch.rows_total, batch.rows_created, batch.rows_rejected) == (2, 2, 0)
    assert stored() == [(4.0, "03-02 09:00", "gut"), (2.0, "03-14 23:30", "lang")]  # UTC, read in Berlin
    assert notes_on_file(facts_of(batch))[-1].startswith("Times in")


@pytest.mark.parametrize(
    "rows",
    [
        "id;date;score\n1;2026-03-02;9\n2;2026-03-03;3\n",
        "id;date;score\nID;Date;0-10\n1;2026-03-02;9\n2;2026-03-03;3\n",
        "id;date;score\n(text);(ISO);0 to 10\nid;UTC;points\n1;2026-03-02;9\n2;2026-03-03;3\n",
        "id;date;score\nNummer;Datum;Zahl\n1;2026-03-02;9\n2;2026-03-03;3\n",
    ],
)
def test_rows_that_describe_the_columns_are_no_answers_and_no_answer_describes(first_try, nps, rows):
    batch = first_try(rows, metric=nps)
    assert (batch.rows_total, batch.rows_created) == (2, 2)
    assert [score for score, _at, _words in stored()] == [9.0, 3.0]


def test_one_arabic_word_is_not_taken_for_chinese(upload):
    with pytest.raises(DomainError):
        upload("id;date;score;comment\n1;2026-03-02;9;شكرا\n".encode("cp1256"), encoding="auto")


MOMENTS = {
    "Chinese halves of the day, with a blank": ("2026/3/14 下午 11:05:00", "2026/3/15 上午 8:05"),
    "Chinese halves of the day, without": ("2026年3月14日下午11:05:00", "2026年3月15日上午8:05"),
    "Korean": ("2026년 3월 14일 오후 11:05", "2026. 3. 15. 8:05"),
    "days that spreadsheets count": ("46095.96180555556", "46096,3368055556"),
    "seconds since 1970": ("1773525900", "1773558300"),
    "milliseconds since 1970": ("1773525900000", "1773558300000"),
}


@pytest.mark.parametrize("kind", MOMENTS)
def test_moments_of_other_systems(first_try, nps, kind):
    first, second = MOMENTS[kind]
    first_try(f'id,date,score\n1,"{first}",9\n2,"{second}",3\n', metric=nps)
    assert [at for _score, at, _words in stored()] == ["03-14 23:05", "03-15 08:05"]


@pytest.mark.parametrize(
    ("header", "day"),
    [
        ("番号,回答日,評価,コメント", "2026年3月14日"),
        ("編號,日期,評分,意見", "2026/3/14"),
        ("번호,날짜,점수,의견", "2026-03-14"),
        ("номер,дата,оценка,комментарий", "14.03.2026"),
        ("id,data,ocena,komentarz", "14.03.2026"),
    ],
)
def test_columns_are_known_by_their_names_in_more_languages(first_try, nps, header, day):
    first_try(f"{header}\n1,{day},9,words\n2,{day},3,others\n", metric=nps)
    assert [(score, words) for score, _at, words in stored()] == [(9.0, "words"), (3.0, "others")]


ENCODED = {
    "cp1250": "id;data;ocena;komentarz\n1;02.03.2026;9;Świetna obsługa, żółw\n",
    "cp1251": "id;дата;оценка;комментарий\n1;02.03.2026;9;Отлично\n",
    "cp932": "番号,日付,評価,コメント\n1,2026/3/2,9,とても良い\n",
    "cp950": "編號,日期,評分,意見\n1,2026/3/2,9,很好\n",
    "cp949": "번호,날짜,점수,의견\n1,2026-03-02,9,좋아요\n",
    "cp1253": "id;date;score;comment\n1;2026-03-02;9;Πολύ καλό\n",
    "cp1254": "id;date;score;comment\n1;2026-03-02;9;Çok iyi, teşekkürler ığdır\n",
    "cp1255": "id;date;score;comment\n1;2026-03-02;9;שלום\n",
    "cp1256": "id;date;score;comment\n1;2026-03-02;9;شكرا جزيلا على الخدمة السريعة والموظفين\n",
}


@pytest.mark.parametrize("encoding", ENCODED)
def test_an_encoding_that_no_byte_tells_is_never_guessed_and_can_be_chosen(
    upload, nps, touchpoints, encoding
):
    raw = ENCODED[encoding].encode(encoding)
    with pytest.raises(DomainError) as refused:
        upload(raw, encoding="auto")
    assert refused.value.code == "wrong_encoding"
    batch = upload(raw, encoding=encoding)
    mapping, reading = services.proposed_choices(batch)
    services.map_import(batch=batch, mapping=mapping, metric=nps, touchpoint_key="web", reading=reading)
    services.run_import(batch_id=batch.pk)
    batch.refresh_from_db()
    services.start_import(batch=batch)
    services.run_import(batch_id=batch.pk)
    assert ImportBatch.objects.get(pk=batch.pk).rows_created == 1
    words = ENCODED[encoding].splitlines()[1].replace(";", ",").split(",", 3)[3]
    assert [said for _score, _at, said in stored()] == [words]


def test_percent_is_read_on_a_scale_to_a_hundred_and_nowhere_else(first_try, check, organization, nps):
    slider = MetricDefinitionFactory(
        organization=organization, key="slider", kind="custom", name="Slider", rule="mean", scale_low=0,
        scale_high=100, scale_step="0.5",
    )  # fmt: skip
    first_try('id,date,score\n1,2026-03-02,80 %\n2,2026-03-03,45%\n3,2026-03-04,"62,5 %"\n', metric=slider)
    assert [score for score, _at, _words in stored()] == [80.0, 45.0, 62.5]
    mapping = {"external_id": "id", "occurred_at": "date", "score": "score"}
    batch = check(b"id,date,score\n1,2026-03-02,9 %\n", metric=nps, mapping=mapping, touchpoint_key="web")
    assert [error.value for error in batch.row_errors.all()] == ["9 %"]


def test_signs_without_width_around_a_figure_are_nothing(first_try, nps):
    first_try("id,date,score\n1,2026-03-02,\u200b9\n2,2026-03-03,\u200e10\ufeff\n", metric=nps)
    assert [score for score, _at, _words in stored()] == [9.0, 10.0]


def test_the_column_of_groups_says_which_one_is_nps(first_try, nps):
    batch = first_try(
        "StartDate,RecordedDate,ResponseId,DistributionChannel,Q1_NPS_GROUP,Q1,Q2\n"
        "2026-03-02 09:00:01,2026-03-02 09:01:12,R_1,email,Promoter,10 - Extremely likely,quick\n"
        "2026-03-02 09:00:01,2026-03-02 09:01:12,R_2,email,Detractor,0 - Not at all likely,\n"
    )
    assert (batch.metric, batch.mapping["score"]) == (nps, "Q1")
    assert sorted(score for score, _at, _words in stored()) == [0.0, 10.0]


def test_a_five_figure_number_is_a_day_only_where_a_date_is_expected(first_try, nps):
    first_try("id,date,score,comment\n46085,46085,9,46085\n", metric=nps)
    [answer] = Feedback.objects.select_related("submission")
    assert (answer.submission.external_id, answer.text) == ("46085", "46085")
    assert answer.occurred_at.astimezone(BERLIN) == datetime(2026, 3, 4, tzinfo=BERLIN)
