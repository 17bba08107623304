"""Which functions of a wave somebody sees: the rules of product and page in one place. No request."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from accounts.choices import Action, Role
from accounts.models import BusinessFunction, Membership, Organization
from accounts.permissions import may
from employee_voice.choices import SEES_ALL
from employee_voice.models import Wave, WaveFunction
from employee_voice.results import EVERYBODY, Pool, chain_of


@dataclass(frozen=True, kw_only=True, slots=True)
class WaveTree:
    """Functions of a wave by key, the organization at the root under `EVERYBODY`; `heads` lead them
    today.
    """

    wave: Wave
    rows: dict[str, WaveFunction]
    parents: dict[str, str | None]
    heads: dict[str, int | None]

    def name(self, key: str) -> str:
        """The function's name when the wave opened; of the root the organization's."""
        return self.rows[key].name if key in self.rows else self.wave.survey.organization.name

    def chain(self, key: str) -> list[str]:
        return chain_of(key, self.parents)

    def line(self, member: Membership) -> frozenset[str]:
        """Functions that the member leads today, with all below them in the wave."""
        led = {key for key, head in self.heads.items() if head == member.pk} if member.is_active else set()
        return frozenset(key for key in self.parents if led & set(self.chain(key)))


def tree_of(wave: Wave) -> WaveTree:
    """Two queries."""
    return trees_of([wave], wave.survey.organization)[wave.pk]


def trees_of(waves: Sequence[Wave], organization: Organization) -> dict[int, WaveTree]:
    """The trees of waves of one organization, by key of the wave. Two queries, none without a wave."""
    if not waves:
        return {}
    rows = defaultdict[int, dict[str, WaveFunction]](dict)
    there = WaveFunction.objects.filter(wave__in=waves).select_related("group").defer("group__public_key")
    for row in there:
        rows[row.wave_id][str(row.pk)] = row
    leaders = dict(BusinessFunction.objects.of(organization).values_list("pk", "head"))
    return {wave.pk: _tree(wave, rows[wave.pk], leaders) for wave in waves}


def _tree(wave: Wave, rows: dict[str, WaveFunction], leaders: Mapping[int, int | None]) -> WaveTree:
    parents: dict[str, str | None] = {EVERYBODY: None}
    for key, row in rows.items():
        parents[key] = EVERYBODY if row.parent_id is None else str(row.parent_id)
    heads = {key: leaders.get(row.function_id or 0) for key, row in rows.items()}
    return WaveTree(wave=wave, rows=rows, parents=parents, heads=heads)


def seen_by(member: Membership, tree: WaveTree) -> frozenset[str]:
    """Functions whose figures the member may see: the organization always, a head her line, the CX leader
    and executives all. What the wave hides stays hidden to everybody.
    """
    if member.role in SEES_ALL:
        return frozenset(tree.parents)
    return tree.line(member) | {EVERYBODY}


def comments_seen_by(member: Membership, tree: WaveTree) -> frozenset[str]:
    """Functions whose released comments the member reads: a head her line, the CX leader all."""
    return frozenset(tree.parents) if member.role == Role.CX_LEADER else tree.line(member)


def may_read_first(member: Membership, wave: Wave) -> bool:
    """Whether the member is one of those who decide on comments: a CX leader, or whoever is named for the
    wave. An administrator or auditor sees no results, so neither reads comments, whoever named her.
    """
    if not member.is_active:
        return False
    if member.role == Role.CX_LEADER:
        return True
    return wave.comment_reader_id == member.pk and may(member.role, Action.VIEW_EMPLOYEE_RESULTS)


def comments_released_by(member: Membership, tree: WaveTree, pools: Sequence[Pool]) -> frozenset[str]:
    """Functions where the member decides on the comments that are shown: all of those are from outside her
    own line, also the ones that stand with a larger function because there are too few.
    """
    if not may_read_first(member, tree.wave):
        return frozenset()
    own = own_line(member, tree)
    return frozenset(place for place, whose in pooled_at(tree, pools).items() if own.isdisjoint(whose))


def pooled_at(tree: WaveTree, pools: Sequence[Pool]) -> dict[str, frozenset[str]]:
    """By the function at which comments are shown: the functions whose people wrote them, and itself."""
    wrote = defaultdict[int, set[str]](set)
    for key, row in tree.rows.items():
        if row.group is not None:
            wrote[row.group.number].add(key)
    places = defaultdict[str, set[str]](set)
    for pool in pools:
        if pool.function is not None:
            places[pool.function] |= wrote[pool.group] | {pool.function}
    return {place: frozenset(whose - {EVERYBODY}) for place, whose in places.items()}


def own_line(member: Membership, tree: WaveTree) -> frozenset[str]:
    """Functions whose comments the member does not read first: what she leads, or led when the wave opened,
    with all below; and what contains one that she leads, led or belongs to.
    """
    led = {key for key, row in tree.rows.items() if member.pk in {tree.heads[key], row.head_id}}
    belongs = {
        key
        for key, row in tree.rows.items()
        if member.function_id is not None and row.function_id == member.function_id
    }
    above = {one for key in led | belongs for one in tree.chain(key)} - {EVERYBODY}
    below = {key for key in tree.parents if led & set(tree.chain(key))} if led else set()
    return frozenset(above | below)


def insiders(tree: WaveTree, whose: Collection[str]) -> tuple[frozenset[int], frozenset[int]]:
    """The same rule from the other side, for choosing somebody: (functions, members). Whoever belongs to one
    of these functions or is one of these members is of the line of `whose`.
    """
    functions, leaders, above = set[int](), set[int | None](), set[str]()
    for key in whose:
        above.update(tree.chain(key))
    for key, row in tree.rows.items():
        is_below = not set(tree.chain(key)).isdisjoint(whose)
        if is_below and row.function_id is not None:
            functions.add(row.function_id)
        if is_below or key in above:
            leaders |= {tree.heads[key], row.head_id}
    return frozenset(functions), frozenset(pk for pk in leaders if pk is not None)
