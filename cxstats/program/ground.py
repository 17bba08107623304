"""Which claims stand on common ground: whose effect contains which others, and whose noise is shared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from math import sqrt

import numpy as np

from cxstats.checks import FloatArray
from cxstats.program.inputs import JointEstimate, Measured
from cxstats.program.population import Block

_COMMON_BESIDE_JOINT = 0.9


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A measured effect: `value` and `error` > 0 in metric units, `worth` of one unit in money, not 0."""

    key: str
    value: float
    error: float
    degrees_of_freedom: float | None
    worth: float
    measured: Measured | None


def contained(own: Measured, other: Measured) -> float:
    """Part (0..1) of another initiative's lasting effect that is in the difference measured by the first.

    Live in all of the first one's later days and in none of its earlier ones, at all of its touchpoints: 1.

    Examples
    --------
    >>> first = Measured(metric="nps", places=("app",), before=date(2025, 1, 1), start=date(2025, 7, 1),
    ...                  until=date(2025, 12, 28))
    >>> second = Measured(metric="nps", places=("app", "shop"), before=date(2025, 3, 1),
    ...                   start=date(2025, 9, 29), until=date(2026, 3, 1))
    >>> contained(first, second), round(contained(second, first), 3)   # half of the days; a part of one place
    (0.5, 0.288)
    """
    if own.metric != other.metric:
        return 0.0
    places = set(own.places) & set(other.places)
    after = _days(max(own.start, other.start), own.until) / _days(own.start, own.until)
    before = _days(max(own.before, other.start), own.start) / _days(own.before, own.start)
    return len(places) / len(set(own.places)) * max(after - before, 0.0)


def common_answers(own: Measured, other: Measured) -> float:
    """How much of their answers two claims have in common, 0..1: 1 for the same days at the same places."""
    if own.metric != other.metric:
        return 0.0
    days = _days(max(own.before, other.before), min(own.until, other.until))
    days /= sqrt(_days(own.before, own.until) * _days(other.before, other.until))
    places = len(set(own.places) & set(other.places)) / sqrt(len(set(own.places)) * len(set(other.places)))
    return days * places


def blocks_of(claims: Sequence[Claim], joints: Sequence[JointEstimate]) -> tuple[Block, ...]:
    """Claims in money, in blocks that have nothing in common; each block in the order of its keys."""
    place = {claim.key: number for number, claim in enumerate(claims)}
    inside = np.eye(len(claims))
    common = np.eye(len(claims))
    for first, second in combinations(range(len(claims)), 2):
        one, two = claims[first].measured, claims[second].measured
        if one is not None and two is not None:
            inside[first, second], inside[second, first] = contained(one, two), contained(two, one)
            common[first, second] = common[second, first] = common_answers(one, two)
    known = [[place[key] for key in joint.keys if key in place] for joint in joints]
    blocks = []
    for members in _together((inside > 0) | (inside.T > 0), known):
        members = sorted(members, key=lambda number: claims[number].key)
        own = [joint for joint, keys in zip(joints, known, strict=True) if set(keys) & set(members)]
        blocks.append(_block(claims, members, own, inside, common))
    return tuple(blocks)


def _block(
    claims: Sequence[Claim],
    members: Sequence[int],
    joints: Sequence[JointEstimate],
    inside: FloatArray,
    common: FloatArray,
) -> Block:
    """Rows of joint estimates first, then the claims of those that no joint estimate holds."""
    worth = np.array([claims[number].worth for number in members])
    spot = {claims[number].key: number_in for number_in, number in enumerate(members)}
    rows, values, noises = [], [], []
    degrees = [joint.degrees_of_freedom for joint in joints]
    for joint in joints:
        cells = [spot[key] for key in joint.keys if key in spot]
        scale = worth[cells] if len(joint.values) > 1 else np.array([np.abs(worth[cells]).mean()])
        seen = np.zeros((len(joint.values), len(members)))
        if len(joint.values) > 1:
            seen[np.arange(len(cells)), cells] = 1.0
        else:
            seen[0, cells] = scale[0] / worth[cells]
        rows.append(seen)
        values.append(scale * np.array(joint.values))
        noises.append(scale[:, None] * np.array(joint.covariance) * scale)
    held = {key for joint in joints for key in joint.keys}
    free = [number for number in members if claims[number].key not in held]
    if free:
        scale = np.array([claims[number].worth for number in free])
        errors = np.abs(scale) * np.array([claims[number].error for number in free])
        rows.append(scale[:, None] * inside[np.ix_(free, members)] / worth)
        values.append(scale * np.array([claims[number].value for number in free]))
        signs = np.sign(scale)
        alike = common[np.ix_(free, free)]
        if joints:  # the share of common noise is not looked for beside a joint estimate
            alike = np.where(np.eye(len(free)) > 0, 1.0, _COMMON_BESIDE_JOINT * alike)
        noises.append(np.outer(errors * signs, errors * signs) * alike)
        degrees += [claims[number].degrees_of_freedom for number in free]
    size = sum(len(row) for row in rows)
    noise, start = np.zeros((size, size)), 0
    for part in noises:
        noise[start : start + len(part), start : start + len(part)] = part
        start += len(part)
    finite = [one for one in degrees if one is not None]
    return Block(
        members=tuple(members),
        claims=np.concatenate(values),
        contains=np.concatenate(rows),
        noise=noise,
        shared_noise=not joints and len(free) > 1,
        degrees_of_freedom=min(finite) if finite else None,
    )


def _together(meets: np.ndarray, joints: Sequence[Sequence[int]]) -> list[list[int]]:
    """Connected groups."""
    linked = meets.copy()
    for keys in joints:
        linked[np.ix_(keys, keys)] = True
    groups: list[list[int]] = []
    for number in range(len(linked)):
        met = [group for group in groups if linked[number, group].any()]
        groups = [group for group in groups if group not in met]
        groups.append(sorted([number, *(member for group in met for member in group)]))
    return sorted(groups)


def _days(start: date, end: date) -> float:
    return float(max((end - start).days, 0))
