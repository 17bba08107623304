"""Sources whose lowest score is the best, and files in which words and scores disagree."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse

from customer_voice import services
from customer_voice.errors import MappingRefused
from customer_voice.models import Feedback, ImportBatch
from customer_voice.selectors.given import figure_given
from customer_voice.services.reading import Also, Reading
from customer_voice.services.reversals import mood_of
from tests.customer_voice.calls import send
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


def test_each_further_score_column_has_its_own_choice_on_the_page(
    upload, csat, nps, touchpoints, ada, client_of
):
    rows = [["1", "2026-03-14", "web", 9, "x", "", 2], ["2", "2026-03-14", "web", 7, "y", "", 5]]
    batch = upload(csv_bytes(rows, (*HEADER, "extra")))
    address = reverse("customer_voice:import_map", args=["northwind", batch.pk])
    sent = {**MAPPING, "metric": nps.pk, "date_format": "auto", "also_1_metric": "csat_5"}
    refused = client_of(ada).post(address, {**sent, "also_1_reversed": "on"})
    assert refused.status_code == 422
    assert refused.context["form"].errors["also_1_score"] == ["Choose the column with its score."]
    sent |= {"also_1_score": "extra", "also_1_reversed": "on"}
    assert client_of(ada).post(address, sent).status_code == 302
    batch.refresh_from_db()
    assert batch.reading["reversed"] == ["extra"]
    page = client_of(ada).get(address)
    form = page.context["form"]
    assert (form["is_reversed"].value(), form["also_1_reversed"].value()) == (False, True)
    services.run_import(batch_id=batch.pk)  # the check
    batch.refresh_from_db()
    services.start_import(batch=batch)
    services.run_import(batch_id=batch.pk)
    found = Feedback.objects.order_by("pk").values_list("metric_key", "score")
    assert sorted((key, int(score)) for key, score in found) == [
        ("csat_5", 1), ("csat_5", 4), ("nps", 7), ("nps", 9),
    ]  # fmt: skip
    # ticked no more: as it stands in the file again
    assert client_of(ada).post(address, {**sent, "also_1_reversed": ""}).status_code in {302, 409}


def test_a_column_that_holds_no_scores_cannot_be_turned(check, csat, ttr, touchpoints):
    content = csv_bytes(rows_of((1, "x")))
    with pytest.raises(MappingRefused) as refused:
        check(content, metric=csat, reading=Reading(reversed=("comment",)))
    assert refused.value.fields == {"is_reversed": "“comment” is not a column with scores."}


def test_beside_times_an_answer_may_be_turned(bring_in, csat, ttr, touchpoints):
    header = ("id", "opened", "resolved", "touchpoint", "stars")
    rows = [["1", "2026-03-14 08:00", "2026-03-14 09:00", "web", 1]]
    mapping = {
        "external_id": "id",
        "opened_at": "opened",
        "resolved_at": "resolved",
        "touchpoint": "touchpoint",
    }
    reading = Reading(also=(Also(metric="csat_5", score="stars"),), reversed=("stars",))
    bring_in(csv_bytes(rows, header), metric=ttr, mapping=mapping, reading=reading)
    assert int(Feedback.objects.get(metric_key="csat_5").score) == 5


# --- by API -------------------------------------------------------------------------------------


def sent_items(*said):
    return [
        {
            "external_id": f"r{n}",
            "touchpoint": "web",
            "occurred_at": "2026-03-14",
            "score": score,
            "text": words,
        }
        for n, (score, words) in enumerate(said)
    ]


def test_the_api_turns_what_a_program_says_is_reversed_once(csat, touchpoints, ada, api_of):
    client, address = api_of(ada), "/api/v1/o/northwind/feedback/"
    body = {"metric": "csat_5", "is_reversed": True}
    bulk = {**body, "items": sent_items((1, ""), (5, ""), (2, ""))}
    assert client.post(f"{address}bulk/", bulk, format="json").status_code == 201
    assert scores() == [5, 1, 4]
    again = client.post(f"{address}bulk/", bulk, format="json")
    assert (again.status_code, again.json()["unchanged"]) == (200, 3)
    one = {**body, **sent_items((4, ""))[0], "external_id": "single"}
    assert client.post(address, one, format="json").status_code == 201
    assert scores() == [5, 1, 4, 2]
    refused = client.post(f"{address}bulk/", {**body, "items": sent_items((0, ""), (6, ""))}, format="json")
    assert refused.status_code == 422
    assert sorted(refused.json()["errors"]) == ["0.score", "1.score"]
    assert scores() == [5, 1, 4, 2]


def test_the_api_says_what_cannot_be_turned(ttr, touchpoints, ada, api_of):
    item = {"external_id": "t", "touchpoint": "web", "occurred_at": "2026-03-14"}
    body = {"metric": ttr.key, "is_reversed": True, "items": [item]}
    refused = api_of(ada).post("/api/v1/o/northwind/feedback/bulk/", body, format="json")
    assert refused.status_code == 422
    assert refused.json()["errors"] == {"is_reversed": "Only answers on a scale can run the other way."}


def test_the_api_tells_where_words_and_scores_disagree(nps, touchpoints, ada, api_of):
    client, address = api_of(ada), "/api/v1/o/northwind/feedback/bulk/"
    items = sent_items((9, "no"), *AGAINST, (0, ""))
    told = client.post(address, {"metric": "nps", "items": items}, format="json").json()
    assert told["doubts"] == [{"metric": "nps", "against": 5, "agreeing": 0, "positions": [1, 2, 3, 4, 5]}]
    assert scores() == [9, 0, 1, 0, 1, 0, 0]  # nothing is turned by itself
    body = {"metric": "nps", "items": items, "is_reversed": True, "replaces_known": True}
    assert client.post(address, body, format="json").json()["doubts"] == []


# --- by webhook ---------------------------------------------------------------------------------

CALLS = services.CallMapping(
    values={"external_id": "/id"},
    answers={"csat_5": {"score": "/stars", "text": "/why"}},
    fixed={"touchpoint": "web"},
    reversed=("csat_5",),
)


def webhook_of(ada, mapping):
    hook = services.create_webhook(by=ada, name="Stars", source="stars")
    services.map_webhook(by=ada, webhook=hook, mapping=mapping)
    return services.set_live(by=ada, webhook=hook, is_live=True)


def test_a_webhook_turns_figures_once_and_reads_words_as_they_are(csat, touchpoints, ada):
    hook = webhook_of(ada, CALLS)
    said = [1, "5", "2 - good", "Very satisfied", "4.0"]
    for number, stars in enumerate(said):
        assert send(hook, {"id": f"c{number}", "stars": stars}, message_id=f"m{number}").status_code == 200
    assert scores() == [5, 1, 4, 5, 2]
    assert send(hook, {"id": "c0", "stars": 1, "why": "x"}, message_id="again").json()["updated"] == 1
    assert scores() == [5, 1, 4, 5, 2]
    off = send(hook, {"id": "c9", "stars": 0}, message_id="off")
    assert (off.status_code, list(off.json()["errors"])) == (422, ["/stars"])
    assert len(scores()) == 5


def test_what_a_webhook_turns_is_chosen_on_the_page(csat, touchpoints, ada, client_of):
    hook = webhook_of(ada, replace(CALLS, reversed=()))
    for number, (stars, why) in enumerate(STARS):
        send(hook, {"id": f"c{number}", "stars": stars, "why": why}, message_id=f"m{number}")
    detail = reverse("customer_voice:webhook_detail", args=["northwind", hook.pk])
    page = client_of(ada).get(detail).text
    assert "Words and scores disagree." in page
    assert "in 5 answers of the latest calls" in page
    address = reverse("customer_voice:webhook_map", args=["northwind", hook.pk])
    form = client_of(ada).get(address).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields if name != "survey"}
    response = client_of(ada).post(address, {**sent, "reversed": ["csat_5"], "step": "preview"})
    assert response.context["doubts"] == []
    client_of(ada).post(address, {**sent, "reversed": ["csat_5"], "step": "save"})
    hook.refresh_from_db()
    assert hook.mapping["reversed"] == ["csat_5"]
    assert client_of(ada).get(address).context["form"]["reversed"].value() == ["csat_5"]
    assert scores() == [1, 1, 2, 1, 2]  # what came in before stays


def test_a_mapping_with_a_reversal_that_cannot_be_is_refused(csat, ttr, touchpoints, ada, api_of):
    hook = services.create_webhook(by=ada, name="Stars", source="stars")
    address = f"/api/v1/o/northwind/incoming-webhooks/{hook.pk}/"
    told = CALLS.as_json()
    assert told["reversed"] == ["csat_5"]
    assert api_of(ada).patch(address, {"mapping": told}, format="json").json()["mapping"] == told
    refused = api_of(ada).patch(address, {"mapping": {**told, "reversed": ["nps"]}}, format="json")
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["reversed"])
    refused = api_of(ada).patch(address, {"mapping": {**told, "reversed": "csat_5"}}, format="json")
    assert refused.status_code == 422


# --- words and scores that disagree -------------------------------------------------------------

STARS = [(1, "great"), (1, "excellent"), (2, "perfect"), (1, "awesome"), (2, "superb")]
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
