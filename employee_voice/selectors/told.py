"""What the last published wave tells a member of one function, for pages of higher rooms."""

from dataclasses import dataclass

from accounts.choices import Action
from accounts.models import Membership
from accounts.permissions import may
from employee_voice.choices import SectionRole
from employee_voice.models import Wave
from employee_voice.scope import seen_by, tree_of
from employee_voice.selectors.results import page_of, results_of
from employee_voice.selectors.shown import Line


@dataclass(frozen=True, kw_only=True, slots=True)
class FunctionTold:
    """Exactly what the page of results tells this member of the function, or `why` it tells nothing.
    `wave_function` is its number in the address of that page."""

    wave: Wave
    wave_function: int
    name: str
    engagement: Line | None
    enps: Line | None
    weakest: Line | None
    why: str


def told_of_function(member: Membership, function: int) -> FunctionTold | None:
    """Of the wave that was published last; None where there is none, where it did not ask the function, or
    where this member may not see its figures. At most six queries.

    Nothing is counted here: the stored publication alone is read, with what it hides. Another way to look at
    the answers would be a way to work out what is hidden.
    """
    if not may(member.role, Action.VIEW_EMPLOYEE_RESULTS):
        return None
    waves = Wave.objects.of(member.organization).published().select_related("survey__organization")
    wave = waves.order_by("-closes_on", "-pk").first()
    if wave is None:
        return None
    tree = tree_of(wave)
    key = next((key for key, row in tree.rows.items() if row.function_id == function), "")
    seen = seen_by(member, tree)
    if not key or key not in seen:
        return None
    if key not in {one.key for one in results_of(wave).publication.functions}:
        return None
    page = page_of(tree, seen, key)
    row = page.row
    return FunctionTold(
        wave=wave,
        wave_function=tree.rows[key].pk,
        name=row.name,
        engagement=row.driver(SectionRole.ENGAGEMENT) if row.is_shown else None,
        enps=row.enps if row.is_shown else None,
        weakest=row.weakest if row.is_shown else None,
        why=row.why,
    )
