"""The main job on real data: incidents as time to resolution, a phone survey as overall satisfaction."""

import csv
from datetime import datetime
from statistics import fmean, stdev

import numpy as np
import pytest
from django.core.files import File
from django.core.management import call_command
from scipy import stats

from customer_voice import pages, selectors, services
from customer_voice.choices import Period
from customer_voice.models import Feedback, ImportBatch
from tests.customer_voice.conftest import csv_bytes


def product_limit_median(seconds: np.ndarray, resolved: np.ndarray) -> float:
    """Kaplan-Meier median by scipy's own estimator: an independent computation."""
    data = stats.CensoredData(uncensored=seconds[resolved], right=seconds[~resolved])
    survival = stats.ecdf(data).sf
    return float(survival.quantiles[np.argmax(survival.probabilities <= 0.5)])


def test_real_incidents_come_in_and_their_median_agrees(organization, ada, ttr, shared_data, capsys):
    file = shared_data / "incidents.csv"
    call_command(
        "import_feedback", str(file), organization=organization.slug, metric="ttr", source="helpdesk",
        map=["external_id=incident", "touchpoint=contact_type", "segment=priority",
             "reopened_count=reopen_count"],
        create_touchpoints=True,
    )  # fmt: skip
    printed = capsys.readouterr().out
    with file.open() as handle:
        rows = list(csv.DictReader(handle))
    batch = ImportBatch.objects.get()
    assert f"new {len(rows)}" in printed
    assert (batch.rows_created, batch.rows_rejected) == (len(rows), 0)
    assert (
        Feedback.objects.filter(resolved_at=None).count() == sum(not row["resolved_at"] for row in rows) == 29
    )
    ttr.refresh_from_db()
    opened = [datetime.fromisoformat(row["opened_at"]) for row in rows]
    resolved = [datetime.fromisoformat(row["resolved_at"]) if row["resolved_at"] else None for row in rows]
    cutoff = max(moment for moment in (*opened, *resolved) if moment is not None)
    assert ttr.data_until.replace(tzinfo=None) == cutoff
    series = selectors.metric_series(organization, ttr, period=Period.MONTH)
    for point in series.points:
        chosen = [n for n, day in enumerate(opened) if point.start <= day.date() < point.end]
        seconds = np.array([((resolved[n] or cutoff) - opened[n]).total_seconds() for n in chosen])
        closed = np.array([resolved[n] is not None for n in chosen])
        usable = (seconds > 0) | ~closed
        assert point.n == int(usable.sum())
        assert point.figure.n_open == int((~closed).sum())
        if point.value is not None and not point.is_small:
            assert point.value == pytest.approx(
                product_limit_median(seconds[usable], closed[usable]), rel=0.0125
            )
    page = pages.metric_page(organization, ttr)
    assert page.figure.chart is not None
    assert {str(line.touchpoint) for line in page.touchpoints} == {row["contact_type"] for row in rows}
    with file.open("rb") as handle:
        again = services.create_import(
            organization=organization,
            by=ada,
            file=File(handle),
            filename="incidents.csv",
            source="helpdesk",
        )
    services.map_import(batch=again, mapping=batch.mapping, metric=ttr, creates_touchpoints=True)
    services.run_import(batch_id=again.pk)
    again.refresh_from_db()
    assert (again.rows_created, again.rows_updated, again.rows_unchanged) == (0, 0, len(rows))


def test_a_real_survey_comes_in_as_overall_satisfaction(
    organization, osat, bring_in, touchpoints, shared_data
):
    with (shared_data / "mobile_phone_survey.csv").open() as handle:
        scores = [int(row["CUSA1"]) for row in csv.DictReader(handle)]
    rows = [[f"m{n}", "2026-03-02", score] for n, score in enumerate(scores)]
    batch = bring_in(
        csv_bytes(rows, ("id", "date", "CUSA1")),
        metric=osat,
        mapping={"external_id": "id", "occurred_at": "date", "score": "CUSA1"},
        touchpoint_key="web",
    )
    assert (batch.rows_created, batch.rows_rejected) == (250, 0)
    (point,) = selectors.metric_series(organization, osat).points
    half = stats.t.ppf(0.975, 249) * stdev(scores) / 250**0.5
    assert point.value == pytest.approx(fmean(scores))
    assert (point.low, point.high) == pytest.approx((fmean(scores) - half, fmean(scores) + half))


@pytest.fixture
def osat(organization):
    (metric,) = services.create_standard_metrics(organization, ["osat"])
    return metric
