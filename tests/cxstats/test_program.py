"""The return of a program: sums by hand, published and independently computed figures, properties."""

import dataclasses
from datetime import date
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from scipy import stats

from cxstats.codec import seed_of
from cxstats.design import DesignGrade, Verdict
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.kinds import Distribution, ParameterKind, ValueKind
from cxstats.program import (
    Backing,
    Initiative,
    JointEstimate,
    Measured,
    Program,
    ProgramCost,
    backing_of,
    money_claim,
    program_digest,
    program_return,
)
from cxstats.program import population as population_module
from cxstats.program.ground import Claim, blocks_of, common_answers, contained
from cxstats.program.population import Block, fit_population
from cxstats.roi import BenefitLine, CostLine, Parameter, RoiCase

SURE = 1e-6  # a standard error that is next to nothing
EIGHT = [28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0]  # Rubin 1981: coaching in eight schools
EIGHT_ERRORS = [15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0]


def alone(values: list[float], errors: list[float], degrees: float | None = None) -> list[Block]:
    return [
        Block(
            members=(place,),
            claims=np.array([value]),
            contains=np.eye(1),
            noise=np.array([[error**2]]),
            degrees_of_freedom=degrees,
        )
        for place, (value, error) in enumerate(zip(values, errors, strict=True))
    ]


def parameter(key: str, *args: float, shape: Distribution = Distribution.FIXED, **more: Any) -> Parameter:
    more.setdefault("kind", ParameterKind.FINANCE)
    return Parameter(key=key, distribution=shape, args=args, source="ledger", owner="finance", **more)


def program(*initiatives: Initiative, **more: Any) -> Program:
    more.setdefault("costs", ())
    more.setdefault("years", 3)
    more.setdefault("discount_rate", 0.0)
    return Program(initiatives=initiatives, **more)


def returned(*initiatives: Initiative, seed: int = 1, draws: int = 20_000, **more: Any) -> Any:
    return program_return(program=program(*initiatives, **more), rng=np.random.default_rng(seed), draws=draws)


def claims(values: list[float], errors: list[float], **more: Any) -> list[Initiative]:
    return [
        money_claim(key=f"i{place}", value=value, standard_error=error, years=1, **more)
        for place, (value, error) in enumerate(zip(values, errors, strict=True))
    ]


def at_help(start: date, *, places: tuple[str, ...] = ("help",)) -> Measured:
    return Measured(
        metric="nps", places=places, before=date(2025, 1, 1), start=start, until=date(2025, 12, 28)
    )


JULY = date(2025, 7, 1)


# --- the population ---------------------------------------------------------------------------


def test_eight_schools_with_the_published_model(monkeypatch):
    # Gelman et al., Bayesian Data Analysis, 3rd ed., table 5.3 (200 draws, flat on the spread): medians
    # 10 8 7 8 5 6 10 8; means by scipy quadrature over 1,500 spreads and 1,201 means: below
    monkeypatch.setattr(population_module, "_TAILS", ((1.0, 1.0),))
    monkeypatch.setattr(population_module, "_SIZES", (0.0,))
    spreads = population_module._SPREADS
    edges = np.concatenate(([0.0, spreads[1] / 2], np.sqrt(spreads[1:-1] * spreads[2:]), spreads[-1:]))
    monkeypatch.setattr(population_module, "_prior_of_spread", lambda: np.diff(edges))
    found = fit_population(blocks=alone(EIGHT, EIGHT_ERRORS), errors=np.array(EIGHT_ERRORS))
    assert found.mean == pytest.approx(7.932, abs=0.01)
    assert found.spread == pytest.approx(6.576, abs=0.01)
    expected = found.expected()
    means = [11.400, 7.895, 6.131, 7.645, 6.139, 10.667, 8.457]
    assert np.delete(expected, 4).tolist() == pytest.approx(means, abs=0.01)
    streams = {}

    def stream(name: str) -> np.random.Generator:
        return streams.setdefault(name, np.random.default_rng([5, *name.encode()]))

    drawn = found.draw(stream, [f"s{place}" for place in range(8)], 40_000)
    medians = np.median(drawn, axis=0).tolist()
    assert medians == pytest.approx([10, 8, 7, 8, 5, 6, 10, 8], abs=0.8)  # rounded, and of 200 draws
    assert np.quantile(drawn[:, 0], [0.025, 0.25, 0.75, 0.975]).tolist() == pytest.approx(
        [-2, 7, 16, 31], abs=2
    )


