"""A metric rule is one class: a new one, written here, works everywhere from its first row to a plan."""

import subprocess
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from coalition import services as coalition_services
from coalition.services import PlanValues
from common.errors import InvalidValues
from customer_voice import selectors, services
from customer_voice.choices import ChangeReading, Period
from customer_voice.errors import DefinitionRefused, MappingRefused, NotEvaluable
from customer_voice.models import Feedback, MetricDefinition, StepPoint, TotalPoint
from customer_voice.problems import problem_text
from customer_voice.rules import (
    Axis,
    Counts,
    Figure,
    ScoredRule,
    registered,
    rule_choices,
    rule_keys,
)
from customer_voice.standard_metrics import STANDARD_METRICS
from cxcharts import scales
from cxstats.design import EstimandKind
from cxstats.results import Estimate, Unit
from cxstats.voc import ShareCounts, share, share_change
from tests.architecture.test_floors import ROOT
from tests.customer_voice.conftest import HEADER, csv_bytes
from tests.factories.coalition import ready_initiative
from wording.formats import Territory, writing_for

pytestmark = pytest.mark.django_db


class ExtremeShare(ScoredRule):
    """Share of answers at either end of the scale: how divided customers are."""

    key = "extreme"
    label = "share of the lowest and the highest answer"
    unit = Unit.SHARE
    estimand = EstimandKind.SHARE

    def ends(self, counts: Counts) -> ShareCounts:
        given = self.on_scale(counts)
        return ShareCounts(hits=given[0] + given[-1], n=counts.n)

    def definition_text(self) -> str:
        return "Share of answers {low} and {high} together.".format(**self.scale_facts())

    def interval_text(self) -> str:
        return "95% interval: Wilson score, of both ends."

    def figures(self, cells: Sequence[Counts]) -> list[Figure]:
        found = []
        for cell in cells:
            if cell.n == 0:
                found.append(Figure(n=0))
                continue
            ends = self.ends(cell)
            estimate = share(hits=ends.hits, n=ends.n)
            low, high = estimate.interval.low, estimate.interval.high
            found.append(Figure(n=ends.n, value=estimate.value, low=low, high=high))
        return found

    def change(self, before: Counts, after: Counts, level: float) -> Estimate:
        return share_change(before=self.ends(before), after=self.ends(after), level=level).estimate

    def moments(self, counts: Counts) -> tuple[int, float, float] | None:
        if counts.n == 0:
            return None
        hits = self.ends(counts).hits
        part = (hits + 1) / (counts.n + 2)
        return counts.n, hits / counts.n, part * (1 - part)

    def axis(self, values: Sequence[float]) -> Axis:
        return Axis(scale=scales.share(self.labels))

    @property
    def bounds(self) -> tuple[float, float]:
        return 0.0, 1.0

    @property
    def typed_unit(self) -> float:
        return 0.01

    def target_label(self) -> str:
        return "Target, in percent of divided answers"

    def effect_unit(self) -> str:
        return "percentage points"

    def engine_amount(self, typed: float, *, is_rise: bool) -> float:
        return typed / 100

    def typed_change(self, change: float) -> float:
        return change * 100

    def on_axis(self, typed: float, baseline: float) -> float:
        return typed / 100

    def effect_words(self, figure: str, count: int) -> str:
        return f"{figure} percentage points"


@pytest.fixture
def divided(ada):
    """A metric of the new rule, defined through the service."""
    with registered(ExtremeShare):
        yield services.define_metric(
            by=ada,
            values={
                "kind": "custom", "name": "Divided", "rule": "extreme", "scale_low": 1, "scale_high": 5,
                "higher_is_better": False,
            },
        )  # fmt: skip


def said(scores: Sequence[object], month: int, name: str = "a", **more: object) -> list[dict[str, str]]:
    return [
        {
            "external_id": f"{name}-{month}-{number}",
            "occurred_at": f"2026-{month:02}-{1 + number % 27:02}",
            "touchpoint": "web",
            "score": str(score),
            **{key: str(value) for key, value in more.items()},
        }
        for number, score in enumerate(scores)
    ]


JANUARY = [1] * 10 + [3] * 80 + [5] * 10  # 20 of 100 at the ends
FEBRUARY = [1] * 30 + [3] * 50 + [5] * 20  # 50 of 100


