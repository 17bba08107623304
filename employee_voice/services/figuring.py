"""The figures of a closed wave, decided and computed once at publication."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from django.db.models import Count

from cxstats.anonymity import Telling
from cxstats.codec import decoded, digest_of, encoded, marked, seed_of
from cxstats.engagement import Changed, Figure, Measure, Publication, ToldBefore, changes, publish
from employee_voice.choices import CHANGE_QUESTION, PARTICIPATION_FROM
from employee_voice.comparing import (
    Kept,
    Lists,
    few_who_moved,
    little_changed,
    moved_by_function,
    nearly_told_before,
    told_by_sums,
)
from employee_voice.content import fixed_content
from employee_voice.models import Answer, Wave, WaveFunction, WaveResults
from employee_voice.results import (
    EVERYBODY,
    RESULTS_VERSION,
    Near,
    Results,
    felt_of,
    measures_of,
    numbers_of,
    outcome_of,
    pools_of,
    quality_of,
)
from employee_voice.services.lists import SurveyKey, WaveTree, lists_of, shown_in


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    """A published wave of any survey: who could answer, and the functions that it showed. `now`: the wave
    that is being published, as digests of the same survey; `came_from`: what its functions were there, none
    where that is another survey.
    """

    wave: Wave
    now: Lists
    lists: Lists
    shown: frozenset[str]
    came_from: Mapping[str, str]

    def is_of(self, survey: int) -> bool:
        return self.wave.survey_id == survey


def write_results(wave: Wave, before: Wave | None, others: Iterable[Wave] = ()) -> WaveResults:
    """Decide what the wave says, and keep it. Its list must still be there.

    `before`: the last published one of the same survey; `others`: every published wave of the organization
    whose people are compared with those of this one.
    """
    tree = WaveTree(wave)
    told = _told(tree, others)
    results = _results(wave, tree, before=before, told=told)
    _note_moves(tree, next((one for one in told if before is not None and one.wave.pk == before.pk), None))
    content = marked(encoded(results), version=RESULTS_VERSION)
    return WaveResults.objects.create(
        wave=wave, content=content, digest=digest_of(content, version=RESULTS_VERSION)
    )


def _told(tree: WaveTree, others: Iterable[Wave]) -> list[_Told]:
    now: dict[tuple[int, int], Lists] = {}
    steps = _steps_back(tree)
    found = []
    for other in others:
        mine, lists = _under_one_key(tree, other, now)
        is_before = other.survey_id == tree.wave.survey_id and other.number < tree.wave.number
        found.append(
            _Told(
                wave=other,
                now=mine,
                lists=lists,
                shown=_shown_or_all(other, lists),
                came_from=_came_from(tree, lists, steps) if is_before else {},
            )
        )
    return found


def _under_one_key(tree: WaveTree, other: Wave, now: dict[tuple[int, int], Lists]) -> tuple[Lists, Lists]:
    """The lists of this wave and of another, as digests of one key: of the server's keys, the one by which
    most people are on both. `now` keeps those of this wave."""
    found = []
    for place, key in enumerate(SurveyKey.all_of(other.survey_id)):
        if (other.survey_id, place) not in now:
            now[other.survey_id, place] = lists_of(tree, key)
        mine, theirs = now[other.survey_id, place], lists_of(WaveTree(other), key)
        both = set[str]().union(*mine.addresses.values()) & set[str]().union(*theirs.addresses.values())
        found.append((len(both), mine, theirs))
    _number, mine, theirs = max(found, key=lambda one: one[0])
    return mine, theirs


def _shown_or_all(wave: Wave, lists: Lists) -> frozenset[str]:
    shown = shown_in(wave)
    return frozenset(lists.parents) if shown is None else shown


def _steps_back(tree: WaveTree) -> dict[int, int | None]:
    """What each function of each earlier wave of the survey was in the wave before it. One query."""
    earlier = WaveFunction.objects.filter(wave__survey=tree.wave.survey_id, wave__number__lt=tree.wave.number)
    return dict(earlier.values_list("pk", "came_from"))


def _came_from(tree: WaveTree, then: Lists, steps: Mapping[int, int | None]) -> dict[str, str]:
    """What each function was in that wave, through the waves between the two."""
    found = {EVERYBODY: EVERYBODY}
    for row in tree.rows:
        step = row.came_from_id
        while step is not None and str(step) not in then.parents:
            step = steps.get(step)
        if step is not None:
            found[str(row.pk)] = str(step)
    return found


def _results(wave: Wave, tree: WaveTree, *, before: Wave | None, told: Sequence[_Told]) -> Results:
    questionnaire = fixed_content(wave.content_digest, wave.content)
    answers = list(Answer.objects.filter(wave=wave).order_by("pk"))
    publication, near = _publication(wave, tree, answers, told)
    pairs = _changes(before, publication, told)
    chosen = [answer.scores.get(CHANGE_QUESTION) for answer in answers]
    return Results(
        publication=publication,
        quality=quality_of(
            fast=sum(answer.was_fast for answer in answers),
            straight=sum(answer.was_straight for answer in answers),
            answers=len(answers),
        ),
        felt=felt_of(questionnaire, Counter(one[0] for one in chosen if isinstance(one, list) and one)),
        pools=pools_of(
            places={group.number: tree.place[group.pk] for group in tree.groups},
            answers=_answers_by_number(wave),
            parents=tree.parents,
            shown=_shown(publication),
            minimum=wave.comment_minimum,
        ),
        counted_with=tree.counted_with(),
        before=before.pk if before else None,
        compared=len(pairs),
        changed=tuple(pair for pair in pairs if pair.is_change),
        near=near,
    )


def _publication(
    wave: Wave, tree: WaveTree, answers: Sequence[Answer], told: Sequence[_Told]
) -> tuple[Publication, tuple[Near, ...]]:
    """Twice, where there are earlier waves: what is shown says what can be compared with them."""
    measures = measures_of(fixed_content(wave.content_digest, wave.content))
    keys = {question.key for measure in measures for question in measure.questions}
    figures = partial(
        publish,
        functions=tree.functions(),
        rows=[(tree.place[answer.group_id], numbers_of(answer.scores, keys)) for answer in answers],
        measures=measures,
        rng=np.random.default_rng(seed_of(wave.content_digest)),
        minimum=wave.minimum,
        told_to_fives=(EVERYBODY,) if len(answers) >= PARTICIPATION_FROM else (),
    )
    outcome = outcome_of(measures)
    if not told:
        return figures(outcome=outcome), ()
    shown = _shown(figures(is_draft=True))
    found = [(one, _few(one, shown, wave.minimum)) for one in told]
    few = frozenset[str]().union(*(keys for _one, keys in found))
    while True:
        # what stands beside those that hardly changed is blunt too: sums are of what is left
        blunt = few | {
            one.key for one in figures(little_changed=few, is_draft=True).functions if one.is_blunt
        }
        sums = partial(told_by_sums, shown=shown, blunt=blunt, minimum=wave.minimum)
        more = frozenset[str]().union(*(sums(now=one.now, then=one.lists, told=one.shown) for one in told))
        if not more:
            before = [_told_before(one, few, measures, wave.minimum) for one in told if one.came_from]
            return figures(outcome=outcome, little_changed=few, before=before), _near(wave, found)
        few |= more


def _near(wave: Wave, found: Iterable[tuple[_Told, frozenset[str]]]) -> tuple[Near, ...]:
    """The last wave from which each function differs little, of this survey before others."""
    last = dict[str, int | None]()
    for one, keys in sorted(found, key=lambda pair: (pair[0].is_of(wave.survey_id), pair[0].wave.pk)):
        last |= dict.fromkeys(keys, one.wave.number if one.is_of(wave.survey_id) else None)
    return tuple(Near(function=key, number=number) for key, number in sorted(last.items()))


def _told_before(one: _Told, few: frozenset[str], measures: Sequence[Measure], minimum: int) -> ToldBefore:
    """What that wave told exactly of the functions that differ little from it as a whole, by question."""
    moves = few_who_moved(now=one.now, then=one.lists, came_from=one.came_from, few=few, minimum=minimum)
    row = WaveResults.objects.filter(wave=one.wave).first() if moves else None
    counts = dict[tuple[str, str], tuple[int, ...]]()
    if row is not None:
        earlier = decoded(Results, row.content).publication
        same = {measure.key for measure in earlier.measures if measure in measures}
        told = {function.key: function.figures for function in earlier.functions}
        counts = {
            (key, figure.measure): given
            for key in moves
            for figure in told.get(one.came_from[key], ())
            if figure.measure in same and (given := _counts(figure))
        }
    return ToldBefore(
        joined={key: move.joined for key, move in moves.items()},
        left={key: move.left for key, move in moves.items()},
        counts=counts,
    )


def _counts(figure: Figure) -> tuple[int, ...]:
    """How many gave which answer, of what is told exactly; none of anything else."""
    shares = (figure.unfavourable, figure.neutral, figure.favourable)
    if figure.how is not Telling.EXACT or not figure.n:
        return ()
    return tuple(round(share.value * figure.n) for share in shares if share is not None)


def _few(one: _Told, shown: frozenset[str], minimum: int) -> frozenset[str]:
    """Shown functions whose people differ by few from those of whom that wave told."""
    lists = {"now": one.now, "then": one.lists}
    return little_changed(
        **lists, came_from=one.came_from, shown=shown, told=one.shown, minimum=minimum
    ) | nearly_told_before(**lists, shown=shown, told=one.shown, minimum=minimum)


def _shown(publication: Publication) -> frozenset[str]:
    return frozenset(function.key for function in publication.functions if function.is_shown)


def _changes(before: Wave | None, publication: Publication, told: Sequence[_Told]) -> tuple[Changed, ...]:
    """From what the two waves published, and from nothing else."""
    row = WaveResults.objects.filter(wave=before).first() if before else None
    if before is None or row is None:
        return ()
    earlier = decoded(Results, row.content).publication
    came_from = next((one.came_from for one in told if one.wave.pk == before.pk), {})
    return changes(before=earlier, after=publication, came_from=came_from)


def _answers_by_number(wave: Wave) -> dict[int, int]:
    rows = Answer.objects.filter(wave=wave).values("group__number").annotate(people=Count("pk"))
    return {row["group__number"]: row["people"] for row in rows}


def _note_moves(tree: WaveTree, before: _Told | None) -> None:
    """How many came and went since the wave before, where both lists are there."""
    if before is None or not before.now.kept == before.lists.kept == Kept.LISTS:
        return
    moves = moved_by_function(before.now, before.lists, before.came_from)
    for row in tree.rows:
        move = moves.get(str(row.pk))
        if move is not None:
            row.joined, row.left = move.joined, move.left
    WaveFunction.objects.bulk_update(tree.rows, ["joined", "left"], batch_size=500)
