"""A business case: what goes into a simulation, and the gate that decides what it may be called."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

from cxstats.checks import count, fraction, real
from cxstats.design import DesignGrade, Verdict
from cxstats.errors import InvalidInput
from cxstats.kinds import Distribution, ParameterKind
from cxstats.roi.parameters import Parameter, ends_of, mean_of, support_of
from cxstats.roi.value import BenefitLine, CostLine

_NOT_EVIDENCE = (Verdict.INCONCLUSIVE, Verdict.CONTRADICTED, Verdict.NOT_ESTIMABLE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Correlation:
    """Two parameters that move together; `spearman` in (-1, 1)."""

    first: str
    second: str
    spearman: float


@dataclass(frozen=True, kw_only=True, slots=True)
class RoiCase:
    """Everything a return rests on. All names are keys of `parameters`.

    `periods` counts the periods after today, so that every profile has `periods` + 1 entries.
    `haircuts` (attribution, confidence; each within 0..1) multiply every benefit. `persistence`
    (0..1) is the part of a benefit that survives from one period to the next. `effect` names the
    measured effect, None where there is none. `shares` are products that are parts of a whole (the customers
    kept, of all customers): none of them may leave -1..1 in any draw.
    """

    parameters: tuple[Parameter, ...]
    benefits: tuple[BenefitLine, ...]
    costs: tuple[CostLine, ...]
    periods: int
    discount_rate: str
    effect: str | None = None
    haircuts: tuple[str, ...] = ()
    persistence: str | None = None
    correlations: tuple[Correlation, ...] = ()
    shares: tuple[tuple[str, ...], ...] = ()


def evidence_gate(*, case: RoiCase, grade: DesignGrade | None, verdict: Verdict | None) -> tuple[str, ...]:
    """Why the result may be called a scenario only; empty where it may be called a result.

    Parameters
    ----------
    case : RoiCase
    grade, verdict : DesignGrade, Verdict or None
        Of the finding behind the effect; None where there was no evaluation.

    Returns
    -------
    tuple of str
        Stable keys: no_evaluation, grade_d, verdict_inconclusive, verdict_contradicted,
        verdict_not_estimable, no_measured_effect.

    Raises
    ------
    InvalidInput
        The case names an effect that is not among its parameters.

    Source
    ------
    Product rule: a return needs evidence; grade D and weak verdicts give "if the effect were ...".

    Examples
    --------
    >>> evidence_gate(case=RoiCase(parameters=(), benefits=(), costs=(), periods=1, discount_rate="r"),
    ...               grade=DesignGrade.D, verdict=Verdict.SUGGESTIVE)
    ('grade_d', 'no_measured_effect')
    """
    reasons = []
    if grade is None or verdict is None:
        reasons.append("no_evaluation")
    if grade is DesignGrade.D:
        reasons.append("grade_d")
    if verdict in _NOT_EVIDENCE:
        reasons.append(f"verdict_{verdict}")
    by_key = {parameter.key: parameter for parameter in case.parameters}
    if case.effect is not None and case.effect not in by_key:
        raise InvalidInput("effect", "the key of a parameter")
    if case.effect is None or by_key[case.effect].kind is not ParameterKind.MEASURED:
        reasons.append("no_measured_effect")
    return tuple(reasons)


def beyond_the_whole(*, case: RoiCase, products: Iterable[tuple[str, ...]]) -> float | None:
    """The first of some products of inputs that could be more than the whole, or None.

    Parameters
    ----------
    case : RoiCase
    products : iterable of parameter keys
        Each product is a part of a whole, 1 being all of it.

    Returns
    -------
    float or None
        Its expected size where that is above 1, else what the ends of the inputs' 95 % ranges come to.

    Raises
    ------
    InvalidInput
        A key that no parameter has.

    Source
    ------
    Product rule: more than all customers cannot be kept.

    Examples
    --------
    >>> from cxstats.kinds import Distribution
    >>> def input_(key, value):
    ...     return Parameter(key=key, distribution=Distribution.FIXED, args=(value,), source="example",
    ...                      owner="CX", kind=ParameterKind.MEASURED)
    >>> case = RoiCase(parameters=(input_("points", 8.0), input_("kept", 0.2), input_("told", 0.1)),
    ...                benefits=(), costs=(), periods=1, discount_rate="r")
    >>> beyond_the_whole(case=case, products=[("points", "told"), ("points", "kept")])
    1.6
    """
    by_key = {parameter.key: parameter for parameter in case.parameters}
    for product in products:
        _known("products", product, by_key)
        expected = abs(prod(mean_of(by_key[key]) for key in product))
        highest = prod(max(abs(end) for end in ends_of(by_key[key], level=0.95)) for key in product)
        if max(expected, highest) > 1:
            return expected if expected > 1 else highest
    return None


def check_case(case: RoiCase) -> dict[str, Parameter]:
    """Parameters by key, once the case is known to hang together."""
    periods = count("periods", case.periods)
    parameters = {parameter.key: parameter for parameter in case.parameters}
    _unique("parameters", (parameter.key for parameter in case.parameters))
    lines: tuple[BenefitLine | CostLine, ...] = (*case.benefits, *case.costs)
    _unique("benefits and costs", (line.key for line in lines))
    if not case.benefits:
        raise InvalidInput("benefits", "at least one benefit line")
    for line in lines:
        if not line.factors:
            raise InvalidInput(f"{line.key}.factors", "at least one parameter key")
        _known(f"{line.key}.factors", line.factors, parameters)
        if len(line.profile) != periods + 1:
            raise InvalidInput(f"{line.key}.profile", f"{periods + 1} entries, one per period from today")
        for value in line.profile:
            real(f"{line.key}.profile", value, minimum=0)
    _known("discount_rate", (case.discount_rate,), parameters)
    if support_of(parameters[case.discount_rate])[0] <= -1:
        raise InvalidInput(
            "discount_rate", "a distribution bounded above -1 (fixed, PERT, triangular, lognormal)"
        )
    if case.effect is not None:
        _known("effect", (case.effect,), parameters)
        if not any(case.effect in line.factors for line in case.benefits):
            raise InvalidInput("effect", "a factor of at least one benefit")
    shares = case.haircuts if case.persistence is None else (*case.haircuts, case.persistence)
    _known("haircuts and persistence", shares, parameters)
    for key in shares:
        low, high = support_of(parameters[key])
        if low < 0 or high > 1:
            raise InvalidInput(key, "a distribution within 0..1 (fixed, beta, PERT or triangular)")
    for product in case.shares:
        _known("shares", product, parameters)
    for link in case.correlations:
        _known("correlations", (link.first, link.second), parameters)
        fraction("correlations.spearman", abs(real("correlations.spearman", link.spearman)), closed=True)
        if Distribution.FIXED in (parameters[link.first].distribution, parameters[link.second].distribution):
            raise InvalidInput("correlations", "parameters that vary, not fixed ones")
        if link.first == link.second or abs(link.spearman) == 1:
            raise InvalidInput("correlations", "two different parameters, correlation within (-1, 1)")
    _unique("correlations", (frozenset((link.first, link.second)) for link in case.correlations))
    return parameters


def _known(name: str, keys: Iterable[str], parameters: dict[str, Parameter]) -> None:
    for key in keys:
        if key not in parameters:
            raise InvalidInput(name, f"keys of parameters, got {key!r}")


def _unique(name: str, keys: Iterable[object]) -> None:
    repeated = [key for key, times in Counter(keys).items() if times > 1]
    if repeated:
        raise InvalidInput(name, f"unique keys, {repeated[0]!r} is repeated")