def test_a_new_rule_counts_reads_and_compares(organization, divided, touchpoints):
    items = said(JANUARY, 1) + said(FEBRUARY, 2) + said([3], 3)
    services.record_feedback(organization=organization, metric=divided, source="test", items=items)
    series = selectors.metric_series(organization, divided, period=Period.MONTH)
    january, february, _march = series.points
    assert (january.n, january.value, february.value) == (100, 0.2, 0.5)
    # Wilson score intervals of 20 and 50 in 100, from any table
    assert (january.low, january.high) == pytest.approx((0.1334, 0.2888), abs=1e-4)
    assert (february.low, february.high) == pytest.approx((0.4038, 0.5962), abs=1e-4)
    assert series.unit == "share"
    moved = selectors.change(divided, january.counts, february.counts)
    assert moved.estimate.value == pytest.approx(0.3)
    assert moved.reading == ChangeReading.WORSE  # a higher share is worse
    by_touchpoint = selectors.series_counts(organization, divided, period=Period.MONTH)
    assert by_touchpoint.kind == "share"
    assert [(cell.unit, cell.n, cell.value) for cell in by_touchpoint.cells] == [
        ("web", 100, 0.2),
        ("web", 100, 0.5),
        ("web", 1, 0.0),
    ]


def test_a_new_rule_speaks_on_its_page_and_in_the_list_of_definitions(
    organization, divided, touchpoints, ada, client_of
):
    items = said(JANUARY, 1) + said(FEBRUARY, 2) + said([3], 3)
    services.record_feedback(organization=organization, metric=divided, source="test", items=items)
    page = client_of(ada).get(reverse("customer_voice:metric_detail", args=["northwind", "divided"])).text
    assert "Share of answers 1 and 5 together." in page
    assert "95% interval: Wilson score, of both ends." in page
    assert "50%" in page
    row = Feedback.objects.get(submission__external_id="a-1-0")
    answer = client_of(ada).get(reverse("customer_voice:feedback_detail", args=["northwind", row.pk])).text
    assert "1 on a scale from 1 to 5" in answer
    form = client_of(ada).get(reverse("customer_voice:definition_new", args=["northwind"])).text
    assert "share of the lowest and the highest answer" in form


def test_a_file_comes_in_under_a_new_rule(organization, divided, touchpoints, bring_in):
    rows = [[f"r{n}", f"2026-01-{1 + n:02}", "web", score, "", ""] for n, score in enumerate([1, 3, 5, 5, 3])]
    batch = bring_in(csv_bytes(rows, HEADER), metric=divided)
    assert (batch.rows_created, batch.rows_rejected) == (5, 0)
    (point,) = selectors.metric_series(organization, divided, period=Period.MONTH).points
    assert point.value == 0.6


def test_a_new_rule_is_read_and_written_over_the_api(organization, divided, touchpoints, ada, api_of):
    api = api_of(ada)
    sent = api.post(
        "/api/v1/o/northwind/feedback/bulk/",
        {"metric": "divided", "items": said([1, 5, 3, 3, 3], 1)},
        format="json",
    )
    assert sent.status_code == 201
    body = api.get("/api/v1/o/northwind/metrics/divided/series/").json()
    assert (body["metric"]["rule"], body["unit"]) == ("extreme", "share")
    assert (body["points"][0]["value"], body["points"][0]["n"]) == (0.4, 5)
    refused = api.post(
        "/api/v1/o/northwind/feedback/", {"metric": "divided", **said([6], 2)[0]}, format="json"
    )
    assert refused.status_code == 422
    assert "runs from 1 to 5" in refused.json()["errors"]["0.score"]


def test_a_new_rule_takes_targets_in_its_own_unit(organization, divided, ada, client_of):
    client, url = client_of(ada), reverse("customer_voice:metric_target", args=["northwind", "divided"])
    assert "Target, in percent of divided answers" in client.get(url).text
    assert client.post(url, {"value": "30"}).status_code == 302
    assert selectors.metric_targets(organization, divided).overall == pytest.approx(0.3)
    assert client.post(url, {"value": "130"}).status_code == 422


