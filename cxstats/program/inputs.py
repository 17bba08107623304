"""What the return of a program rests on: its initiatives with their evidence, joint estimates, its costs."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from cxstats.checks import count, real
from cxstats.codec import digest_of, encoded
from cxstats.design import DesignGrade, Verdict
from cxstats.errors import InvalidInput
from cxstats.kinds import Distribution, ParameterKind
from cxstats.roi.case import RoiCase, check_case
from cxstats.roi.parameters import Parameter
from cxstats.roi.value import BenefitLine, CostLine

_CLAIMS = (Distribution.NORMAL, Distribution.STUDENT_T)


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """On which answers an effect was measured: a metric at touchpoints, days [start, until)
    against [before, start).

    Other initiatives that act on one of `places` (keys of touchpoints) within these days are contained in the
    effect, as far as the days allow. Where a study left days or units out, give what it kept.
    """

    metric: str
    places: tuple[str, ...]
    before: date
    start: date
    until: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Initiative:
    """One initiative: what it costs and brings (`case`), and how far its effect is known.

    `case`: money of the program's currency by year, hard and soft; its effect (metric units a year, the point
    with standard error and degrees of freedom) is the claim where it is measured; any other effect is a
    forecast, counted apart. The discount rate of the case is not used: the program has one. `begins` is the
    program's year (0 and more) of the case's period 0. `shared` (own parameter, common name): inputs that
    stand under one name in several cases are one number, drawn once. `planned_effect` is what the plan hoped
    for, metric units. Null and negative initiatives belong in; disputed ones and those in other currencies do
    not: the caller keeps them apart.
    """

    key: str
    case: RoiCase
    grade: DesignGrade | None = None
    verdict: Verdict | None = None
    measured: Measured | None = None
    begins: int = 0
    shared: tuple[tuple[str, str], ...] = ()
    planned_effect: float | None = None

    @property
    def claim(self) -> Parameter | None:
        """The measured effect with its error; None where nothing was measured."""
        for parameter in self.case.parameters:
            if parameter.key == self.case.effect:
                is_measured = parameter.kind is ParameterKind.MEASURED
                return parameter if is_measured and parameter.distribution in _CLAIMS else None
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class JointEstimate:
    """Effects of initiatives that overlap, as estimated together; takes the place of their own claims.

    `values`: one effect per key with their `covariance` (metric units, and squared), or a single one, which
    is that of all together with its variance ((v,),).
    """

    keys: tuple[str, ...]
    values: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    degrees_of_freedom: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramCost:
    """What the program itself costs in one year (0 is the first), beside its initiatives: money, with source
    and owner in `amount`. What is paid every year is one entry a year."""

    key: str
    year: int
    amount: Parameter


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """All of it: money of one currency, years 0 to `years`, year 0 undiscounted; `discount_rate` a year > -1.

    What a case brings after the last year is not counted. A year without costs is taken as one that cost
    nothing: the caller says where a ledger has a gap.
    """

    initiatives: tuple[Initiative, ...]
    costs: tuple[ProgramCost, ...]
    years: int
    discount_rate: float
    joint_estimates: tuple[JointEstimate, ...] = ()


def program_digest(program: Program) -> str:
    """SHA-256 over the digests of all parts in the order of their keys: the order of the lists says nothing.

    Its `cxstats.codec.seed_of` is the seed to draw with. Those of the parts are `part_digest`.
    """
    content = {
        "costs": sorted(part_digest(cost) for cost in program.costs),
        "discount_rate": program.discount_rate,
        "initiatives": sorted(part_digest(one) for one in program.initiatives),
        "joint_estimates": sorted(part_digest(one) for one in program.joint_estimates),
        "years": program.years,
    }
    return digest_of(content, version=1, is_ascii=True)


def part_digest(part: Initiative | JointEstimate | ProgramCost) -> str:
    """SHA-256 of one part, a link of the chain under `program_digest`."""
    return digest_of(encoded(part), version=1, is_ascii=True)


def check_program(program: Program) -> None:
    """Refuse what does not hang together: InvalidInput names the argument."""
    years = count("years", program.years, minimum=1)
    if real("discount_rate", program.discount_rate) <= -1:
        raise InvalidInput("discount_rate", "a rate above -1 (-100 %)")
    _unique("initiatives", (one.key for one in program.initiatives))
    for cost in program.costs:
        if count("costs.year", cost.year) > years:
            raise InvalidInput("costs.year", f"a year up to {years}, the program's last")
    _unique("costs", ((cost.key, cost.year) for cost in program.costs))
    for one in program.initiatives:
        _check_initiative(one)
    _check_shared(program)
    claimed = {one.key for one in program.initiatives if one.claim is not None}
    _unique("joint_estimates", (key for joint in program.joint_estimates for key in joint.keys))
    for joint in program.joint_estimates:
        _check_joint(joint, claimed)


def _check_initiative(one: Initiative) -> None:
    check_case(one.case)
    count("initiatives.begins", one.begins)
    lines: tuple[BenefitLine | CostLine, ...] = (*one.case.benefits, *one.case.costs)
    if one.case.effect is not None and any(line.factors.count(one.case.effect) > 1 for line in lines):
        raise InvalidInput("effect", "a factor that enters a line once at most")
    if one.planned_effect is not None:
        real("planned_effect", one.planned_effect)
    window = one.measured
    if window is not None and not (window.before < window.start < window.until and window.places):
        raise InvalidInput("measured", "days before < start < until and at least one place")


def _check_shared(program: Program) -> None:
    known: dict[str, Parameter] = {}
    for one in program.initiatives:
        _unique("shared", (own for own, _ in one.shared))
        parameters = {parameter.key: parameter for parameter in one.case.parameters}
        linked = {key for link in one.case.correlations for key in (link.first, link.second)}
        for own, name in one.shared:
            if own not in parameters or own == one.case.effect or own in linked:
                raise InvalidInput("shared", f"an input without correlations, not the effect: {own!r}")
            first = known.setdefault(name, parameters[own])
            if (first.distribution, first.args) != (parameters[own].distribution, parameters[own].args):
                raise InvalidInput("shared", f"one and the same distribution under {name!r}")


def _check_joint(joint: JointEstimate, claimed: set[str]) -> None:
    size = len(joint.values)
    if len(joint.keys) < 2 or not set(joint.keys) <= claimed:
        raise InvalidInput("joint_estimates.keys", "two or more initiatives with a measured effect")
    if size not in (1, len(joint.keys)):
        raise InvalidInput("joint_estimates.values", "one effect for each key, or one for all together")
    matrix = np.array(joint.covariance, dtype=np.float64)
    if matrix.shape != (size, size) or not np.allclose(matrix, matrix.T) or not np.isfinite(matrix).all():
        raise InvalidInput("joint_estimates.covariance", "a symmetric matrix as large as the values")
    if np.linalg.eigvalsh(matrix)[0] <= 0:
        raise InvalidInput("joint_estimates.covariance", "a positive definite matrix")
    if joint.degrees_of_freedom is not None and real("degrees_of_freedom", joint.degrees_of_freedom) <= 0:
        raise InvalidInput("joint_estimates.degrees_of_freedom", "a number above 0")
    for value in joint.values:
        real("joint_estimates.values", value)


def _unique(name: str, keys: Iterable[object]) -> None:
    repeated = [key for key, times in Counter(keys).items() if times > 1]
    if repeated:
        raise InvalidInput(name, f"unique keys, {repeated[0]!r} is repeated")
