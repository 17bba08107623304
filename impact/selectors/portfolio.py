"""All initiatives that went live: what each did, what it is worth, and what they are worth together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import F, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organization
from coalition.models import Initiative
from common.digests import digest_of
from cxstats.design import Verdict
from cxstats.portfolio import Basis, InitiativeValue, PortfolioTotal, portfolio_total
from cxstats.results import Estimate, Interval, Unit
from cxstats.roi import effect_parameter
from impact.models import RoiCase, Study
from impact.selectors.cases import CaseView, case_view
from impact.selectors.studies import StudyView, study_view
from impact.wording import money_range_text, money_text


@dataclass(frozen=True, kw_only=True, slots=True)
class PortfolioRow:
    """One initiative; `view` None where no study is finished, `case` None where nothing was valued."""

    initiative: Initiative
    view: StudyView | None
    case: CaseView | None
    is_running: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PortfolioPage:
    """`total` leaves out scenarios and counts nothing twice; None where no value was computed."""

    rows: tuple[PortfolioRow, ...]
    total: PortfolioTotal | None
    total_text: str
    total_range: str
    naive_text: str
    sentence: str
    left_out: int

    @property
    def judged(self) -> tuple[PortfolioRow, ...]:
        return tuple(row for row in self.rows if row.view is not None)


def portfolio(organization: Organization) -> PortfolioPage:
    """Every initiative that went live, newest go-live first. Five queries, whatever their number."""
    initiatives = list(
        Initiative.objects.of(organization)
        .gone_live()
        .select_related("owner__user", "organization")
        .order_by("-went_live_on", "-number")
    )
    studies = _latest_studies(organization)
    cases = _latest_cases(organization)
    running = set(Study.objects.of(organization).unfinished().values_list("initiative_id", flat=True))
    rows = []
    for initiative in initiatives:
        study = studies.get(initiative.pk)
        view = study_view(study) if study else None
        case = cases.get(study.pk) if study else None
        rows.append(
            PortfolioRow(
                initiative=initiative,
                view=view,
                case=case_view(case, view.subject) if case and view else None,
                is_running=initiative.pk in running,
            )
        )
    total = _total(rows)
    currency = organization.currency
    span = total.overlap_aware_range if total else None
    return PortfolioPage(
        rows=tuple(rows),
        total=total,
        total_text=money_text(total.overlap_aware, currency) if total and span else "",
        total_range=money_range_text(span.p5, span.p95, currency) if span else "",
        naive_text=money_text(total.naive, currency) if total else "",
        sentence=_sentence(rows),
        left_out=sum(line.basis is Basis.LEFT_OUT for line in total.lines) if total else 0,
    )


def _sentence(rows: Sequence[PortfolioRow]) -> str:
    """What is known of all initiatives, in one line: how many held, how many did not, how many are open."""
    verdicts = [row.view.finding.verdict for row in rows if row.view is not None]
    if not verdicts:
        return _("No initiative has been studied yet. Run a study where enough time has passed.")
    count = len(verdicts)
    held = sum(verdict is Verdict.SUPPORTED for verdict in verdicts)
    against = sum(verdict in (Verdict.CONTRADICTED, Verdict.NO_EFFECT_WORTH_HAVING) for verdict in verdicts)
    slots = {"studied": count, "held": held, "against": against, "open": count - held - against}
    text = ngettext(
        "%(studied)s initiative studied: %(held)s worked, %(against)s did not, %(open)s cannot be told yet.",
        "%(studied)s initiatives studied: %(held)s worked, %(against)s did not, %(open)s cannot be told yet.",
        count,
    )
    return text % slots


def _latest_studies(organization: Organization) -> dict[int, Study]:
    newest = (
        Study.objects.of(organization)
        .finished()
        .order_by()
        .values("initiative_id")
        .annotate(last=Max("number"))
    )
    wanted = Q(pk__in=())
    for row in newest:
        wanted |= Q(initiative_id=row["initiative_id"], number=row["last"])
    return {study.initiative_id: study for study in Study.objects.of(organization).filter(wanted)}


def _latest_cases(organization: Organization) -> dict[int, RoiCase]:
    cases = (
        RoiCase.objects.of(organization).alias(last=Max("study__roi_cases__number")).filter(number=F("last"))
    )
    return {case.study_id: case for case in cases.select_related("sign_off_by__user")}


def _total(rows: Sequence[PortfolioRow]) -> PortfolioTotal | None:
    """Totals by the engine: naive, and without double counting of initiatives at one touchpoint."""
    values = []
    for row in rows:
        if row.case is None or row.view is None:
            continue
        worth = row.case.result.net_present_value
        spread = Estimate(
            value=worth.p50,
            interval=Interval(low=worth.p5, high=worth.p95, level=0.9),
            n=row.case.result.draws,
            unit=Unit.MONEY,
            method="simulated",
        )
        drawn = effect_parameter(key="value", estimate=spread, source="", owner="")
        values.append(
            InitiativeValue(
                key=row.initiative.reference,
                value=worth.mean,
                standard_error=drawn.args[1],
                touchpoint=row.view.subject.treated[0].key,
                scenario_only=row.case.result.scenario_only,
            )
        )
    if not values:
        return None
    seed = int(digest_of([[value.key, value.value] for value in values])[:15], 16)
    return portfolio_total(initiatives=values, rng=np.random.default_rng(seed))
