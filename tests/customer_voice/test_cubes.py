"""Figures by channel and by customer account: two cubes, and what is folded where there is none."""

from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from customer_voice import selectors, services
from customer_voice.choices import Period
from customer_voice.models import (
    AccountDurationPoint,
    AccountMetricPoint,
    AccountStepPoint,
    AccountTotalPoint,
    Channel,
    CustomerAccount,
    DurationPoint,
    MetricPoint,
    StepPoint,
    TotalPoint,
)
from tests.factories.customer_voice import MetricDefinitionFactory

pytestmark = pytest.mark.django_db

CUBES = (
    MetricPoint, StepPoint, TotalPoint, DurationPoint,
    AccountMetricPoint, AccountStepPoint, AccountTotalPoint, AccountDurationPoint,
)  # fmt: skip


@pytest.fixture
def stars(organization):
    return MetricDefinitionFactory(
        organization=organization, key="stars", kind="custom", name="Stars", rule="mean",
        scale_low=1, scale_high=5, scale_step=Decimal("0.5"),
    )  # fmt: skip


@pytest.fixture
def complaints(organization):
    return MetricDefinitionFactory(
        organization=organization, key="complaints", kind="custom", name="Complaints", rule="rate",
        scale_low=0, scale_high=0, amount_name="complaints", exposure_name="calls", per=1000,
    )  # fmt: skip


def item(number, *, channel="", account="", segment="", day=1, **values):
    found = {
        "external_id": str(number), "occurred_at": f"2026-01-{day:02}T10:00", "touchpoint": "web",
        "channel": channel, "account": account, "segment": segment,
    }  # fmt: skip
    return found | {name: str(value) for name, value in values.items()}


def record(organization, metric, items, **options):
    return services.record_feedback(
        organization=organization, metric=metric, source="test", items=items, **options
    )


def month(organization, metric, **cut):
    points = selectors.metric_series(organization, metric, period=Period.MONTH, **cut).points
    return [(point.n, point.value) for point in points]


@pytest.fixture
def answers(organization, nps, touchpoints):
    """Of Acme by web 10, 9, 0; of Acme by phone 0; of Beta by phone 9; of nobody, on no channel, 5."""
    record(
        organization, nps,
        [
            item(1, channel="web", account="ACME", segment="big", score=10),
            item(2, channel="web", account="ACME", segment="big", score=9),
            item(3, channel="web", account="ACME", segment="small", score=0),
            item(4, channel="phone", account="ACME", segment="small", score=0),
            item(5, channel="phone", account="BETA", segment="big", score=9),
            item(6, score=5),
        ],
    )  # fmt: skip


def channel(organization, name):
    return Channel.objects.of(organization).get(name=name)


def account(organization, reference):
    return CustomerAccount.objects.of(organization).get(external_reference=reference)


def test_a_channel_is_read_by_itself_and_all_of_them_together(organization, nps, answers):
    assert month(organization, nps) == [(6, 0.0)]  # three for, three against
    assert month(organization, nps, channel=channel(organization, "web")) == [(3, pytest.approx(100 / 3))]
    assert month(organization, nps, channel=channel(organization, "phone")) == [(2, 0.0)]
    nps.refresh_from_db()  # when it was last counted
    assert [one.name for one in selectors.channels_of(organization, nps)] == ["phone", "web"]


def test_an_account_is_read_from_its_own_cube(organization, nps, answers, django_assert_num_queries):
    acme = account(organization, "ACME")
    with django_assert_num_queries(1):
        series = selectors.metric_series(organization, nps, versions=[nps], account=acme, period=Period.MONTH)
    assert [(point.n, point.value) for point in series.points] == [(4, 0.0)]
    assert (AccountMetricPoint.objects.count(), MetricPoint.objects.count()) == (2, 5)


def test_an_account_on_one_channel_or_in_one_segment_is_folded_from_its_answers(organization, nps, answers):
    acme, web = account(organization, "ACME"), channel(organization, "web")
    assert month(organization, nps, account=acme, channel=web) == [(3, pytest.approx(100 / 3))]
    assert month(organization, nps, account=acme, segment="big") == [(2, 100.0)]
    assert month(organization, nps, account=acme, segment="small", channel=web) == [(1, -100.0)]
    by_place = selectors.series_by_touchpoint(organization, nps, account=acme, channel=web)
    assert [series.n for series in by_place.values()] == [3]