def test_a_plan_may_promise_a_change_under_a_new_rule(divided, ada, client_of):
    initiative = ready_initiative(ada)
    page = client_of(ada).get(reverse("coalition:plan_edit", args=["northwind", initiative.number])).text
    assert f'<option value="{divided.pk}"' in page
    coalition_services.edit_plan(
        by=ada,
        initiative=initiative,
        values=PlanValues(metric=divided, baseline_from=date(2026, 1, 1)),
        lock_version=initiative.lock_version,
    )
    initiative.plan.refresh_from_db()
    assert initiative.plan.metric == divided


def test_choices_of_the_column_are_the_registered_rules():
    assert [key for key, _label in rule_choices()] == ["net", "top_box", "mean", "duration", "rate"]
    with registered(ExtremeShare):
        assert "extreme" in rule_keys()
        assert ("extreme", "share of the lowest and the highest answer") in list(
            MetricDefinition._meta.get_field("rule").choices
        )
    assert "extreme" not in rule_keys()


def test_two_rules_cannot_have_one_name():
    class Other(ExtremeShare):
        key = "net"

    with pytest.raises(ValueError, match="net"), registered(Other):
        raise AssertionError("never reached")


def test_every_standard_metric_has_a_rule_that_finds_it_sound():
    for key, values in STANDARD_METRICS.items():
        assert values["rule"] in rule_keys()
        assert MetricDefinition(key=key, **values).calculation.validate() == {}


def test_nothing_but_the_rules_tells_rules_apart():
    """Whoever compared the column `rule` with a name would have to be changed for each new rule."""
    found = subprocess.run(
        ["git", "grep", "-nE", r"\.rule (==|!=|in|not in) |is_duration|BoxRule", "--", "*.py", "*.html"],
        cwd=ROOT, capture_output=True, text=True,
    ).stdout  # fmt: skip
    lines = [line for line in found.splitlines() if not line.startswith("tests/")]
    allowed = "customer_voice/services/metrics.py"
    assert [line for line in lines if not line.startswith(allowed)] == []
    assert [line.split(":", 2)[2].strip() for line in lines] == [
        "if draft.rule in rule_keys():",
        "if draft.rule not in rule_keys():",
    ]


# --- any numeric scale -------------------------------------------------------------------------


@pytest.fixture
def halves(ada):
    return services.define_metric(
        by=ada,
        values={
            "kind": "custom", "name": "Stars", "rule": "mean", "scale_low": 0, "scale_high": 5,
            "scale_step": Decimal("0.5"),
        },
    )  # fmt: skip


@pytest.fixture
def percentile(ada):
    return services.define_metric(
        by=ada,
        values={
            "kind": "custom", "name": "Effort", "rule": "top_box", "scale_low": 0, "scale_high": 100,
            "top_box_low": 80,
        },
    )  # fmt: skip


def test_halves_are_counted_exactly(organization, halves, touchpoints):
    scores = ["4.5", "4,5", "5", "0.5", "3"]
    services.record_feedback(organization=organization, metric=halves, source="test", items=said(scores, 1))
    assert list(StepPoint.objects.order_by("step").values_list("step", "n")) == [
        (1, 1), (6, 1), (9, 1), (9, 1), (10, 1),
    ]  # fmt: skip
    (point,) = selectors.metric_series(organization, halves, period=Period.MONTH).points
    assert (point.n, point.value) == (5, 3.5)  # 17.5 / 5
    assert selectors.definition_text(halves) == "Mean of answers from 0 to 5. Answers go in steps of 0.5."
    assert [group.label for group in selectors.answer_groups(halves, point.counts)][:3] == ["0", "0.5", "1"]


def test_a_scale_of_a_hundred_and_one_answers_has_boxes(organization, percentile, touchpoints):
    items = said([100, 80, 79, 0, 81], 1)
    services.record_feedback(organization=organization, metric=percentile, source="test", items=items)
    (point,) = selectors.metric_series(organization, percentile, period=Period.MONTH).points
    assert point.value == 0.6
    services.rebuild_rollup(organization=organization)
    assert selectors.metric_series(organization, percentile, period=Period.MONTH).points[0].value == 0.6


def test_what_lies_between_two_answers_is_refused(organization, halves, touchpoints):
    with pytest.raises(InvalidValues) as refusal:
        services.record_feedback(
            organization=organization, metric=halves, source="test", items=said(["4.2", "5.5", "x"], 1)
        )
    assert refusal.value.fields == {
        "0.score": "Between two answers of Stars, which go in steps of 0.5.",
        "1.score": "Outside the scale of Stars, which runs from 0 to 5.",
        "2.score": "Not a number with at most four decimals; write it without thousands separators.",
    }


