"""What a program returned, as frozen results: money of the program's currency, shares as fractions."""

from dataclasses import dataclass
from enum import StrEnum

from cxstats.design import DesignGrade, Verdict
from cxstats.errors import Reason
from cxstats.roi.money import Figure

_STRONG = (DesignGrade.A, DesignGrade.B)
_SETTLED = (Verdict.SUPPORTED, Verdict.CONTRADICTED, Verdict.NO_EFFECT_WORTH_HAVING)


class Backing(StrEnum):
    """How far the part of an initiative is backed by evidence."""

    PROVEN = "proven"  # settled, for good or ill, by a design of grade A or B
    LIKELY = "likely"  # settled by grade C, or suggestive with grade A to C
    HOPED = "hoped"  # grade D, inconclusive, or without a finding that counts


def backing_of(grade: DesignGrade | None, verdict: Verdict | None) -> Backing:
    """Which part of the program an initiative belongs to.

    A harm that grade A or B settled is proven as a gain is: leaving it out would pick the winners.

    Examples
    --------
    >>> backing_of(DesignGrade.B, Verdict.CONTRADICTED).value
    'proven'
    >>> backing_of(DesignGrade.C, Verdict.SUPPORTED).value
    'likely'
    """
    if grade is None or grade is DesignGrade.D:
        return Backing.HOPED
    if verdict in _SETTLED:
        return Backing.PROVEN if grade in _STRONG else Backing.LIKELY
    return Backing.LIKELY if verdict is Verdict.SUGGESTIVE else Backing.HOPED


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A central figure (the expected value, which adds up) and the range that holds 90 %."""

    mean: float
    p5: float
    p50: float
    p95: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Present value of the benefits with one backing; `initiatives` are keys. Parts add up to them all."""

    backing: Backing
    initiatives: tuple[str, ...]
    benefits: Span
    hard: float
    soft: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramLine:
    """One measured initiative: from what it claims to what is counted. Present values of benefits, money.

    `claimed` - `overlap` - `luck` = `share.mean`: what others did in it is taken away, then what chance
    explains (negative where it is given back). Shares add up to the program's benefits. `costs` are its own,
    expected; `digest` that of its inputs.
    """

    key: str
    backing: Backing
    claimed: float
    overlap: float
    luck: float
    share: Span
    hard: float
    soft: float
    costs: float
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """An initiative without a measured effect, in no sum: present value of its benefits, money.

    `planned` as its case has it; `expected` what is left of it if it fares as a measured initiative of this
    program did against its plan, taken by chance. None below four of those, with the reason.
    """

    key: str
    planned: Span
    expected: Span | None
    refusal: Reason | None
    costs: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramReturn:
    """Return of the program. Money as present values, ROI a share (1 = 100 %), payback in years.

    `costs` hold the program's own and those of all measured initiatives; `net_present_value_hard` leaves soft
    benefits out. `roi` is expected net value by expected costs, with the range of the draws; None where costs
    are not above 0 in every draw. `naive` adds the claims as made, less the same costs; `overlap` and `luck`
    are what lies between it and the net present value. `without_best`: the same net value without the
    initiative `best` and its costs, None where it is the only one. `typical_effect` and `typical_spread`: of
    the population that the effects come from, money. `payback`s are refused where not reached within the
    years.
    """

    net_present_value: Span
    net_present_value_hard: Span
    benefits: Span
    hard: Span
    soft: Span
    costs: Span
    program_costs: float
    roi: Span | None
    probability_of_loss: float
    payback_p5: Figure
    payback_p50: Figure
    payback_p95: Figure
    probability_never_paid_back: float
    naive: float
    overlap: float
    luck: float
    parts: tuple[Part, ...]
    lines: tuple[ProgramLine, ...]
    best: str
    without_best: Span | None
    forecasts: tuple[Forecast, ...]
    typical_effect: float
    typical_spread: float
    benefits_by_year: tuple[float, ...]
    costs_by_year: tuple[float, ...]
    draws: int
    input_digest: str
