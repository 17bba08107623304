"""A name is a label; versions that compare are one series with a mark, others stand apart and say so."""

import re
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from customer_voice import pages, selectors, services
from customer_voice.choices import Period
from customer_voice.errors import DefinitionRefused, MetricRetired, NotComparable
from customer_voice.models import Feedback, MetricDefinition
from impact.selectors.answers import driver_columns
from tests.factories.customer_voice import FeedbackFactory, MetricDefinitionFactory, TouchpointFactory

BASE = "/api/v1/o/northwind"


def answer(metric, day: date, score: int, count: int = 1, **values) -> None:
    for _ in range(count):
        FeedbackFactory(
            metric=metric,
            touchpoint=TouchpointFactory(organization=metric.organization, key="web"),
            occurred_at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
            score=score,
            **values,
        )


def url(name: str, *args, **query) -> str:
    return reverse(f"customer_voice:{name}", args=["northwind", *args], query=query)


@pytest.fixture
def heard(organization, nps) -> MetricDefinition:
    """Six promoters in March, counted."""
    answer(nps, date(2026, 3, 10), 9, 6)
    services.rebuild_rollup(organization=organization)
    nps.refresh_from_db()
    return nps


# --- the name (field line M1) ------------------------------------------------------------------


def test_a_renamed_metric_keeps_its_series_on_the_page_and_in_the_api(client_of, api_of, ada, heard):
    fields = {"kind": "nps", "rule": "net", "scale_low": 0, "scale_high": 10, "bottom_box_high": 6,
              "top_box_low": 9, "higher_is_better": "on", "wording": heard.wording}  # fmt: skip
    client, api = client_of(ada), api_of(ada)
    for name in ("NPS relationship", "NPS(R)"):
        client.post(url("definition_edit", "nps"), {**fields, "name": name})
        assert list(MetricDefinition.objects.values_list("name", "version", "is_retired")) == [
            (name, 1, False)
        ]
        listen = client.get(url("metric_list")).content.decode()
        assert name in listen
        assert "No feedback yet" not in client.get(url("metric_detail", "nps")).content.decode()
        body = api.get(f"{BASE}/metrics/nps/series/").json()
        assert (body["metric"]["name"], [point["n"] for point in body["points"]]) == (name, [6])
        assert body["marks"] == []
        assert client.get(url("feedback_list")).content.decode().count(f">{name}</option>") == 1
    trail = AuditEvent.objects.filter(verb="metric.renamed").order_by("pk").values_list("before", "after")
    assert list(trail) == [
        ({"name": "NPS®"}, {"name": "NPS relationship"}),
        ({"name": "NPS relationship"}, {"name": "NPS(R)"}),
    ]


def test_a_new_name_is_the_name_of_every_version(ada, heard):
    again = services.define_metric(by=ada, metric=heard, values={"wording": "Would you?"})
    answer(again, date(2026, 4, 10), 9)
    services.define_metric(by=ada, metric=again, values={"name": "Loyalty"})
    assert list(MetricDefinition.objects.values_list("name", "version")) == [("Loyalty", 1), ("Loyalty", 2)]


# --- what changes the measurement --------------------------------------------------------------


def bridged(ada, metric, **values) -> MetricDefinition:
    return services.define_metric(
        by=ada, metric=metric, values=values, change="bridged", note="Shorter on phones."
    )


