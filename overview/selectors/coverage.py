"""What is missing at each touchpoint: who listens, owns, represents, counts and improves. Gaps first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.choices import Action
from accounts.models import Membership, Organization
from accounts.permissions import may
from coalition.choices import InitiativeState
from coalition.models import Initiative
from coalition.selectors import coalition_of, seats
from coalition.selectors import coverage as seats_coverage
from common.registry import operational_metrics_of
from customer_voice.selectors.listened import NOT_HEARD, HeardLately, heard_lately
from journeys.models import Touchpoint
from journeys.selectors import touchpoints
from wording.formats import reader
from wording.joining import listed, sentences

HEARD_DAYS = 90  # what was heard within so many days counts as listening
_S = InitiativeState
UNDER_WAY = frozenset({_S.SUBMITTED, _S.CHANGES_REQUESTED, _S.APPROVED, _S.IN_PROGRESS, _S.LIVE})


class Check(StrEnum):
    """What a touchpoint should have, in the order in which it is closed."""

    LISTENS = "listens"
    OWNED = "owned"
    REPRESENTED = "represented"
    COUNTED = "counted"
    IMPROVED = "improved"


class State(StrEnum):
    YES = "yes"
    PARTLY = "partly"
    NO = "no"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One check of one touchpoint: how it stands, in words, and what closes the gap for this member."""

    check: Check
    state: State
    text: str
    action: str = ""
    url: str = ""

    @property
    def name(self) -> str:
        """What the check is called at the head of its column."""
        return column_names()[self.check]

    @property
    def is_gap(self) -> bool:
        return self.state is not State.YES


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverageRow:
    touchpoint: Touchpoint
    cells: tuple[Cell, ...]

    @property
    def gaps(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.is_gap)

    @property
    def weight(self) -> int:
        """The more is missing the earlier it stands: two for what is not there, one for what is half."""
        return sum(2 if cell.state is State.NO else 1 for cell in self.gaps)


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckTotal:
    """One check over all touchpoints."""

    check: Check
    name: str
    column: str
    covered: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CoveragePage:
    sentence: str
    totals: tuple[CheckTotal, ...]
    rows: tuple[CoverageRow, ...]

    @property
    def whole(self) -> int:
        return sum(not row.gaps for row in self.rows)


@dataclass(frozen=True, kw_only=True)
class _Facts:
    """What all rows are judged by, read once."""

    member: Membership
    heard: Mapping[int, HeardLately]
    speakers: Mapping[int, Sequence[str]]
    has_coalition: bool
    metrics: Mapping[str, str]
    under_way: Mapping[int, Sequence[Initiative]]


def coverage_page(member: Membership) -> CoveragePage:
    """Every touchpoint in use with what is missing there, those that lack most first. Fifteen queries,
    whatever the number of rows."""
    organization = member.organization
    facts = _facts(member, organization)
    rows = [
        CoverageRow(touchpoint=touchpoint, cells=tuple(_cells(touchpoint, facts)))
        for touchpoint in touchpoints(organization)
    ]
    rows.sort(key=lambda row: (-row.weight, row.touchpoint.name.casefold()))
    totals = tuple(
        CheckTotal(
            check=check,
            name=name,
            column=column_names()[check],
            covered=sum(not cell.is_gap for row in rows for cell in row.cells if cell.check is check),
        )
        for check, name in check_names().items()
    )
    return CoveragePage(sentence=_sentence(rows, totals), totals=totals, rows=tuple(rows))


def check_names() -> dict[Check, str]:
    """What each column is called."""
    return {
        Check.LISTENS: _("Someone listens"),
        Check.OWNED: _("Someone owns it"),
        Check.REPRESENTED: _("The coalition represents it"),
        Check.COUNTED: _("An operational metric exists"),
        Check.IMPROVED: _("An initiative is under way"),
    }


def column_names() -> dict[Check, str]:
    """The same in a word, at the head of a column."""
    return {
        Check.LISTENS: _("Heard"),
        Check.OWNED: _("Owned"),
        Check.REPRESENTED: _("Represented"),
        Check.COUNTED: pgettext("coverage", "Counted"),
        Check.IMPROVED: _("Improved"),
    }


