"""Sources whose lowest score is the best, and files in which words and scores disagree."""

from decimal import Decimal

import pytest
from django.urls import reverse

from customer_voice import services
from customer_voice.errors import MappingRefused
from customer_voice.models import Feedback, ImportBatch
from customer_voice.selectors.given import figure_given
from customer_voice.services.reading import Also, Reading
from customer_voice.services.reversals import mood_of
from tests.customer_voice.conftest import HEADER, MAPPING, csv_bytes
from tests.factories.customer_voice import MetricDefinitionFactory

TURNED = Reading(reversed=("score",))


def rows_of(*said):
    return [[f"r{n}", "2026-03-14", "web", score, words, ""] for n, (score, words) in enumerate(said)]


def scores():
    return [int(score) for score in Feedback.objects.order_by("pk").values_list("score", flat=True)]


@pytest.fixture
def csat(organization):
    return MetricDefinitionFactory(organization=organization, key="csat_5")


def test_figures_are_turned_once_and_words_mean_what_they_say(bring_in, csat, touchpoints):
    rows = rows_of((1, ""), (2, ""), (5, ""), ("Very satisfied", ""), ("2 - good", ""))
    content = csv_bytes(rows)
    batch = bring_in(content, metric=csat, reading=TURNED)
    assert batch.rows_rejected == 0
    assert scores() == [5, 4, 1, 5, 4]
    again = bring_in(content, metric=csat, reading=TURNED)
    assert (again.rows_unchanged, again.rows_updated) == (5, 0)
    assert scores() == [5, 4, 1, 5, 4]
    # the next file of this source with these columns begins with it
    _facts, proposal = services.import_proposal(ImportBatch.objects.latest("pk"))
    assert proposal["reading"].reversed == ("score",)


def test_words_that_somebody_gave_a_figure_are_not_turned(bring_in, csat, touchpoints):
    reading = Reading(reversed=("score",), words={"score": {"sunny": "5", "9": ""}})
    bring_in(csv_bytes(rows_of(("sunny", ""), (1, ""), (9, "kind"))), metric=csat, reading=reading)
    found = Feedback.objects.order_by("pk").values_list("score", flat=True)
    assert list(found) == [5, 5, None]


def test_what_is_off_the_scale_is_refused_as_it_was_written(check, csat, touchpoints):
    batch = check(csv_bytes(rows_of((0, ""), (6, ""), (3, ""))), metric=csat, reading=TURNED)
    assert [error.value for error in batch.row_errors.order_by("row_number")] == ["0", "6"]
    assert batch.rows_good == 1


def test_only_the_column_that_is_named_is_turned(bring_in, csat, nps, touchpoints):
    rows = [["1", "2026-03-14", "web", 1, "", "", 2]]
    reading = Reading(also=(Also(metric="csat_5", score="extra"),), reversed=("extra",))
    bring_in(csv_bytes(rows, (*HEADER, "extra")), metric=nps, reading=reading)
    found = {answer.metric.key: answer for answer in Feedback.objects.select_related("metric")}
    assert {key: int(one.score) for key, one in found.items()} == {"nps": 1, "csat_5": 4}
    assert figure_given(found["csat_5"]) == Decimal(2)
    assert figure_given(found["nps"]) is None


def test_the_page_of_an_answer_shows_what_the_file_had(bring_in, csat, touchpoints, ada, client_of):
    bring_in(csv_bytes(rows_of((1, "quick"))), metric=csat, reading=TURNED)
    answer = Feedback.objects.get()
    address = reverse("customer_voice:feedback_detail", args=["northwind", answer.pk])
    page = client_of(ada).get(address).text
    assert "1: the lowest score is the best in this source" in page
    item = {"external_id": "r0", "touchpoint": "web", "occurred_at": "2026-03-14", "score": "3"}
    services.record_feedback(
        organization=ada.organization, metric=csat, source="test", items=[item], replaces_known=True
    )
    assert "the lowest score is the best" not in client_of(ada).get(address).text  # by another door since