def test_versions_that_compare_are_one_series_with_a_mark(organization, ada, api_of, heard):
    later = bridged(ada, heard, wording="Would you recommend us?")
    assert (later.version, later.series, later.is_retired) == (2, 1, False)
    assert (later.data_until, later.counted_at) == (heard.data_until, heard.counted_at)
    answer(later, date(2026, 4, 20), 0, 6)
    services.rebuild_rollup(organization=organization)
    for version in MetricDefinition.objects.order_by("version"):
        series = selectors.metric_series(organization, version)
        assert [(point.start, point.n, point.value) for point in series.points] == [
            (date(2026, 3, 1), 6, 100.0),
            (date(2026, 4, 1), 6, -100.0),
        ]
        assert version.data_until == datetime(2026, 4, 20, 12, tzinfo=UTC)
        (mark,) = selectors.series_marks(organization, version)
        assert (mark.day, mark.version, mark.before_version, mark.is_bridged) == (
            date(2026, 4, 20), 2, 1, True,
        )  # fmt: skip
        assert "Would you recommend us?" in mark.text
        assert "Shorter on phones." in mark.text
        selectors.ensure_comparable(heard, version)
    body = api_of(ada).get(f"{BASE}/metrics/nps/series/", {"version": 1}).json()
    assert [point["n"] for point in body["points"]] == [6, 6]
    assert [(mark["day"], mark["is_bridged"]) for mark in body["marks"]] == [("2026-04-20", True)]
    (comparison,) = selectors.metric_overview(organization)
    assert (comparison.metric.version, comparison.series.n) == (2, 12)


def test_an_older_study_sees_the_answers_to_a_later_version(organization, ada, heard):
    later = bridged(ada, heard, wording="Would you recommend us?")
    answer(later, date(2026, 4, 20), 0, 6)
    services.rebuild_rollup(organization=organization)
    counts = selectors.series_counts(organization, heard, period=Period.MONTH)
    assert [(unit.start, unit.cell.n) for unit in counts.units] == [
        (date(2026, 3, 1), 6),
        (date(2026, 4, 1), 6),
    ]
    assert [unit.cell.definition for unit in counts.units] == ["nps/1", "nps/2"]
    assert counts.definition == selectors.definition_key(later) == "nps/1"


def test_versions_that_do_not_compare_begin_a_new_series_and_say_so(organization, ada, heard):
    later = services.define_metric(by=ada, metric=heard, values={"wording": "Do you like us?"})
    assert (later.series, later.data_until) == (2, None)
    with pytest.raises(NotComparable, match=r"NPS® and NPS® \(v2\) are defined differently"):
        selectors.ensure_comparable(heard, later)
    answer(later, date(2026, 4, 20), 0, 6)
    services.rebuild_rollup(organization=organization)
    heard.refresh_from_db()
    assert heard.data_until == datetime(2026, 3, 10, 12, tzinfo=UTC)
    assert selectors.metric_series(organization, later).n == 6
    assert selectors.series_marks(organization, heard) == ()
    (mark,) = selectors.series_marks(organization, later)
    assert (mark.day, mark.is_bridged, mark.before_version) == (date(2026, 4, 20), False, 1)
    assert "A new series begins here: version 1 measured differently" in mark.text


@pytest.mark.parametrize("change", ["bridged", "correction"])
def test_another_scale_is_never_read_in_one_line(ada, organization, change):
    metric = MetricDefinitionFactory(organization=organization, key="csat_5")
    FeedbackFactory(metric=metric, score=4)
    with pytest.raises(DefinitionRefused) as refusal:
        services.define_metric(by=ada, metric=metric, values={"top_box_low": 5}, change=change)
    assert set(refusal.value.fields) == {"change"}
    assert MetricDefinition.objects.count() == 1


def test_a_correction_of_the_question_makes_no_version(ada, heard):
    fixed = services.define_metric(
        by=ada, metric=heard, values={"wording": "Recommend us?"}, change="correction"
    )
    assert (fixed.pk, fixed.version) == (heard.pk, 1)
    assert MetricDefinition.objects.get().wording == "Recommend us?"
    assert AuditEvent.objects.filter(verb="metric.corrected").count() == 1


def test_going_back_to_an_earlier_definition_goes_on_with_its_series(organization, ada, heard):
    wrong = services.define_metric(by=ada, metric=heard, values={"population": "everybody"})
    answer(wrong, date(2026, 4, 20), 0)
    back = services.define_metric(by=ada, metric=wrong, values={"population": ""})
    assert [(one.version, one.series) for one in MetricDefinition.objects.order_by("version")] == [
        (1, 1), (2, 2), (3, 1),
    ]  # fmt: skip
    answer(back, date(2026, 5, 20), 9)
    services.rebuild_rollup(organization=organization)
    assert selectors.metric_series(organization, back).n == 7
    assert selectors.series_marks(organization, back) == ()