def _facts(member: Membership, organization: Organization) -> _Facts:
    today: date = organization.clock.today()
    coalition = coalition_of(organization)
    seated = tuple(seats(coalition)) if coalition is not None else ()
    speakers = {
        row.touchpoint.pk: [str(seat.function or seat.title) for seat in row.speakers]
        for row in seats_coverage(organization, seated).rows
    }
    under_way: dict[int, list[Initiative]] = {}
    running = Initiative.objects.of(organization).filter(state__in=UNDER_WAY)
    for initiative in running.prefetch_related("touchpoints").order_by("number"):
        for touchpoint in initiative.touchpoints.all():
            under_way.setdefault(touchpoint.pk, []).append(initiative)
    return _Facts(
        member=member,
        heard=heard_lately(organization, today - timedelta(days=HEARD_DAYS)),
        speakers=speakers,
        has_coalition=coalition is not None,
        metrics=operational_metrics_of(organization),
        under_way=under_way,
    )


def _cells(touchpoint: Touchpoint, facts: _Facts) -> Sequence[Cell]:
    heard = facts.heard.get(touchpoint.pk, NOT_HEARD)
    return (
        _listens(touchpoint, heard, facts),
        _owned(touchpoint, facts),
        _represented(touchpoint, facts),
        _counted(touchpoint, heard, facts),
        _improved(touchpoint, facts),
    )


def _listens(touchpoint: Touchpoint, heard: HeardLately, facts: _Facts) -> Cell:
    if heard.is_listened_to:
        day = heard.last_day
        text = _("Last answer on %(day)s") % {"day": reader().day(day)} if day else _("Comments come in")
        return Cell(check=Check.LISTENS, state=State.YES, text=text)
    text = ngettext("Nothing in %(days)s day", "Nothing in %(days)s days", HEARD_DAYS)
    gap = Cell(check=Check.LISTENS, state=State.NO, text=text % {"days": reader().number(HEARD_DAYS)})
    if touchpoint.is_intended:
        return _with_way(
            gap, facts, Action.EDIT_METRICS, _("Ask customers"), "customer_voice:survey_new",
            f"touchpoint={touchpoint.key}",
        )  # fmt: skip
    # nobody can send a survey where people talk among themselves: what they say is brought in
    return _with_way(gap, facts, Action.IMPORT_FEEDBACK, _("Import feedback"), "customer_voice:import_new")


def _owned(touchpoint: Touchpoint, facts: _Facts) -> Cell:
    function, person = touchpoint.owner_function, touchpoint.owner_person
    is_here = person is not None and person.has_access
    if function is not None and is_here:
        text = _("%(function)s, %(person)s") % {"function": function, "person": person}
        return Cell(check=Check.OWNED, state=State.YES, text=text)
    if person is not None and not is_here:
        text = _("%(name)s no longer has access") % {"name": person}
    elif function is None and person is None:
        text = _("Nobody")
    elif function is None:
        text = _("%(person)s, no function") % {"person": person}
    else:
        text = _("%(function)s, no person") % {"function": function}
    state = State.NO if function is None and not is_here else State.PARTLY
    return _edit(Cell(check=Check.OWNED, state=state, text=text), touchpoint, facts, _("Name an owner"))


def _represented(touchpoint: Touchpoint, facts: _Facts) -> Cell:
    speakers = facts.speakers.get(touchpoint.pk, ())
    if speakers:
        return Cell(check=Check.REPRESENTED, state=State.YES, text=listed(dict.fromkeys(speakers)))
    gap = Cell(check=Check.REPRESENTED, state=State.NO, text=_("No seat"))
    if not facts.has_coalition:
        way = "coalition:coalition_detail"
        return _with_way(gap, facts, Action.EDIT_COALITION, _("Set up the coalition"), way)
    return _with_way(
        gap, facts, Action.EDIT_COALITION, _("Add a seat"), "coalition:seat_create",
        f"touchpoint={touchpoint.key}",
    )  # fmt: skip