@pytest.mark.parametrize(
    ("values", "errors", "expected", "mean"),
    [
        # quadrature with scipy.stats.norm over 600 spreads (uniform shrinkage), 1,201 means, both sizes and
        # both tails of every effect; nothing of the module is used
        (EIGHT, EIGHT_ERRORS, [13.920, 7.482, 6.678, 7.510, None, 5.939, 10.377, 10.582], 8.136),
        ([40, 2, -3, 5], [4, 6, 3, 5], [None, 1.631, None, 3.127], 1.814),
        ([10, -10, 12, -9, 1], [3, 3, 3, 3, 3], [8.814, -8.665, 10.614, -7.760, 0.997], 0.847),
    ],
)
def test_effects_agree_with_quadrature(values, errors, expected, mean):
    found = fit_population(blocks=alone(values, errors), errors=np.array(errors, dtype=float))
    pairs = [(own, other) for own, other in zip(found.expected(), expected, strict=True) if other is not None]
    assert [own for own, _ in pairs] == pytest.approx([other for _, other in pairs], abs=0.01)
    assert found.mean == pytest.approx(mean, abs=0.01)


def test_noise_of_few_degrees_agrees_with_quadrature():
    # as above, over 200 quantiles of the noise's precision with 6 degrees of freedom
    found = fit_population(
        blocks=alone([40, 2, -3, 5], [4, 6, 3, 5], 6.0), errors=np.array([4.0, 6.0, 3.0, 5.0])
    )
    assert found.expected().tolist() == pytest.approx([38.66, 1.758, -1.315, 3.142], abs=0.3)


def test_draws_have_the_computed_mean_and_the_sum_of_equal_claims_is_their_sum():
    found = returned(*claims([9.0, 1.0, -2.0, 0.0, 3.0], [2.0] * 5))
    assert found.benefits.mean == pytest.approx(11.0, abs=0.05)
    half = 1.6449 * 2 * np.sqrt(5)  # of the sum, whatever the spread of the effects
    assert found.benefits.p5 == pytest.approx(11 - half, rel=0.12)
    assert found.benefits.p95 == pytest.approx(11 + half, rel=0.06)
    largest = found.lines[0]
    assert 2.2 < largest.share.mean < 8.5
    assert largest.luck == pytest.approx(9 - largest.share.mean)


@pytest.mark.parametrize("degrees", [4.0, 12.0])
def test_a_single_initiative_keeps_its_claim_with_the_range_of_student_t(degrees):
    found = returned(
        money_claim(key="only", value=50.0, standard_error=10.0, years=1, degrees_of_freedom=degrees)
    )
    half = 10 * stats.t.ppf(0.95, degrees)
    assert found.benefits.mean == pytest.approx(50, abs=0.5)
    assert (found.benefits.p5, found.benefits.p95) == pytest.approx((50 - half, 50 + half), abs=1.5)
    assert found.without_best is None


# --- common ground ----------------------------------------------------------------------------


def test_what_a_claim_contains_by_hand():
    first, later = at_help(JULY), at_help(date(2025, 9, 29))
    assert contained(first, later) == pytest.approx(90 / 180)  # live in 90 of its 180 later days
    assert contained(later, first) == pytest.approx(1 - 90 / 271)  # and in 90 of the other's 271 earlier ones
    assert contained(first, at_help(JULY, places=("shop",))) == 0
    assert contained(at_help(JULY, places=("help", "shop")), first) == 0.5
    assert contained(first, dataclasses.replace(first, metric="csat")) == 0
    long_before = dataclasses.replace(first, before=date(2023, 1, 1), start=date(2024, 1, 1))
    assert contained(first, long_before) == 0
    assert common_answers(first, later) == 1
    assert common_answers(first, dataclasses.replace(first, until=JULY)) == pytest.approx(np.sqrt(181 / 361))


