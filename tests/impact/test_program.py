"""The return of the program: figures by hand, what stands apart, what makes it stale, one figure."""

import re
from datetime import date
from decimal import Decimal
from math import floor, log10

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import EventDelivery
from coalition.models import Initiative
from common.outbox import deliver
from cxstats.design import Direction, EstimandKind
from cxstats.kinds import Distribution
from cxstats.roi import BenefitLine, Parameter, ParameterKind, RoiCase, ValueKind
from impact.errors import NothingToReturn
from impact.findings import finding_of
from impact.models import LedgerYear, ProgramCase
from impact.models import RoiCase as Value
from impact.program import linear
from impact.selectors import latest_program, program_figure, program_page, program_view
from impact.selectors.program.facts import hoped_effect
from impact.services import (
    LedgerYearValues,
    dispute,
    execute_program,
    request_program,
    save_ledger_year,
    save_rate,
)
from impact.services.program import program_figures
from reports.documents import html_of
from reports.services import request_program_report
from tests.factories.reports import proved
from tests.impact.program import (
    FIRST,
    certain_model,
    computed,
    finance,
    full_ledger,
    ledger,
    line,
    valued,
)

pytestmark = pytest.mark.django_db
MINUS = "\u2212"


def address(name: str = "program") -> str:
    return reverse(f"impact:{name}", args=["northwind"])


def by_hand(effect: float, years: list[int], yearly: float, rate: float = 0.08) -> dict[str, float]:
    """The spreadsheet: 2,000 a year for each unit of effect, half of it in the first year after the go-live.

    year      2025      2026      2027     2028
    benefit      0   1000 e    2000 e   2000 e
    cost    60,000   20,000    20,000        0     + the ledger, so much in every year up to this one
    """

    def now(place: int) -> float:
        return (1 + rate) ** -place

    benefits = effect * (1000 * now(1) + 2000 * now(2) + 2000 * now(3))
    own = 60_000 + 20_000 * now(1) + 20_000 * now(2)
    program = sum(yearly * now(year - FIRST) for year in years)
    return {"benefits": benefits, "own": own, "program": program, "net": benefits - own - program}


def effect_of(known) -> float:
    return finding_of(known.study.finding).effect.value


def test_the_figures_are_those_of_the_spreadsheet(organization, ada):
    known, _case = valued(ada)
    years = full_ledger(ada)
    found = program_view(computed(ada)).found
    hand = by_hand(effect_of(known), years, 50_000)
    assert found.net_present_value.mean == pytest.approx(hand["net"], rel=1e-6)
    assert found.benefits.mean == pytest.approx(hand["benefits"], rel=1e-6)
    assert found.lines[0].costs == pytest.approx(hand["own"], rel=1e-9)
    assert found.program_costs == pytest.approx(hand["program"], rel=1e-9)
    assert found.roi.mean == pytest.approx(hand["net"] / (hand["own"] + hand["program"]), rel=1e-6)
    assert found.costs_by_year[0] == 60_000 + 50_000
    # without a discount, from the same inputs; the digest knows the rate
    organization.discount_rate_pct = Decimal(0)
    organization.save()
    ada.organization.refresh_from_db()
    plain = program_view(computed(ada)).found
    assert plain.net_present_value.mean == pytest.approx(
        effect_of(known) * 5000 - 100_000 - 50_000 * len(years), rel=1e-6
    )


def test_a_missing_year_takes_the_return_away_and_not_the_benefits(ada, client_of, api_of):
    known, _case = valued(ada)
    client = client_of(ada)
    years = full_ledger(ada)
    assert len(years) > 1
    LedgerYear.objects.get(year=years[0]).delete()
    view = program_view(computed(ada))
    assert (view.net, view.roi, view.payback) == (None, "", "")
    assert f"The costs of {years[0]} are missing in the ledger." in view.sentence
    assert view.found.benefits.mean == pytest.approx(
        by_hand(effect_of(known), years, 0)["benefits"], rel=1e-6
    )
    assert program_figure(ada.organization) is None
    page = client.get(address())
    assert "cannot be told yet" in page.text
    assert "Expected net present value" not in page.text
    told = api_of(ada).get("/api/v1/o/northwind/program/").data
    assert (told["net_present_value"], told["roi"], told["missing"]) == (None, None, [years[0]])
    ledger(ada, {years[0]: "0"})  # a year that cost nothing says so
    hand = by_hand(effect_of(known), years[1:], 50_000)
    assert program_view(computed(ada)).found.net_present_value.mean == pytest.approx(hand["net"], rel=1e-6)