def test_an_unheard_version_with_another_scale_leaves_the_series(organization, ada):
    metric = MetricDefinitionFactory(organization=organization, key="csat_5")
    FeedbackFactory(metric=metric, score=4)
    later = bridged(ada, metric, wording="Happy?")
    assert later.series == 1
    changed = services.define_metric(by=ada, metric=later, values={"scale_high": 4})
    assert (changed.pk, changed.series, changed.data_until) == (later.pk, 2, None)


def test_a_retired_series_is_retired_whole_and_takes_no_answers(ada, heard):
    later = bridged(ada, heard, wording="Would you?")
    services.retire_metric(by=ada, metric=later)
    assert MetricDefinition.objects.filter(is_retired=False).count() == 0
    item = {"external_id": "1", "touchpoint": "web", "occurred_at": "2026-03-14", "score": "9"}
    with pytest.raises(MetricRetired, match="retired"):
        services.record_feedback(organization=ada.organization, metric=later, source="s", items=[item])


# --- each metric once ---------------------------------------------------------------------------


def test_each_series_stands_once_in_selectors_and_filters_all_its_answers(
    organization, client_of, ada, heard
):
    later = bridged(ada, heard, wording="Would you recommend us?")
    answer(later, date(2026, 4, 20), 0, 2)
    services.rebuild_rollup(organization=organization)
    client = client_of(ada)
    for pk in (heard.pk, later.pk):
        page = client.get(url("feedback_list", metric=pk)).content.decode()
        assert page.count(">NPS®</option>") == 1
        assert "8 answers match." in page
    assert client.get(url("definition_list")).content.decode().count("<code>nps</code>") == 1
    page = pages.metric_page(organization, heard)
    assert (page.series.n, len(page.figure.definition_changes)) == (8, 1)
    assert client.get(url("metric_detail", "nps", version=1)).status_code == 200
    assert client.get(url("metric_detail", "nps", version=7)).status_code == 404


def test_the_same_answer_sent_again_after_a_new_version_is_the_same_answer(organization, ada, heard):
    item = {"external_id": "1", "touchpoint": "web", "occurred_at": "2026-03-14T10:00:00Z", "score": "9"}
    services.record_feedback(organization=organization, metric=heard, source="s", items=[item])
    later = bridged(ada, heard, wording="Would you recommend us?")
    again = services.record_feedback(organization=organization, metric=later, source="s", items=[item])
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
    assert Feedback.objects.get(submission__external_id="1", submission__source__name="s").metric == heard
    moved = services.record_feedback(
        organization=organization,
        metric=later,
        source="s",
        items=[{**item, "occurred_at": "2026-04-14T10:00:00Z"}],
        replaces_known=True,
    )
    assert moved.updated == 1
    until = datetime(2026, 4, 14, 10, tzinfo=UTC)
    assert list(MetricDefinition.objects.values_list("data_until", flat=True)) == [until, until]
    series = selectors.metric_series(organization, later)
    assert [(point.start, point.n) for point in series.points] == [
        (date(2026, 3, 1), 6),
        (date(2026, 4, 1), 1),
    ]


def test_drivers_read_a_series_as_one_column(organization, ada, heard):
    later = bridged(ada, heard, wording="Would you recommend us?")
    for number in range(40):
        answer(heard if number % 2 else later, date(2026, 4, 20), number % 11, customer=f"C{number}")
    assert [(column.key, column.answers) for column in driver_columns(organization)] == [("nps.1.web", 40)]


# --- a new series has no answers yet -----------------------------------------------------------


NPS_FIELDS = {"kind": "nps", "rule": "net", "scale_low": 0, "scale_high": 10, "bottom_box_high": 6,
              "top_box_low": 9, "higher_is_better": "on", "name": "NPS"}  # fmt: skip


