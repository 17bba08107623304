"""All initiatives that went live: what each did, what it is worth, and what they are worth together."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organization
from coalition.models import Initiative
from cxstats.codec import digest_of, seed_of
from cxstats.portfolio import (
    ClaimedGround,
    InitiativeValue,
    PortfolioTotal,
    overlap_groups,
    portfolio_total,
)
from cxstats.roi import quantiles_of
from impact.choices import SignOff
from impact.models import RoiCase, Study
from impact.selectors.cases import case_view, earlier_value
from impact.selectors.disputes import unanswered_disputes
from impact.selectors.lines import disputed_lines, line_name, undisputed_result
from impact.selectors.portfolio.rows import UNSETTLED_VALUES, LeftOut, PortfolioPage, PortfolioRow
from impact.selectors.portfolio.sentences import portfolio_sentence
from impact.selectors.studies import study_view
from impact.wording import central, ends_beside, whole_money_text
from wording.joining import all_of, clauses, listed, parts


def portfolio_rows(organization: Organization) -> list[PortfolioRow]:
    """Every initiative that went live, newest go-live first, with study and value. Six queries, whatever
    their number."""
    initiatives = list(
        Initiative.objects.of(organization)
        .gone_live()
        .select_related("owner__user", "organization", "value_model", "plan")
        .order_by("-went_live_on", "-number")
    )
    studies = _headline_studies(organization)
    cases = _latest_cases(organization)
    running = set(Study.objects.of(organization).unfinished().values_list("initiative_id", flat=True))
    disputes = unanswered_disputes(initiative.pk for initiative in initiatives)
    rows = []
    for initiative in initiatives:
        study = studies.get(initiative.pk)
        view = study_view(study) if study else None
        case = cases.get(study.pk) if study else None
        before = _earlier_case(cases.values(), study) if study and not case else None
        known, dispute = case or before, disputes.get(initiative.pk)
        dispute = dispute.over(known) if dispute and known else None
        rows.append(
            PortfolioRow(
                initiative=initiative,
                view=view,
                case=case_view(case, view.subject, before=view.finding.baseline_value, dispute=dispute)
                if case and view
                else None,
                undisputed=undisputed_result(case) if case else None,
                is_running=initiative.pk in running,
                earlier=earlier_value(before, study, dispute) if before and study else None,
            )
        )
    return rows


def portfolio(
    organization: Organization, *, with_look_backs: bool = False, beside_program: bool = False
) -> PortfolioPage:
    """Every initiative that went live, newest go-live first. Six queries, whatever their number.

    `with_look_backs`: sums hold also what was recorded afterwards, which they leave out by default.
    `beside_program`: the return of the program is told beside it, so no other sum is.
    """
    rows = portfolio_rows(organization)
    currency = organization.currency
    rows = _sorted_out(rows, currency, with_look_backs=with_look_backs)
    total = _total([row for row in rows if row.counts])
    span = total.overlap_aware_range if total else None
    added = [row for row in rows if row.case is not None and row.left_out not in _NEVER_ADDED]
    return PortfolioPage(
        rows=tuple(rows),
        total=total,
        total_text=whole_money_text(_sum(row for row in rows if row.counts), currency) if span else "",
        total_range=_total_range(total, rows, currency) if total else "",
        naive_text=whole_money_text(_sum(added), currency) if added else "",
        naive_note=_naive_note(rows, added),
        sentence=portfolio_sentence(rows, with_look_backs=with_look_backs, beside_program=beside_program),
        currency=currency,
        with_look_backs=with_look_backs,
    )


# Values that no sum in this currency may hold: those in another one, and those that nobody relies on. What
# overlaps and what is a scenario only are claims as made: the plain sum holds them, to show the difference.
_NEVER_ADDED = frozenset({LeftOut.CURRENCY, LeftOut.IMPOSSIBLE, LeftOut.AFTERWARDS, *UNSETTLED_VALUES})


def _naive_note(rows: Sequence[PortfolioRow], added: Sequence[PortfolioRow]) -> str:
    """What the plain sum holds more than the total; nothing to say where both are the same."""
    texts = []
    if any(not row.counts for row in added):
        texts.append(_("shown to make the difference visible"))
    disputed = sum(row.left_out in UNSETTLED_VALUES for row in rows)
    if disputed:
        texts.append(
            ngettext("without %(count)s disputed value", "without %(count)s disputed values", disputed)
            % {"count": disputed}
        )
    in_part = sum(row.undisputed is not None for row in added)
    if in_part:
        texts.append(
            ngettext(
                "without the disputed benefits of %(count)s value",
                "without the disputed benefits of %(count)s values",
                in_part,
            )
            % {"count": in_part}
        )
    return parts(texts)


def _sum(rows: Iterable[PortfolioRow]) -> float:
    """The sum of what the rows show, so that it adds up on the page."""
    return sum(central(row.worth).net for row in rows if row.worth is not None)


def _total_range(total: PortfolioTotal, rows: Sequence[PortfolioRow], currency: str) -> str:
    """The range of the total, rounded to the finest step of the values that it sums."""
    span, counted = total.overlap_aware_range, [row for row in rows if row.counts]
    if span is None:
        return ""
    return _("%(low)s to %(high)s") % ends_beside(
        span.p5,
        span.p95,
        currency,
        mean=total.overlap_aware,
        shown=_sum(counted),
        digits=max((central(row.worth).digits for row in counted if row.worth is not None), default=0),
    )


def _sorted_out(rows: Sequence[PortfolioRow], currency: str, *, with_look_backs: bool) -> list[PortfolioRow]:
    """Each row with whether its value counts: overlaps are looked for among those that would count."""
    alone = [
        replace(
            row,
            left_out=own_reason(
                row, currency, with_look_backs=with_look_backs, by_line=row.undisputed is not None
            ),
        )
        for row in rows
    ]
    names = {row.initiative.pk: row.initiative.reference for row in rows}
    groups = overlap_groups([_ground(row) for row in alone if row.counts])
    together = {key: group for group in groups for key in group}
    found = []
    for row in alone:
        others: tuple[str, ...] = ()
        if row.counts and str(row.initiative.pk) in together:
            own = str(row.initiative.pk)
            others = tuple(names[int(key)] for key in together[own] if key != own)
            row = replace(row, left_out=LeftOut.OVERLAP)
        found.append(replace(row, counting=_counting(row, currency, others)))
    return found


def own_reason(
    row: PortfolioRow, currency: str, *, with_look_backs: bool, by_line: bool = False
) -> LeftOut | None:
    """Why this value could not count even if it stood alone. `by_line`: of several benefits those that
    finance does not dispute can."""
    case = row.case
    if case is None:
        return LeftOut.EARLIER if row.earlier else None
    if case.impossible:
        return LeftOut.IMPOSSIBLE
    if case.currency != currency:
        return LeftOut.CURRENCY
    if case.case.sign_off == SignOff.DISPUTED and not (by_line and disputed_lines(case.case)):
        return LeftOut.DISPUTED
    if case.dispute is not None:
        return LeftOut.DISPUTED_BEFORE
    if row.initiative.is_look_back and not with_look_backs:
        return LeftOut.AFTERWARDS
    return LeftOut.SCENARIO if case.result.scenario_only else None


def _counting(row: PortfolioRow, currency: str, others: tuple[str, ...]) -> str:
    if row.left_out is LeftOut.EARLIER:
        return _("not in the total: the study that counts has no value yet")
    if row.case is None:
        return ""
    if row.left_out is LeftOut.OVERLAP:
        text = _("not in the total: it overlaps with %(others)s, and they can only be judged together")
        return clauses([text % {"others": all_of(others)}, _in_part(row)])
    texts = {
        None: _in_part(row) or _("in the total"),
        LeftOut.IMPOSSIBLE: _("not in the total: its inputs add up to more than all customers"),
        LeftOut.CURRENCY: _("not in the total: in %(own)s, and the total is in %(currency)s"),
        LeftOut.DISPUTED: _("not in the total: disputed by finance"),
        LeftOut.DISPUTED_BEFORE: _(
            "not in the total: finance disputed the previous value and has not reviewed this one yet"
        ),
        LeftOut.AFTERWARDS: _("not in the total: recorded afterwards"),
        LeftOut.SCENARIO: _("not in the total: a scenario only"),
    }
    text = texts[row.left_out] % {"own": row.case.currency, "currency": currency}
    return clauses([text, _in_part(row)]) if row.left_out is LeftOut.SCENARIO else text


def _in_part(row: PortfolioRow) -> str:
    """What is counted of a value some of whose benefits finance disputes, and which are not."""
    if row.case is None or row.undisputed is None:
        return ""
    case = row.case.case
    text = (
        _("in the total with %(amount)s, without what finance disputes: %(names)s")
        if row.counts
        else _("in the plain sum with %(amount)s, without what finance disputes: %(names)s")
    )
    return text % {
        "amount": whole_money_text(central(row.undisputed).net, row.case.currency),
        "names": listed(line_name(case, number) for number in disputed_lines(case)),
    }


def _ground(row: PortfolioRow) -> ClaimedGround:
    """Where and when a value claims its benefit: as long as money is counted, or answers were read."""
    if row.view is None or row.case is None:
        raise ValueError("only a value claims anything")
    subject = row.view.subject
    until = date(subject.go_live.year + row.case.years, subject.go_live.month, 1)
    return ClaimedGround(
        key=str(row.initiative.pk),
        places=frozenset(place.key for place in subject.treated),
        metric=subject.metric_key,
        start=subject.go_live,
        end=max(until, subject.data_cutoff),
    )


def _headline_studies(organization: Organization) -> dict[int, Study]:
    """Initiative id -> the study that counts. Two queries."""
    chosen: dict[int, int] = {}
    rows = Study.objects.of(organization).finished().headline_first().values_list("initiative_id", "pk")
    for initiative_id, pk in rows:
        chosen.setdefault(initiative_id, pk)
    studies = Study.objects.of(organization).filter(pk__in=chosen.values()).select_related("initiative")
    return {study.initiative_id: study for study in studies}


def _earlier_case(cases: Iterable[RoiCase], study: Study) -> RoiCase | None:
    """The value of another study of the same initiative: of the first one as `headline_first` has it."""
    others = [
        case
        for case in cases
        if case.study.initiative_id == study.initiative_id and case.study_id != study.pk
    ]
    stands = study.initiative.went_live_on
    return max(
        others,
        key=lambda case: (case.study.used(stands), case.study.data_cutoff, case.study.number),
        default=None,
    )


def _latest_cases(organization: Organization) -> dict[int, RoiCase]:
    first = RoiCase.objects.filter(study=OuterRef("study")).headline_first().values("pk")[:1]
    cases = RoiCase.objects.of(organization).filter(pk=Subquery(first))
    together = cases.select_related("study", "sign_off_by__user").defer("study__inputs", "study__finding")
    return {case.study_id: case for case in together}


def _total(rows: Sequence[PortfolioRow]) -> PortfolioTotal | None:
    """The total by the engine, from each value's own distribution. None without a value that counts."""
    values = []
    for row in rows:
        if row.worth is None:
            continue
        worth = row.worth.net_present_value
        values.append(
            InitiativeValue(
                key=row.initiative.reference,
                value=worth.mean,
                standard_error=worth.standard_error,
                quantiles=quantiles_of(row.worth),
            )
        )
    if not values:
        return None
    seed = seed_of(digest_of([[value.key, value.value] for value in values], version=1))
    return portfolio_total(initiatives=values, rng=np.random.default_rng(seed))
