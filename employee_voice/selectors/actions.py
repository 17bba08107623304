"""Actions with the figure of their wave, and of the next one, beside them: a description and no claim."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from accounts.choices import Role
from accounts.models import Membership
from employee_voice.choices import ActionState, WaveState
from employee_voice.models import FunctionAction, Wave, WaveFunction
from employee_voice.results import EVERYBODY
from employee_voice.scope import WaveTree, seen_by, tree_of
from employee_voice.selectors.lines import Lines
from employee_voice.selectors.shown import Line


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionRow:
    """`before` is none where the figure is not the reader's to see, `after` until a later wave is published;
    `next_wave` is that wave. `is_restated`: `before` is made as `after` is, and not as its own wave told it.
    """

    action: FunctionAction
    key: str
    function: str
    driver: str
    before: Line | None
    next_wave: Wave | None
    after: Line | None
    is_restated: bool = False
    may_change: bool = False
    may_hand_over: bool = False
    is_overdue: bool = False


def action_rows(member: Membership, tree: WaveTree, keys: Iterable[str]) -> list[ActionRow]:
    """Actions of this wave in functions whose figures the member sees, and her own in others, without
    figures; queries do not grow with them.
    """
    wanted, seen = set(keys), seen_by(member, tree)
    rows = list(FunctionAction.objects.filter(wave=tree.wave).select_related("owner__user", "wave__survey"))
    line = frozenset(tree.parents) if member.role == Role.CX_LEADER else tree.line(member)
    return [
        replace(
            found,
            may_hand_over=found.key in line,
            may_change=found.key in line or found.action.owner_id == member.pk,
        )
        for found in rows_of_actions(tree, rows, seen)
        if found.key in wanted and (found.key in seen or found.action.owner_id == member.pk)
    ]


def rows_of_actions(
    tree: WaveTree, actions: Sequence[FunctionAction], seen: Collection[str]
) -> list[ActionRow]:
    """All these actions, with figures of the functions in `seen`."""
    if not actions:
        return []
    here, later = Lines(tree), Later(tree.wave)
    today = tree.wave.survey.organization.clock.today()
    found = list[ActionRow]()
    for action in actions:
        key = EVERYBODY if action.wave_function_id is None else str(action.wave_function_id)
        beside = later.beside(here, key, action.driver) if key in seen else Beside()
        own = beside.before or here.line(key, action.driver)
        found.append(
            ActionRow(
                action=action,
                key=key,
                function=tree.name(key),
                driver=own.name if own else action.driver,
                before=beside.before,
                next_wave=beside.next_wave,
                after=beside.after,
                is_restated=beside.is_restated,
                is_overdue=action.state == ActionState.PLANNED and action.due_on < today,
            )
        )
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """A driver of a wave and of the next one, both made in the same way."""

    before: Line | None = None
    next_wave: Wave | None = None
    after: Line | None = None
    is_restated: bool = False


class Later:
    """What functions of a wave became in later ones. Two queries, and three for each wave that is shown."""

    def __init__(self, wave: Wave) -> None:
        waves = Wave.objects.begun().filter(survey=wave.survey_id, number__gt=wave.number)
        self.waves = list(waves.select_related("survey__organization").order_by("number"))
        self.parts = defaultdict[tuple[int, int], list[int]](list)
        rows = WaveFunction.objects.filter(wave__in=self.waves, came_from__isnull=False)
        for pk, wave_pk, came_from in rows.values_list("pk", "wave", "came_from"):
            self.parts[wave_pk, came_from or 0].append(pk)
        self.shown = dict[int, Lines]()

    def beside(self, here: Lines, key: str, driver: str) -> Beside:
        """The figure of this wave, `here`, and of the next; made of the items where the two waves made
        drivers in different ways."""
        next_wave, after = self.line(key, driver)
        if next_wave is None or after is None or here.is_like(self.shown[next_wave.pk]):
            return Beside(before=here.line(key, driver), next_wave=next_wave, after=after)
        before = here.of_items().line(key, driver)
        return Beside(before=before, next_wave=next_wave, after=after, is_restated=True)

    def line(self, key: str, driver: str) -> tuple[Wave | None, Line | None]:
        """The next published wave, and the driver in it: none where the function is not there any more, or
        became several.
        """
        here: int | None = None if key == EVERYBODY else int(key)
        for wave in self.waves:
            is_published = wave.state == WaveState.PUBLISHED
            if here is not None:
                parts = self.parts[wave.pk, here]
                if len(parts) != 1:
                    return (wave, None) if is_published else (None, None)
                here = parts[0]
            if is_published:
                if wave.pk not in self.shown:
                    self.shown[wave.pk] = Lines(tree_of(wave))
                return wave, self.shown[wave.pk].line(EVERYBODY if here is None else str(here), driver)
        return None, None