@pytest.mark.parametrize(
    "page",
    [("metric_list",), ("definition_list",), ("metric_detail", "nps"), ("metric_detail", "nps", 2)],
    ids=lambda page: "-".join(map(str, page)),
)
@pytest.mark.parametrize("others", [False, True])
def test_answers_under_the_definition_before_are_named_and_linked(
    client_of, ada, organization, heard, page, others
):
    """Nobody reads "no feedback yet" over answers that stand one version back."""
    services.define_metric(by=ada, metric=heard, values={"population": "All customers"})
    if others:  # another metric with answers, and one that never had any
        answer(MetricDefinitionFactory(organization=organization, key="csat_5"), date(2026, 3, 10), 4, 6)
        MetricDefinitionFactory(organization=organization, key="osat", name="Overall")
        services.rebuild_rollup(organization=organization)
    name, *args = page
    query = {"version": args.pop()} if len(args) == 2 else {}
    text = " ".join(client_of(ada).get(url(name, *args, **query)).text.split())
    link = url("metric_detail", "nps", version=1)
    assert (
        "Version 2 has no answers yet. Under the definition before it, version 1, there are "
        f'<a href="{link}">6 answers</a>.'
    ) in text
    assert "No feedback yet" not in text
    ends = {"metric_list": "Defined, no feedback yet", "definition_list": "no answers yet</span>"}
    if name in ends:
        assert (ends[name] in text) == others
    assert "6 answers" in client_of(ada).get(link).text


def test_only_the_newest_series_before_is_named_and_its_versions_count_together(ada, organization, heard):
    bridged = services.define_metric(
        by=ada, metric=heard, values={"population": "All customers"}, change="bridged"
    )
    answer(bridged, date(2026, 4, 10), 9, 3)
    services.rebuild_rollup(organization=organization)
    bridged.refresh_from_db()
    apart = services.define_metric(by=ada, metric=bridged, values={"population": "Some customers"})
    (found,) = selectors.earlier_answers(organization, [apart])
    assert (found.metric, found.before, found.number) == (apart, bridged, 9)
    assert selectors.earlier_answers(organization, [heard, bridged]) == []
    answer(apart, date(2026, 5, 10), 9, 2)
    services.rebuild_rollup(organization=organization)
    apart.refresh_from_db()
    assert selectors.earlier_answers(organization, [apart]) == []
    latest = services.define_metric(by=ada, metric=apart, values={"population": "Few customers"})
    (found,) = selectors.earlier_answers(organization, [latest])
    assert (found.before, found.number) == (apart, 2)


def test_other_words_alone_are_asked_about_and_nothing_is_preselected(client_of, ada, heard):
    client, edit = client_of(ada), url("definition_edit", "nps")
    assert not re.search(r'name="change"[^>]*checked', client.get(edit).text)
    fields = {**NPS_FIELDS, "wording": heard.wording, "population": "All customers"}
    refused = client.post(edit, fields)
    assert refused.status_code == 422
    assert "Say what this change means for the answers so far." in refused.text
    assert list(MetricDefinition.objects.values_list("version", "population")) == [(1, heard.population)]
    assert client.post(edit, {**fields, "change": "bridged"}).status_code == 302
    assert list(MetricDefinition.objects.order_by("version").values_list("version", "series")) == [
        (1, 1),
        (2, 1),
    ]
    # the second version has no answers of its own yet, but reads those of the first
    assert client.post(edit, {**fields, "population": "Some customers"}).status_code == 422


def test_another_rule_is_a_new_series_and_needs_no_answer(ada, organization):
    metric = MetricDefinitionFactory(organization=organization, key="csat_5")
    FeedbackFactory(metric=metric, score=4)
    later = services.define_metric(by=ada, metric=metric, values={"top_box_low": 5}, change="")
    assert (later.version, later.series) == (2, 2)


def test_without_answers_nothing_is_asked(ada, organization, nps):
    changed = services.define_metric(by=ada, metric=nps, values={"population": "All"}, change="")
    assert (changed.version, changed.population) == (1, "All")
