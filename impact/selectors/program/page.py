"""The page of the program's return: the one that counts, what is under way, whether inputs changed."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import Organization
from common.jobs import JobState
from impact.models import ProgramCase
from impact.selectors.ledger import LedgerPage, ledger_page
from impact.selectors.program.facts import program_basis
from impact.selectors.program.rows import ProgramView
from impact.selectors.program.view import program_view
from wording.formats import reader
from wording.joining import sentences


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramPage:
    """`shown` None where nothing was computed yet; `is_current` false where inputs may have changed since."""

    shown: ProgramView | None
    running: ProgramCase | None
    failed: ProgramCase | None
    is_current: bool
    ledger: LedgerPage

    @property
    def is_stale(self) -> bool:
        return self.shown is not None and not self.is_current


def latest_program(organization: Organization) -> ProgramCase | None:
    """The finished return that counts. One query."""
    found: ProgramCase | None = (
        ProgramCase.objects.of(organization)
        .finished()
        .select_related("organization", "requested_by__user")
        .order_by("-current_since", "-pk")
        .first()
    )
    return found


def program_page(organization: Organization, *, with_look_backs: bool = False) -> ProgramPage:
    """At most sixteen queries, whatever the number of initiatives; nothing is drawn by lot here."""
    shown = latest_program(organization)
    newest = (
        ProgramCase.objects.of(organization)
        .defer("inputs", "result")
        .order_by("-current_since", "-pk")
        .first()
    )
    basis = program_basis(organization)
    return ProgramPage(
        shown=program_view(shown, with_look_backs=with_look_backs) if shown else None,
        running=newest if newest and not newest.is_finished else None,
        failed=newest if newest and newest.job_state == JobState.FAILED else None,
        is_current=shown is not None and _is_current(shown, basis),
        ledger=ledger_page(organization),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramFigure:
    """The one net value of the program, for other pages: nothing else there is called its return."""

    view: ProgramView
    is_current: bool

    @property
    def sentence(self) -> str:
        """With the day, where inputs may have changed since."""
        if self.is_current:
            return self.view.sentence
        text = _("As of %(day)s; inputs have changed since.") % {
            "day": reader().day(self.view.case.finished_at)
        }
        return sentences([self.view.sentence, text])


def program_figure(organization: Organization, *, with_look_backs: bool = False) -> ProgramFigure | None:
    """None where no net value can be told. One query, ten where there is one."""
    case = latest_program(organization)
    if case is None:
        return None
    view = program_view(case, with_look_backs=with_look_backs)
    if not view.has_figure:
        return None
    return ProgramFigure(view=view, is_current=_is_current(case, program_basis(organization)))


def _is_current(case: ProgramCase, basis: str) -> bool:
    """Whether it was computed by this engine from what is there now."""
    return case.basis == basis and not case.is_of_other_engine


def counted_texts(view: ProgramView) -> dict[int, str]:
    """Initiative number -> what the program counts of it, or why it counts nothing. No query."""
    found = {
        line.number: _("the program counts %(net)s net, discounted to %(year)s")
        % {"net": line.net, "year": view.first_year}
        for line in view.lines
    }
    found |= {row.number: _("not in the return of the program yet") for row in view.forecasts}
    return found | {
        row.number: _("not in the return of the program: %(reason)s") % {"reason": row.reason}
        for row in view.apart
    }