def test_two_claims_on_the_same_answers_are_one_sum():
    pair = [
        money_claim(key=key, value=60.0, standard_error=5.0, years=1, measured=at_help(JULY))
        for key in ("app", "chat")
    ]
    found = returned(*pair)
    assert found.naive == pytest.approx(120)
    assert found.benefits.mean == pytest.approx(60, abs=0.3)
    assert (found.overlap, found.luck) == pytest.approx((60, 0), abs=0.3)
    assert [line.share.mean for line in found.lines] == pytest.approx([30, 30], abs=0.5)
    # the two agree to the last digit: their noise is shared, and the range is that of one
    half = 1.6449 * 5
    assert (found.benefits.p5, found.benefits.p95) == pytest.approx((60 - half, 60 + half), abs=1.0)


def test_claims_that_differ_have_noise_of_their_own():
    apart = [
        money_claim(key=key, value=value, standard_error=5.0, years=1, measured=at_help(JULY))
        for key, value in (("app", 54.0), ("chat", 66.0))
    ]
    found = returned(*apart)
    assert found.benefits.p95 - found.benefits.p5 < 2 * 1.6449 * 5 * 0.9  # two looks at one sum


def test_a_joint_estimate_takes_the_place_of_the_claims():
    pair = [
        money_claim(key=key, value=60.0, standard_error=5.0, years=1, measured=at_help(JULY))
        for key in ("app", "chat")
    ]
    whole = JointEstimate(keys=("app", "chat"), values=(70.0,), covariance=((16.0,),))
    found = returned(*pair, joint_estimates=(whole,))
    assert found.benefits.mean == pytest.approx(70, abs=0.3)
    assert (found.benefits.p5, found.benefits.p95) == pytest.approx(
        (70 - 1.6449 * 4, 70 + 1.6449 * 4), abs=0.5
    )
    covariance = ((25.0, -15.0), (-15.0, 25.0))  # of the sum: 20, of the difference: 80
    parts = JointEstimate(keys=("app", "chat"), values=(50.0, 20.0), covariance=covariance)
    found = returned(*pair, joint_estimates=(parts,))
    half = 1.6449 * np.sqrt(20)
    assert found.benefits.mean == pytest.approx(70, abs=0.3)
    assert (found.benefits.p5, found.benefits.p95) == pytest.approx((70 - half, 70 + half), abs=0.6)
    app, chat = found.lines
    assert app.overlap == pytest.approx(10)
    assert 35 < app.share.mean < 50
    assert chat.share.mean == pytest.approx(70 - app.share.mean, abs=0.3)


def test_a_joint_estimate_beside_a_claim_that_meets_one_of_its_members():
    app, chat, desk = (
        money_claim(key=key, value=value, standard_error=1.0, years=1, measured=at_help(JULY, places=places))
        for key, value, places in (
            ("app", 50.0, ("app",)),
            ("chat", 50.0, ("app", "help")),
            ("desk", 30.0, ("help",)),
        )
    )
    together = JointEstimate(keys=("app", "chat"), values=(20.0, 10.0), covariance=((1.0, 0.0), (0.0, 1.0)))
    found = returned(app, chat, desk, joint_estimates=(together,))
    # desk's claim of 30 contains chat's 10
    assert [line.share.mean for line in found.lines] == pytest.approx([20, 10, 20], abs=1.5)
    assert found.lines[2].overlap == pytest.approx(10, abs=0.1)


def test_claims_on_the_same_answers_share_noise_beside_a_joint_estimate_too():
    ground = [
        Claim(key=key, value=1.0, error=error, degrees_of_freedom=None, worth=10.0, measured=at_help(JULY))
        for key, error in (("a", 1.0), ("b", 1.0), ("c", 2.0), ("d", 3.0))
    ]
    joint = JointEstimate(keys=("a", "b"), values=(2.0,), covariance=((4.0,),))
    (block,) = blocks_of(ground, [joint])
    # money: the joint estimate's variance 4 x 10^2; c and d with nine tenths of their noise in common
    assert block.noise.tolist() == [[400, 0, 0], [0, 400, 540], [0, 540, 900]]
    assert block.contains.tolist() == [[1, 1, 0, 0], [1, 1, 1, 1], [1, 1, 1, 1]]
    assert not block.shared_noise


