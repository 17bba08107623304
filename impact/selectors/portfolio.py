"""All initiatives that went live: what each did, what it is worth, and what they are worth together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np
from django.db.models import OuterRef, Subquery
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organization
from coalition.models import Initiative
from cxstats.codec import digest_of, seed_of
from cxstats.design import Verdict
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
from impact.selectors.cases import CaseView, EarlierValue, case_view, earlier_value
from impact.selectors.studies import StudyView, study_view
from impact.wording import OPEN_STANDINGS, Standing, central, money_range_text, whole_money_text
from wording.joining import parts, sentences


class LeftOut(StrEnum):
    """Why a value stands in no total."""

    IMPOSSIBLE = "impossible"
    CURRENCY = "currency"
    DISPUTED = "disputed"
    SCENARIO = "scenario"
    OVERLAP = "overlap"
    EARLIER = "earlier"


@dataclass(frozen=True, kw_only=True, slots=True)
class PortfolioRow:
    """One initiative; `view` None where no study is finished, `case` None where nothing was valued.

    `counting` says whether its value is in the total, or why not. `earlier`: the value of an earlier study,
    in no total, while the study that counts has none.
    """

    initiative: Initiative
    view: StudyView | None
    case: CaseView | None
    is_running: bool
    earlier: EarlierValue | None = None
    left_out: LeftOut | None = None
    counting: str = ""

    @property
    def counts(self) -> bool:
        return self.case is not None and self.left_out is None

    @property
    def is_outdated(self) -> bool:
        """Whether the value model was changed after the value was computed. No query on the portfolio."""
        model = getattr(self.initiative, "value_model", None)
        return self.case is not None and model is not None and not self.case.case.follows(model)


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

    @property
    def judged(self) -> tuple[PortfolioRow, ...]:
        return tuple(row for row in self.rows if row.view is not None)

    @property
    def left_out(self) -> tuple[PortfolioRow, ...]:
        return tuple(row for row in self.rows if row.left_out is not None)

    @property
    def counted(self) -> int:
        return sum(row.counts for row in self.rows)


def portfolio(organization: Organization) -> PortfolioPage:
    """Every initiative that went live, newest go-live first. Five queries, whatever their number."""
    initiatives = list(
        Initiative.objects.of(organization)
        .gone_live()
        .select_related("owner__user", "organization", "value_model")
        .order_by("-went_live_on", "-number")
    )
    studies = _headline_studies(organization)
    cases = _latest_cases(organization)
    running = set(Study.objects.of(organization).unfinished().values_list("initiative_id", flat=True))
    rows = []
    for initiative in initiatives:
        study = studies.get(initiative.pk)
        view = study_view(study) if study else None
        case = cases.get(study.pk) if study else None
        before = _earlier_case(cases.values(), study) if study and not case else None
        rows.append(
            PortfolioRow(
                initiative=initiative,
                view=view,
                case=case_view(case, view.subject) if case and view else None,
                is_running=initiative.pk in running,
                earlier=earlier_value(before, study) if before and study else None,
            )
        )
    currency = organization.currency
    rows = _sorted_out(rows, currency)
    total = _total([row for row in rows if row.counts])
    span = total.overlap_aware_range if total else None
    added = [row for row in rows if row.case is not None and row.left_out not in _NEVER_ADDED]
    return PortfolioPage(
        rows=tuple(rows),
        total=total,
        total_text=whole_money_text(_sum(row for row in rows if row.counts), currency) if span else "",
        total_range=money_range_text(span.p5, span.p95, currency) if span else "",
        naive_text=whole_money_text(_sum(added), currency) if added else "",
        naive_note=_naive_note(rows, added),
        sentence=_sentence(rows),
        currency=currency,
    )


# Values that no sum in this currency may hold: those in another one, and those that nobody relies on.
_NEVER_ADDED = frozenset({LeftOut.CURRENCY, LeftOut.IMPOSSIBLE, LeftOut.DISPUTED})


def _naive_note(rows: Sequence[PortfolioRow], added: Sequence[PortfolioRow]) -> str:
    """What the plain sum holds more than the total; nothing to say where both are the same."""
    texts = []
    if any(not row.counts for row in added):
        texts.append(_("shown to make the difference visible"))
    disputed = sum(row.left_out is LeftOut.DISPUTED for row in rows)
    if disputed:
        texts.append(
            ngettext("without %(count)s disputed value", "without %(count)s disputed values", disputed)
            % {"count": disputed}
        )
    return parts(texts)


def _sum(rows: Iterable[PortfolioRow]) -> float:
    """The sum of what the rows show, so that it adds up on the page."""
    return sum(central(row.case.result).net for row in rows if row.case is not None)


def _sorted_out(rows: Sequence[PortfolioRow], currency: str) -> list[PortfolioRow]:
    """Each row with whether its value counts: overlaps are looked for among those that would count."""
    alone = [replace(row, left_out=_own_reason(row, currency)) for row in rows]
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


def _own_reason(row: PortfolioRow, currency: str) -> LeftOut | None:
    """Why this value could not count even if it stood alone."""
    case = row.case
    if case is None:
        return LeftOut.EARLIER if row.earlier else None
    if case.impossible:
        return LeftOut.IMPOSSIBLE
    if case.currency != currency:
        return LeftOut.CURRENCY
    if case.case.sign_off == SignOff.DISPUTED:
        return LeftOut.DISPUTED
    return LeftOut.SCENARIO if case.result.scenario_only else None


def _counting(row: PortfolioRow, currency: str, others: tuple[str, ...]) -> str:
    if row.left_out is LeftOut.EARLIER:
        return _("not in the total: the study that counts has no value yet")
    if row.case is None:
        return ""
    if row.left_out is LeftOut.OVERLAP:
        return _("not in the total: it overlaps with %(others)s, and they can only be judged together") % {
            "others": get_text_list(list(others), _("and"))
        }
    texts = {
        None: _("in the total"),
        LeftOut.IMPOSSIBLE: _("not in the total: its inputs add up to more than all customers"),
        LeftOut.CURRENCY: _("not in the total: in %(own)s, and the total is in %(currency)s"),
        LeftOut.DISPUTED: _("not in the total: disputed by finance"),
        LeftOut.SCENARIO: _("not in the total: a scenario only"),
    }
    return texts[row.left_out] % {"own": row.case.currency, "currency": currency}


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


def _sentence(rows: Sequence[PortfolioRow]) -> str:
    """What is known of all initiatives: what their metrics did, and beside it what that is worth."""
    verdicts = [row.view.finding.verdict for row in rows if row.view is not None]
    if not verdicts:
        return _("No initiative has been studied yet. Run a study where enough time has passed.")
    count = len(verdicts)
    held = sum(verdict is Verdict.SUPPORTED for verdict in verdicts)
    against = sum(verdict in (Verdict.CONTRADICTED, Verdict.NO_EFFECT_WORTH_HAVING) for verdict in verdicts)
    slots = {"studied": count, "held": held, "against": against, "open": count - held - against}
    text = ngettext(
        "%(studied)s initiative studied: its metric moved as planned in %(held)s, not in %(against)s; "
        "%(open)s cannot be judged yet.",
        "%(studied)s initiatives studied: the metric moved as planned in %(held)s, not in %(against)s; "
        "%(open)s cannot be judged yet.",
        count,
    )
    return sentences([text % slots, _money_sentence(rows), _outdated_sentence(rows)])


def _money_sentence(rows: Sequence[PortfolioRow]) -> str:
    """How many of the values in this currency are expected to gain, to lose, or may turn out either way.

    As the chart beside it reads them: a range that holds zero is open. That a value was computed is no word
    on its evidence, which the verdicts have. Those in another currency or disputed are named as such: no sum
    beside the sentence holds them.
    """
    cases = [row.case for row in rows if row.case is not None and row.left_out in (None, LeftOut.OVERLAP)]
    known = [case.standing for case in cases]
    apart = _apart_sentence(rows)
    if not known:
        none = _("No value is backed by enough evidence yet.") if any(row.case for row in rows) else ""
        return apart or none
    slots = {
        "valued": len(known),
        "gained": sum(one is Standing.GAIN for one in known),
        "lost": sum(one is Standing.LOSS for one in known),
        "open": sum(one in OPEN_STANDINGS for one in known),
    }
    closed = ngettext(
        "%(valued)s value was computed: %(gained)s expected to gain, %(lost)s to lose.",
        "%(valued)s values were computed: %(gained)s expected to gain, %(lost)s to lose.",
        len(known),
    )
    text = ngettext(
        "%(valued)s value was computed: %(gained)s expected to gain, %(lost)s to lose, %(open)s with a range "
        "from a loss to a gain.",
        "%(valued)s values were computed: %(gained)s expected to gain, %(lost)s to lose, %(open)s with a "
        "range from a loss to a gain.",
        len(known),
    )
    return sentences([(text if slots["open"] else closed) % slots, _leaning_sentence(cases), apart])


def _leaning_sentence(cases: Sequence[CaseView]) -> str:
    leaning = sum(case.standing in OPEN_STANDINGS and case.result.probability_of_loss > 0.5 for case in cases)
    if not leaning:
        return ""
    return ngettext(
        "For %(count)s value with such a range a loss is more likely than a gain.",
        "For %(count)s values with such a range a loss is more likely than a gain.",
        leaning,
    ) % {"count": leaning}


def _outdated_sentence(rows: Sequence[PortfolioRow]) -> str:
    """Values that no longer follow their inputs are said to be so wherever they are counted."""
    outdated = sum(row.is_outdated for row in rows)
    if not outdated:
        return ""
    return ngettext(
        "For %(count)s value the value model was changed after it was computed: compute it again.",
        "For %(count)s values the value model was changed after they were computed: compute them again.",
        outdated,
    ) % {"count": outdated}


def _apart_sentence(rows: Sequence[PortfolioRow]) -> str:
    texts = []
    foreign = sum(row.left_out is LeftOut.CURRENCY for row in rows)
    if foreign:
        text = ngettext(
            "%(count)s value is in another currency and stands in no sum.",
            "%(count)s values are in another currency and stand in no sum.",
            foreign,
        )
        texts.append(text % {"count": foreign})
    disputed = sum(row.left_out is LeftOut.DISPUTED for row in rows)
    if disputed:
        text = ngettext(
            "%(count)s value is disputed by finance and stands in no sum.",
            "%(count)s values are disputed by finance and stand in no sum.",
            disputed,
        )
        texts.append(text % {"count": disputed})
    earlier = sum(row.left_out is LeftOut.EARLIER for row in rows)
    if earlier:
        text = ngettext(
            "%(count)s value belongs to an earlier study and stands in no sum.",
            "%(count)s values belong to an earlier study and stand in no sum.",
            earlier,
        )
        texts.append(text % {"count": earlier})
    return sentences(texts)


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
        if row.case is None:
            continue
        worth = row.case.result.net_present_value
        values.append(
            InitiativeValue(
                key=row.initiative.reference,
                value=worth.mean,
                standard_error=worth.standard_error,
                quantiles=quantiles_of(row.case.result),
            )
        )
    if not values:
        return None
    seed = seed_of(digest_of([[value.key, value.value] for value in values], version=1))
    return portfolio_total(initiatives=values, rng=np.random.default_rng(seed))
