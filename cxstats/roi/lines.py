"""What each benefit of a case is worth by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from cxstats.checks import FloatArray, count
from cxstats.errors import InvalidInput
from cxstats.kinds import Distribution
from cxstats.roi.case import RoiCase, check_case
from cxstats.roi.drawing import draw_all
from cxstats.roi.flows import expected_flows, flows_of
from cxstats.roi.money import present_value
from cxstats.roi.parameters import Parameter
from cxstats.roi.simulation import Percentiles, percentiles_of


@dataclass(frozen=True, kw_only=True, slots=True)
class LineWorth:
    """Present value of the benefits of one line, in the case's money, haircuts taken off."""

    key: str
    benefits: Percentiles


def worth_of_lines(
    *, case: RoiCase, lines: Mapping[str, tuple[str, ...]], rng: np.random.Generator, draws: int = 100_000
) -> tuple[LineWorth, ...]:
    """Present value of parts of a case's benefits, each with its range.

    Parameters
    ----------
    case : RoiCase
    lines : mapping
        Key of a line -> keys of the benefits of the case that make it up.
    rng : numpy.random.Generator
        In the state that `simulate_roi` was given, the draws are the same.
    draws : int
        At least 100.

    Returns
    -------
    tuple of LineWorth
        In the order of `lines`. Their means add up to the expected benefits of the case; ends of ranges do
        not add up.

    Raises
    ------
    InvalidInput
        As `simulate_roi`; a key that no benefit has.

    Source
    ------
    As `simulate_roi`; expectations add up over lines.

    Examples
    --------
    >>> from cxstats.roi import BenefitLine, ParameterKind, ValueKind
    >>> def input_(key, *args):
    ...     return Parameter(key=key, distribution=Distribution.FIXED, args=args, source="example",
    ...                      owner="CX", kind=ParameterKind.MEASURED)
    >>> case = RoiCase(
    ...     parameters=(input_("effect", 3.0), input_("kept", 100.0), input_("called", 20.0),
    ...                 input_("rate", 0.0)),
    ...     benefits=tuple(BenefitLine(key=key, kind=ValueKind.OWN_FORMULA, factors=("effect", key),
    ...                                profile=(0, 1), hard=True) for key in ("kept", "called")),
    ...     costs=(), periods=1, discount_rate="rate", effect="effect")
    >>> [(one.key, one.benefits.mean) for one in worth_of_lines(
    ...     case=case, lines={"a": ("kept",), "b": ("called",)}, rng=np.random.default_rng(1))]
    [('a', 300.0), ('b', 60.0)]
    """
    parameters = check_case(case)
    size = count("draws", draws, minimum=100)
    drawn = draw_all(case, parameters, rng, size)
    known = {line.key for line in case.benefits}
    found = []
    for key, keys in lines.items():
        if not keys or not known.issuperset(keys):
            raise InvalidInput("lines", f"keys of benefits of the case for {key!r}")
        part = replace(case, benefits=tuple(one for one in case.benefits if one.key in keys))
        flows = flows_of(part, drawn)
        worth = np.broadcast_to(flows.worth(flows.hard) + flows.worth(flows.soft), (size,))
        found.append(LineWorth(key=key, benefits=percentiles_of(worth, _expected(part, parameters))))
    return tuple(found)


def _expected(part: RoiCase, parameters: Mapping[str, Parameter]) -> float | None:
    """None where it can only be simulated, as in `simulate_roi`."""
    flows, rate = expected_flows(part), parameters[part.discount_rate]
    if flows is None or rate.distribution is not Distribution.FIXED:
        return None
    amounts: FloatArray = np.asarray(flows.hard) + np.asarray(flows.soft)
    return present_value(flows=amounts, rate=rate.args[0])