def test_an_amount_without_a_rate_takes_the_return_away_too(ada):
    known, _case = valued(ada)
    years = full_ledger(ada)
    values = LedgerYearValues(year=years[-1], lines=(line("50000"), line("1000", "CHF")))
    save_ledger_year(by=ada, values=values)
    assert program_view(computed(ada)).net is None
    day = date(years[-1], 1, 1)
    save_rate(by=ada, currency="CHF", day=day, rate=Decimal("1.25"), source="Bank")
    hand = by_hand(effect_of(known), years, 50_000)["net"] - 1250 * 1.08 ** -(years[-1] - FIRST)
    assert program_view(computed(ada)).found.net_present_value.mean == pytest.approx(hand, rel=1e-6)


def test_what_finance_disputes_is_in_no_sum_and_comes_back_with_its_signature(organization, ada):
    _known, case = valued(ada)
    full_ledger(ada)
    fay = finance(organization)
    dispute(case=case, by=fay, comment="The margin is last year's.")
    view = program_view(computed(ada))
    assert view.found is None
    assert [(row.reference, row.reason, row.note) for row in view.apart] == [
        ("INI-1", "disputed by finance", "“The margin is last year's.”")
    ]
    assert "no return to tell" in view.sentence


def test_look_backs_stand_apart_unless_one_asks(ada, client_of):
    _first, _case = valued(ada)
    second, _value = valued(ada, "scenario", number=2, title="Old start page", place="app")
    Initiative.objects.filter(pk=second.simulated.initiative.pk).update(already_live_on=date(2025, 2, 24))
    full_ledger(ada)
    case = computed(ada)
    shown, whole = program_view(case), program_view(case, with_look_backs=True)
    assert [line.reference for line in shown.lines] == ["INI-1"]
    assert [(row.reference, row.reason) for row in shown.apart] == [
        ("INI-2", "recorded afterwards: it may have been chosen by its result")
    ]
    assert {line.reference for line in whole.lines} == {"INI-1", "INI-2"}
    assert whole.apart == ()
    # both are one program then: what is counted adds up to the benefits, and luck goes from one to the other
    found = whole.found
    claims = sum(effect_of(one) for one in (_first, second)) * (1000 / 1.08 + 2000 / 1.08**2 + 2000 / 1.08**3)
    assert sum(line.claimed for line in found.lines) == pytest.approx(claims, rel=1e-6)
    assert sum(line.share.mean for line in found.lines) == pytest.approx(found.benefits.mean, rel=1e-9)
    luck = {line.key: line.luck for line in found.lines}
    assert luck["INI-1"] > 0 > luck["INI-2"]
    page = client_of(ada).get(address() + "?afterwards=1").text
    assert "With what was recorded afterwards." in page


def test_where_another_amount_counts_than_was_found_page_document_and_api_say_why(ada, client_of, api_of):
    """The luckier of two loses, the other gains; each says from what to what, net of its costs."""
    valued(ada)
    full_ledger(ada)
    alone = program_view(computed(ada))
    assert [line.why for line in alone.lines] == [""]
    valued(ada, "scenario", number=2, title="Start page", place="app")
    case = computed(ada)
    view = program_view(case)
    assert view.found is not None
    told = {line.reference: line for line in view.lines}
    assert "good luck" in told["INI-1"].why
    assert "bad luck" in told["INI-2"].why
    for part in view.found.lines:
        row = told[part.key]
        net = round(part.claimed, view_digits(view)) - round(part.costs, view_digits(view))
        start = f"Its study alone gives {money(net)} net; the program counts {row.net} net."
        assert row.why.startswith(start)
        assert row.why in client_of(ada).get(address()).text
    lines = api_of(ada).get("/api/v1/o/northwind/program/").json()["lines"]
    assert {line["key"]: line["why"] for line in lines} == {key: row.why for key, row in told.items()}
    html = html_of(request_program_report(by=ada, case=case))
    assert all(row.why in html for row in told.values())