def test_steps_are_written_in_the_readers_format():
    facts = {"metric": "Stars", "step": "0.5"}
    with writing_for(Territory(code="DE", is_chosen=True)):
        text = problem_text("between_steps", "score", facts)
    assert text == "Between two answers of Stars, which go in steps of 0,5."


def test_whole_scores_stay_whole_numbers_in_the_api(organization, nps, halves, touchpoints, ada, api_of):
    services.record_feedback(organization=organization, metric=nps, source="test", items=said([9], 1))
    services.record_feedback(organization=organization, metric=halves, source="test", items=said(["4.5"], 2))
    text = api_of(ada).get("/api/v1/o/northwind/feedback/").content.decode()
    assert '"score":9,' in text
    assert '"score":4.5,' in text


# --- a number per period -----------------------------------------------------------------------


@pytest.fixture
def complaints(ada):
    return services.define_metric(
        by=ada,
        values={
            "kind": "custom", "name": "Complaints", "rule": "rate", "amount_name": "complaints",
            "exposure_name": "calls", "per": 1000, "higher_is_better": False,
        },
    )  # fmt: skip


def daily(pairs: Sequence[tuple[object, object]], month: int) -> list[dict[str, str]]:
    return [
        said([amount], month, f"d{number}", exposure=exposure)[0]
        | {"occurred_at": f"2026-{month:02}-{number + 1:02}"}
        for number, (amount, exposure) in enumerate(pairs)
    ]


PAIRS = [(12, 1000), (9, 900), (14, 1100), (10, 1000), (15, 1000)]  # worked on paper in tests/cxstats


def test_amounts_on_their_exposure_become_a_rate(organization, complaints, touchpoints):
    items = daily(PAIRS, 1)
    services.record_feedback(organization=organization, metric=complaints, source="test", items=items)
    (point,) = selectors.metric_series(organization, complaints, period=Period.MONTH).points
    assert (point.n, point.value) == (5, pytest.approx(12.0))
    assert (point.low, point.high) == pytest.approx((9.449292, 14.550708), abs=1e-5)
    assert selectors.definition_text(complaints) == (
        "Sum of complaints divided by sum of calls, times 1,000."
    )


