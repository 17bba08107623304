"""Functions' drivers beside the customer scores of their touchpoints: what goes with what, or a refusal."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.urls import reverse
from scipy import optimize, stats

from accounts.choices import Role
from accounts.services import FunctionPlace, save_function
from customer_voice import services as customers
from employee_voice import services as employees
from impact.selectors import linkage_page
from impact.selectors.linkage import DriverLink, smallest_of_all
from tests.factories import MembershipFactory
from tests.factories.customer_voice import MetricDefinitionFactory, TouchpointFactory, many_feedback
from tests.factories.employee_results import closed_wave
from tests.factories.employee_voice import survey_of
from tests.markup import running_text

pytestmark = pytest.mark.django_db
TOOLS = [2.1, 2.2, 2.4, 2.5, 2.7, 2.8, 3.1, 3.2, 3.4, 3.5, 3.7, 3.8]  # in no function do all agree


def functions_of(ada, count):
    """Functions with a touchpoint each."""
    found = {}
    for number in range(count):
        function = save_function(by=ada, name=f"Team {number:02}")
        touchpoint = TouchpointFactory(
            organization=ada.organization, key=f"place-{number}", owner_function=function
        )
        found[function] = touchpoint
    return found


def answers(tools: float) -> list[dict[str, str]]:
    """Ten people whose mean for tools is this one, in tenths."""
    high = round(10 * (tools - 2))
    steps = [2 + high // 10 + (1 if place < high % 10 else 0) for place in range(10)]
    return [{"tools-have": str(step), "authority-solve": str(1 + place % 5)}
            for place, step in enumerate(steps)]  # fmt: skip


def heard(metric, touchpoint, day: date, score: float, count: int = 10) -> None:
    """Answers of 0 to 10 whose promoters make this share."""
    promoters = round(score * count)
    each = [
        {"score": 10 if place < promoters else 7, "external_id": f"{touchpoint.key}-{day}-{place}"}
        for place in range(count)
    ]
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    many_feedback(metric=metric, touchpoint=touchpoint, each=each, occurred_at=noon)


def published(ada, survey, functions, tools, before=None):
    keyed = {function.name: function for function in functions}
    given = {function.name: answers(score) for function, score in zip(functions, tools, strict=True)}
    wave = closed_wave(ada, given, survey=survey, functions=keyed, before=before)
    return employees.publish_wave(by=ada, wave=wave)


@pytest.fixture
def metric(organization):
    return MetricDefinitionFactory(organization=organization, key="nps")


@pytest.fixture
def linked(ada, metric):
    """Twelve functions: the better their tools, the better their touchpoint, with two swapped."""
    functions = functions_of(ada, 12)
    wave = published(ada, survey_of(ada), functions, TOOLS)
    shares = [0.0, 0.1, 0.2, 0.3, 0.5, 0.4, 0.6, 0.7, 0.7, 0.8, 0.9, 1.0]
    for touchpoint, share in zip(functions.values(), shares, strict=True):
        heard(metric, touchpoint, wave.closes_on - timedelta(days=3), share)
    customers.rebuild_rollup(organization=ada.organization)
    return wave, shares


def weakest_seen(units, *, drivers):
    """The r that passes 5 % divided by the drivers four times in five, by bisection of its own."""
    reach = stats.norm.isf(0.025 / drivers) + stats.norm.isf(0.2)
    return optimize.brentq(
        lambda r: np.arctanh(r) - reach * np.sqrt((1 + r * r / 2) / (units - 3)), 0.01, 0.9999
    )


def test_the_smallest_association_holds_for_all_drivers_tried_together():
    """The driver with the fewest functions needs the strongest one, and the strongest of eight 5 % / 8."""
    links = [DriverLink(key=f"d{units}", name="D", units=units) for units in (14, 12, 11, 12, 12, 12, 12, 12)]
    assert smallest_of_all(links) == pytest.approx(weakest_seen(11, drivers=8), abs=1e-6)
    assert smallest_of_all(links[1:2]) == pytest.approx(0.7893, abs=1e-4)
    assert smallest_of_all([]) is None


def test_what_goes_with_what_is_the_rank_correlation_over_functions(ada, linked):
    wave, shares = linked
    page = linkage_page(ada.organization)
    expected = stats.spearmanr(TOOLS, shares).statistic
    assert page.driver.key == "tools"
    assert page.driver.found.estimate.value == pytest.approx(expected)
    assert (page.driver.units, page.driver.stands_out) == (12, True)
    assert [link.key for link in page.drivers if link.stands_out] == ["tools"]
    assert page.wave.pk == wave.pk
    assert page.sentence.startswith("Where employees rate “Tools” higher, NPS®")
    assert "12 functions" in page.sentence
    tried = [link.units for link in page.drivers if link.found is not None]
    assert page.smallest == pytest.approx(weakest_seen(min(tried), drivers=len(tried)), abs=1e-6)
    assert [unit.customer for unit in page.used] == [pytest.approx(100 * share) for share in shares]
    assert not {"cause", "because", "leads to"} & set(page.sentence.lower().split())


def test_below_ten_functions_the_page_says_how_many_there_are(ada, metric):
    functions = functions_of(ada, 11)
    wave = published(ada, survey_of(ada), functions, TOOLS[:11])
    for touchpoint in list(functions.values())[:9]:
        heard(metric, touchpoint, wave.closes_on, 0.5)
    heard(metric, list(functions.values())[9], wave.closes_on, 0.5, count=4)  # too few to be compared
    heard(metric, list(functions.values())[10], wave.closes_on - timedelta(days=91), 0.5)  # too long ago
    customers.rebuild_rollup(organization=ada.organization)
    page = linkage_page(ada.organization)
    assert page.refusal == "Functions with both figures: 9. At least 10 are needed."
    assert (page.sentence, page.smallest) == ("", None)
    assert [unit.why for unit in page.units if unit.why] == [
        "Fewer than 5 answers of customers in these months."
    ] * 2
    assert len(page.used) == 9


def test_what_a_wave_hides_or_tells_in_steps_is_left_out(ada, metric):
    functions = functions_of(ada, 12)
    keyed = {function.name: function for function in functions}
    given = {name: answers(score) for name, score in zip(keyed, TOOLS, strict=True)}
    given["Team 00"] = given["Team 00"][:3]  # hidden
    given["Team 01"] = given["Team 02"][:3]
    given["Team 03"] = [{"tools-have": "5", "authority-solve": "5"}] * 10  # all said the same: in steps
    wave = employees.publish_wave(
        by=ada, wave=closed_wave(ada, given, survey=survey_of(ada), functions=keyed)
    )
    for touchpoint in functions.values():
        heard(metric, touchpoint, wave.closes_on, 0.5)
    customers.rebuild_rollup(organization=ada.organization)
    page = linkage_page(ada.organization)
    left = {unit.name: unit.why for unit in page.units if unit.why}
    assert left.keys() == {"Team 00", "Team 01", "Team 03"}
    assert "fewer than 5" in left["Team 00"]
    assert all(unit.driver is None for unit in page.units if unit.why)


def test_a_larger_function_gives_way_to_its_parts(ada, metric):
    functions = functions_of(ada, 4)
    first, second, *_rest = functions
    save_function(by=ada, name=second.name, function=second, place=FunctionPlace(parent=first))
    second.refresh_from_db()
    wave = published(ada, survey_of(ada), functions, [2.2, 3.1, 3.7, 2.5])
    for touchpoint in functions.values():
        heard(metric, touchpoint, wave.closes_on, 0.5)
    customers.rebuild_rollup(organization=ada.organization)
    page = linkage_page(ada.organization)
    [left] = [unit for unit in page.units if unit.why]
    assert (left.name, left.why) == (
        first.name,
        "Its parts own touchpoints themselves and stand here instead.",
    )


def test_from_three_waves_on_the_next_wave_is_asked(ada, metric):
    functions = functions_of(ada, 12)
    survey, before = survey_of(ada), None
    moves = [[0, 1, 0], [1, 0, 2], [2, 1, 0], [0, 2, 1], [1, 2, 0], [2, 0, 1]] * 2
    earlier = [2.2] * 12
    for number in range(4):
        tools = [(2.2, 2.6, 3.4)[moves[place][(number + place) % 3]] for place in range(12)]
        before = published(ada, survey, functions, tools, before=before)
        for place, touchpoint in enumerate(functions.values()):
            share = (earlier[place] - 2) / 2 + 0.1 * ((place + number) % 2)  # half a point for each hundredth
            heard(metric, touchpoint, before.closes_on - timedelta(days=5), share)
        earlier = tools
        if number == 1:
            customers.rebuild_rollup(organization=ada.organization)
            assert "From three published waves on" in linkage_page(ada.organization).later_refusal
    customers.rebuild_rollup(organization=ada.organization)
    page = linkage_page(ada.organization, driver_key="tools")
    assert page.later is not None, page.later_refusal
    assert page.later.slope.n == 12
    assert page.later.slope.value == pytest.approx(50, abs=8)
    assert "one wave later" in page.later_text


def test_only_who_sees_all_functions_sees_them_compared(ada, cleo, organization, linked, client_of, api_of):
    executive = MembershipFactory(organization=organization, role=Role.EXECUTIVE)
    for member, status in ((ada, 200), (executive, 200), (cleo, 403)):
        assert client_of(member).get("/o/northwind/prove/employees/").status_code == status
        assert api_of(member).get("/api/v1/o/northwind/employees-and-customers/").status_code == status
    text = client_of(ada).get("/o/northwind/prove/employees/?driver=authority").content.decode()
    assert "never part of a return" in text
    found = api_of(ada).get("/api/v1/o/northwind/employees-and-customers/?driver=tools").json()
    assert found["driver"] == "tools"
    assert found["drivers"][0]["stands_out"] is True
    assert len(found["functions"]) == 12


def test_without_a_wave_or_a_metric_the_page_says_so(ada, organization, client_of):
    assert linkage_page(organization).refusal == "There is no metric yet."
    MetricDefinitionFactory(organization=organization, key="nps")
    assert linkage_page(organization).refusal == "No employee survey has been published yet."
    assert client_of(ada).get("/o/northwind/prove/employees/").status_code == 200


def test_a_metric_whose_definition_changed_stands_by_the_series_that_was_heard(
    ada, linked, metric, client_of
):
    """The newest one in use with answers; every other one can be asked for by its own name."""
    metric.refresh_from_db()
    newer = customers.define_metric(
        by=ada, metric=metric, values={"population": "All customers"}, change="new_series"
    )
    page = linkage_page(ada.organization)
    assert (page.metric.version, page.refusal) == (1, "")
    assert page.choices == (("nps.1", "NPS®"), ("nps.2", "NPS® (v2)"))
    assert linkage_page(ada.organization, metric_key="nps").metric.version == 1
    asked = linkage_page(ada.organization, metric_key="nps.2")
    assert (asked.metric, asked.chosen, asked.metric_name) == (newer, "nps.2", "NPS® (v2)")
    web = TouchpointFactory(organization=ada.organization, key="place-0")
    heard(newer, web, date(2026, 3, 1), 0.5)
    customers.rebuild_rollup(organization=ada.organization)
    assert linkage_page(ada.organization).metric == newer
    assert linkage_page(ada.organization, metric_key="nps").metric == newer
    assert linkage_page(ada.organization, metric_key="nps.1").metric == metric


@pytest.mark.parametrize(
    ("role", "sees"), [(Role.CX_LEADER, True), (Role.EXECUTIVE, True), (Role.COALITION_MEMBER, False)]
)
def test_the_comparison_is_offered_to_who_may_open_it_and_the_refusal_names_them(
    organization, client_of, role, sees
):
    member = MembershipFactory(organization=organization, role=role)
    client = client_of(member)
    address = reverse("impact:employee_link", args=[organization.slug])
    page = client.get(reverse("impact:portfolio", args=[organization.slug])).text
    assert (f'href="{address}"' in page) is sees
    answer = client.get(address)
    assert answer.status_code == (200 if sees else 403)
    if not sees:
        words = running_text(answer.text)
        assert "Your role (Coalition member) does not include this." in words
        assert "It can be done by: CX leader or Executive." in words
