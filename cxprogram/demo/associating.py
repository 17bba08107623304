"""What customers did after their scores: a table as the billing system would export it, with a known truth."""

import io
from datetime import date, timedelta

import numpy as np

from common.spreadsheets import csv_text
from customer_voice.models import MetricDefinition
from cxprogram.demo.people import Cast
from impact import services as impact
from impact.choices import OutcomeKind
from impact.models import AssociationRun

CUSTOMERS, YEARS = 900, 3
HEADER = ("customer", "start day", "segment", "day", "score", "end day", "revenue before")
LASTING = 0.35  # of the log odds to stay, for one standard deviation more of years as a customer
BY_POINT = 0.006  # of the log odds to stay, for one NPS point: the truth


def associate(cast: Cast, metric: MetricDefinition, today: date) -> AssociationRun:
    """Two runs: the accounts, where far too few have left, and the table."""
    of_firms = MetricDefinition.objects.of(metric.organization).filter(key="osat").latest("version")
    accounts = impact.request_association(by=cast["Maya"], metric=of_firms)
    impact.execute_association(run=accounts)
    file = io.BytesIO(csv_text(HEADER, _rows(today)).encode())
    kept = impact.keep_association_file(
        by=cast["Maya"],
        file=file,
        filename="customers-and-contracts.csv",
        outcome=OutcomeKind.STAYED,
        metric=metric,
        until=today - timedelta(days=1),
    )
    run = impact.request_association_of_file(by=cast["Maya"], file=kept)
    impact.execute_association(run=run)
    run.refresh_from_db()
    return run


def _rows(today: date) -> list[tuple[object, ...]]:
    """Each customer is asked once a year until it leaves; who was never asked has a row without a score."""
    rng = np.random.default_rng(51)
    rows: list[tuple[object, ...]] = []
    for number in range(CUSTOMERS):
        lasting = float(rng.normal())
        start = today - timedelta(days=int(365 * YEARS + 40 + 700 * np.exp(0.5 * lasting)))
        small = bool(rng.random() < 0.7)
        revenue = round(float((240 if small else 900) * np.exp(0.3 * rng.normal() + 0.1 * lasting)), 2)
        said: list[tuple[date, int]] = []
        left = None
        for year in range(YEARS, 0, -1):
            begins = today - timedelta(days=365 * year)
            felt = int(np.clip(round(7.2 + 0.5 * lasting + 2.2 * rng.normal()), 0, 10))
            if rng.random() < 0.8:
                said.append((begins - timedelta(days=int(rng.integers(5, 200))), felt))
            points = 100 if felt >= 9 else -100 if felt <= 6 else 0
            stays = 1 / (1 + np.exp(-(1.9 + LASTING * lasting + BY_POINT * points - 0.3 * small)))
            if rng.random() > stays:
                left = begins + timedelta(days=int(rng.integers(20, 340)))
                break
        about = (f"C{number:04d}", start.isoformat(), "Home" if small else "Business")
        tail = ("" if left is None else left.isoformat(), f"{revenue:.2f}")
        rows += [(*about, day.isoformat(), score, *tail) for day, score in said]
        if not said:
            rows.append((*about, "", "", *tail))
    return rows