def test_where_the_program_began_earlier_an_initiative_says_both_amounts_of_one_value(ada, client_of):
    """Its own page reckons to the year it began, the program to its own first year: one value."""
    _known, case = valued(ada)
    full_ledger(ada)
    ledger(ada, {FIRST - 1: "1000", FIRST - 2: "1000"})
    (line,) = program_view(computed(ada)).lines
    own = case.result["roi"]["net_present_value"]["mean"]
    rate = 1 + float(ada.organization.discount_rate_pct) / 100
    start = re.match(
        r"Its own page shows (.+?) net, discounted to the year in which it began. Discounted to "
        rf"{FIRST - 2}, the first year of the program, that is (.+?); the program counts (.+?) net.$",
        line.why,
    )
    assert start, line.why
    shown, found, counted = (float(re.sub(r"[^\d.]", "", text)) for text in start.groups())
    assert shown == pytest.approx(abs(own), rel=0.01)
    assert found == pytest.approx(abs(own) / rate**2, rel=0.01)
    assert counted == found
    assert line.why in client_of(ada).get(address()).text
    portfolio = client_of(ada).get(reverse("impact:portfolio", args=["northwind"])).text
    assert f"the program counts {line.net} net, discounted to {FIRST - 2}" in portfolio


def money(amount: float) -> str:
    """As an English reader without a territory of her own reads it."""
    return f"{MINUS if amount < 0 else ''}EUR\u00a0{abs(amount):,.0f}"


def view_digits(view) -> int:
    """Three significant figures of the smallest of net value, benefits and costs."""
    found = view.found
    smallest = min(
        abs(amount) for amount in (found.net_present_value.mean, found.benefits.mean, found.costs.mean)
    )
    return min(2 - floor(log10(smallest)), 0)


def test_a_value_in_another_currency_counts_with_a_dated_rate_alone(organization, ada):
    known, case = valued(ada)
    years = full_ledger(ada)
    for amount in (case.inputs, case.result):
        amount["currency"] = "USD"
    Value.objects.filter(pk=case.pk).update(inputs=case.inputs, result=case.result)
    view = program_view(computed(ada))
    assert [(row.reason, row.amount[:4]) for row in view.apart] == [
        ("in another currency, without a rate", "−USD")
    ]
    day = case.computed_at.date()
    save_rate(by=ada, currency="USD", day=day, rate=Decimal("1.5"), source="Bank")
    view = program_view(computed(ada))
    hand = by_hand(effect_of(known), years, 50_000)
    assert view.found.benefits.mean == pytest.approx(1.5 * hand["benefits"], rel=1e-6)
    assert view.found.lines[0].costs == pytest.approx(1.5 * hand["own"], rel=1e-9)
    assert "converted from USD at 1.5" in view.lines[0].cautions[0]


def test_two_studies_of_one_touchpoint_count_their_common_effect_once(ada):
    """Both claim the same rise at the same touchpoint in the same days, and neither knew of the other."""
    first, _case = valued(ada)
    second, _value = valued(ada, number=2, title="Second call", place="desk")
    second.study.inputs["subject"]["treated"] = first.study.inputs["subject"]["treated"]
    second.study.save()
    full_ledger(ada)
    view = program_view(computed(ada))
    claims = 2 * by_hand(effect_of(first), [], 0)["benefits"]
    assert sum(line.claimed for line in view.found.lines) == pytest.approx(claims, rel=1e-6)
    assert view.found.overlap == pytest.approx(claims / 2, rel=1e-6)
    assert "no joint estimate" in view.overlaps[0].text
    # a study that held the other fixed contains nothing of it
    for known, other in ((first, second), (second, first)):
        study, initiative = known.study, other.simulated.initiative
        study.inputs["design"]["other_initiatives"] = [
            {"name": str(initiative), "start": initiative.went_live_on.isoformat(), "units": ["onboarding"]}
        ]
        study.save()
    view = program_view(computed(ada))
    assert view.found.overlap == pytest.approx(0, abs=1e-6)
    assert "the other held fixed" in view.overlaps[0].text


def test_a_running_one_is_forecast_from_its_plan_and_is_in_no_sum(ada):
    known, _case = valued(ada)
    running = proved(ada, "refused", number=2, title="Bill", place="bill").simulated.initiative
    certain_model(running, ada)
    years = full_ledger(ada)
    view = program_view(computed(ada))
    hand = by_hand(effect_of(known), years, 50_000)
    assert view.found.net_present_value.mean == pytest.approx(hand["net"], rel=1e-6)
    forecast = view.found.forecasts[0]
    assert forecast.planned.mean == pytest.approx(
        by_hand(8.0, [], 0)["benefits"], rel=1e-9
    )  # 8 points planned
    assert forecast.expected is None
    assert [(row.reference, row.why_not) for row in view.forecasts] == [
        ("INI-2", "fewer than four measured initiatives had a plan with an expected effect")
    ]
    assert view.apart == ()  # told with its plan


