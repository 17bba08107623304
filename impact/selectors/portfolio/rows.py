"""A row of the portfolio, and the page that holds all of them."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from coalition.choices import InitiativeState
from coalition.models import Initiative
from coalition.selectors import plan_of
from cxstats.design import DesignGrade
from cxstats.portfolio import PortfolioTotal
from cxstats.roi import RoiResult
from impact.selectors.cases import CaseView, EarlierValue
from impact.selectors.studies import StudyView
from impact.wording import Standing, standing_of
from wording.formats import reader
from wording.joining import sentences


class LeftOut(StrEnum):
    """Why a value stands in no total."""

    IMPOSSIBLE = "impossible"
    AFTERWARDS = "afterwards"  # recorded when the answers were there already
    CURRENCY = "currency"
    DISPUTED = "disputed"
    DISPUTED_BEFORE = "disputed_before"  # the value before it was, and finance has not answered since
    SCENARIO = "scenario"
    OVERLAP = "overlap"
    EARLIER = "earlier"


UNSETTLED_VALUES = frozenset({LeftOut.DISPUTED, LeftOut.DISPUTED_BEFORE})


@dataclass(frozen=True, kw_only=True, slots=True)
class PortfolioRow:
    """One initiative; `view` None where no study is finished, `case` None where nothing was valued.

    `counting` says whether its value is in the total, or why not. `earlier`: the value of an earlier study,
    in no total, while the study that counts has none. `undisputed`: what its value is worth without the
    benefits that finance disputes, where it does not dispute all of them.
    """

    initiative: Initiative
    view: StudyView | None
    case: CaseView | None
    is_running: bool
    earlier: EarlierValue | None = None
    left_out: LeftOut | None = None
    counting: str = ""
    undisputed: RoiResult | None = None

    @property
    def worth(self) -> RoiResult | None:
        """What may be counted of its value; None where nothing was valued."""
        return self.undisputed or (self.case.result if self.case else None)

    @property
    def standing(self) -> Standing | None:
        """What may be said of what may be counted."""
        if self.case is None or self.undisputed is None or self.case.impossible:
            return self.case.standing if self.case else None
        return standing_of(self.undisputed)

    @property
    def counts(self) -> bool:
        return self.case is not None and self.left_out is None

    @property
    def is_of_other_go_live(self) -> bool:
        """Whether effect, verdict and value are of a go-live that was corrected since."""
        return self.view is not None and not self.view.study.used(self.initiative.went_live_on)

    @property
    def is_of_other_plan(self) -> bool:
        """Whether the plan was changed after the study that counts, which would lower its grade. No query on
        the portfolio."""
        if self.view is None or self.view.finding.grade is DesignGrade.D:
            return False
        plan = plan_of(self.initiative)
        is_changed = plan is not None and plan.changed_after_approval_at is not None
        return is_changed and not self.view.study.inputs["design"].get("changed_after_approval")

    @property
    def caution(self) -> str:
        """What was changed after the study that counts, beside the figures that do not know of it."""
        if self.view is None:
            return ""
        if self.is_of_other_go_live and self.initiative.went_live_on is not None:
            text = _(
                "The study used %(used)s as the go-live. The day was corrected to %(day)s since: run a new "
                "study."
            )
            return text % {
                "used": reader().day(self.view.subject.go_live),
                "day": reader().day(self.initiative.went_live_on),
            }
        if self.is_of_other_plan:
            return sentences([_("The plan was changed after the study that counts."), _("Run a new study.")])
        if self.is_ended and self.case is not None:
            return ended_text()
        return ""

    @property
    def is_ended(self) -> bool:
        """Whether it was stopped or canceled after it went live: what was to come is not coming."""
        return self.initiative.state == InitiativeState.CANCELLED

    @property
    def is_outdated(self) -> bool:
        """Whether the value model was changed after the value was computed. No query on the portfolio."""
        model = getattr(self.initiative, "value_model", None)
        return self.case is not None and model is not None and not self.case.case.follows(model)


def ended_text() -> str:
    """Beside the value of what was stopped or canceled after its go-live."""
    return _(
        "It was stopped. Its value counts the years of its model, also those that no longer come: shorten "
        "the horizon to what it ran, and compute it again."
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class PortfolioPage:
    """`total` counts nothing twice; None where no value was computed.

    The total is the sum of the expected values that count, as the rows show them; its range holds 90 %.
    """

    rows: tuple[PortfolioRow, ...]
    total: PortfolioTotal | None
    total_text: str
    total_range: str
    naive_text: str
    naive_note: str
    sentence: str
    currency: str
    with_look_backs: bool = False  # the reader asked to count what was recorded afterwards too

    @property
    def judged(self) -> tuple[PortfolioRow, ...]:
        return tuple(row for row in self.rows if row.view is not None)

    @property
    def left_out(self) -> tuple[PortfolioRow, ...]:
        return tuple(row for row in self.rows if row.left_out is not None)

    @property
    def look_backs(self) -> int:
        """How many values of initiatives that were recorded afterwards there are, counted or not."""
        return sum(row.case is not None and row.initiative.is_look_back for row in self.rows)

    @property
    def told_apart(self) -> tuple[PortfolioRow, ...]:
        """Those whose value is not in the total, or not with all of its benefits."""
        return tuple(row for row in self.rows if row.left_out is not None or row.undisputed is not None)

    @property
    def counted(self) -> int:
        return sum(row.counts for row in self.rows)