def test_times_and_columns_that_are_not_there_cannot_be_turned(check, ttr, csat, touchpoints):
    content = csv_bytes(rows_of((1, "")))
    with pytest.raises(MappingRefused) as refused:
        check(content, metric=csat, reading=Reading(reversed=("mood",)))
    assert [*refused.value.fields] == ["is_reversed"]
    cases = {"external_id": "id", "opened_at": "date", "touchpoint": "touchpoint"}
    with pytest.raises(MappingRefused) as refused:
        check(content, metric=ttr, mapping=cases, reading=TURNED)
    assert "Only answers on a scale" in str(refused.value.fields["is_reversed"])


def test_the_choice_is_made_on_the_page(upload, csat, touchpoints, ada, client_of):
    batch = upload(csv_bytes(rows_of((1, "x"), (2, "y"))))
    address = reverse("customer_voice:import_map", args=["northwind", batch.pk])
    sent = {**MAPPING, "metric": csat.pk, "date_format": "auto", "is_reversed": "on"}
    assert client_of(ada).post(address, sent).status_code == 302
    batch.refresh_from_db()
    assert batch.reading["reversed"] == ["score"]
    page = client_of(ada).get(address)
    assert page.context["form"]["is_reversed"].value() is True


# --- words and scores that disagree -------------------------------------------------------------

AGAINST = [(0, "Excellent!"), (1, "excellent service"), (0, "Perfekt"), (1, "parfait"), (0, "非常好")]


def test_six_who_write_excellent_and_give_a_one_are_told_and_nothing_is_turned(
    check, nps, touchpoints, ada, client_of, api_of
):
    batch = check(csv_bytes(rows_of(*AGAINST, (1, "great"), (9, "fine"), (10, ""))), metric=nps)
    (doubt,) = batch.doubts
    assert doubt == {"metric": nps.pk, "against": 6, "agreeing": 0, "rows": [2, 3, 4, 5, 6]}
    address = reverse("customer_voice:import_detail", args=["northwind", batch.pk])
    page = client_of(ada).get(address).text
    assert "Words and scores disagree." in page
    assert "in 6 rows the words say the opposite of the score (such as rows 2, 3, 4, 5" in page
    assert api_of(ada).get(f"/api/v1/o/northwind/imports/{batch.pk}/").json()["doubts"] == [doubt]
    services.start_import(batch=batch)
    services.run_import(batch_id=batch.pk)
    assert sorted(scores()) == [0, 0, 0, 1, 1, 1, 9, 10]


def test_declared_reversed_the_same_file_agrees(check, nps, touchpoints):
    batch = check(csv_bytes(rows_of(*AGAINST, (1, "great"))), metric=nps, reading=TURNED)
    assert batch.doubts == []


@pytest.mark.parametrize(
    "said",
    [
        AGAINST[:4],  # too few to say anything
        [*AGAINST, (9, "great"), (10, "perfect")],  # as many agree as chance and irony make
        [(score, f"not {words}") for score, words in AGAINST],
        [(5, words) for _score, words in AGAINST],  # in the middle of the scale
        [(10, words) for _score, words in AGAINST],
    ],
)
def test_no_alarm_where_words_and_scores_do_not_clearly_disagree(check, nps, touchpoints, said):
    assert check(csv_bytes(rows_of(*said)), metric=nps).doubts == []


def test_a_metric_of_which_less_is_better_is_read_the_other_way(check, organization, touchpoints):
    effort = MetricDefinitionFactory(organization=organization, key="ces_mean_7", higher_is_better=False)
    said = [(1, "excellent"), (2, "great"), (1, "perfect"), (2, "love it"), (1, "amazing")]
    assert check(csv_bytes(rows_of(*said)), metric=effort).doubts == []
    said = [(7, words) for _score, words in said]
    assert check(csv_bytes(rows_of(*said)), metric=effort).doubts[0]["against"] == 5


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("Excellent", 1), ("GREAT!!", 1), ("terrible", -1), ("很差", -1), ("not great", 0), ("", 0),
        ("great staff, terrible food", 0), ("the greatest", 0), ("nicht schlecht", 0),
        ("x" * 500 + " great", 0),
    ],
)  # fmt: skip
def test_a_mood_is_clear_or_none(text, mood):
    assert mood_of(text) == mood