def test_pairs_of_different_worth_are_read_on_one_scale():
    def worth(key: str, money: float) -> Initiative:
        return dataclasses.replace(
            points(key, effect=4.0, error=SURE, money=money), measured=at_help(JULY), planned_effect=None
        )

    # both saw the same 4 points; whoever made them, they are worth 100 or 300 each
    found = returned(worth("a", 100.0), worth("b", 300.0), years=1)
    assert found.naive == pytest.approx(1600 - 2 * 40)
    first, second = (line.share.mean for line in found.lines)
    assert first / 100 + second / 300 == pytest.approx(4, abs=0.01)


# --- money ------------------------------------------------------------------------------------


def points(
    key: str, *, effect: float, error: float, money: float = 10.0, hard: bool = True, **more: Any
) -> Initiative:
    """Points worth `money` each in two years after the go-live, at a cost of 40."""
    kind = more.pop("kind", ParameterKind.MEASURED)
    case = RoiCase(
        parameters=(
            parameter("effect", effect, error, shape=Distribution.NORMAL, kind=kind),
            parameter("money", money),
            parameter("build", 40.0),
            parameter("rate", 0.5),
        ),
        benefits=(
            BenefitLine(
                key="b",
                kind=ValueKind.OWN_FORMULA,
                factors=("effect", "money"),
                profile=(0.0, 1.0, 1.0),
                hard=hard,
            ),
        ),
        costs=(CostLine(key="c", factors=("build",), profile=(1.0, 0.0, 0.0)),),
        periods=2,
        discount_rate="rate",
        effect="effect",
    )
    return Initiative(key=key, case=case, **more)


def test_money_of_certain_effects_by_hand():
    # chat: 100 a year in years 1 and 2; form: a loss of 20 a year in years 2 and 3, soft; 10 % a year
    # benefits: 100/1.1 + 80/1.21 - 20/1.331 = 142.0 (rounded); costs: 40 + 40/1.1 + 30 + 30/1.1 = 133.64
    chat = points("chat", effect=10.0, error=SURE, grade=DesignGrade.B, verdict=Verdict.SUPPORTED)
    form = points("form", effect=-2.0, error=SURE, hard=False, begins=1, grade=DesignGrade.C)
    people = tuple(ProgramCost(key="people", year=year, amount=parameter("p", 30.0)) for year in (0, 1))
    found = returned(chat, form, costs=people, discount_rate=0.1)
    hard, soft = 100 / 1.1 + 100 / 1.21, -20 / 1.21 - 20 / 1.331
    costs = 40 + 40 / 1.1 + 30 + 30 / 1.1
    assert (found.hard.mean, found.soft.mean) == pytest.approx((hard, soft), abs=1e-3)
    assert found.net_present_value.mean == pytest.approx(hard + soft - costs, abs=1e-3)
    assert found.net_present_value_hard.p50 == pytest.approx(hard - costs, abs=1e-3)
    assert found.roi.mean == pytest.approx((hard + soft - costs) / costs, abs=1e-5)
    assert found.program_costs == pytest.approx(30 + 30 / 1.1)
    assert found.benefits_by_year == pytest.approx((0, 100, 80, -20), abs=1e-3)
    assert found.costs_by_year == pytest.approx((70, 70, 0, 0))
    # discounted: -70, then +30/1.1 = 27.27, then +80/1.21 = 66.12
    assert found.payback_p50.value == pytest.approx(1 + (70 - 30 / 1.1) / (80 / 1.21), abs=1e-3)
    assert (found.best, found.without_best.mean) == ("chat", pytest.approx(soft - costs + 40, abs=1e-3))
    assert [(line.backing, line.claimed) for line in found.lines] == [
        (Backing.PROVEN, pytest.approx(hard, abs=1e-3)),
        (Backing.HOPED, pytest.approx(soft, abs=1e-3)),
    ]