def test_costs_of_a_year_to_come_are_a_plan_and_in_no_sum(ada):
    known, _case = valued(ada)
    years = full_ledger(ada)
    ledger(ada, {years[-1] + 1: "999999"})
    hand = by_hand(effect_of(known), years, 50_000)
    view = program_view(computed(ada))
    assert view.found.net_present_value.mean == pytest.approx(hand["net"], rel=1e-6)
    assert view.is_complete


def test_a_case_of_times_gives_the_same_money_with_its_change_as_the_effect():
    """90 % of the time left of 100 hours at 50: 500 saved; the engine reads -10 %."""

    def parameter(key: str, *args: float, measured: bool = False) -> Parameter:
        return Parameter(
            key=key,
            distribution=Distribution.NORMAL if measured else Distribution.FIXED,
            args=args,
            source="",
            owner="",
            kind=ParameterKind.MEASURED if measured else ParameterKind.FINANCE,
        )

    def benefit(key: str, factors: tuple[str, ...], direction: Direction) -> BenefitLine:
        return BenefitLine(
            key=key,
            kind=ValueKind.OWN_FORMULA,
            factors=factors,
            profile=(0.0, 1.0),
            hard=True,
            direction=direction,
        )

    case = RoiCase(
        parameters=(parameter("effect", 0.9, 0.01, measured=True), parameter("worth", 5000.0),
                    parameter("discount_rate", 0.0)),
        benefits=(benefit("benefit", ("effect", "worth"), Direction.DOWN),
                  benefit("whole", ("worth",), Direction.UP)),
        costs=(),
        periods=1,
        discount_rate="discount_rate",
        effect="effect",
    )  # fmt: skip
    found = linear(case)
    assert found.parameters[0].args == pytest.approx((-0.1, 0.01))
    assert [line.key for line in found.benefits] == ["benefit"]
    assert found.benefits[0].direction is Direction.DOWN


@pytest.mark.parametrize(
    ("kind", "size", "direction", "hoped"),
    [
        (EstimandKind.NPS, 8.0, Direction.UP, 8.0),
        (EstimandKind.NPS, 8.0, Direction.DOWN, -8.0),
        (EstimandKind.SHARE, 5.0, Direction.UP, 0.05),
        (EstimandKind.LOG_DURATION, 20.0, Direction.DOWN, -0.2),
        (EstimandKind.LOG_DURATION, 50.0, Direction.UP, 0.5),
        (EstimandKind.NPS, None, Direction.UP, None),
    ],
)
def test_a_planned_size_is_read_as_a_change(kind, size, direction, hoped):
    assert hoped_effect(kind, size, direction) == (None if hoped is None else pytest.approx(hoped))


def test_the_same_inputs_give_the_same_return_and_count_again(ada):
    valued(ada)
    years = full_ledger(ada)
    first = computed(ada)
    assert request_program(by=ada).pk == first.pk
    ledger(ada, {years[0]: "70000"})
    second = computed(ada)
    assert second.pk != first.pk
    assert latest_program(ada.organization).pk == second.pk
    again = program_figures(second.inputs["program"])
    assert again == second.result["main"]  # stored inputs alone give every figure
    case = latest_program(ada.organization)
    assert case.pk == second.pk
    assert request_program(by=ada).pk == second.pk  # asked for again, it is the same one


def test_a_return_that_is_asked_for_again_keeps_the_result_of_the_worker_that_just_finished(ada, monkeypatch):
    """It is read again under its lock: what the worker stored meanwhile stays."""
    valued(ada)
    full_ledger(ada)
    waiting = request_program(by=ada)
    rows = type(ProgramCase.objects.of(ada.organization))
    made = rows.get_or_create

    def finish_meanwhile(self, **given):
        found = made(self, **given)
        execute_program(case=ProgramCase.objects.get(pk=waiting.pk))
        return found

    monkeypatch.setattr(rows, "get_or_create", finish_meanwhile)
    assert request_program(by=ada).is_finished
    waiting.refresh_from_db()
    assert waiting.result is not None


