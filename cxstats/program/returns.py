"""The return of a whole program: every claim, read together with all others, less all that it cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from cxstats.checks import FloatArray, count
from cxstats.errors import NotEstimable, Reason
from cxstats.kinds import Distribution
from cxstats.program.ground import Claim, blocks_of
from cxstats.program.inputs import Program, check_program, part_digest, program_digest
from cxstats.program.money import (
    InitiativeMoney,
    Stream,
    YearlyFlows,
    discount_factors,
    effect_draws,
    expected_effect,
    money_of,
)
from cxstats.program.population import Block, Population, fit_population
from cxstats.program.results import Backing, Forecast, Part, ProgramLine, ProgramReturn, Span, backing_of
from cxstats.roi.drawing import payback_times
from cxstats.roi.money import Figure
from cxstats.roi.parameters import draw

LEAST_PLANS = 4  # measured initiatives with a plan, below which no forecast is made from them


def program_return(*, program: Program, rng: np.random.Generator, draws: int = 20_000) -> ProgramReturn:
    """What a program returned, how sure that is, and what each initiative's part in it is.

    Parameters
    ----------
    program : Program
        See there for units. At least one initiative with a measured effect.
    rng : numpy.random.Generator
        Same generator state, same result, in whatever order the initiatives stand. To be recomputed from
        what is stored: ``default_rng(seed_of(program_digest(program)))``.
    draws : int
        At least 1,000; a percentile is known to about 2 % of the range's width with 20,000.

    Returns
    -------
    ProgramReturn

    Raises
    ------
    InvalidInput
        What `check_program` refuses.
    NotEstimable
        NO_DATA without a measured effect; NO_CONVERGENCE where amounts are too large to be numbers.

    Notes
    -----
    All measured effects are read together: a population with a mean that nothing is assumed about, of unknown
    spread and with long tails, whose members are seen through noise, through each other where initiatives
    overlap, and through joint estimates (`fit_population`, `blocks_of`). All that is unknown is averaged
    over. The total is not drawn towards zero: no data tell common luck from a common gain.

    Source
    ------
    Morris 1983, JASA 78:47 (empirical Bayes with few units); Armstrong, Kolesar and Plagborg-Moller 2022,
    Econometrica 90:2567 (why plugged-in ranges are too narrow); Efron 2011, JASA 106:1602 (selection of the
    largest and what Bayes does about it); Flyvbjerg 2006, Project Management Journal 37(3):5 (forecasts
    from a reference class).

    Examples
    --------
    >>> from cxstats.program import money_claim
    >>> claims = [money_claim(key=name, value=value, standard_error=10.0, years=3)
    ...           for name, value in [("chat", 60.0), ("app", 5.0), ("desk", -4.0), ("form", 3.0)]]
    >>> program = Program(initiatives=tuple(claims), costs=(), years=3, discount_rate=0.0)
    >>> found = program_return(program=program, rng=np.random.default_rng(1))
    >>> round(found.naive), round(found.benefits.mean), [round(line.share.mean) for line in found.lines]
    (192, 192, [170, 13, 0, 10])
    """
    check_program(program)
    size = count("draws", draws, minimum=1000)
    stream = _streams(rng)
    money = [money_of(program, one, stream, size) for one in program.initiatives]
    measured = [one for one in money if one.initiative.claim is not None]
    if not measured:
        raise NotEstimable(Reason.NO_DATA)
    read = _read_together(program, measured, stream, size)
    own = [one.slope.times(effect, one.base) for one, effect in zip(measured, read.effects.T, strict=True)]
    return _Sums(program=program, money=money, measured=measured, read=read, flows=own, size=size).result(
        stream
    )


def _streams(rng: np.random.Generator) -> Stream:
    """A generator for every name: adding one initiative leaves the draws of the others as they are."""
    base = int(rng.integers(2**62))

    def stream(name: str) -> np.random.Generator:
        return np.random.default_rng([base, int(sha256(name.encode()).hexdigest()[:15], 16)])

    return stream


# --- effects --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Read:
    """Effects of the measured initiatives, metric units: draws (size, k), and before luck is taken out."""

    effects: FloatArray
    apart: FloatArray  # (k,), overlaps taken away
    population: Population | None


def _read_together(program: Program, measured: Sequence[InitiativeMoney], stream: Stream, size: int) -> _Read:
    """Claims that are worth money are read together on the scale of money; others stay as they are."""
    valued = [place for place, one in enumerate(measured) if one.worth != 0]
    effects = np.empty((size, len(measured)))
    apart = np.array([expected_effect(one.initiative.case) for one in measured])
    for place, one in enumerate(measured):
        if one.worth == 0:
            effects[:, place] = effect_draws(one.initiative, stream, size)
    if not valued:
        return _Read(effects, apart, None)
    claims = [_claim(measured[place]) for place in valued]
    keys = {claim.key for claim in claims}
    joints = [joint for joint in program.joint_estimates if set(joint.keys) <= keys]
    blocks = blocks_of(claims, joints)
    worth = np.array([claim.worth for claim in claims])
    errors = np.abs(worth) * np.array([claim.error for claim in claims])
    population = fit_population(blocks=blocks, errors=errors)
    effects[:, valued] = population.draw(stream, [claim.key for claim in claims], size) / worth
    apart[valued] = _without_overlap(blocks, len(claims)) / worth
    return _Read(effects, apart, population)


def _claim(one: InitiativeMoney) -> Claim:
    parameter = one.initiative.claim
    assert parameter is not None  # only measured ones come here
    degrees = parameter.args[2] if parameter.distribution is Distribution.STUDENT_T else None
    return Claim(
        key=one.initiative.key,
        value=parameter.args[0],
        error=parameter.args[1],
        degrees_of_freedom=degrees,
        worth=one.worth,
        measured=one.initiative.measured,
    )


def _without_overlap(blocks: Sequence[Block], size: int) -> FloatArray:
    """Each effect as its block alone has it: what cannot be told apart is split evenly."""
    result = np.empty(size)
    for block in blocks:
        root = np.linalg.inv(np.linalg.cholesky(np.diag(np.diag(block.noise))))
        result[list(block.members)] = np.linalg.pinv(root @ block.contains, rcond=1e-6) @ (
            root @ block.claims
        )
    return result


# --- money ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sums:
    """Everything drawn, and what is read from it."""

    program: Program
    money: Sequence[InitiativeMoney]
    measured: Sequence[InitiativeMoney]
    read: _Read
    flows: Sequence[YearlyFlows]
    size: int

    def result(self, stream: Stream) -> ProgramReturn:
        factors = discount_factors(self.program)
        hard, soft, spent = ([self._worth(part) for part in parts] for parts in self._kinds())
        own = _program_costs(self.program, stream, self.size)
        program_costs = self._worth(own)
        costs = program_costs + sum(spent)
        all_hard, all_soft = np.sum(hard, axis=0), np.sum(soft, axis=0)
        net = all_hard + all_soft - costs
        lines = tuple(
            self._line(place, hard[place], soft[place], spent[place]) for place in range(len(self.measured))
        )
        each = [one + two - three for one, two, three in zip(hard, soft, spent, strict=True)]
        best = max(range(len(each)), key=lambda place: (float(each[place].mean()), lines[place].key))
        yearly = [flow.hard + flow.soft for flow in self.flows]
        spent_yearly = own + sum(flow.costs for flow in self.flows)
        gained_yearly = np.sum(np.broadcast_arrays(*yearly), axis=0)
        times = payback_times(
            list(np.broadcast_to(gained_yearly - spent_yearly, (len(factors), self.size))),
            rate=np.asarray(self.program.discount_rate),
            size=self.size,
        )
        population = self.read.population
        return ProgramReturn(
            net_present_value=_span(net),
            net_present_value_hard=_span(all_hard - costs),
            benefits=_span(all_hard + all_soft),
            hard=_span(all_hard),
            soft=_span(all_soft),
            costs=_span(costs),
            program_costs=float(program_costs.mean()),
            roi=_roi(net, costs),
            probability_of_loss=float(np.mean(net < 0)),
            payback_p5=_time(times, 0.05),
            payback_p50=_time(times, 0.5),
            payback_p95=_time(times, 0.95),
            probability_never_paid_back=float(np.mean(np.isinf(times))),
            naive=sum(line.claimed for line in lines) - float(costs.mean()),
            overlap=sum(line.overlap for line in lines),
            luck=sum(line.luck for line in lines),
            parts=_parts(lines, hard, soft),
            lines=lines,
            best=lines[best].key,
            without_best=_span(net - each[best]) if len(lines) > 1 else None,
            forecasts=self._forecasts(stream),
            typical_effect=population.mean if population else 0.0,
            typical_spread=population.spread if population else 0.0,
            benefits_by_year=tuple(gained_yearly.mean(axis=1).tolist()),
            costs_by_year=tuple(
                np.broadcast_to(spent_yearly, (len(factors), self.size)).mean(axis=1).tolist()
            ),
            draws=self.size,
            input_digest=program_digest(self.program),
        )

    def _kinds(self) -> tuple[list[FloatArray], list[FloatArray], list[FloatArray]]:
        return (
            [flow.hard for flow in self.flows],
            [flow.soft for flow in self.flows],
            [flow.costs for flow in self.flows],
        )

    def _worth(self, flows: FloatArray) -> FloatArray:
        """Present value at every draw, (size,)."""
        return np.array(np.broadcast_to(discount_factors(self.program) @ flows, (self.size,)))

    def _line(self, place: int, hard: FloatArray, soft: FloatArray, spent: FloatArray) -> ProgramLine:
        one = self.measured[place]
        share = _span(hard + soft)
        claimed = one.base_worth + one.worth * expected_effect(one.initiative.case)
        apart = one.base_worth + one.worth * float(self.read.apart[place])
        return ProgramLine(
            key=one.initiative.key,
            backing=backing_of(one.initiative.grade, one.initiative.verdict),
            claimed=claimed,
            overlap=claimed - apart,
            luck=apart - share.mean,
            share=share,
            hard=float(hard.mean()),
            soft=float(soft.mean()),
            costs=float(spent.mean()),
            digest=part_digest(one.initiative),
        )

    def _forecasts(self, stream: Stream) -> tuple[Forecast, ...]:
        """Each draw takes one measured initiative by chance, and what it kept of its plan in this draw."""
        running = [one for one in self.money if one.initiative.claim is None]
        planned = np.array([one.initiative.planned_effect or 0.0 for one in self.measured])
        known = np.flatnonzero(planned)
        kept = self.read.effects[:, known] / planned[known] if known.size else None
        result = []
        for one in running:
            key = one.initiative.key
            effect = effect_draws(one.initiative, stream, self.size)
            hoped = one.slope.times(effect, one.base)
            expected: Span | None = None
            refusal: Reason | None = Reason.TOO_FEW_UNITS
            if kept is not None and known.size >= LEAST_PLANS:
                taken = stream(f"forecast of {key}").integers(known.size, size=self.size)
                effect = effect * kept[np.arange(self.size), taken]
                flows, refusal = one.slope.times(effect, one.base), None
                expected = _span(self._worth(flows.hard + flows.soft))
            result.append(
                Forecast(
                    key=key,
                    planned=_span(self._worth(hoped.hard + hoped.soft)),
                    expected=expected,
                    refusal=refusal,
                    costs=float(self._worth(hoped.costs).mean()),
                )
            )
        return tuple(result)


def _program_costs(program: Program, stream: Stream, size: int) -> FloatArray:
    """(years + 1, 1 or size): the program's own costs by year."""
    result = np.zeros((program.years + 1, 1))
    for cost in program.costs:
        if cost.amount.distribution is Distribution.FIXED:
            result[cost.year] += cost.amount.args[0]
            continue
        if result.shape[1] == 1:
            result = np.repeat(result, size, axis=1)
        result[cost.year] += draw(cost.amount, stream(f"cost {cost.key} of year {cost.year}"), size)
    return result