def test_a_benefit_that_no_effect_moves_is_counted_as_it_is():
    # 40 a year saved in licenses whatever the points did: 80 in two years beside 4 points x 10 x 2
    one = points("chat", effect=4.0, error=SURE)
    saved = BenefitLine(
        key="licenses", kind=ValueKind.OWN_FORMULA, factors=("build",), profile=(0.0, 1.0, 1.0), hard=True
    )
    case = dataclasses.replace(one.case, benefits=(*one.case.benefits, saved))
    found = returned(dataclasses.replace(one, case=case), years=2)
    line = found.lines[0]
    assert (line.claimed, line.share.mean) == pytest.approx((160, 160), abs=1e-3)
    assert (line.overlap, line.luck) == pytest.approx((0, 0), abs=1e-3)


def test_what_comes_after_the_last_year_is_not_counted():
    found = returned(points("late", effect=10.0, error=SURE, begins=2), years=3)
    assert found.benefits.mean == pytest.approx(100, abs=1e-3)  # one of two years


def test_a_return_that_never_comes_has_no_payback_and_one_without_costs_no_ratio():
    found = returned(points("chat", effect=1.0, error=SURE), years=2)
    assert (found.payback_p50.value, found.payback_p50.refusal) == (None, Reason.NEVER_REACHED)
    assert found.probability_never_paid_back == 1
    assert found.probability_of_loss == 1
    assert returned(*claims([5.0, 6.0], [1.0, 1.0])).roi is None


def test_an_input_of_several_claims_is_drawn_once():
    margin = parameter("money", 5.0, 20.0, shape=Distribution.LOGNORMAL_P10_P90)

    def of(key: str, shared: bool) -> Initiative:
        one = points(key, effect=4.0, error=SURE)
        parameters = tuple(margin if own.key == "money" else own for own in one.case.parameters)
        return dataclasses.replace(
            one,
            case=dataclasses.replace(one.case, parameters=parameters),
            shared=(("money", "margin"),) if shared else (),
        )

    keys = [f"i{place}" for place in range(9)]
    shared = returned(*(of(key, True) for key in keys), years=2)
    # 9 x 4 points x 2 years x a lognormal with median 10, P5 and P95 a factor of exp(1.645/1.2816 ln 2) apart
    wide = 720 * np.exp(stats.norm.ppf(0.95) / stats.norm.ppf(0.9) * np.log(2))
    assert (shared.benefits.p50, shared.benefits.p95) == pytest.approx((720, wide), rel=0.03)
    apart = returned(*(of(key, False) for key in keys), years=2)
    ratio = (apart.benefits.p95 - apart.benefits.p5) / (shared.benefits.p95 - shared.benefits.p5)
    assert 0.25 < ratio < 0.45  # about a third: nine of them average


def test_forecasts_stand_apart_and_follow_what_plans_came_to():
    measured = [
        points(f"i{place}", effect=2.0 * place, error=SURE, planned_effect=4.0 * place)
        for place in range(1, 5)
    ]
    planned = points("next", effect=6.0, error=SURE, kind=ParameterKind.ASSUMPTION)
    found = returned(*measured, planned)
    assert len(found.lines) == 4
    assert found.benefits.mean == pytest.approx(20 * 20, abs=0.1)
    forecast = found.forecasts[0]
    assert forecast.planned.mean == pytest.approx(120, abs=0.01)
    assert (forecast.expected.mean, forecast.expected.p5) == pytest.approx((60, 60), abs=0.1)
    fewer = returned(*measured[:3], planned).forecasts[0]
    assert (fewer.expected, fewer.refusal) == (None, Reason.TOO_FEW_UNITS)


