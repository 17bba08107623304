"""The figures of a wave, decided and computed once; whatever shows them shows no more than this."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cxstats.agreement.scales import cronbach_alpha, omega_total
from cxstats.anonymity import (
    MINIMUM,
    ROUGHEST_PEOPLE,
    Telling,
    Why,
    blunt_count,
    blunt_share,
    rounded_to,
)
from cxstats.checks import FloatArray
from cxstats.drivers import driver_analysis
from cxstats.engagement.composites import driver_figure, require_items
from cxstats.engagement.measures import CLASSES, Measure, MeasureKind, Scored, scored
from cxstats.engagement.plans import Function, Plans, ToldBefore, asked_in, below, plans
from cxstats.engagement.published import (
    DriverScores,
    Figure,
    FunctionResult,
    GoesWith,
    Part,
    Publication,
    Reliability,
    Share,
)
from cxstats.errors import InvalidInput, NotEstimable, Reason
from cxstats.voc.means import mean_score
from cxstats.voc.promoters import nps
from cxstats.voc.shares import share

OMEGA_RESAMPLES = 200  # of its interval, which is shown with two decimals


def publish(
    *,
    functions: Sequence[Function],
    rows: Sequence[tuple[str, Mapping[str, float]]],
    measures: Sequence[Measure],
    rng: np.random.Generator,
    minimum: int = MINIMUM,
    outcome: str | None = None,
    little_changed: Collection[str] = (),
    before: Sequence[ToldBefore] = (),
    told_to_fives: Collection[str] = (),
    is_draft: bool = False,
) -> Publication:
    """What a closed wave says.

    Parameters
    ----------
    functions : sequence of Function
        The tree as it was frozen when the wave opened.
    rows : sequence of (key, answers)
        From which function, and the numbers by question.
    measures : sequence of Measure
        Drivers, items and eNPS, distinct keys; each question of a driver is an item too.
    rng : numpy.random.Generator
        For the bootstrap of what goes with the outcome.
    minimum : int
        Fewest people of whom anything is told, >= 3.
    outcome : str, optional
        Key of the driver (engagement) with which the other drivers are compared.
    little_changed : collection of str
        Functions whose people differ by few from an earlier wave; those that are not shown are passed over.
    before : sequence of ToldBefore
        What earlier waves told of those: with it, how roughly they are told tells nothing of the answers now.
    told_to_fives : collection of str
        Functions of which how many answered was told to fives while the wave was open. Where that is told
        roughly now, it is told so again: two roundings of one number tell more than one.
    is_draft : bool
        True: to see what is shown, and how. Reliability is left out; it takes most of the time.

    Returns
    -------
    Publication
        One pattern of hidden functions for all items that most have answered, and eNPS. One that few have
        answered may hide more. Functions in which fewer people were asked than the minimum are hidden.
        Drivers follow from what is told of their items (`composites`).

    Raises
    ------
    InvalidInput
        Rows of unknown functions, an outcome that is no driver, a driver with a question that is no item, and
        as `scored` and `pattern_of`.

    Source
    ------
    Hiding and bluntness: see `cxstats.anonymity`. Intervals treat the answers as a sample of what these
    people would say at other times; nobody's silence is taken for an answer.
    """
    place = {function.key: number for number, function in enumerate(functions)}
    if unknown := {key for key, _ in rows} - set(place):
        raise InvalidInput("rows", f"functions of the wave, not {min(unknown)!r}")
    require_items(measures)
    answers = [answers for _, answers in rows]
    asked_of = [measure for measure in measures if measure.kind is not MeasureKind.DRIVER]
    found = scored(rows=answers, measures=asked_of)
    home = np.array([place[key] for key, _ in rows], dtype=np.int64)
    table = _table(found, home, len(functions))
    people = np.bincount(home, minlength=len(functions))
    keys = [measure.key for measure in asked_of]
    told = plans(
        functions,
        people,
        table,
        minimum,
        little_changed,
        before=before,
        keys=keys,
        told_to_fives=told_to_fives,
    )
    under = below(functions)
    asked = asked_in(functions, under)
    goes_with = None if outcome is None else _goes_with(answers, measures, outcome, rng)
    return Publication(
        minimum=minimum,
        measures=tuple(measures),
        functions=tuple(
            _result(function, told, found, np.isin(home, under[number]), asked_of, measures, asked[number])
            for number, function in enumerate(functions)
        ),
        reliability=tuple(
            _reliability(measure, answers, rng)
            for measure in measures
            if not is_draft and measure.kind is MeasureKind.DRIVER and len(measure.questions) > 1
        ),
        goes_with=goes_with,
        driver_scores=DriverScores.ITEMS,
    )


def _table(found: Scored, home: NDArray[np.int64], functions: int) -> NDArray[np.int64]:
    """How many of each function's own people fall in which class of which measure."""
    measures = found.classes.shape[1]
    table = np.zeros((functions, measures, CLASSES), dtype=np.int64)
    for measure in range(measures):
        for kind in range(CLASSES):
            there = home[found.classes[:, measure] == kind]
            table[:, measure, kind] = np.bincount(there, minlength=functions)
    return table