def test_parts_of_a_day_are_one_day(organization, complaints, touchpoints):
    """Two segments and two touchpoints of one day are one unit, not four: they are bad together."""
    parts = []
    for number, (amount, exposure) in enumerate(PAIRS):
        for part in range(4):
            parts.append(
                {
                    "external_id": f"{number}-{part}",
                    "occurred_at": f"2026-01-{number + 1:02}",
                    "touchpoint": ("web", "phone")[part % 2],
                    "segment": ("a", "b")[part // 2],
                    "score": str(Decimal(amount) / 4),
                    "exposure": str(exposure // 4),
                }
            )
    services.record_feedback(organization=organization, metric=complaints, source="test", items=parts)
    assert TotalPoint.objects.count() == 20
    (point,) = selectors.metric_series(organization, complaints, period=Period.MONTH).points
    assert (point.n, point.value) == (5, pytest.approx(12.0))
    assert point.high == pytest.approx(14.550708, abs=1e-5)
    segment = selectors.metric_series(organization, complaints, segment="a", period=Period.MONTH)
    assert segment.points[0].value == pytest.approx(12.0)


def test_decimals_of_amounts_add_up_without_loss(organization, complaints, touchpoints):
    items = [said(["0.1"], 1, f"x{number}")[0] for number in range(10)]
    services.record_feedback(organization=organization, metric=complaints, source="test", items=items)
    (total,) = TotalPoint.objects.all()
    assert (total.n, total.amount, total.exposure) == (10, 1, 10)  # without exposure each row counts as one


def test_a_rate_of_too_few_days_has_no_figure(organization, complaints, touchpoints):
    items = daily(PAIRS[:4], 1)
    services.record_feedback(organization=organization, metric=complaints, source="test", items=items)
    (point,) = selectors.metric_series(organization, complaints, period=Period.MONTH).points
    assert (point.value, point.figure.reason) == (None, "too_few_periods")


def test_a_rate_has_its_page(organization, complaints, touchpoints, ada, client_of):
    months = (
        (1, PAIRS),
        (2, PAIRS),
        (3, PAIRS),
        (4, PAIRS),
        (5, [(2 * a, x) for a, x in PAIRS]),
        (6, PAIRS[:1]),
    )
    for month, pairs in months:
        services.record_feedback(
            organization=organization, metric=complaints, source="test", items=daily(pairs, month)
        )
    page = client_of(ada).get(reverse("customer_voice:metric_detail", args=["northwind", "complaints"])).text
    assert "Sum of complaints divided by sum of calls, times 1,000." in page
    assert "5 days" in page
    assert "Complaints was 24.0 in May 2026, worse than this series usually wanders: +12.0 (" in page
    row = Feedback.objects.get(occurred_at__month=6)
    answer = client_of(ada).get(reverse("customer_voice:feedback_detail", args=["northwind", row.pk])).text
    assert "12 (complaints) for 1,000 (calls)" in answer


def test_amounts_that_make_no_sense_are_refused(organization, complaints, touchpoints):
    items = [*daily([("-1", 10), (1, 0), ("1,000", 5)], 1), *said([2], 2, resolved_at="2026-02-03")]
    with pytest.raises(InvalidValues) as refusal:
        services.record_feedback(organization=organization, metric=complaints, source="test", items=items)
    assert refusal.value.fields == {
        "0.score": "An amount of Complaints cannot be negative.",
        "1.exposure": "Must be above 0.",
        "2.score": "Not a number with at most four decimals; write it without thousands separators.",
        "3.resolved_at": "Complaints is read from amounts and has no time of resolution.",
    }


def test_a_metric_without_an_estimand_cannot_be_a_plans_metric(
    organization, complaints, nps, ada, client_of, monkeypatch
):
    monkeypatch.setattr(type(complaints.calculation), "estimand", None)  # as a rule of an extension may be
    initiative = ready_initiative(ada)
    page = client_of(ada).get(reverse("coalition:plan_edit", args=["northwind", initiative.number])).text
    assert f'<option value="{complaints.pk}"' not in page
    with pytest.raises(InvalidValues) as refusal:
        coalition_services.edit_plan(
            by=ada,
            initiative=initiative,
            values=PlanValues(metric=complaints),
            lock_version=initiative.lock_version,
        )
    assert "A change of Complaints cannot be evaluated yet" in refusal.value.fields["metric"]
    with pytest.raises(NotEvaluable, match="Complaints"):
        selectors.series_counts(organization, complaints)


# --- values that a rule does not know ----------------------------------------------------------


def test_a_score_for_a_metric_of_times_is_refused_by_name(organization, ttr, touchpoints, ada, api_of):
    item = {"external_id": "1", "occurred_at": "2026-01-02", "touchpoint": "web", "score": 9}
    answer = api_of(ada).post("/api/v1/o/northwind/feedback/", {"metric": "ttr", **item}, format="json")
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"0.score": "Time to resolution is read from times and has no score."}
    empty = {"metric": "ttr", **item, "score": None}
    assert api_of(ada).post("/api/v1/o/northwind/feedback/", empty, format="json").status_code == 201


def test_a_column_of_scores_for_a_metric_of_times_is_refused(ttr, touchpoints, upload):
    batch = upload(csv_bytes([["1", "2026-01-02", "web", 9, "", ""]]))
    mapping = {"external_id": "id", "occurred_at": "date", "touchpoint": "touchpoint", "score": "score"}
    with pytest.raises(MappingRefused) as refusal:
        services.map_import(batch=batch, mapping={**mapping, "resolved_at": "comment"}, metric=ttr)
    assert refusal.value.fields == {"score": "Time to resolution is read from times and has no score."}


def test_an_exposure_for_answers_is_refused(organization, nps, touchpoints):
    with pytest.raises(InvalidValues) as refusal:
        services.record_feedback(
            organization=organization, metric=nps, source="test", items=said([9], 1, exposure=3)
        )
    assert refusal.value.fields == {"0.exposure": "NPS® is read from answers or times and has no exposure."}


def test_a_metric_with_a_rule_that_is_no_rule_is_refused(ada):
    with pytest.raises(DefinitionRefused):
        services.define_metric(by=ada, values={"name": "X", "kind": "custom", "rule": "extreme"})