def _counted(touchpoint: Touchpoint, heard: HeardLately, facts: _Facts) -> Cell:
    key = touchpoint.operational_metric
    name = facts.metrics.get(key, key)
    if key and key in heard.operational:
        return Cell(check=Check.COUNTED, state=State.YES, text=name)
    if key:
        text = _("%(metric)s, without figures lately") % {"metric": name}
        gap = Cell(check=Check.COUNTED, state=State.PARTLY, text=text)
        way = "customer_voice:import_new"
        return _with_way(gap, facts, Action.IMPORT_FEEDBACK, _("Import figures"), way)
    known = [one for one in heard.operational if one in facts.metrics]
    found = [facts.metrics[one] for one in known]
    if found:
        text = _("%(metrics)s is there, but not named") % {"metrics": listed(found)}
        gap = Cell(check=Check.COUNTED, state=State.PARTLY, text=text)
        return _edit(gap, touchpoint, facts, _("Name it"), f"operational_metric={quote(known[0])}")
    gap = Cell(check=Check.COUNTED, state=State.NO, text=_("None"))
    if facts.metrics:
        return _edit(gap, touchpoint, facts, _("Choose a metric"))
    return _with_way(gap, facts, Action.EDIT_METRICS, _("Define a metric"), "customer_voice:definition_new")


def _improved(touchpoint: Touchpoint, facts: _Facts) -> Cell:
    running = facts.under_way.get(touchpoint.pk, ())
    if running:
        return Cell(
            check=Check.IMPROVED,
            state=State.YES,
            text=listed(one.reference for one in running),
            url=reverse(
                "coalition:initiative_detail", args=[facts.member.organization.slug, running[0].number]
            ),
        )
    gap = Cell(check=Check.IMPROVED, state=State.NO, text=_("None"))
    return _with_way(
        gap, facts, Action.DRAFT_INITIATIVE, _("Draft one"), "coalition:initiative_create",
        f"touchpoint={touchpoint.key}",
    )  # fmt: skip


def _edit(gap: Cell, touchpoint: Touchpoint, facts: _Facts, label: str, query: str = "") -> Cell:
    if not may(facts.member.role, Action.EDIT_TOUCHPOINTS):
        return gap
    url = reverse("journeys:touchpoint_edit", args=[facts.member.organization.slug, touchpoint.key])
    url = f"{url}?{query}" if query else url
    return Cell(check=gap.check, state=gap.state, text=gap.text, action=label, url=url)


def _with_way(gap: Cell, facts: _Facts, right: Action, label: str, page: str, query: str = "") -> Cell:
    """The gap with the page that closes it, for who may open that page."""
    if not may(facts.member.role, right):
        return gap
    url = reverse(page, args=[facts.member.organization.slug])
    return Cell(
        check=gap.check,
        state=gap.state,
        text=gap.text,
        action=label,
        url=f"{url}?{query}" if query else url,
    )


def _sentence(rows: Sequence[CoverageRow], totals: Sequence[CheckTotal]) -> str:
    """What is covered, and the largest gap by name."""
    if not rows:
        return ""
    whole, number = sum(not row.gaps for row in rows), reader().number
    if whole == len(rows):
        return _("Every touchpoint is heard, owned, represented, counted and being improved.")
    none_is_whole = _("Every touchpoint lacks something.")
    silent = [row.touchpoint.name for row in rows if row.cells[0].is_gap]
    some = ngettext(
        "%(whole)s of %(all)s touchpoints has no gap.",
        "%(whole)s of %(all)s touchpoints have no gap.",
        whole,
    )
    said = [some % {"whole": number(whole), "all": number(len(rows))} if whole else none_is_whole]
    if silent:
        names = listed(silent[:4]) if len(silent) <= 4 else listed([*silent[:3], _("others")])
        said.append(_("No one listens at: %(names)s.") % {"names": names})
    else:
        least = min(totals, key=lambda total: total.covered)
        words = {"name": least.name, "covered": number(least.covered), "all": number(len(rows))}
        said.append(_("The largest gap: “%(name)s” holds for %(covered)s of %(all)s.") % words)
    return sentences(said)
