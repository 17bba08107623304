"""Comments of a published wave, by function and question: to decide on, and those that were released."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import get_language

from accounts.choices import Action, Role
from accounts.models import Membership
from accounts.permissions import may
from employee_voice.choices import CommentState
from employee_voice.content import fixed_content
from employee_voice.models import Comment, Wave
from employee_voice.results import Pool
from employee_voice.scope import (
    WaveTree,
    comments_released_by,
    comments_seen_by,
    insiders,
    may_read_first,
    pooled_at,
)
from employee_voice.selectors.results import results_of
from employee_voice.selectors.waves import readers_of_comments
from questionnaires.wording import said_in


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One open question at one function. `comments` are all where the reader decides, else those released."""

    question: str
    comments: tuple[Comment, ...]
    waiting: int
    held_back: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CommentGroup:
    """`deciders`: who decides on these comments first, where the reader of the page may not; nobody: they
    stay held back. For those who read comments first; a head is not told.
    """

    name: str
    decides: bool
    deciders: tuple[Membership, ...]
    questions: tuple[Asked, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CommentsPage:
    """`is_first`: the reader is one of those who decide before heads read. `is_stuck`: comments wait that
    nobody may decide on; `readers` can be named for them, by a CX leader.
    """

    groups: tuple[CommentGroup, ...]
    waiting: int  # of those on which the reader decides
    minimum: int
    is_first: bool
    is_stuck: bool
    readers: tuple[Membership, ...]


def comments_page(member: Membership, tree: WaveTree) -> CommentsPage:
    """What the member may read. Comments of too few answers are nowhere. Three queries, and one for those who
    can be named.
    """
    wave, pools = tree.wave, results_of(tree.wave).pools
    decided, seen = comments_released_by(member, tree, pools), comments_seen_by(member, tree)
    is_first = may_read_first(member, wave)
    told = decided | seen | (frozenset(pooled_at(tree, pools)) if is_first else frozenset())
    found = _by_place(wave, pools, told)
    deciders = deciders_of([tree], {wave.pk: pools})[wave.pk] if is_first else {}
    asked = {
        key: tuple(
            _asked(text, found[key][question], decides=key in decided, sees=key in seen)
            for question, text in _questions(wave).items()
            if question in found[key]
        )
        for key in tree.parents
        if key in found
    }
    groups = tuple(
        CommentGroup(
            name=tree.name(key),
            decides=key in decided,
            deciders=() if key in decided else tuple(deciders.get(key, ())),
            questions=questions,
        )
        for key, questions in asked.items()
    )
    stuck = [
        key
        for key, questions in asked.items()
        if is_first and not deciders.get(key) and any(one.waiting for one in questions)
    ]
    return CommentsPage(
        groups=groups,
        waiting=sum(one.waiting for group in groups if group.decides for one in group.questions),
        minimum=wave.comment_minimum,
        is_first=is_first,
        is_stuck=bool(stuck),
        readers=tuple(readers_for(tree, pools, stuck)) if may(member.role, Action.RELEASE_COMMENTS) else (),
    )


def deciders_of(
    trees: Collection[WaveTree], pools: Mapping[int, Sequence[Pool]]
) -> dict[int, dict[str, list[Membership]]]:
    """By wave and place, who decides on the comments shown there: CX leaders and the member named for the
    wave, as far as they are from outside. One query.
    """
    if not trees:
        return {}
    named = {tree.wave.comment_reader_id for tree in trees} - {None}
    organization = next(iter(trees)).wave.survey.organization
    people = Membership.objects.of(organization).active().select_related("user")
    first = list(people.filter(Q(role=Role.CX_LEADER) | Q(pk__in=named)).order_by("user__name"))
    found: dict[int, dict[str, list[Membership]]] = {}
    for tree in trees:
        places = found[tree.wave.pk] = defaultdict[str, list[Membership]](list)
        for member in first:
            for key in comments_released_by(member, tree, pools[tree.wave.pk]):
                places[key].append(member)
    return found


def readers_for(tree: WaveTree, pools: Sequence[Pool], places: Collection[str]) -> list[Membership]:
    """Who can be named to read the comments of one of these places first: active members who may see results
    and are from outside its line. One query; none without a place.
    """
    pooled = pooled_at(tree, pools)
    outside = Q()
    for place in places:
        functions, leaders = insiders(tree, pooled[place])
        outside |= ~Q(pk__in=leaders) & (Q(function=None) | ~Q(function__in=functions))
    if not places:
        return []
    return list(readers_of_comments(tree.wave.survey.organization).filter(outside))


def _by_place(
    wave: Wave, pools: Sequence[Pool], told: Collection[str]
) -> dict[str, dict[str, list[Comment]]]:
    place = {pool.group: pool.function for pool in pools}
    found = defaultdict[str, dict[str, list[Comment]]](lambda: defaultdict(list))
    for comment in Comment.objects.filter(wave=wave).select_related("group").order_by("pk"):
        key = place.get(comment.group.number)
        if key is not None and key in told:
            found[key][comment.question].append(comment)
    return found


def _questions(wave: Wave) -> dict[str, str]:
    content = fixed_content(wave.content_digest, wave.content)
    language = get_language() or content.default_language
    return {
        question.key: said_in(question.text, language, default=content.default_language).text
        for question in content.questions
    }


def _asked(question: str, comments: list[Comment], *, decides: bool, sees: bool) -> Asked:
    shown = comments if decides else [one for one in comments if sees and one.state == CommentState.RELEASED]
    return Asked(
        question=question,
        comments=tuple(shown),
        waiting=sum(one.state == CommentState.WAITING for one in comments),
        held_back=sum(one.state == CommentState.HELD_BACK for one in comments),
    )
