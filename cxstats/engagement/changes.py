"""What changed since the last wave, with a limit on how often chance is taken for it."""

from collections.abc import Mapping
from dataclasses import dataclass

from cxstats.anonymity import Telling
from cxstats.engagement.composites import drivers_of_items
from cxstats.engagement.measures import MeasureKind
from cxstats.engagement.published import Figure, Publication
from cxstats.multiplicity import benjamini_hochberg
from cxstats.results import Estimate
from cxstats.voc.counts import Change, Moments, NpsCounts
from cxstats.voc.means import mean_change
from cxstats.voc.promoters import nps_change

LIMIT = 0.05  # at most this share of the changes that are called so is expected to be chance


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """One measure of one function in two waves. `is_change`: it stands out after all looks are counted."""

    function: str
    measure: str
    difference: Estimate
    adjusted_p: float
    is_change: bool


def changes(
    *, before: Publication, after: Publication, came_from: Mapping[str, str], limit: float = LIMIT
) -> tuple[Changed, ...]:
    """Later minus earlier, for every pair of exact figures of one measure.

    Parameters
    ----------
    before, after : Publication
        Two published waves.
    came_from : mapping
        For each function of the later wave its key in the earlier one; functions without are left out.
    limit : float
        Expected share of false ones among those called changes, in (0, 1).

    Returns
    -------
    tuple of Changed
        In the order of the later wave. Measures whose questions or scale differ are not compared; neither is
        what is told bluntly in one of the waves, hidden, or of one person. Drivers of both waves are those of
        their published items, whatever the earlier one had made of people.

    Notes
    -----
    The waves are compared as if other people had answered. Mostly the same people answer both, which makes
    the true uncertainty smaller: the answers cannot be joined, so this cannot be used.

    Source
    ------
    Benjamini and Hochberg (1995), J. R. Statist. Soc. B 57:289-300, over all pairs; Welch's test of means,
    adjusted Wald for eNPS.
    """
    before, after = drivers_of_items(before), drivers_of_items(after)
    alike = {measure.key: measure for measure in before.measures if measure in after.measures}
    earlier = {
        (function.key, figure.measure): figure
        for function in before.functions
        for figure in function.figures
        if figure.how is Telling.EXACT
    }
    pairs: list[tuple[str, str, Change]] = []
    for function in after.functions:
        origin = came_from.get(function.key)
        for figure in function.figures:
            past = None if origin is None else earlier.get((origin, figure.measure))
            if figure.how is Telling.EXACT and past is not None and figure.measure in alike:
                found = _change(alike[figure.measure].kind, past, figure)
                if found is not None:
                    pairs.append((function.key, figure.measure, found))
    if not pairs:
        return ()
    family = benjamini_hochberg(p_values=[found.p_value for _, _, found in pairs], limit=limit)
    return tuple(
        Changed(
            function=key, measure=measure, difference=found.estimate, adjusted_p=adjusted, is_change=is_change
        )
        for (key, measure, found), adjusted, is_change in zip(
            pairs, family.adjusted, family.found, strict=True
        )
    )


def _change(kind: MeasureKind, before: Figure, after: Figure) -> Change | None:
    if kind is MeasureKind.ENPS:
        first, second = _answers_of(before), _answers_of(after)
        return None if first is None or second is None else nps_change(before=first, after=second)
    past, now = _moments_of(before), _moments_of(after)
    if past is None or now is None or past.variance + now.variance == 0:
        return None
    return mean_change(before=past, after=now)


def _answers_of(figure: Figure) -> NpsCounts | None:
    if not figure.n or figure.favourable is None or figure.unfavourable is None:
        return None
    return NpsCounts(
        promoters=round(figure.favourable.value * figure.n),
        detractors=round(figure.unfavourable.value * figure.n),
        n=figure.n,
    )


def _moments_of(figure: Figure) -> Moments | None:
    if figure.score is None or figure.variance is None or not figure.n or figure.n < 2:
        return None
    return Moments(n=figure.n, mean=figure.score.value, variance=figure.variance)
