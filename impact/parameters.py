"""Inputs of a value model as the engine's parameters. Maps, computes nothing."""

from collections.abc import Sequence

from cxstats.roi import Distribution as CoreDistribution
from cxstats.roi import Parameter, ParameterKind
from impact.choices import Distribution, SourceKind


def core_parameter(
    key: str,
    distribution: str,
    arguments: Sequence[float],
    *,
    source: str = "",
    owner: str = "",
    source_kind: str = SourceKind.ASSUMPTION,
) -> Parameter:
    """The engine's parameter. Raises cxstats InvalidInput for figures that make no such distribution."""
    return Parameter(
        key=key,
        distribution=CoreDistribution(distribution),
        args=tuple(float(value) for value in arguments),
        source=source,
        owner=owner,
        kind=ParameterKind(source_kind),
    )


def range_arguments(low: float, likely: float, high: float) -> tuple[str, tuple[float, ...]]:
    """Distribution and arguments of low, most likely and high; all three equal means that it is known."""
    if low == likely == high:
        return Distribution.FIXED, (likely,)
    return Distribution.PERT, (low, likely, high)


def core_range(key: str, low: float, likely: float, high: float, *, source: str = "") -> Parameter:
    distribution, arguments = range_arguments(low, likely, high)
    return core_parameter(key, distribution, arguments, source=source)
