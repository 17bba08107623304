"""Could we detect the effect? From volumes, in words."""

from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from coalition import selectors
from coalition import services as coalition
from coalition.fields import PLAN
from coalition.models import EvaluationPlan, Initiative
from coalition.selectors.effects import effect_text, engine_amount, typed_change
from customer_voice.models import MetricPoint
from tests.factories.coalition import InitiativeFactory, ready_initiative
from tests.factories.customer_voice import MetricDefinitionFactory
from tests.factories.impact import bridged_version
from tests.factories.journeys import TouchpointFactory
from tests.filled import filled

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]


def answer_daily(metric, touchpoints, *, days=370, a_day=20, seed=7):
    random, today, points = Random(seed), timezone.localdate(), []
    for touchpoint in touchpoints:
        for back in range(1, days):
            counts = [0] * 11
            for _answer in range(a_day):
                counts[random.choice(range(metric.scale_low, metric.scale_high + 1))] += 1
            points.append(
                MetricPoint(
                    organization=metric.organization,
                    metric=metric,
                    touchpoint=touchpoint,
                    day=today - timedelta(days=back),
                    n=a_day,
                    **{f"answers_{score}": many for score, many in enumerate(counts)},
                )
            )
    MetricPoint.objects.bulk_create(points)


def seen(initiative):
    return selectors.visibility(Initiative.objects.select_related("plan__metric").get(pk=initiative.pk))


def test_without_a_plan_it_says_so(ada):
    found = seen(InitiativeFactory(organization=ada.organization, owner=ada))
    assert (found.answer, found.headline) == ("unknown", "There is no evaluation plan yet.")


def test_without_answers_it_says_so(ada):
    found = seen(ready_initiative(ada))
    assert found.answer == "unknown"
    assert "no answers" in found.headline
    assert found.chart is None


def with_segment(initiative, segment, *, known=()):
    """The plan is for one segment; the answers at its touchpoints carry the known ones."""
    metric = initiative.plan.metric
    answer_daily(metric, initiative.touchpoints.all(), days=len(known) + 1)
    for point, name in zip(MetricPoint.objects.filter(metric=metric), known, strict=True):
        MetricPoint.objects.filter(pk=point.pk).update(segment=name)
    type(metric).objects.filter(pk=metric.pk).update(counted_at=timezone.now())
    initiative.plan.segment = segment
    initiative.plan.save()
    return Initiative.objects.select_related("plan__metric").get(pk=initiative.pk)


def test_a_segment_that_no_answer_carries_is_said_with_the_known_ones(ada):
    initiative = with_segment(ready_initiative(ada), "Busines", known=["Business", "Private"])
    found = seen(initiative)
    assert found.answer == "unknown"
    assert "carries the segment “Busines” yet. Known segments: Business, Private." in found.headline
    step = selectors.next_step(initiative).sentence
    assert "carries the segment “Busines” yet" in step
    assert "Complete." not in step


def test_a_segment_without_answers_at_these_touchpoints_is_another_reason(ada):
    initiative = with_segment(ready_initiative(ada), "Business", known=["Business", "Private"])
    initiative.touchpoints.set([TouchpointFactory(organization=ada.organization)])
    assert seen(initiative).headline == (
        "There are no answers of the segment “Business” at these touchpoints yet."
    )
    assert selectors.next_step(initiative).sentence == "Complete. Submit it to the coalition."


def test_a_segment_of_another_letter_case_is_the_one_that_answers_carry(ada):
    """As imports read them: "business" would be counted nowhere. A new one stays as it was typed."""
    initiative = with_segment(ready_initiative(ada), "", known=["Business", "Private"])
    initiative.refresh_from_db()
    for typed, kept in ((" business ", "Business"), ("PRIVATE", "Private"), ("Busines", "Busines")):
        coalition.edit_plan(
            by=ada,
            initiative=initiative,
            values=PLAN.values_of(initiative.plan, segment=typed),
            lock_version=initiative.lock_version,
        )
        initiative.refresh_from_db()
        plan = EvaluationPlan.objects.get(initiative=initiative)
        assert plan.segment == kept
        assert bool(selectors.segment_warning(plan)) == (kept == "Busines")