@pytest.mark.parametrize(
    ("grade", "verdict", "backing"),
    [
        (DesignGrade.A, Verdict.SUPPORTED, "proven"),
        (DesignGrade.B, Verdict.SUPPORTED, "proven"),
        (DesignGrade.B, Verdict.CONTRADICTED, "proven"),
        (DesignGrade.B, Verdict.NO_EFFECT_WORTH_HAVING, "proven"),
        (DesignGrade.A, Verdict.SUGGESTIVE, "likely"),
        (DesignGrade.C, Verdict.SUPPORTED, "likely"),
        (DesignGrade.C, Verdict.CONTRADICTED, "likely"),
        (DesignGrade.A, Verdict.INCONCLUSIVE, "hoped"),
        (DesignGrade.C, Verdict.NOT_ESTIMABLE, "hoped"),
        (DesignGrade.D, Verdict.SUPPORTED, "hoped"),
        (None, None, "hoped"),
    ],
)
def test_backing_by_grade_and_verdict(grade, verdict, backing):
    assert backing_of(grade, verdict).value == backing


# --- properties -------------------------------------------------------------------------------


def mixed() -> list[Initiative]:
    settled = {"grade": DesignGrade.B, "verdict": Verdict.SUPPORTED}
    return [
        *claims([60.0, 5.0, -8.0], [12.0, 4.0, 6.0], cost=3.0, degrees_of_freedom=9.0, **settled),
        money_claim(key="x", value=30.0, standard_error=9.0, years=1, measured=at_help(JULY), hard=False),
        money_claim(
            key="y",
            value=24.0,
            standard_error=9.0,
            years=1,
            measured=at_help(date(2025, 9, 29)),
            grade=DesignGrade.C,
            verdict=Verdict.SUGGESTIVE,
        ),
    ]


def test_the_order_of_the_initiatives_says_nothing():
    for order in list(permutations(mixed()))[::23]:
        found = returned(*order, draws=2000)
        again = returned(*mixed(), draws=2000)
        assert found.net_present_value.p5 == pytest.approx(again.net_present_value.p5, rel=1e-9)
        assert found.input_digest == again.input_digest
        assert {line.key: round(line.share.p95, 6) for line in found.lines} == {
            line.key: round(line.share.p95, 6) for line in again.lines
        }


def test_parts_lines_and_kinds_add_up():
    found = returned(
        *mixed(), costs=(ProgramCost(key="p", year=0, amount=parameter("p", 9.0, 1.0, shape=NORMAL)),)
    )
    total = found.benefits.mean
    assert sum(line.share.mean for line in found.lines) == pytest.approx(total)
    assert sum(part.benefits.mean for part in found.parts) == pytest.approx(total)
    assert [part.initiatives for part in found.parts] == [("i0", "i1", "i2"), ("y",), ("x",)]
    assert found.hard.mean + found.soft.mean == pytest.approx(total)
    assert sum(part.soft for part in found.parts) == pytest.approx(found.soft.mean)
    net = found.net_present_value.mean
    assert found.naive - found.overlap - found.luck == pytest.approx(net)
    assert total - found.costs.mean == pytest.approx(net)
    assert sum(line.costs for line in found.lines) + found.program_costs == pytest.approx(found.costs.mean)
    for line in found.lines:
        assert line.claimed - line.overlap - line.luck == pytest.approx(line.share.mean)


NORMAL = Distribution.NORMAL


def test_another_currency_scales_every_figure():
    # a factor of two is exact in binary numbers
    def scaled(factor: float) -> Any:
        pairs = zip([60.0, 5.0, -8.0, 0.0], [12.0, 4.0, 6.0, 9.0], strict=True)
        return returned(
            *claims(
                *map(list, zip(*((factor * v, factor * s) for v, s in pairs), strict=True)), cost=3 * factor
            ),
            costs=(ProgramCost(key="p", year=1, amount=parameter("p", 9 * factor)),),
            draws=2000,
        )

    one, two = scaled(1.0), scaled(2.0)
    for name in ("net_present_value", "benefits", "hard", "costs"):
        own, doubled = (dataclasses.astuple(getattr(found, name)) for found in (one, two))
        assert doubled == pytest.approx([2 * part for part in own], rel=1e-6)
    assert one.roi.p95 == pytest.approx(two.roi.p95, rel=1e-6)
    assert two.typical_spread == pytest.approx(2 * one.typical_spread, rel=1e-6)