def _result(
    function: Function,
    plans: Plans,
    found: Scored,
    here: NDArray[np.bool_],
    asked_of: Sequence[Measure],
    measures: Sequence[Measure],
    asked: int | None,
) -> FunctionResult:
    key, parent = function.key, function.parent
    if key in plans.pattern.hidden:
        why = plans.pattern.hidden[key]
        return FunctionResult(key=key, parent=parent, why=Why.SMALL if why is Why.FORCED else why)
    if key not in plans.how:
        return FunctionResult(key=key, parent=parent, is_empty=True, asked=asked)
    answered, rough = int(here.sum()), plans.rough.get(key)
    if (rough or 0) > ROUGHEST_PEOPLE and set(plans.how[key]) <= {Telling.HIDDEN}:
        # To be shown without a figure says one thing: that enough people answered, all of the few perhaps.
        return FunctionResult(key=key, parent=parent, why=Why.OTHERS)
    figures = {
        measure.key: _figure(
            measure, how, level, rough, found.scores[here, column], found.classes[here, column]
        )
        for column, (measure, how, level) in enumerate(
            zip(asked_of, plans.how[key], plans.levels[key], strict=True)
        )
    }
    return FunctionResult(
        key=key,
        parent=parent,
        answered=answered if rough is None else _roughly(answered, rough),
        asked=asked,
        is_blunt=rough is not None,
        answered_to=rounded_to(rough or 0),
        figures=tuple(
            figures.get(measure.key) or driver_figure(measure=measure, items=figures) for measure in measures
        ),
    )


def _roughly(answered: int, level: int) -> int | None:
    return None if level > ROUGHEST_PEOPLE else blunt_count(answered, level)


def _figure(
    measure: Measure,
    how: Telling,
    levels: Sequence[int],
    rough: int | None,
    scores: FloatArray,
    classes: NDArray[np.int64],
) -> Figure:
    answered = classes >= 0
    n = int(answered.sum())
    if how is Telling.HIDDEN:
        return Figure(measure=measure.key, how=how)
    if n == 0:
        return Figure(measure=measure.key, how=how, n=0)
    counts = np.bincount(classes[answered], minlength=CLASSES).tolist()
    if how is Telling.BLUNT:
        # one rounding of people in a function of which how many answered is told roughly: n is nearly that
        to = max(levels) if rough is None else min(rough, ROUGHEST_PEOPLE)
        shares = [
            blunt_share(number / n, n, level, people_level=to)
            for number, level in zip(counts, levels, strict=True)
        ]
        low, middle, high = (Share(value=one.value, step=one.step, is_open=one.is_open) for one in shares)
        return Figure(
            measure=measure.key,
            how=how,
            n=blunt_count(n, to),
            n_to=rounded_to(to),
            unfavourable=low,
            neutral=middle,
            favourable=high,
        )
    low, middle, high = (Share(value=number / n) for number in counts)
    values = scores[answered]
    return Figure(
        measure=measure.key,
        how=how,
        n=n,
        unfavourable=low,
        neutral=middle,
        favourable=high,
        favourable_interval=share(hits=counts[2], n=n),
        score=nps(promoters=counts[2], detractors=counts[0], n=n)
        if measure.kind is MeasureKind.ENPS
        else mean_score(values=values, scale=measure.scale),
        variance=float(values.var(ddof=1)) if n > 1 else 0.0,
    )


def _reliability(
    measure: Measure, rows: Sequence[Mapping[str, float]], rng: np.random.Generator
) -> Reliability:
    """Of those who answered every item of the driver, reverse-worded ones turned."""
    complete = [
        [
            question.low + question.high - row[question.key] if question.reverse else row[question.key]
            for question in measure.questions
        ]
        for row in rows
        if all(question.key in row for question in measure.questions)
    ]
    try:
        if not complete:
            raise NotEstimable(Reason.NO_DATA, needed=1, found=0)
        items = np.array(complete, dtype=np.float64)
        found = cronbach_alpha(items=items)
    except NotEstimable as refusal:
        return Reliability(
            measure=measure.key, alpha=None, low=None, high=None, n=len(complete), refusal=refusal.reason
        )
    alpha = Reliability(
        measure=measure.key,
        alpha=found.value,
        low=found.interval.low,
        high=found.interval.high,
        n=len(complete),
        refusal=None,
    )
    try:
        other = omega_total(items=items, rng=rng, resamples=OMEGA_RESAMPLES)
    except NotEstimable as refusal:
        return replace(alpha, omega_refusal=refusal.reason)
    return replace(alpha, omega=other.value, omega_low=other.interval.low, omega_high=other.interval.high)


def _goes_with(
    rows: Sequence[Mapping[str, float]], measures: Sequence[Measure], outcome: str, rng: np.random.Generator
) -> GoesWith:
    """What goes with the outcome over the whole organization; never by function. Of each person the drivers
    are scored, as far as she answered: it is about what goes together in people."""
    drivers = [measure for measure in measures if measure.kind is MeasureKind.DRIVER]
    target = next((column for column, one in enumerate(drivers) if one.key == outcome), None)
    if target is None:
        raise InvalidInput("outcome", f"the key of a driver, not {outcome!r}")
    found = scored(rows=rows, measures=drivers)
    others = [column for column in range(len(drivers)) if column != target]
    answered = int(np.isfinite(found.scores[:, target]).sum())
    if not others:
        return GoesWith(outcome=outcome, parts=(), n=answered, refusal=Reason.NO_DATA)
    try:
        analysis = driver_analysis(
            outcome=found.scores[:, target],
            drivers=found.scores[:, others],
            keys=[drivers[column].key for column in others],
            rng=rng,
        )
    except NotEstimable as refusal:
        return GoesWith(outcome=outcome, parts=(), n=answered, refusal=refusal.reason)
    return GoesWith(
        outcome=outcome,
        parts=tuple(
            Part(
                measure=driver.key,
                share=None if driver.share is None else driver.share.value,
                low=None if driver.share is None else driver.share.interval.low,
                high=None if driver.share is None else driver.share.interval.high,
                correlation=driver.correlation.value,
            )
            for driver in analysis.drivers
        ),
        n=analysis.n,
        refusal=analysis.refusal,
    )
