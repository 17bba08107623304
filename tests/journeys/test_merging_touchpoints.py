"""Two touchpoints are one: what moves, where the old name leads, what stays fixed, what is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from coalition.choices import InitiativeState
from coalition.models import EvaluationPlan, Initiative
from common.errors import ConsequencesNotAccepted, InvalidValues
from customer_voice import services as listening
from customer_voice.models import Feedback, ImportBatch, IncomingWebhook, MetricPoint, MetricTarget
from customer_voice.services.proving import differing_cells
from impact import services as impact
from impact.models import Study
from journeys import services
from journeys.errors import MergeRefused, TouchpointMerged
from journeys.models import Touchpoint
from tests.customer_voice.conftest import MAPPING, csv_bytes
from tests.factories.coalition import seated, submitted
from tests.factories.customer_voice import FeedbackFactory, MetricDefinitionFactory, TouchpointFactory
from tests.factories.impact import live_initiative
from tests.factories.surveys import opened_survey, take

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 14, 22, 30, tzinfo=UTC)


@pytest.fixture
def pair(organization):
    return [
        TouchpointFactory(organization=organization, key=key, name=name)
        for key, name in (("till", "Till"), ("checkout", "Checkout"))
    ]


@pytest.fixture
def nps(organization):
    return MetricDefinitionFactory(organization=organization, key="nps")


def place(key):
    return Touchpoint.objects.get(key=key)


def answers_at(organization):
    found = MetricPoint.objects.of(organization).order_by().values_list("touchpoint__key", "n")
    return sorted((key, n) for key, n in found)


def merge(by, kept, gone, **options):
    return services.merge_touchpoints(by=by, kept=kept, gone=gone, **options)


# --- what moves ---------------------------------------------------------------------------------


def test_answers_and_all_that_points_there_move_and_every_day_stays_exact(organization, ada, pair, nps):
    kept, gone = pair
    osat = MetricDefinitionFactory(organization=organization, key="osat")
    for number, (where, metric, score) in enumerate(
        ((kept, nps, 9), (gone, nps, 3), (gone, nps, 10), (gone, osat, 4), (gone, None, None))
    ):
        FeedbackFactory(
            organization=organization,
            metric=metric,
            touchpoint=where,
            external_id=str(number),
            score=score,
            occurred_at=AT + timedelta(days=number % 2),
        )
    listening.rebuild_rollup(organization=organization)
    survey = opened_survey(ada, touchpoint=gone)
    MetricTarget.objects.create(organization=organization, metric_key="nps", touchpoint=gone, value=30)
    MetricTarget.objects.create(organization=organization, metric_key="osat", touchpoint=kept, value=0.5)
    MetricTarget.objects.create(organization=organization, metric_key="osat", touchpoint=gone, value=0.9)
    hook = listening.create_webhook(by=ada, name="Shop", source="shop")
    IncomingWebhook.objects.filter(pk=hook.pk).update(
        mapping={"fixed": {"touchpoint": "checkout", "channel": "web"}}
    )

    told = services.touchpoint_merge(kept=kept, gone=gone)
    assert (told.refusals, told.consequences) == ((), ())
    assert told.moves == (
        "4 answers move, and their figures are counted again.",
        "Surveys that ask there from now on: After the visit.",
        "Webhooks whose answers go there from now on: Shop.",
        "1 target moves.",
        "1 target goes: “Till” has its own.",
    )
    merge(ada, kept, gone, seen=told.mark)

    assert set(Feedback.objects.values_list("touchpoint__key", flat=True)) == {"till"}
    assert [n for key, n in answers_at(organization) if key == "till"] == [1, 1, 2]
    assert {key for key, _n in answers_at(organization)} == {"till"}
    assert list(differing_cells(organization)) == []
    survey.refresh_from_db()
    assert survey.touchpoint == kept
    assert take(survey, score="9") is not None
    assert Feedback.objects.latest("pk").touchpoint == kept
    hook.refresh_from_db()
    assert hook.mapping == {"fixed": {"touchpoint": "till", "channel": "web"}}
    targets = MetricTarget.objects.values_list("metric_key", "touchpoint__key", "value")
    assert sorted(targets) == [("nps", "till", 30), ("osat", "till", 0.5)]
    gone.refresh_from_db()
    assert (gone.merged_into, gone.is_archived, gone.merged_at is not None) == (kept, True, True)
    event = AuditEvent.objects.get(verb="touchpoint.merged")
    assert (event.subject_id, event.actor_name) == (str(kept.pk), str(ada.user))
    assert event.after == {
        "merged": "Checkout", "answers": 4, "surveys": ["After the visit"], "webhooks": ["Shop"],
        "targets": ["nps"], "targets_removed": ["osat"],
    }  # fmt: skip


def test_what_an_undone_import_gives_back_is_at_the_kept_one(organization, ada, pair, nps, bring_in_again):
    kept, gone = pair
    first = bring_in_again([["1", "2026-03-14", "Checkout", 9, "", ""]])
    second = bring_in_again([["1", "2026-03-15", "Checkout", 2, "", ""]])
    merge(ada, kept, gone)
    listening.undo_import(batch=second, by=ada)
    listening.run_import(batch_id=second.pk)
    answer = Feedback.objects.get()
    assert (answer.touchpoint, answer.score, answer.submission.batch_id) == (kept, 9, first.pk)
    assert answers_at(organization) == [("till", 1)]
    assert list(differing_cells(organization)) == []


@pytest.fixture
def bring_in_again(organization, ada, nps):
    from django.core.files.base import ContentFile

    def make(
        rows, *, mapping=MAPPING, header=("id", "date", "touchpoint", "score", "comment", "segment"), **more
    ):
        batch = listening.create_import(
            organization=organization,
            by=ada,
            file=ContentFile(csv_bytes(rows, header)),
            filename="a.csv",
            source="till system",
        )
        listening.map_import(batch=batch, mapping=mapping, metric=nps, **more)
        listening.run_import(batch_id=batch.pk)
        batch.refresh_from_db()
        if make.before_import is not None:
            make.before_import()
        if batch.rows_good:
            listening.start_import(batch=batch, replaces_known=True)
            listening.run_import(batch_id=batch.pk)
        return ImportBatch.objects.get(pk=batch.pk)

    make.before_import = None
    return make


# --- where the old name leads -------------------------------------------------------------------


def test_the_old_name_and_key_lead_to_the_kept_one_everywhere(
    organization, ada, pair, nps, client_of, api_of
):
    kept, gone = pair
    FeedbackFactory(organization=organization, metric=nps, touchpoint=gone, external_id="1", occurred_at=AT)
    listening.rebuild_rollup(organization=organization)
    merge(ada, kept, gone)
    client, api = client_of(ada), api_of(ada)

    page = client.get("/o/northwind/touchpoints/checkout/")
    assert (page.status_code, page.url) == (302, "/o/northwind/touchpoints/till/")
    text = client.get(page.url).text
    assert "Merged into this one" in text
    assert "Checkout" in text
    listed = client.get("/o/northwind/touchpoints/", {"archived": "all"}).text
    assert "touchpoints/till/" in listed
    assert "touchpoints/checkout/" not in listed
    assert (
        "Till"
        in client.get(
            reverse("customer_voice:feedback_list", args=["northwind"]), {"touchpoint": "checkout"}
        ).text
    )
    asked = client.get(
        reverse("customer_voice:metric_detail", args=["northwind", "nps"]),
        {"touchpoint": "checkout", "period": "month"},
    )
    assert asked.context["form"].cleaned_data["touchpoint"] == kept

    root = "/api/v1/o/northwind"
    assert api.get(f"{root}/touchpoints/checkout/").json()["key"] == "till"
    assert [one["key"] for one in api.get(f"{root}/touchpoints/", {"archived": "all"}).json()["results"]] == [
        "till"
    ]
    assert api.get(f"{root}/feedback/", {"touchpoint": "checkout"}).json()["count"] == 1
    item = {"external_id": "2", "occurred_at": "2026-03-14T10:00:00Z", "score": 9, "touchpoint": "checkout"}
    lot = {
        "metric": "nps",
        "source": "app",
        "items": [item, {**item, "external_id": "3", "touchpoint": "till"}],
    }
    assert api.post(f"{root}/feedback/bulk/", lot, format="json").status_code == 201
    draft = api.post(
        f"{root}/initiatives/", {"title": "Faster till", "touchpoints": ["checkout"]}, format="json"
    )
    assert (draft.status_code, draft.json()["touchpoints"]) == (201, ["till"])
    assert set(Feedback.objects.values_list("touchpoint__key", flat=True)) == {"till"}


def test_a_key_of_before_changes_nothing(ada, pair, client_of, api_of):
    kept, gone = pair
    merge(ada, kept, gone)
    root = "/api/v1/o/northwind/touchpoints/checkout"
    for answer in (
        api_of(ada).patch(f"{root}/", {"name": "Other"}, format="json"),
        api_of(ada).post(f"{root}/archive/"),
        api_of(ada).post(f"{root}/restore/"),
        api_of(ada).post(f"{root}/merge/", {"other": "till"}, format="json"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "touchpoint_merged")
        assert "“Checkout” was merged into “Till”" in answer.json()["title"]
    for page in ("touchpoint_edit", "touchpoint_archive", "touchpoint_restore", "touchpoint_merge"):
        assert (
            client_of(ada).post(reverse(f"journeys:{page}", args=["northwind", "checkout"])).status_code
            == 409
        )
    for change in (
        lambda: services.save_touchpoint(by=ada, touchpoint=gone, name="Other"),
        lambda: services.restore_touchpoint(by=ada, touchpoint=gone),
        lambda: merge(ada, TouchpointFactory(organization=ada.organization), gone),
    ):
        with pytest.raises(TouchpointMerged):
            change()
    kept.refresh_from_db()
    assert (kept.name, kept.is_archived) == ("Till", False)


def test_names_of_before_are_taken_but_for_the_kept_one_itself(ada, pair):
    kept, gone = pair
    merge(ada, kept, gone)
    with pytest.raises(InvalidValues) as refused:
        services.save_touchpoint(by=ada, name="checkout")
    assert refused.value.fields == {"name": "This name means “Till” since the two were merged."}
    assert services.save_touchpoint(by=ada, touchpoint=kept, name="Checkout").name == "Checkout"


@pytest.mark.parametrize("named", ["Checkout", "checkout", " CHECKOUT "])
def test_a_file_that_names_the_old_one_goes_to_the_kept_one(ada, pair, bring_in_again, named):
    kept, gone = pair
    merge(ada, kept, gone)
    batch = bring_in_again([["1", "2026-03-14", named, 9, "", ""]], creates_touchpoints=True)
    assert (batch.rows_created, batch.touchpoints_new) == (1, [])
    assert Feedback.objects.get().touchpoint == kept


def test_where_the_kept_one_is_archived_the_old_name_is_refused_by_its_name(ada, pair, bring_in_again):
    kept, gone = pair
    merge(ada, kept, gone)
    services.archive_touchpoint(by=ada, touchpoint=kept)
    batch = bring_in_again([["1", "2026-03-14", "Checkout", 9, "", ""]])
    assert "“Till” is archived" in batch.row_errors.get().text


def test_a_file_without_ids_that_comes_again_stays_the_same_file(ada, pair, bring_in_again):
    """Its rows are known by their content and the touchpoint as it was named when it first came."""
    kept, gone = pair
    file = {"mapping": {"occurred_at": "date", "score": "score"}, "header": ("date", "score")}
    rows = [["2026-03-14", 9], ["2026-03-15", 2]]
    assert bring_in_again(rows, touchpoint_key="checkout", **file).rows_created == 2
    merge(ada, kept, gone)
    # by its recipe, which names the old key, and by a person who can only choose the kept one
    for chosen in ("checkout", "till"):
        batch = bring_in_again(rows, touchpoint_key=chosen, **file)
        assert (batch.rows_created, batch.rows_unchanged) == (0, 2)
    _facts, proposal = listening.import_proposal(batch)
    assert proposal["fixed_touchpoint"] == "till"
    assert Feedback.objects.count() == 2


def test_a_merge_between_the_check_of_a_file_and_its_import_loses_nothing(
    organization, ada, pair, bring_in_again
):
    kept, gone = pair
    bring_in_again.before_import = lambda: merge(ada, kept, gone)
    batch = bring_in_again(
        [["1", "2026-03-14", "Checkout", 9, "", ""], ["2", "2026-03-14", "Till", 3, "", ""]]
    )
    assert batch.rows_created == 2
    assert answers_at(organization) == [("till", 2)]
    assert list(differing_cells(organization)) == []


def test_a_chain_of_merges_leads_to_its_end(organization, ada, pair, bring_in_again):
    kept, gone = pair
    last = TouchpointFactory(organization=organization, key="store", name="Store")
    merge(ada, kept, gone)
    merge(ada, last, kept)
    assert set(Touchpoint.objects.filter(merged_into=last).values_list("key", flat=True)) == {
        "till",
        "checkout",
    }
    bring_in_again([["1", "2026-03-14", "Checkout", 9, "", ""]])
    assert Feedback.objects.get().touchpoint == last


# --- what is fixed stays fixed ------------------------------------------------------------------


@pytest.fixture
def studied(organization, ada):
    """A live initiative with answers, and beside it a touchpoint that is to be merged with its own."""
    initiative = live_initiative(organization, ada, weeks=24, start=12, comparisons=1).initiative
    TouchpointFactory(organization=organization, key="welcome", name="Welcome")
    items = []
    for week in range(24):
        day = initiative.went_live_on + timedelta(weeks=week - 12)
        for where in ("onboarding", "onboarding-other-0", "welcome"):
            after = where == "onboarding" and week >= 12
            for number in range(5 if where != "welcome" else 1):
                score = 9 if number % 5 < (4 if after else 2 + week % 2) else 3
                items.append(
                    {
                        "external_id": f"{where}-{week}-{number}",
                        "occurred_at": f"{day + timedelta(days=number)}T10:00:00Z",
                        "touchpoint": where,
                        "score": str(score),
                    }
                )
    MetricPoint.objects.all().delete()  # of the simulation, which has no answers
    listening.record_feedback(
        organization=organization, metric=initiative.plan.metric, source="crm", items=items
    )
    return initiative


def study_of(initiative, ada):
    cutoff = Feedback.objects.latest("occurred_at").occurred_at.date()
    study = impact.request_study(initiative=initiative, by=ada, data_cutoff=cutoff)
    if not study.is_finished:
        impact.execute_study(study=study)
    study.refresh_from_db()
    return study


def test_an_old_study_keeps_its_figures_and_says_what_was_merged_and_a_new_one_is_graded_lower(
    studied, organization, ada, client_of
):
    before = study_of(studied, ada)
    stored = Study.objects.filter(pk=before.pk).values("inputs", "finding", "input_digest", "grade").get()
    fixed = EvaluationPlan.objects.values("fixed_content", "fixed_digest").get()
    with pytest.raises(ConsequencesNotAccepted) as refused:
        merge(ada, place("welcome"), place("onboarding"))
    assert refused.value.sentences[0].startswith("The evaluation of INI-1 “Welcome call” would count answers")
    assert Touchpoint.objects.filter(merged_into__isnull=False).count() == 0
    merge(ada, place("welcome"), place("onboarding"), accepts_consequences=True)

    assert (
        Study.objects.filter(pk=before.pk).values("inputs", "finding", "input_digest", "grade").get()
        == stored
    )
    assert EvaluationPlan.objects.values("fixed_content", "fixed_digest").get() == fixed
    assert impact.recompute(before).is_same
    client = client_of(ada)
    for page in ("coalition:initiative_detail", "impact:initiative_impact"):
        text = client.get(reverse(page, args=["northwind", 1])).text
        assert "“Onboarding” was merged into “Welcome” on" in text
    initiative = Initiative.objects.get()
    assert list(initiative.touchpoints.values_list("key", flat=True)) == ["welcome"]

    after = study_of(initiative, ada)
    subject = after.inputs["subject"]
    assert [one["key"] for one in subject["treated"]] == ["welcome"]
    # 23 whole weeks with 10 answers at the two of the plan, and one more at the touchpoint that was merged
    assert (before.inputs["subject"]["answers"], subject["answers"]) == (230, 253)
    assert after.inputs["design"]["changed_after_approval"] is True
    assert after.grade > before.grade  # B becomes C


def test_a_plan_that_counts_more_in_the_same_words_is_not_said_to_be_changed_back(studied, ada, client_of):
    merge(ada, place("onboarding"), place("welcome"), accepts_consequences=True)
    text = client_of(ada).get(reverse("coalition:initiative_detail", args=["northwind", 1])).text
    assert text.count("“Welcome” was merged into “Onboarding” on") == 2  # at the plan, and as its change
    assert "changed back" not in text


def test_a_merge_that_adds_no_answer_changes_no_plan(studied, organization, ada):
    Feedback.objects.filter(touchpoint__key="welcome").delete()
    listening.rebuild_rollup(organization=organization)
    assert services.touchpoint_merge(kept=place("welcome"), gone=place("onboarding")).consequences == ()
    merge(ada, place("welcome"), place("onboarding"))
    assert EvaluationPlan.objects.get().changed_after_approval_at is None


def test_what_compares_the_two_is_refused_on_page_and_api(studied, ada, client_of, api_of):
    words = "INI-1 “Welcome call” compares one of the two with the other"
    kept, gone = place("onboarding"), place("onboarding-other-0")
    with pytest.raises(MergeRefused, match="compares one of the two with the other"):
        merge(ada, kept, gone, accepts_consequences=True)
    address = reverse("journeys:touchpoint_merge", args=["northwind", kept.key])
    client = client_of(ada)
    assert words in client.get(address, {"other": gone.key}).text
    assert client.post(address, {"other": gone.key, "accepts_consequences": "1"}).status_code == 422
    root = f"/api/v1/o/northwind/touchpoints/{kept.key}/merge/"
    answer = api_of(ada).post(root, {"other": gone.key}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "merge_refused")
    preview = api_of(ada).get(f"{root}preview/", {"other": gone.key})
    assert words in preview.json()["refusals"][0]
    assert Touchpoint.objects.filter(merged_into__isnull=False).count() == 0


def test_a_plan_that_counts_the_two_as_two_is_not_merged(organization, ada):
    live_initiative(organization, ada, weeks=20, start=10, comparisons=2)
    told = services.touchpoint_merge(kept=place("onboarding-other-0"), gone=place("onboarding-other-1"))
    assert "counts “Onboarding other 1” and “Onboarding other 0” as two" in told.refusals[0]


def test_a_study_that_is_running_and_an_open_vote_are_waited_for(studied, organization, ada):
    cutoff = Feedback.objects.latest("occurred_at").occurred_at.date()
    impact.request_study(initiative=studied, by=ada, data_cutoff=cutoff)
    told = services.touchpoint_merge(kept=place("welcome"), gone=place("onboarding"))
    assert told.refusals == ("A study of INI-1 is running. Wait until it has finished.",)
    kept = TouchpointFactory(organization=organization, key="a", name="A")
    seated(organization, 1)
    voted = submitted(ada, number=2)
    named = voted.touchpoints.first() or TouchpointFactory(organization=organization, key="b", name="B")
    voted.touchpoints.add(named)
    told = services.touchpoint_merge(kept=kept, gone=named)
    assert f"{voted.reference} “{voted.title}” is being voted on" in told.refusals[0]


def test_what_was_given_up_speaks_against_nothing_and_compares_nothing_with_itself(studied, ada):
    Initiative.objects.update(state=InitiativeState.CANCELLED)
    merge(ada, place("onboarding-other-0"), place("onboarding"))
    initiative = Initiative.objects.get()
    assert list(initiative.touchpoints.values_list("key", flat=True)) == ["onboarding-other-0"]
    assert initiative.plan.comparison_touchpoints.count() == 0


# --- who may, and what cannot be ----------------------------------------------------------------


def test_who_defines_metrics_merges_touchpoints_and_nobody_else(
    organization, ada, ben, cleo, dora, pair, client_of, api_of
):
    address = reverse("journeys:touchpoint_merge", args=["northwind", "till"])
    root = "/api/v1/o/northwind/touchpoints/till/merge/"
    for member, status in ((ben, 403), (cleo, 403), (dora, 404)):
        assert client_of(member).get(address).status_code == status
        assert client_of(member).post(address, {"other": "checkout"}).status_code == status
        assert api_of(member).post(root, {"other": "checkout"}, format="json").status_code == status
        assert api_of(member).get(f"{root}preview/", {"other": "checkout"}).status_code == status
    TouchpointFactory(organization=dora.organization, key="moon", name="Moon")
    assert client_of(ada).post(address, {"other": "moon"}).status_code == 422
    assert api_of(ada).post(root, {"other": "moon"}, format="json").status_code == 422
    assert Touchpoint.objects.filter(merged_into__isnull=False).count() == 0
    answer = api_of(ada).post(root, {"other": "checkout"}, format="json")
    assert (answer.status_code, answer.json()["key"]) == (200, "till")


def test_a_pair_that_is_none_and_what_was_not_seen_are_refused(organization, ada, pair, nps):
    kept, gone = pair
    with pytest.raises(InvalidValues):
        merge(ada, kept, kept)
    seen = services.touchpoint_merge(kept=kept, gone=gone).mark
    FeedbackFactory(organization=organization, metric=nps, touchpoint=gone, external_id="1", occurred_at=AT)
    assert services.touchpoint_merge(kept=kept, gone=gone).mark == seen  # answers may come meanwhile
    opened_survey(ada, touchpoint=gone)
    with pytest.raises(InvalidValues, match="Something has changed since"):
        merge(ada, kept, gone, seen=seen)
    services.archive_touchpoint(by=ada, touchpoint=kept)
    with pytest.raises(InvalidValues, match="is archived"):
        merge(ada, Touchpoint.objects.get(pk=kept.pk), gone)


def test_the_page_says_what_moves_before_it_is_done(organization, ada, pair, nps, client_of):
    kept, gone = pair
    FeedbackFactory(organization=organization, metric=nps, touchpoint=gone, external_id="1", occurred_at=AT)
    client = client_of(ada)
    address = reverse("journeys:touchpoint_merge", args=["northwind", kept.key])
    assert "Show what would move" in client.get(address).text
    page = client.get(address, {"other": gone.key})
    assert "1 answer moves, and its figures are counted again." in page.text
    assert "A merge cannot be undone" in page.text
    found = page.context["found"]
    done = client.post(address, {"other": gone.key, "seen": found.mark})
    assert (done.status_code, done.url) == (302, "/o/northwind/touchpoints/till/")
    assert "merged with “Checkout”" in client.get(done.url).text