def test_a_return_of_another_engine_is_current_on_no_page(ada):
    valued(ada)
    full_ledger(ada)
    computed(ada)
    assert program_figure(ada.organization).is_current
    ProgramCase.objects.update(engine_version="0.9.0")
    assert not program_figure(ada.organization).is_current
    assert not program_page(ada.organization).is_current


def test_a_change_makes_it_stale_and_the_reader_of_events_computes_again(ada, client_of):
    valued(ada)
    years = full_ledger(ada)
    first = computed(ada)
    EventDelivery.objects.all().delete()
    assert program_page(ada.organization).is_current
    ledger(ada, {years[0]: "70000"})
    assert program_page(ada.organization).is_stale
    assert "Values, verdicts or costs have changed since." in client_of(ada).get(address()).text
    assert EventDelivery.objects.filter(reader="impact.events.recompute_program").count() == 1
    deliver(EventDelivery, now=timezone.now())
    newest = ProgramCase.objects.order_by("-number").first()
    assert (newest.pk != first.pk, newest.requested_by) == (True, None)


def test_nobody_is_told_where_nobody_keeps_a_return(ada):
    valued(ada)
    assert not EventDelivery.objects.filter(reader="impact.events.recompute_program").exists()


def test_without_values_and_costs_there_is_nothing_to_compute(ada, client_of):
    with pytest.raises(NothingToReturn):
        request_program(by=ada)
    answer = client_of(ada).post(address("program_compute"), follow=True)
    assert "There is nothing to compute yet" in answer.text


def test_portfolio_and_home_tell_the_one_figure_of_the_program(ada, client_of):
    valued(ada)
    client = client_of(ada)
    portfolio = reverse("impact:portfolio", args=["northwind"])
    assert "Expected total, without double counting" in client.get(portfolio).text
    full_ledger(ada)
    figure = program_view(computed(ada)).net
    page = client.get(portfolio).text
    assert figure.text in page
    assert figure.range in page
    assert "Expected total, without double counting" not in page
    assert "in the total" not in page
    home = client.get(reverse("home", args=["northwind"])).text
    assert f"is expected to lose {figure.text.removeprefix(MINUS)} net" in home


def test_no_page_draws_by_lot(ada, client_of, monkeypatch):
    valued(ada)
    full_ledger(ada)
    computed(ada)

    def refuse(**_arguments):
        raise AssertionError("a Monte Carlo in a request")

    monkeypatch.setattr("impact.services.program.program_return", refuse)
    client = client_of(ada)
    assert client.get(address()).status_code == 200
    assert client.post(address("program_compute")).status_code == 302
    assert client.get(reverse("home", args=["northwind"])).status_code == 200


def test_long_names_of_every_script_stand_on_the_page(ada, client_of):
    title = ("Ein 👩‍💻 Name שלום 你好 " * 10)[:140].strip()
    known, _case = valued(ada)
    Initiative.objects.filter(pk=known.simulated.initiative.pk).update(title=title)
    full_ledger(ada)
    computed(ada)
    assert title in client_of(ada).get(address()).text


def test_sixty_initiatives_are_told_in_as_many_queries(ada, client_of, django_assert_max_num_queries):
    valued(ada)
    full_ledger(ada)
    case = computed(ada)
    lines = case.result["main"]["return"]["lines"]
    for number in range(2, 61):
        reference = f"INI-{number}"
        lines.append({**lines[0], "key": reference})
        one = case.inputs["initiatives"][0]
        case.inputs["initiatives"].append({**one, "reference": reference, "number": number})
    case.save()
    client = client_of(ada)
    with django_assert_max_num_queries(32):
        page = client.get(address())
    assert page.text.count('/prove/60/"') == 1


@pytest.mark.parametrize("rate", ["-1", "400", "abc"])
def test_a_rate_that_no_organization_uses_is_refused(ada, client_of, rate):
    address = reverse("accounts:organization_edit", args=["northwind"])
    typed = {"name": "N", "currency": "EUR", "time_zone": "UTC", "language": "en", "confirms_finance": "on"}
    typed |= {"week_begins": 0, "year_begins": 1}
    assert client_of(ada).post(address, typed | {"discount_rate_pct": rate}).status_code == 422
    ada.organization.refresh_from_db()
    assert ada.organization.discount_rate_pct == 8
    assert client_of(ada).post(address, typed | {"discount_rate_pct": "30"}).status_code == 302
