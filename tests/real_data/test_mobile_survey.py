"""Mobile phone customers who rated 24 items: what goes with their overall satisfaction.

One row of the file is one customer. The overall rating (CUSA1) becomes OSAT at the touchpoint "overall",
every other item OSAT at a touchpoint of its own name; the day is made up, since the file has none.
"""

from itertools import combinations, permutations
from math import factorial

import numpy as np
import pytest

from customer_voice import services
from customer_voice.models import Feedback
from impact.selectors.drivers import driver_page
from impact.services import execute_drivers, request_drivers

pytestmark = pytest.mark.django_db

DAY = "2026-03-02"
FEW = ("PERQ1", "PERQ2", "IMAG1", "PERV1")
QUALITY_AND_IMAGE = tuple(f"PERQ{n}" for n in range(1, 8)) + tuple(f"IMAG{n}" for n in range(1, 6))


@pytest.fixture
def survey(read, written, imported, organization):
    services.create_standard_metrics(organization, ["osat"])
    people = read("mobile_phone_survey.csv")

    def bring_in(items: tuple[str, ...]) -> list[dict[str, str]]:
        rows = [
            {
                "id": f"{number}-{item}",
                "date": DAY,
                "touchpoint": "overall" if item == "CUSA1" else item,
                "score": person[item],
                "customer": f"row {number}",
            }
            for number, person in enumerate(people, 1)
            for item in ("CUSA1", *items)
        ]
        path = written("survey.csv", ("id", "date", "touchpoint", "score", "customer"), rows)
        said = imported(path, metric="osat", source="survey", create_touchpoints=True)
        assert f"new {len(rows)}" in said
        return people

    return bring_in


def explained(people: list[dict[str, str]], items: tuple[str, ...]) -> float:
    """R² of the overall rating on these items, by least squares on the raw ratings."""
    if not items:
        return 0.0
    rated = np.array([float(person["CUSA1"]) for person in people])
    table = np.column_stack([np.ones(len(people)), *[[float(p[item]) for p in people] for item in items]])
    left = rated - table @ np.linalg.lstsq(table, rated, rcond=None)[0]
    return 1 - float(left @ left) / float(((rated - rated.mean()) ** 2).sum())


def computed(organization, by):
    """The page of an analysis that was asked for and run."""
    assert execute_drivers(run=request_drivers(by=by))
    return driver_page(organization)


def shares_of(page) -> dict[str, float]:
    """Item -> share of R², from the page's analysis."""
    names = {column.key: column.touchpoint for column in page.columns}
    return {names[driver.key]: driver.share.value for driver in page.analysis.drivers}


def test_shares_agree_with_every_order_tried_one_by_one(survey, organization, ada):
    people = survey(FEW)
    page = computed(organization, ada)
    assert page.outcome.touchpoint == "overall"
    assert page.customers == len(people) == 250
    gained = dict.fromkeys(FEW, 0.0)
    orders = list(permutations(FEW))
    for order in orders:
        for place, item in enumerate(order):
            gained[item] += explained(people, order[: place + 1]) - explained(people, order[:place])
    whole = explained(people, FEW)
    assert page.analysis.r_squared.value == pytest.approx(whole, abs=1e-9)
    assert shares_of(page) == pytest.approx(
        {item: total / len(orders) / whole for item, total in gained.items()}, abs=1e-9
    )


def test_twelve_items_agree_with_every_subset(survey, organization, ada):
    people = survey(QUALITY_AND_IMAGE)
    page = computed(organization, ada)
    count = len(QUALITY_AND_IMAGE)
    table = np.array([[float(p[item]) for item in ("CUSA1", *QUALITY_AND_IMAGE)] for p in people])
    related = np.corrcoef(table, rowvar=False)
    known = {(): 0.0}
    for size in range(1, count + 1):
        for chosen in combinations(range(1, count + 1), size):
            inner = related[np.ix_(chosen, chosen)]
            with_outcome = related[list(chosen), 0]
            known[chosen] = float(with_outcome @ np.linalg.solve(inner, with_outcome))
    expected = {}
    for number, item in enumerate(QUALITY_AND_IMAGE, 1):
        others = [other for other in range(1, count + 1) if other != number]
        total = 0.0
        for size in range(count):
            weight = factorial(size) * factorial(count - size - 1) / factorial(count)
            for chosen in combinations(others, size):
                total += weight * (known[tuple(sorted((*chosen, number)))] - known[chosen])
        expected[item] = total / known[tuple(range(1, count + 1))]
    assert shares_of(page) == pytest.approx(expected, abs=1e-9)
    assert sum(shares_of(page).values()) == pytest.approx(1)
    first = max(expected, key=expected.__getitem__)
    assert page.rows[0].name.startswith(first)
    assert page.analysis.r_squared.value == pytest.approx(0.483, abs=0.001)


def test_page_names_the_leader_and_claims_no_cause(survey, organization, ada, client_of):
    survey(FEW)
    page = computed(organization, ada)
    assert page.rows[0].is_distinguishable
    assert any("does not show what would happen" in note for note in page.notes)
    assert "cause" not in page.sentence
    html = client_of(ada).get(f"/o/{organization.slug}/prove/drivers/").text
    for item in FEW:
        assert item in html
    assert page.sentence in html


def test_one_item_alone_is_refused(survey, organization, ada):
    survey(("PERQ1",))
    assert computed(organization, ada).refusal
    assert Feedback.objects.count() == 500