def _parts(
    lines: Sequence[ProgramLine], hard: Sequence[FloatArray], soft: Sequence[FloatArray]
) -> tuple[Part, ...]:
    """One for each backing, also where it is empty: its benefits are 0 then."""
    result = []
    for backing in Backing:
        places = [place for place, line in enumerate(lines) if line.backing is backing]
        gained = sum((hard[place] + soft[place] for place in places), start=np.zeros(1))
        result.append(
            Part(
                backing=backing,
                initiatives=tuple(lines[place].key for place in places),
                benefits=_span(gained),
                hard=sum(lines[place].hard for place in places),
                soft=sum(lines[place].soft for place in places),
            )
        )
    return tuple(result)


def _span(values: FloatArray) -> Span:
    p5, p50, p95 = np.quantile(values, [0.05, 0.5, 0.95]).tolist()
    return Span(mean=float(values.mean()), p5=p5, p50=p50, p95=p95)


def _roi(net: FloatArray, costs: FloatArray) -> Span | None:
    if not costs.min() > 0:
        return None
    p5, p50, p95 = np.quantile(net / costs, [0.05, 0.5, 0.95]).tolist()
    return Span(mean=float(net.mean() / costs.mean()), p5=p5, p50=p50, p95=p95)


def _time(times: FloatArray, share: float) -> Figure:
    """A quantile of payback times; a refusal where it is not reached within the years."""
    place = int(share * (times.size - 1))
    value = float(np.partition(times, place)[place])
    return Figure(value=None, refusal=Reason.NEVER_REACHED) if np.isinf(value) else Figure(value=value)
