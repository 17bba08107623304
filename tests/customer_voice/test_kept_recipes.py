"""Recipes that imports leave: listed, named, thrown away, taken along; and rows to correct that come back."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import AuditEvent
from common.errors import InvalidValues
from customer_voice import selectors, services
from customer_voice.models import Feedback, ImportBatch, Source
from customer_voice.services.reading import Also, Condition, Reading
from tests.customer_voice.conftest import MAPPING, csv_bytes
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory

READING = Reading(
    also=(Also(metric="csat_5", score="csat"),),
    words={"nps": {"99": ""}},
    leave_out=(Condition(column="status", values=("Partial",)),),
)
CONTENT = b"id,date,nps,csat,status\n1,2026-03-14,9,4,Complete\n2,2026-03-14,99,5,Complete\n"
COLUMNS = {"external_id": "id", "occurred_at": "date", "score": "nps"}


@pytest.fixture
def recipe(organization, bring_in, nps, touchpoints) -> selectors.Recipe:
    MetricDefinitionFactory(organization=organization, key="csat_5")
    bring_in(CONTENT, mapping=COLUMNS, touchpoint_key="web", reading=READING, source="survey")
    (found,) = selectors.recipes_of(organization)
    return found


def address(name: str, member: Any, recipe: selectors.Recipe) -> str:
    args = [member.organization.slug, recipe.source.pk, recipe.key]
    return reverse(f"customer_voice:{name}", args=args)


def listed(client: Any, member: Any) -> str:
    return client.get(reverse("customer_voice:recipe_list", args=[member.organization.slug])).text


def test_an_import_leaves_a_recipe_that_is_listed_with_its_metrics(client_of, ada, recipe):
    assert recipe.metrics == ("nps", "csat_5")
    page = listed(client_of(ada), ada)
    assert "id, date, nps, csat" in page
    assert "survey" in page


def test_without_recipes_the_page_says_what_they_are(client_of, ada):
    assert "No recipe yet" in listed(client_of(ada), ada)


def test_a_recipe_has_a_name_of_its_own_that_the_next_import_keeps(client_of, ada, recipe, bring_in):
    client = client_of(ada)
    assert client.post(address("recipe_edit", ada, recipe), {"name": " Exit  survey "}).status_code == 302
    assert "Exit survey" in listed(client, ada)
    later = CONTENT.replace(b"1,2026", b"3,2026").replace(b"2,2026", b"4,2026").replace(b"99", b"9")
    bring_in(later, mapping=COLUMNS, touchpoint_key="web", reading=Reading(), source="survey")
    (found,) = selectors.recipes_of(ada.organization)
    assert (found.name, found.told["reading"]) == ("Exit survey", {})
    assert client.post(address("recipe_edit", ada, recipe), {"name": "x" * 81}).status_code == 422


def test_a_deleted_recipe_is_guessed_again_and_answers_stay(client_of, ada, recipe, upload):
    client = client_of(ada)
    assert "Delete the recipe id, date, nps, csat?" in client.get(address("recipe_delete", ada, recipe)).text
    assert client.post(address("recipe_delete", ada, recipe)).status_code == 302
    assert (selectors.recipes_of(ada.organization), Feedback.objects.count()) == ([], 3)
    _facts, proposal = services.import_proposal(upload(CONTENT, source="survey"))
    assert proposal["reading"].leave_out == ()
    assert client.get(address("recipe_edit", ada, recipe)).status_code == 404
    assert AuditEvent.objects.get(verb="recipe.deleted").after == {"name": "id, date, nps, csat"}


def test_a_recipe_is_taken_to_another_organization(client_of, ada, dora, recipe, upload):
    sent = client_of(ada).get(address("recipe_json", ada, recipe))
    assert "attachment" in sent["Content-Disposition"]
    nps = MetricDefinitionFactory(organization=dora.organization, key="nps")
    MetricDefinitionFactory(organization=dora.organization, key="csat_5")
    TouchpointFactory(organization=dora.organization, key="web")
    client, slug = client_of(dora), dora.organization.slug
    file = SimpleUploadedFile("recipe.json", sent.content)
    new = reverse("customer_voice:recipe_new", args=[slug])
    assert client.post(new, {"file": file, "source": "forms"}).status_code == 302
    assert Source.objects.get(organization=dora.organization).name == "forms"
    batch = services.create_import(
        organization=dora.organization, by=dora, file=SimpleUploadedFile("b.csv", CONTENT),
        filename="b.csv", source="forms",
    )  # fmt: skip
    _facts, proposal = services.import_proposal(batch)
    assert (proposal["metric"], proposal["reading"]) == (nps.pk, READING)


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "other"}, {"version": 2}, {"header": ["id"]}, {"header": "id"}, {"header": [1, 2]},
        {"mapping": {"external_id": "gone"}}, {"mapping": {"nothing": "id"}}, {"mapping": []},
        {"date_format": "some"}, {"reading": {"also": 3}}, {"reading": {"words": {"gone": {"a": "1"}}}},
        {"header_row": -1}, {"header_row": True}, {"name": "x" * 200}, {"defaults": {"touchpoint": 3}},
    ],
)  # fmt: skip
def test_what_is_no_recipe_is_refused(ada, recipe, change):
    with pytest.raises(InvalidValues):
        services.add_recipe(by=ada, told={**recipe.as_json(), **change})


@pytest.mark.parametrize("content", [b"no json", b"[1, 2]", b"\xff\xfe", b"[" * 50_000])
def test_a_file_that_is_no_recipe_stays_a_message_on_the_page(client_of, ada, content):
    client = client_of(ada)
    answer = client.post(
        reverse("customer_voice:recipe_new", args=[ada.organization.slug]),
        {"file": SimpleUploadedFile("recipe.json", content), "source": "forms"},
    )
    assert answer.status_code == 422
    assert "forms" in answer.text


def test_the_api_lists_adds_renames_and_deletes_recipes(api_of, ada, recipe):
    api, door = api_of(ada), f"/api/v1/o/{ada.organization.slug}/import-recipes/"
    (found,) = api.get(door).json()
    assert (found["source"], found["metrics"]) == ("survey", ["nps", "csat_5"])
    added = api.post(door, {"recipe": found["recipe"], "source": "second"}, format="json")
    assert added.status_code == 201
    one = f"{door}{added.json()['id']}/"
    assert api.patch(one, {"name": "Second"}, format="json").json()["name"] == "Second"
    assert api.delete(one).status_code == 204
    assert api.get(one).status_code == 404
    assert api.post(door, {"recipe": {"schema": "none"}}, format="json").status_code == 422
    assert len(selectors.recipes_of(ada.organization)) == 1


def test_recipes_are_of_those_who_import_and_of_their_organization(
    client_of, api_of, cleo, dora, ada, recipe
):
    key = f"{recipe.source.pk}-{recipe.key}"
    for member, status in ((cleo, 403), (dora, 404)):
        for name in ("recipe_edit", "recipe_delete", "recipe_json"):
            foreign = address(name, ada, recipe)
            assert client_of(member).get(foreign).status_code == status
        door = f"/api/v1/o/{ada.organization.slug}/import-recipes/{key}/"
        assert api_of(member).delete(door).status_code == status
    assert selectors.recipes_of(dora.organization) == []


# --- rows to correct -------------------------------------------------------------------------------


def test_rows_that_could_not_come_in_are_corrected_and_sent_again(
    client_of, ada, bring_in, upload, touchpoints, nps
):
    rows = [
        ["a1", "2026-03-14", "web", 9, "fine", "x"], ["a2", "2026-03-14", "web", 77, "=1+1", "x"],
        ["a3", "soon", "web", "many", "- tidy", "x"], ["a4", "2026-03-14", "web", 11, "'- kept", "x"],
    ]  # fmt: skip
    batch = bring_in(csv_bytes(rows), skips_bad_rows=True, source="survey")
    assert (batch.rows_created, batch.rows_rejected) == (1, 3)
    client, slug = client_of(ada), ada.organization.slug
    door = reverse("customer_voice:import_bad_rows", args=[slug, batch.pk, "csv"])
    assert door in client.get(reverse("customer_voice:import_detail", args=[slug, batch.pk])).text
    sent = client.get(door).getvalue().decode("utf-8-sig")
    lines = sent.splitlines()
    assert lines[0] == "id,date,touchpoint,score,comment,segment,_problem"
    assert lines[1].startswith("a2,2026-03-14,web,77,'=1+1,x,")
    assert "runs from 0 to 10" in lines[1]
    assert "date: Not a date" in lines[2]
    assert "score: The score must be a whole number." in lines[2]
    corrected = sent.replace(",77,", ",7,").replace("soon", "2026-03-15").replace("many", "5")
    again = upload(corrected.replace(",11,", ",10,").encode(), source="survey")
    _facts, proposal = services.import_proposal(again)
    assert proposal["score"] == "score"  # by the recipe of the first file
    services.map_import(batch=again, mapping=MAPPING, metric=nps)
    services.run_import(batch_id=again.pk)
    services.start_import(batch=ImportBatch.objects.get(pk=again.pk))
    services.run_import(batch_id=again.pk)
    found = Feedback.objects.order_by("submission__external_id").values_list("score", "text")
    assert list(found) == [(9, "fine"), (7, "=1+1"), (5, "- tidy"), (10, "'- kept")]
    (recipe,) = selectors.recipes_of(ada.organization)
    assert "_problem" not in recipe.told["header"]


def test_corrected_rows_without_ids_are_those_of_the_whole_file_that_is_corrected(bring_in, touchpoints, nps):
    columns = {"occurred_at": "date", "score": "score", "touchpoint": "touchpoint"}
    corrected = b"date,touchpoint,score,_problem\n2026-03-14,web,7,Outside the scale\n"
    assert bring_in(corrected, mapping=columns).rows_created == 1
    whole = b"date,touchpoint,score\n2026-03-13,web,9\n2026-03-14,web,7\n"
    again = bring_in(whole, mapping=columns)
    assert (again.rows_created, again.rows_unchanged) == (1, 1)


def test_a_recipe_says_nothing_that_a_customer_said(recipe):
    assert set(json.loads(json.dumps(recipe.as_json()))) == {
        "schema", "version", "source", "header", "mapping", "metric", "defaults", "date_format", "encoding",
        "delimiter", "sheet", "header_row", "creates_touchpoints", "reading",
    }  # fmt: skip
