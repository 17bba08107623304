"""The figures of a closed wave, decided and computed once at publication."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from django.db.models import Count

from cxstats.codec import decoded, digest_of, encoded, marked, seed_of
from cxstats.engagement import Changed, Function, Publication, changes, publish
from employee_voice.choices import CHANGE_QUESTION
from employee_voice.comparing import (
    Lists,
    Moved,
    little_changed,
    moved_by_function,
    nearly_told_before,
    told_by_sums,
)
from employee_voice.content import fixed_content
from employee_voice.models import Answer, Invitation, KeyGroup, Wave, WaveFunction, WaveResults
from employee_voice.results import (
    EVERYBODY,
    RESULTS_VERSION,
    CountedWith,
    Results,
    felt_of,
    measures_of,
    meeting_of,
    numbers_of,
    outcome_of,
    pools_of,
    quality_of,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    """A published wave of any survey: who could answer, and the functions that it showed."""

    lists: Lists
    shown: frozenset[str]


def write_results(wave: Wave, before: Wave | None, kept: Iterable[Wave] = ()) -> WaveResults:
    """Decide what the wave says, and keep it. The lists of both waves must still be there.

    `kept`: published waves of all surveys of the organization whose lists are there.
    """
    tree = _Tree(wave)
    now = tree.lists()
    then = _Tree(before).lists() if before else None
    came_from = _came_from(tree, before) if before else {}
    told = [_told(one) for one in kept]
    results = _results(wave, tree, now=now, then=then, came_from=came_from, before=before, told=told)
    if then is not None and now.is_complete and then.is_complete:
        _note_moves(tree, moved_by_function(now, then, came_from))
    content = marked(encoded(results), version=RESULTS_VERSION)
    return WaveResults.objects.create(
        wave=wave, content=content, digest=digest_of(content, version=RESULTS_VERSION)
    )


class _Tree:
    """Functions of a wave as keys, and at which function the answers of each group count. Two queries."""

    def __init__(self, wave: Wave) -> None:
        self.wave = wave
        self.rows = list(WaveFunction.objects.filter(wave=wave))
        self.parents: dict[str, str | None] = {EVERYBODY: None}
        for row in self.rows:
            self.parents[str(row.pk)] = EVERYBODY if row.parent_id is None else str(row.parent_id)
        self.groups = list(KeyGroup.objects.filter(wave=wave))
        members = defaultdict[int, list[str]](list)
        for row in self.rows:
            if row.group_id is not None:
                members[row.group_id].append(str(row.pk))
        self.place = {group.pk: meeting_of(members[group.pk], self.parents) for group in self.groups}

    def lists(self) -> Lists:
        """One query."""
        addresses = defaultdict[str, set[str]](set)
        invited = Invitation.objects.filter(wave=self.wave, group__isnull=False)
        rows = list(invited.values_list("group", "email", "was_given_credential"))
        for group, email, was_given in rows:
            if was_given and group is not None:
                addresses[self.place[group]].add(email.lower())
        slips = Counter[str]()
        for one in self.groups:
            slips[self.place[one.pk]] += one.slips_used
        return Lists(
            parents=self.parents,
            addresses=addresses,
            slips=slips,
            is_complete=bool(rows) or not any(row.asked for row in self.rows),
        )

    def functions(self) -> list[Function]:
        """With the people asked at each: of the groups whose answers count there."""
        asked = Counter[str]()
        for group in self.groups:
            asked[self.place[group.pk]] += group.people
        return [Function(key=key, parent=parent, asked=asked[key]) for key, parent in self.parents.items()]

    def counted_with(self) -> tuple[CountedWith, ...]:
        return tuple(
            CountedWith(function=str(row.pk), at=self.place[row.group_id])
            for row in self.rows
            if row.group_id is not None and self.place[row.group_id] != str(row.pk)
        )


def _told(wave: Wave) -> _Told:
    lists, row = _Tree(wave).lists(), WaveResults.objects.filter(wave=wave).first()
    shown = _shown(decoded(Results, row.content).publication) if row else frozenset(lists.parents)
    return _Told(lists=lists, shown=shown)


def _came_from(tree: _Tree, before: Wave) -> dict[str, str]:
    """What each function was in that wave, through waves between the two that were never published."""
    between = WaveFunction.objects.filter(
        wave__survey=before.survey_id, wave__number__gt=before.number, wave__number__lt=tree.wave.number
    )
    earlier = dict(between.values_list("pk", "came_from"))
    found = {EVERYBODY: EVERYBODY}
    for row in tree.rows:
        step = row.came_from_id
        while step in earlier:
            step = earlier[step]
        if step is not None:
            found[str(row.pk)] = str(step)
    return found


def _results(
    wave: Wave,
    tree: _Tree,
    *,
    now: Lists,
    then: Lists | None,
    came_from: dict[str, str],
    before: Wave | None,
    told: Sequence[_Told],
) -> Results:
    questionnaire = fixed_content(wave.content_digest, wave.content)
    answers = list(Answer.objects.filter(wave=wave).order_by("pk"))
    publication = _publication(wave, tree, answers, now=now, then=then, came_from=came_from, told=told)
    pairs = _changes(before, publication, came_from)
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
    )


def _publication(
    wave: Wave,
    tree: _Tree,
    answers: Sequence[Answer],
    *,
    now: Lists,
    then: Lists | None,
    came_from: Mapping[str, str],
    told: Sequence[_Told],
) -> Publication:
    """Twice, where there is an earlier wave: what is shown says what can be compared with it."""
    measures = measures_of(fixed_content(wave.content_digest, wave.content))
    keys = {question.key for measure in measures for question in measure.questions}
    figures = partial(
        publish,
        functions=tree.functions(),
        rows=[(tree.place[answer.group_id], numbers_of(answer.scores, keys)) for answer in answers],
        measures=measures,
        rng=np.random.default_rng(seed_of(wave.content_digest)),
        minimum=wave.minimum,
    )
    outcome, few = outcome_of(measures), frozenset[str]()
    shown = _shown(figures()) if then is not None or told else few
    if then is not None:
        few = little_changed(now=now, then=then, came_from=came_from, shown=shown, minimum=wave.minimum)
    for one in told:
        few |= nearly_told_before(now=now, shown=shown, then=one.lists, told=one.shown, minimum=wave.minimum)
    while told:
        # what stands beside those that hardly changed is blunt too: sums are of what is left
        blunt = few | {one.key for one in figures(little_changed=few).functions if one.is_blunt}
        sums = partial(told_by_sums, now=now, shown=shown, blunt=blunt, minimum=wave.minimum)
        more = frozenset[str]().union(*(sums(then=one.lists, told=one.shown) for one in told))
        if not more:
            break
        few |= more
    return figures(outcome=outcome, little_changed=few)


def _shown(publication: Publication) -> frozenset[str]:
    return frozenset(function.key for function in publication.functions if function.is_shown)


def _changes(
    before: Wave | None, publication: Publication, came_from: Mapping[str, str]
) -> tuple[Changed, ...]:
    """From what the two waves published, and from nothing else."""
    row = WaveResults.objects.filter(wave=before).first() if before else None
    if row is None:
        return ()
    earlier = decoded(Results, row.content).publication
    return changes(before=earlier, after=publication, came_from=came_from)


def _answers_by_number(wave: Wave) -> dict[int, int]:
    rows = Answer.objects.filter(wave=wave).values("group__number").annotate(people=Count("pk"))
    return {row["group__number"]: row["people"] for row in rows}


def _note_moves(tree: _Tree, moves: dict[str, Moved]) -> None:
    for row in tree.rows:
        move = moves.get(str(row.pk))
        if move is not None:
            row.joined, row.left = move.joined, move.left
    WaveFunction.objects.bulk_update(tree.rows, ["joined", "left"], batch_size=500)