def test_the_plans_page_offers_the_known_segments_and_the_api_warns(ada, client_of):
    initiative = with_segment(ready_initiative(ada), "Busines", known=["Business", "Private"])
    url = reverse("coalition:plan_edit", args=[ada.organization.slug, initiative.number])
    page = client_of(ada).get(url)
    assert '<option value="Business"><option value="Private">' in page.text
    assert 'list="known-segments"' in page.text
    assert "Known segments: Business, Private." in page.text
    address = f"/api/v1/o/{ada.organization.slug}/initiatives/{initiative.number}/plan/"
    (warning,) = client_of(ada).get(address).json()["warnings"]
    assert "“Busines”" in warning
    initiative.plan.segment = "Private"
    initiative.plan.save()
    assert client_of(ada).get(address).json()["warnings"] == []


def test_a_segment_in_another_case_of_letters_is_the_known_one(ada, client_of):
    initiative = with_segment(ready_initiative(ada), "", known=["Business", "Private"])
    url = reverse("coalition:plan_edit", args=[ada.organization.slug, initiative.number])
    client = client_of(ada)
    sent = client.post(url, filled(client.get(url).text, segment="bUSINESS "))
    assert sent.status_code == 302
    initiative.plan.refresh_from_db()
    assert initiative.plan.segment == "Business"


def test_many_segments_are_counted_and_answers_without_any_are_said(ada):
    many = [f"S{number:02}" for number in range(11)]
    found = seen(with_segment(ready_initiative(ada), "T", known=many))
    assert "Known segments: S00, S01, S02, S03, S04, S05, S06, S07 and 3 more." in found.headline


def test_answers_without_segments_are_said(ada):
    assert seen(with_segment(ready_initiative(ada), "T")).headline.endswith("The answers carry no segments.")


def test_large_effect_at_good_volume_shows(ada):
    initiative = ready_initiative(ada)
    answer_daily(initiative.plan.metric, initiative.touchpoints.all())
    initiative.plan.expected_effect = Decimal(60)
    initiative.plan.save()
    found = seen(initiative)
    assert (found.answer, found.answers_per_period, found.touchpoints) == ("visible", 140, 1)
    assert "about 140 answers a week at 1 touchpoint" in found.sentence
    assert found.smallest_text in found.sentence
    assert found.grade == "C"
    assert found.chart.title.startswith("What we will see")


def test_small_effect_does_not(ada):
    initiative = ready_initiative(ada)
    answer_daily(initiative.plan.metric, initiative.touchpoints.all(), a_day=3)
    initiative.plan.expected_effect = Decimal("0.5")
    initiative.plan.save()
    found = seen(initiative)
    assert found.answer == "not_visible"
    assert found.smallest > 0.5


def test_comparison_group_raises_the_grade(ada):
    initiative = ready_initiative(ada)
    other = TouchpointFactory(organization=ada.organization)
    initiative.plan.comparison_touchpoints.add(other)
    answer_daily(initiative.plan.metric, [*initiative.touchpoints.all(), other])
    assert seen(initiative).grade == "B"


@pytest.mark.parametrize(
    ("selection", "compared", "days", "grade", "says", "never"),
    [
        (
            "practical",
            True,
            370,
            "C",
            "a comparison group provides the evidence; the plan was changed",
            "series",
        ),
        (
            "chance",
            True,
            370,
            "B",
            "touchpoints are chosen at random; the plan was changed",
            "comparison group",
        ),
        ("practical", False, 370, "D", "a single long series whose plan was changed", "comparison group"),
        ("practical", False, 60, "D", "it can say that something changed, not why", "series"),
    ],
)
def test_a_grade_that_an_amendment_lowered_is_said_by_its_design(
    ada, selection, compared, days, grade, says, never
):
    initiative = ready_initiative(ada)
    where = list(initiative.touchpoints.all())
    if compared:
        where.append(TouchpointFactory(organization=ada.organization))
        initiative.plan.comparison_touchpoints.add(where[-1])
    answer_daily(initiative.plan.metric, where, days=days)
    initiative.plan.selection = selection
    initiative.plan.changed_after_approval_at = timezone.now()
    initiative.plan.save()
    found = seen(initiative)
    assert found.grade == grade
    assert says in found.design
    assert never not in found.design.partition("(")[0]
    if compared:
        assert "or a comparison group would help" not in found.advice


