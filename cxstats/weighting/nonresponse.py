"""What those who did not answer could change."""

from dataclasses import dataclass

from cxstats.checks import real
from cxstats.errors import InvalidInput, NotEstimable, Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class NonResponseBounds:
    """Score of everybody if non-respondents differed by `shift` either way, and at the very worst.

    `low`/`high`: they score `shift` below or above the respondents (within the scale);
    `worst_low`/`worst_high`: they all stand at an end of the scale. `respondents_only` says that the
    response rate is below the limit, so that the score should carry that label.
    """

    response_rate: float
    low: float
    high: float
    worst_low: float
    worst_high: float
    shift: float
    respondents_only: bool


def nonresponse_bounds(
    *,
    score: float,
    response_rate: float,
    shift: float = 20.0,
    scale: tuple[float, float] = (-100.0, 100.0),
    label_below: float = 0.2,
) -> NonResponseBounds:
    """How far a score could move if those who did not answer thought otherwise.

    Parameters
    ----------
    score : float
        Score of the respondents, on the scale.
    response_rate : float
        Share who answered, in [0, 1].
    shift : float
        Assumed difference of non-respondents, >= 0, in units of the score (NPS: points).
    scale : (lowest, highest)
        Ends of the scale.
    label_below : float
        Response rate below which the score is for respondents only, in [0, 1].

    Returns
    -------
    NonResponseBounds
        RR x score + (1 - RR) x (score -+ shift). A sensitivity, not an interval: it holds no sampling error.

    Raises
    ------
    NotEstimable
        NO_DATA when nobody answered.
    InvalidInput
        Arguments outside their range.

    Source
    ------
    Rubin (1977), JASA 72:538-543 (shift of non-respondents); worst case: Manski (1989), J. Human Resources
    24:343-360.

    Examples
    --------
    >>> found = nonresponse_bounds(score=30.0, response_rate=0.25)
    >>> found.low, found.high, found.respondents_only
    (15.0, 45.0, False)
    """
    lowest, highest = real("scale", scale[0]), real("scale", scale[1])
    if lowest >= highest:
        raise InvalidInput("scale", "(lowest, highest) with lowest < highest")
    value = real("score", score)
    if not lowest <= value <= highest:
        raise InvalidInput("score", f"a number between {lowest:g} and {highest:g}")
    rate = real("response_rate", response_rate, minimum=0)
    limit = real("label_below", label_below, minimum=0)
    if rate > 1 or limit > 1:
        raise InvalidInput("response_rate", "shares between 0 and 1")
    if rate == 0:
        raise NotEstimable(Reason.NO_DATA, response_rate=0.0)
    move = real("shift", shift, minimum=0)
    rest = 1 - rate
    return NonResponseBounds(
        response_rate=rate,
        low=rate * value + rest * max(value - move, lowest),
        high=rate * value + rest * min(value + move, highest),
        worst_low=rate * value + rest * lowest,
        worst_high=rate * value + rest * highest,
        shift=move,
        respondents_only=rate < limit,
    )
