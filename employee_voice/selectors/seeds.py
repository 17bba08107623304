"""From a driver of a wave to an initiative: the words of a draft, and the figure that stands beside it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import may
from employee_voice.models import Wave, WaveFunction
from employee_voice.results import EVERYBODY
from employee_voice.scope import comments_seen_by, seen_by, tree_of
from employee_voice.selectors.actions import Later
from employee_voice.selectors.lines import Lines
from employee_voice.selectors.shown import Line


@dataclass(frozen=True, kw_only=True, slots=True)
class DriverSeed:
    """Words for a draft. They hold no figure: an initiative is read by people who may not see it."""

    title: str
    problem: str
    function: WaveFunction | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DriverBeside:
    """A driver of a wave beside an initiative. `before` is none where the reader may not see the function,
    or the wave does not tell it.
    """

    wave: Wave
    key: str
    function: str
    driver: str
    is_seen: bool
    before: Line | None = None
    next_wave: Wave | None = None
    after: Line | None = None
    is_restated: bool = False  # `before` is made as `after` is

    @property
    def is_whole(self) -> bool:
        """Whether it is a figure of the whole organization."""
        return self.key == EVERYBODY


def may_act_for(member: Membership, wave: Wave, key: str) -> bool:
    """Whether the member leads the function or one above it, or all as the CX leader. Two queries."""
    return key in comments_seen_by(member, tree_of(wave))


def driver_seed(wave: Wave, key: str, driver: str) -> DriverSeed | None:
    """None where the wave tells nothing of this driver in this function. Three queries."""
    tree = tree_of(wave)
    line = Lines(tree).line(key, driver)
    if line is None or not line.band:
        return None
    said = {
        "driver": line.name,
        "function": tree.name(key),
        "survey": wave.survey.title,
        "number": wave.number,
    }
    return DriverSeed(
        title=_("Improve “%(driver)s” in %(function)s") % said,
        problem=_(
            "In the employee survey “%(survey)s”, wave %(number)s, “%(driver)s” in %(function)s needs to "
            "improve. The figure is shown next to this text to everyone who may see it."
        )
        % said,
        function=tree.rows.get(key),
    )


def driver_beside(member: Membership, wave: Wave, key: str, driver: str) -> DriverBeside:
    """The figure of the wave and of the next one, for who sees the function. At most nine queries."""
    tree = tree_of(wave)
    lines = Lines(tree)
    line = lines.line(key, driver)
    found = DriverBeside(
        wave=wave,
        key=key,
        function=tree.name(key),
        driver=line.name if line else driver,
        is_seen=False,
    )
    if not may(member.role, Action.VIEW_EMPLOYEE_RESULTS) or key not in seen_by(member, tree):
        return found
    beside = Later(wave).beside(lines, key, driver)
    return DriverBeside(
        wave=wave,
        key=key,
        function=found.function,
        driver=found.driver,
        is_seen=True,
        before=beside.before,
        next_wave=beside.next_wave,
        after=beside.after,
        is_restated=beside.is_restated,
    )


def key_of(function: int | None) -> str:
    """The key of a function of a wave in its results; none is the organization."""
    return EVERYBODY if function is None else str(function)