def test_reason_of_a_refusal_is_in_words(ada):
    initiative = ready_initiative(ada)
    answer_daily(initiative.plan.metric, initiative.touchpoints.all(), days=15)
    found = seen(initiative)
    assert found.answer == "unknown"
    assert found.headline == "The baseline is too short."


@pytest.mark.parametrize(("days_ago", "is_refused"), [(5, True), (120, False)])
def test_question_that_changed_lately_is_said_with_what_would_do(ada, days_ago, is_refused):
    """A new version that goes on in the series of the first; its last weeks are too few to tell it apart."""
    initiative = ready_initiative(ada)
    metric = initiative.plan.metric
    answer_daily(metric, initiative.touchpoints.all())
    before = seen(initiative).smallest
    later = bridged_version(ada.organization, metric.key)
    MetricPoint.objects.filter(day__gte=timezone.localdate() - timedelta(days=days_ago)).update(metric=later)
    found = seen(initiative)
    if is_refused:
        assert found.answer == "unknown"
        assert found.headline.startswith("The question or its scale changed inside the baseline. It changed")
        assert "with one question, and 12 would do" in found.headline
    else:
        assert found.smallest >= before


def test_volumes_after_the_go_live_are_not_looked_at(ada):
    initiative = ready_initiative(ada)
    answer_daily(initiative.plan.metric, initiative.touchpoints.all())
    initiative.went_live_on = timezone.localdate() - timedelta(days=60)
    initiative.save()
    before = seen(initiative).smallest
    newest = MetricPoint.objects.filter(day__gte=initiative.went_live_on)
    newest.update(answers_0=0, answers_10=20)
    assert seen(initiative).smallest == before


def test_it_is_said_in_chinese_too(ada):
    initiative = ready_initiative(ada)
    answer_daily(initiative.plan.metric, initiative.touchpoints.all())
    with translation.override("zh-hans"):
        assert seen(initiative).chart is not None


@pytest.mark.parametrize(
    ("key", "typed", "engine", "words"),
    [
        ("nps", 6, 6, "6 points"),
        ("nps", 1, 1, "1 point"),
        ("csat_5", 4.5, 0.045, "4.5 percentage points"),
        ("csat_5", 10.5, 0.105, "10.5 percentage points"),
        ("nps", 12.25, 12.25, "12.25 points"),
        ("ces_mean_7", 0.25, 0.25, "0.25 on the scale 1–7"),
    ],
)
def test_effects_in_the_unit_of_their_metric(ada, key, typed, engine, words):
    metric = MetricDefinitionFactory(organization=ada.organization, key=key)
    assert engine_amount(metric, typed) == pytest.approx(engine)
    assert typed_change(metric, engine) == pytest.approx(typed)
    assert effect_text(metric, typed) == words


def test_times_are_typed_in_percent_and_reckoned_as_ratios(ada):
    metric = MetricDefinitionFactory(organization=ada.organization, key="ttr")
    assert engine_amount(metric, 20, "down") == pytest.approx(0.2231, abs=1e-4)
    assert engine_amount(metric, 20, "up") == pytest.approx(0.1823, abs=1e-4)
    assert typed_change(metric, 0.8) == pytest.approx(20)
    assert effect_text(metric, 20) == "20% of the time"


def test_one_smallest_change_stands_in_sentence_chart_and_api(ada, api_of):
    initiative = ready_initiative(ada)
    answer_daily(initiative.plan.metric, initiative.touchpoints.all())
    found = seen(initiative)
    # rounded up once, for all of them: to tenths below ten points (the answers end on the day of this test)
    written = f"{found.smallest:.{1 if found.smallest < 10 else 0}f}"
    assert float(written) == found.smallest
    assert found.smallest_text == f"{written} points"
    assert f"a change of {found.smallest_text} or more" in found.sentence
    assert f"The smallest detectable change is {written}\u00a0points" in found.chart.alternative
    answer = api_of(ada).get(f"/api/v1/o/northwind/initiatives/{initiative.number}/visibility/").json()
    assert answer["smallest"] == found.smallest
