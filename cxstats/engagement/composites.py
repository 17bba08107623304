"""Drivers from what is published of their items, and from nothing else.

Everything here is a function of published figures. So whatever can be worked out from a driver can be worked
out from its items, and hiding and bluntness need to be planned for items and eNPS only.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from math import sqrt

from cxstats.anonymity import Telling, blunt_count
from cxstats.engagement.measures import Measure, MeasureKind
from cxstats.engagement.published import DriverScores, Figure, Publication, Share
from cxstats.errors import InvalidInput
from cxstats.results import Estimate, Interval, Unit

METHOD = "mean of items"
_TENS = 10  # people of a figure that is told to tens
_DIGITS = 10  # as of blunt shares
_ZERO = 1e-9


def driver_figure(*, measure: Measure, items: Mapping[str, Figure]) -> Figure:
    """The figure of one driver in one function.

    Parameters
    ----------
    measure : Measure
        The driver.
    items : mapping of question to Figure
        What is published of its items in this function.

    Returns
    -------
    Figure
        Exact where every item is: the mean of their means (as parts of their scales, on the scale of the
        first), of their three shares, and of the ends of their intervals; `n` is that of the item that fewest
        answered; `variance` is such that `variance / n` is the square of the mean of their standard errors.
        Blunt where an item is: shares between the means of what the items leave open at the least and at the
        most, in steps as wide as the widest of an item. Hidden where an item is hidden, is missing, or alone
        has no answer.

    Notes
    -----
    The standard error of a mean of k means is at most the mean of their standard errors, and equal to it
    where the items are perfectly correlated. How they are correlated is a figure of pairs of answers of one
    person, which no item tells; so it is not used, and the interval is wider than it could be.

    Examples
    --------
    >>> exact = dict(how=Telling.EXACT, n=8)
    >>> first = Figure(measure="a", unfavourable=Share(value=0), neutral=Share(value=0.5),
    ...                favourable=Share(value=0.5), **exact)
    >>> blunt = Share(value=0.4, step=0.2)
    >>> second = Figure(measure="b", how=Telling.BLUNT, n=10, unfavourable=blunt, neutral=blunt,
    ...                 favourable=blunt)
    >>> from cxstats.engagement.measures import Question
    >>> both = Measure(key="both", kind=MeasureKind.DRIVER, questions=(
    ...     Question(key="a", low=1, high=5), Question(key="b", low=1, high=5)))
    >>> found = driver_figure(measure=both, items={"a": first, "b": second})
    >>> str(found.how), found.n, found.favourable
    ('blunt', 10, Share(value=0.45, step=0.2, is_open=False))
    """
    told = [items.get(question.key) for question in measure.questions]
    given = [one for one in told if one is not None and one.how is not Telling.HIDDEN]
    numbers = [one.n or 0 for one in given]
    hows = {one.how for one in given}
    how = Telling.BLUNT if Telling.BLUNT in hows else Telling.EXACT
    if len(given) < len(told) or (max(numbers) and not min(numbers)):
        return Figure(measure=measure.key, how=Telling.HIDDEN)
    if not max(numbers):
        return Figure(measure=measure.key, how=how, n=0)
    return _blunt(measure, given) if how is Telling.BLUNT else _exact(measure, given)


def drivers_of_items(publication: Publication) -> Publication:
    """The same wave with every driver computed anew from what it published of the items; a wave whose drivers
    are of its items already stays as it is."""
    if publication.driver_scores is DriverScores.ITEMS:
        return publication
    drivers = {one.key: one for one in publication.measures if one.kind is MeasureKind.DRIVER}
    functions = []
    for function in publication.functions:
        items = {figure.measure: figure for figure in function.figures}
        figures = tuple(
            driver_figure(measure=drivers[figure.measure], items=items)
            if figure.measure in drivers
            else figure
            for figure in function.figures
        )
        functions.append(replace(function, figures=figures))
    return replace(publication, functions=tuple(functions), driver_scores=DriverScores.ITEMS)


def require_items(measures: Sequence[Measure]) -> None:
    """Raises InvalidInput for a driver without questions, or with one that is no item of its own."""
    items = {one.key: one.questions for one in measures if one.kind is MeasureKind.ITEM}
    for measure in measures:
        if measure.kind is not MeasureKind.DRIVER:
            continue
        if not measure.questions:
            raise InvalidInput("measures", f"a question at least in {measure.key!r}")
        for question in measure.questions:
            if items.get(question.key) != (question,):
                raise InvalidInput("measures", f"the item {question.key!r} beside driver {measure.key!r}")


def _exact(measure: Measure, items: Sequence[Figure]) -> Figure:
    n = min(one.n or 0 for one in items)
    scores = [one.score for one in items]
    intervals = [one.favourable_interval for one in items]
    errors = [sqrt((one.variance or 0.0) / (one.n or 1)) for one in items]
    low, high = measure.scale
    parts = [(high - low) / (question.high - question.low) for question in measure.questions]
    error = sum(part * one for part, one in zip(parts, errors, strict=True)) / len(parts)

    def on_scale(end: Callable[[Estimate], float]) -> float:
        return _mean(
            low + (end(score) - question.low) * part
            for score, question, part in zip(scores, measure.questions, parts, strict=True)
            if score is not None
        )

    found = None
    if None not in scores:
        found = Estimate(
            value=on_scale(lambda one: one.value),
            interval=Interval(
                low=on_scale(lambda one: one.interval.low), high=on_scale(lambda one: one.interval.high)
            ),
            n=n,
            unit=Unit.SCORE,
            method=METHOD,
            standard_error=error,
        )
    return Figure(
        measure=measure.key,
        how=Telling.EXACT,
        n=n,
        unfavourable=_share(items, lambda one: one.unfavourable),
        neutral=_share(items, lambda one: one.neutral),
        favourable=_share(items, lambda one: one.favourable),
        favourable_interval=_share_interval(intervals, n),
        score=found,
        variance=n * error**2,
    )


def _share_interval(intervals: Sequence[Estimate | None], n: int) -> Estimate | None:
    told = [one for one in intervals if one is not None]
    if len(told) < len(intervals):
        return None
    return Estimate(
        value=_mean(one.value for one in told),
        interval=Interval(
            low=_mean(one.interval.low for one in told), high=_mean(one.interval.high for one in told)
        ),
        n=n,
        unit=Unit.SHARE,
        method=METHOD,
    )


def _blunt(measure: Measure, items: Sequence[Figure]) -> Figure:
    rough = [one for one in items if one.how is Telling.BLUNT]
    n_to = max(one.n_to for one in rough)
    return Figure(
        measure=measure.key,
        how=Telling.BLUNT,
        n=blunt_count(min(one.n or 0 for one in items), int(n_to == _TENS)),
        n_to=n_to,
        unfavourable=_blunt_share([one.unfavourable for one in items]),
        neutral=_blunt_share([one.neutral for one in items]),
        favourable=_blunt_share([one.favourable for one in items]),
    )


def _share(items: Sequence[Figure], of: Callable[[Figure], Share | None]) -> Share | None:
    shares = [of(one) for one in items]
    if None in shares:
        return None
    return Share(value=_mean(one.value for one in shares if one is not None))


def _blunt_share(shares: Sequence[Share | None]) -> Share | None:
    """Between the means of the least and of the most that the items leave open."""
    told = [one for one in shares if one is not None]
    if len(told) < len(shares):
        return None
    step = max(one.step for one in told)
    low, high = (_mean(ends) for ends in zip(*map(_ends, told), strict=True))
    middle, width = (low + high) / 2, max(high - low, step)
    low, high = middle - width / 2, middle + width / 2
    if low <= _ZERO:  # at most `high`
        return Share(value=round(max(high, step) - step / 2, _DIGITS), step=step, is_open=True)
    if high >= 1 - _ZERO:  # at least `low`
        return Share(value=round(min(low, 1 - step) + step / 2, _DIGITS), step=step, is_open=True)
    return Share(value=round(middle, _DIGITS), step=width, is_open=False)


def _ends(share: Share) -> tuple[float, float]:
    """What a share leaves open."""
    low, high = share.value - share.step / 2, share.value + share.step / 2
    if share.is_open:
        return (0.0, high) if share.value < 1 / 2 else (low, 1.0)
    return low, high


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found)