def test_a_certain_null_that_cost_nothing_hardly_changes_the_return():
    some = claims([40.0, 35.0, 52.0, 44.0, 38.0, 47.0], [6.0] * 6)
    before = returned(*some).net_present_value
    after = returned(*some, money_claim(key="null", value=0.0, standard_error=0.5, years=1)).net_present_value
    width = before.p95 - before.p5
    assert abs(after.mean - before.mean) < 0.1 * width
    assert abs((after.p95 - after.p5) / width - 1) < 0.1


def test_an_initiative_that_is_worth_nothing_is_left_as_it_is():
    idle = points("idle", effect=5.0, error=2.0, money=0.0)
    found = returned(*claims([40.0, 35.0], [6.0, 6.0]), idle)
    assert found.lines[2].share.mean == 0
    assert found.benefits.mean == pytest.approx(75, abs=0.5)


def test_same_content_same_figures_and_every_change_changes_the_digest():
    one = program(*mixed())
    digest = program_digest(one)
    assert digest == program_digest(program(*reversed(mixed())))
    first, again = (
        program_return(program=one, rng=np.random.default_rng(seed_of(digest)), draws=1000) for _ in range(2)
    )
    assert first == again
    other = dataclasses.replace(one, discount_rate=0.01)
    moved = program(*mixed()[:-1], dataclasses.replace(mixed()[-1], begins=1))
    assert len({digest, program_digest(other), program_digest(moved)}) == 3


# --- what is refused --------------------------------------------------------------------------

PAIR = JointEstimate(keys=("i0", "i1"), values=(1.0,), covariance=((1.0,),))


@pytest.mark.parametrize(
    ("change", "argument"),
    [
        ({"discount_rate": -1.0}, "discount_rate"),
        ({"years": 0}, "years"),
        ({"costs": (ProgramCost(key="p", year=4, amount=parameter("p", 1.0)),)}, "costs.year"),
        ({"costs": (ProgramCost(key="p", year=0, amount=parameter("p", 1.0)),) * 2}, "costs"),
        ({"joint_estimates": (PAIR, PAIR)}, "joint_estimates"),
        ({"joint_estimates": (dataclasses.replace(PAIR, keys=("i0",)),)}, "joint_estimates.keys"),
        ({"joint_estimates": (dataclasses.replace(PAIR, keys=("i0", "no")),)}, "joint_estimates.keys"),
        ({"joint_estimates": (dataclasses.replace(PAIR, values=(1.0,) * 3),)}, "joint_estimates.values"),
        (
            {"joint_estimates": (dataclasses.replace(PAIR, covariance=((0.0,),)),)},
            "joint_estimates.covariance",
        ),
    ],
)
def test_a_program_that_does_not_hang_together_is_refused(change, argument):
    with pytest.raises(InvalidInput) as refusal:
        returned(*claims([1.0, 2.0], [1.0, 1.0]), **change)
    assert refusal.value.argument == argument


def test_initiatives_that_do_not_hang_together_are_refused():
    first, second = claims([1.0, 2.0], [1.0, 1.0])
    backwards = dataclasses.replace(at_help(JULY), until=JULY)
    wrong = {
        "initiatives": [first, first],
        "measured": [dataclasses.replace(first, measured=backwards)],
        "shared": [
            dataclasses.replace(first, shared=(("cost", "one"),)),
            dataclasses.replace(
                money_claim(key="z", value=1.0, standard_error=1.0, years=1, cost=2.0),
                shared=(("cost", "one"),),
            ),
        ],
    }
    for argument, initiatives in wrong.items():
        with pytest.raises(InvalidInput) as refusal:
            returned(*initiatives)
        assert refusal.value.argument == argument
    with pytest.raises(InvalidInput):
        returned(dataclasses.replace(first, shared=(("effect", "one"),)), second)


def test_a_program_without_a_measured_effect_has_no_return():
    with pytest.raises(NotEstimable) as refusal:
        returned(points("next", effect=6.0, error=1.0, kind=ParameterKind.ASSUMPTION))
    assert refusal.value.reason is Reason.NO_DATA


def test_amounts_beyond_any_number_are_refused():
    with pytest.raises(NotEstimable) as refusal:
        returned(points("huge", effect=1.0, error=0.1, money=1e300))
    assert refusal.value.reason is Reason.NO_CONVERGENCE