def test_an_answer_that_changes_its_channel_leaves_the_old_one(organization, nps, answers):
    record(organization, nps, [item(1, channel="phone")], replaces_known=True)
    assert month(organization, nps, channel=channel(organization, "web")) == [(2, 0.0)]
    assert month(organization, nps, channel=channel(organization, "phone")) == [(3, pytest.approx(100 / 3))]


def test_every_shape_of_counts_has_its_account_cube(organization, stars, complaints, ttr, touchpoints):
    pairs = [(12, 1000), (9, 900), (14, 1100), (10, 1000), (15, 1000)]
    record(
        organization, complaints,
        [item(f"c{n}", channel="web", account="ACME", day=n + 1, score=amount, exposure=calls)
         for n, (amount, calls) in enumerate(pairs)],
    )  # fmt: skip
    record(
        organization, stars,
        [item(f"s{n}", channel="web", account="ACME", segment="a", score=score)
         for n, score in enumerate(("4.5", "4", "5", "3.5", "3"))],
    )  # fmt: skip
    record(
        organization, ttr,
        [item(f"t{n}", channel="web", account="ACME", segment="a", resolved_at=f"2026-01-01T{11 + n}:00")
         for n in range(6)],
    )  # fmt: skip
    acme, web = account(organization, "ACME"), channel(organization, "web")
    for metric in (stars, complaints, ttr):
        whole = month(organization, metric)
        assert whole[0][1] is not None
        assert month(organization, metric, account=acme) == whole
        assert month(organization, metric, account=acme, channel=web) == whole
        assert month(organization, metric, channel=web) == whole


def test_a_rebuild_gives_the_same_cells_as_the_counts_kept_up_to_date(
    organization, nps, stars, complaints, ttr, answers
):
    record(organization, stars, [item("s", channel="web", account="ACME", score="4.5")])
    record(organization, complaints, [item("c", account="BETA", score="0.3", exposure="12.5")])
    record(organization, ttr, [item("t", channel="phone", account="BETA", resolved_at="2026-01-02T10:00")])
    record(organization, nps, [item(4, account="BETA", score=7)], replaces_known=True)

    kept = _cells()
    services.rebuild_rollup(organization=organization)
    assert _cells() == kept
    assert all(kept)


def _cells():
    return [sorted(model.objects.values_list(*_columns(model)), key=repr) for model in CUBES]


def _columns(model):
    return [field.attname for field in model._meta.fields if field.name != "id"]


def test_channels_are_offered_only_where_there_are_any(organization, nps, touchpoints, ada, client_of):
    page = reverse("customer_voice:metric_detail", args=["northwind", "nps"])
    record(organization, nps, [item("plain", score=9)])
    assert 'name="channel"' not in client_of(ada).get(page).text
    record(organization, nps, [item(f"w{n}", channel="web", score=10) for n in range(6)])
    shown = client_of(ada).get(page, {"channel": "web"}).text
    assert '<option value="web" selected>' in shown
    assert "all touchpoints, all segments, channel web" in shown


def test_the_api_reads_a_channel_and_an_account(organization, nps, answers, ada, api_of):
    address = "/api/v1/o/northwind/metrics/nps/series/"
    body = api_of(ada).get(address, {"channel": "phone"}).json()
    assert (body["channel"], body["account"], body["points"][0]["n"]) == ("phone", None, 2)
    body = api_of(ada).get(address, {"account": "ACME"}).json()
    assert (body["channel"], body["account"], body["points"][0]["n"]) == (None, "ACME", 4)
    for name, value in (("channel", "fax"), ("account", "GAMMA")):
        refused = api_of(ada).get(address, {name: value})
        assert (refused.status_code, set(refused.json()["errors"])) == (422, {name})


def test_an_older_database_is_counted_by_channel_and_account_and_keeps_every_figure(
    organization, nps, ttr, answers
):
    record(organization, ttr, [item("t", channel="phone", account="BETA", resolved_at="2026-01-02T10:00")])
    fresh = _cells()
    figures = [month(organization, metric) for metric in (nps, ttr)]
    segments = [month(organization, nps, segment=name) for name in ("", "big", "small")]
    migration = import_module("customer_voice.migrations.0010_count_by_channel_and_account")
    migration.merge(apps, None)  # as an older version left it: no channel, no account
    assert MetricPoint.objects.count() == 3
    assert not AccountMetricPoint.objects.exists()
    assert not MetricPoint.objects.exclude(channel=None).exists()
    assert [month(organization, metric) for metric in (nps, ttr)] == figures
    migration.count(apps, None)
    assert _cells() == fresh
    assert [month(organization, metric) for metric in (nps, ttr)] == figures
    assert [month(organization, nps, segment=name) for name in ("", "big", "small")] == segments
