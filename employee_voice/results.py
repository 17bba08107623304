"""What is stored of a published wave: every page, export and programmatic reader reads only this. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from cxstats.anonymity import blunt_share
from cxstats.codec import ADDED_LATER
from cxstats.engagement import Changed, Measure, MeasureKind, Publication, Share
from cxstats.engagement import Question as Scored
from employee_voice.choices import (
    CHANGE_QUESTION,
    DRIVERS,
    ENPS_QUESTION,
    OWN_SECTION,
    PARTICIPATION_FROM,
    SectionRole,
)
from employee_voice.grouping import NobodyProtected, Unit, groups_of
from questionnaires.content import Question, QuestionKind, Questionnaire

EVERYBODY = "all"
"""Key of the organization: the root under which all functions stand."""
RESULTS_VERSION = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Quality:
    """Of the whole organization, bluntly: how many answered too fast to have read, and always the same."""

    fast: Share
    straight: Share


@dataclass(frozen=True, kw_only=True, slots=True)
class Felt:
    """What share of the whole organization chose this answer to "did anything change?", bluntly."""

    choice: str
    share: Share


@dataclass(frozen=True, kw_only=True, slots=True)
class Pool:
    """Comments of the answers of one group are shown at `function`; None: nowhere, they are too few."""

    group: int
    function: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CountedWith:
    """A function whose few people answered together with those of a larger one."""

    function: str
    at: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Near:
    """A function that a few people joined or left since an earlier wave: the last such one, by its number;
    none of another survey."""

    function: str
    number: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    """`publication` holds the figures. `before`: key of the wave that it is compared with; of the `compared`
    pairs of figures those in `changed` stand out. `near`: functions told roughly because of an earlier wave.
    """

    publication: Publication
    quality: Quality | None
    felt: tuple[Felt, ...]
    pools: tuple[Pool, ...]
    counted_with: tuple[CountedWith, ...]
    before: int | None = None
    compared: int = 0
    changed: tuple[Changed, ...] = ()
    near: tuple[Near, ...] = field(default=(), metadata={ADDED_LATER: True})


def measures_of(questionnaire: Questionnaire) -> tuple[Measure, ...]:
    """Drivers, engagement, eNPS, then the items: of drivers, of engagement, and questions of one's own."""
    drivers, items = list[Measure](), list[Measure]()
    for section in questionnaire.sections:
        scales = [question for question in section.questions if question.kind == QuestionKind.SCALE]
        asked = tuple(_scored(question) for question in scales)
        if section.key in {*DRIVERS, SectionRole.ENGAGEMENT} and asked:
            drivers.append(Measure(key=section.key, kind=MeasureKind.DRIVER, questions=asked))
        if section.key in {*DRIVERS, SectionRole.ENGAGEMENT, OWN_SECTION}:
            items += [Measure(key=one.key, kind=MeasureKind.ITEM, questions=(one,)) for one in asked]
    enps = [
        Measure(key=ENPS_QUESTION, kind=MeasureKind.ENPS, questions=(_scored(question),))
        for question in questionnaire.questions
        if question.key == ENPS_QUESTION
    ]
    return (*drivers, *enps, *items)


def _scored(question: Question) -> Scored:
    if question.scale is None:
        raise TypeError(question.key)
    scale = question.scale
    return Scored(
        key=question.key, low=float(scale.lowest), high=float(scale.highest), reverse=question.is_reverse
    )


def outcome_of(measures: Sequence[Measure]) -> str | None:
    """Engagement, where the survey asks for it by more than one driver beside it."""
    keys = {measure.key for measure in measures if measure.kind is MeasureKind.DRIVER}
    return SectionRole.ENGAGEMENT.value if SectionRole.ENGAGEMENT in keys and len(keys) > 2 else None


def numbers_of(scores: Mapping[str, object], keys: Collection[str]) -> dict[str, float]:
    """The numbers of one answer. What was skipped or answered by "don't know" has none."""
    found = dict[str, float]()
    for key in keys:
        text = scores.get(key)
        if isinstance(text, str):
            try:
                found[key] = float(text)
            except ValueError:  # a word that says why there is no number
                continue
    return found


def chain_of(key: str, parents: Mapping[str, str | None]) -> list[str]:
    """The function, what it is part of, and so on to the organization."""
    chain, step = list[str](), key if key in parents else None
    while step is not None and step not in chain:
        chain.append(step)
        step = parents[step]
    return chain


def meeting_of(keys: Collection[str], parents: Mapping[str, str | None]) -> str:
    """The smallest function that all of these are part of, or one of them; at last the organization."""
    chains = [chain_of(key, parents) for key in keys]
    if not chains:
        return EVERYBODY
    return next((key for key in chains[0] if all(key in chain for chain in chains)), EVERYBODY)


def pools_of(
    *,
    places: Mapping[int, str],
    answers: Mapping[int, int],
    parents: Mapping[str, str | None],
    shown: Collection[str],
    minimum: int,
) -> tuple[Pool, ...]:
    """Where the comments of each group are shown: at the smallest function with so many answers.

    Parameters
    ----------
    places : mapping
        Function of each group, by the group's number.
    answers : mapping
        How many answers each group has.
    parents : mapping
        The tree, with the organization at its root.
    shown : collection of str
        Functions that the wave shows; comments of others are shown at what these are part of.
    minimum : int
        Fewest answers from which comments are shown.
    """
    own = dict.fromkeys(parents, 0)
    for number, place in places.items():
        own[place] += answers.get(number, 0)
    units = {key: Unit(key=key, parent=parent, people=own[key]) for key, parent in parents.items()}
    try:
        pools = groups_of(units, minimum=minimum)
    except NobodyProtected:
        pools = []
    at = dict[str, str | None]()
    for members, _people in pools:
        chain = chain_of(meeting_of(members, parents), parents)
        label = next((key for key in chain if key in shown), None)
        at.update(dict.fromkeys(members, label))
    return tuple(Pool(group=number, function=at.get(places[number])) for number in sorted(places))


def blunt(part: int, whole: int) -> Share:
    told = blunt_share(part / whole, whole)
    return Share(value=told.value, step=told.step, is_open=told.is_open)


def quality_of(*, fast: int, straight: int, answers: int) -> Quality | None:
    """None below the number of answers from which anything is said of how people answered."""
    if answers < PARTICIPATION_FROM:
        return None
    return Quality(fast=blunt(fast, answers), straight=blunt(straight, answers))


def felt_of(questionnaire: Questionnaire, chosen: Mapping[str, int]) -> tuple[Felt, ...]:
    """Of those who chose an answer, in the order of the question."""
    answers = sum(chosen.values())
    asked = [question for question in questionnaire.questions if question.key == CHANGE_QUESTION]
    if answers < PARTICIPATION_FROM or not asked:
        return ()
    return tuple(
        Felt(choice=choice.key, share=blunt(chosen.get(choice.key, 0), answers))
        for choice in asked[0].choices
    )
