"""Writing an initiative and its evaluation plan, up to the vote."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import AuditEvent, Membership, Organization
from accounts.permissions import may
from accounts.services import one_at_a_time, record_event
from assessments.models import MaturityResult
from coalition.choices import Direction, InitiativeState, UnitSelection
from coalition.errors import EditConflict, NotEditable
from coalition.models import EvaluationPlan, Initiative, InitiativeStateChange
from coalition.selectors.content import plan_of
from coalition.selectors.opportunities import opportunity
from coalition.services.plausible import far_days, oversized_effects
from common.errors import InvalidValues
from common.text import listed
from customer_voice.choices import Period
from customer_voice.models import MetricDefinition
from journeys.models import Touchpoint


@dataclass(frozen=True, kw_only=True, slots=True)
class InitiativeValues:
    """What a person wrote about an initiative."""

    title: str
    owner: Membership
    problem: str = ""
    proposal: str = ""
    touchpoints: tuple[Touchpoint, ...] = ()
    one_off_cost: Decimal = Decimal(0)
    yearly_cost: Decimal = Decimal(0)
    expected_benefit: Decimal | None = None
    effort_days: int | None = None
    planned_go_live_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanValues:
    """What a person wrote about how we shall know. Effects are amounts; `direction` gives their sign."""

    metric: MetricDefinition
    comparison_touchpoints: tuple[Touchpoint, ...] = ()
    segment: str = ""
    period: str = Period.WEEK
    baseline_from: date | None = None
    lag_periods: int = 0
    review_on: date | None = None
    direction: str = Direction.UP
    expected_effect: Decimal | None = None
    smallest_worthwhile_effect: Decimal = Decimal(0)
    selection: str = UnitSelection.UNKNOWN
    is_seasonal: bool = False
    decision_rule: str = ""


MOST_LAG_PERIODS = 52
_PLAIN_FIELDS = (
    "title",
    "problem",
    "proposal",
    "one_off_cost",
    "yearly_cost",
    "expected_benefit",
    "effort_days",
    "planned_go_live_on",
)
_PLAN_FIELDS = (
    "segment",
    "period",
    "baseline_from",
    "lag_periods",
    "review_on",
    "direction",
    "expected_effect",
    "smallest_worthwhile_effect",
    "selection",
    "is_seasonal",
    "decision_rule",
)


@transaction.atomic
def create_initiative(*, by: Membership, values: InitiativeValues) -> Initiative:
    """A new draft with the organization's next number. Raises InvalidValues."""
    check_initiative(by.organization, values)
    initiative = _new(by=by, values=values)
    _history(initiative, by, verb="initiative.drafted")
    return initiative


@transaction.atomic
def draft_from_opportunity(*, by: Membership, result: MaturityResult, practice: str) -> Initiative:
    """A draft from a maturity gap: title and problem come from the framework's next step and the gap.

    Clicking twice gives the same draft, not two. Raises InvalidValues for a practice that is unknown.
    """
    one_at_a_time(by.organization)
    known: Initiative | None = (
        Initiative.objects.of(by.organization)
        .filter(maturity_result=result, practice=practice)
        .exclude(state=InitiativeState.CANCELLED)
        .first()
    )
    if known is not None:
        return known
    source = opportunity(result, practice)
    if source is None:
        raise InvalidValues(_("The assessment's framework has no such practice."))
    values = InitiativeValues(
        title=source.title[:140], problem=source.problem, proposal=source.description, owner=by
    )
    initiative = _new(by=by, values=values, result=result, practice=practice)
    _history(initiative, by, verb="initiative.drafted")
    return initiative


def check_initiative(
    organization: Organization, values: InitiativeValues, initiative: Initiative | None = None
) -> None:
    """Raises InvalidValues with everything that is wrong, field by field.

    A touchpoint that was archived later stays where `initiative` has it; a new one must be in use.
    """
    wrong: dict[str, str | Promise] = {}
    if not values.title.strip():
        wrong["title"] = _("An initiative needs a title.")
    if unfit := refusal_of_owner(
        organization, values.owner, kept=initiative.owner_id if initiative else None
    ):
        wrong["owner"] = unfit
    if not _all_of(organization, values.touchpoints):
        wrong["touchpoints"] = _("These touchpoints do not belong to the organization.")
    elif archived := _newly_archived(values.touchpoints, initiative.touchpoints.all() if initiative else ()):
        wrong["touchpoints"] = archived
    for name in ("one_off_cost", "yearly_cost"):
        if getattr(values, name) < 0:
            wrong[name] = _("A cost cannot be negative.")
    if values.expected_benefit is not None and values.expected_benefit < 0:
        wrong["expected_benefit"] = _("A benefit cannot be negative. A loss is a cost.")
    if values.effort_days is not None and values.effort_days < 0:
        wrong["effort_days"] = _("An effort cannot be negative.")
    wrong.update(far_days(organization, [("planned_go_live_on", values.planned_go_live_on)]))
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)


def refusal_of_owner(organization: Organization, owner: Membership, *, kept: int | None) -> str:
    """Why this member cannot be the owner, or nothing. Who is the owner already (`kept`) keeps it, whatever
    became of the role."""
    if owner.organization_id != organization.pk or not owner.is_active:
        return _("The owner must be an active member of the organization.")
    if owner.pk != kept and not may(owner.role, Action.RECORD_PROGRESS):
        return _("An owner records progress. The role “%(role)s” of %(name)s cannot.") % {
            "role": owner.get_role_display(),
            "name": owner,
        }
    return ""


def check_plan(initiative: Initiative, values: PlanValues) -> None:
    """Raises InvalidValues with everything that is wrong, field by field.

    A metric retired later and a touchpoint archived later stay where the plan has them; new ones must be
    in use.
    """
    organization, wrong = initiative.organization, _wrong_choices(values)
    plan = plan_of(initiative)
    if values.metric.organization_id != organization.pk:
        wrong["metric"] = _("This metric does not belong to the organization.")
    elif values.metric.is_retired and (plan is None or plan.metric_id != values.metric.pk):
        wrong["metric"] = _("%(metric)s is retired. Choose a metric that is in use.") % {
            "metric": values.metric.name
        }
    treated = {point.pk for point in initiative.touchpoints.all()}
    both = [point.name for point in values.comparison_touchpoints if point.pk in treated]
    if not _all_of(organization, values.comparison_touchpoints):
        wrong["comparison_touchpoints"] = _("These touchpoints do not belong to the organization.")
    elif both:
        wrong["comparison_touchpoints"] = _(
            "%(names)s gets the initiative, so it cannot be used as a comparison."
        ) % {"names": listed(both)}
    elif archived := _newly_archived(
        values.comparison_touchpoints, plan.comparison_touchpoints.all() if plan else ()
    ):
        wrong["comparison_touchpoints"] = archived
    start = initiative.went_live_on or initiative.planned_go_live_on
    if start and values.baseline_from and values.baseline_from >= start:
        wrong["baseline_from"] = _("The baseline must begin before the go-live.")
    if start and values.review_on and values.review_on <= start:
        wrong["review_on"] = _("The review must come after the go-live.")
    if values.baseline_from and values.review_on and values.review_on <= values.baseline_from:
        wrong.setdefault("review_on", _("The review must come after the start of the baseline."))
    if values.expected_effect is not None and values.expected_effect <= 0:
        wrong["expected_effect"] = _("Enter the size of the change as a number above 0.")
    if values.smallest_worthwhile_effect < 0:
        wrong["smallest_worthwhile_effect"] = _("Enter the size of the change, 0 or more.")
    expected, worthwhile = values.expected_effect, values.smallest_worthwhile_effect
    if "metric" not in wrong:
        sizes = (
            ("expected_effect", None if expected is None else float(expected)),
            ("smallest_worthwhile_effect", float(worthwhile)),
        )
        wrong.update(oversized_effects(values.metric, values.direction, sizes))
    days = (("baseline_from", values.baseline_from), ("review_on", values.review_on))
    wrong.update(far_days(organization, days))
    if expected is not None and 0 < expected < worthwhile:
        wrong["smallest_worthwhile_effect"] = _(
            "Larger than the expected effect: even the effect you expect would then not be worthwhile."
        )
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)


def apply_initiative(row: Initiative, values: InitiativeValues) -> None:
    """Write checked values into a locked row."""
    row.title, row.problem, row.proposal = (
        values.title.strip(),
        values.problem.strip(),
        values.proposal.strip(),
    )
    row.owner = values.owner
    row.one_off_cost, row.yearly_cost = values.one_off_cost, values.yearly_cost
    row.planned_go_live_on = values.planned_go_live_on
    row.lock_version += 1
    row.save()
    row.touchpoints.set(values.touchpoints)


def apply_plan(row: Initiative, values: PlanValues) -> EvaluationPlan:
    """Write checked values into the plan of a locked row; makes the plan where there is none."""
    plan = plan_of(row) or EvaluationPlan(initiative=row)
    plan.metric = values.metric
    for name in _PLAN_FIELDS:
        value = getattr(values, name)
        setattr(plan, name, value.strip() if isinstance(value, str) else value)
    plan.save()
    plan.comparison_touchpoints.set(values.comparison_touchpoints)
    row.lock_version += 1
    row.save(update_fields=["lock_version"])
    return plan


def refuse_conflict(row: Initiative, lock_version: int, values: InitiativeValues | PlanValues) -> None:
    """Raises EditConflict when somebody saved since `lock_version`; its fields say what is stored now."""
    if row.lock_version == lock_version:
        return
    last = (
        AuditEvent.objects.of(row.organization)
        .filter(subject_type=row._meta.label_lower, subject_id=str(row.pk))
        .first()
    )
    raise EditConflict(
        _(
            "%(name)s saved a change while you were writing. Your entries are kept here. Compare "
            "them with what is stored now, shown next to each field that differs; saving again "
            "replaces it."
        )
        % {"name": last.actor_name if last and last.actor_name else _("Someone")},
        lock_version=row.lock_version,
        fields={name: _("Stored now: %(value)s") % {"value": text} for name, text in _differing(row, values)},
    )


def refuse_closed_page(initiative: Initiative, *, is_open: bool) -> None:
    """Raises NotEditable where the state leaves nothing to edit, before anybody types in vain."""
    if not is_open:
        raise NotEditable(refusal_to_edit(initiative))


def refusal_to_edit(row: Initiative) -> str:
    """Why this state binds the content, and what to do about it."""
    if row.state == InitiativeState.SUBMITTED:
        return _("The coalition is voting on exactly this content. Withdraw it from the vote to change it.")
    if row.state == InitiativeState.REJECTED:
        return _("It was rejected. Reopen it as a draft to work on it again.")
    return _("It is “%(state)s”: its content stays as approved.") % {
        "state": InitiativeState(row.state).label
    }


def _new(
    *, by: Membership, values: InitiativeValues, result: MaturityResult | None = None, practice: str = ""
) -> Initiative:
    one_at_a_time(by.organization)  # numbers are given in order
    last = Initiative.objects.of(by.organization).aggregate(last=Max("number"))["last"] or 0
    initiative: Initiative = Initiative.objects.create(
        organization=by.organization,
        number=last + 1,
        owner=values.owner,
        maturity_result=result,
        practice=practice,
        **{name: getattr(values, name) for name in _PLAIN_FIELDS},
    )
    initiative.touchpoints.set(values.touchpoints)
    return initiative


def _history(initiative: Initiative, by: Membership, *, verb: str) -> None:
    InitiativeStateChange.objects.create(initiative=initiative, to_state=initiative.state, by=by)
    record_event(
        organization=initiative.organization,
        actor=by.user,
        verb=verb,
        subject=initiative,
        after={"title": initiative.title},
    )


def _all_of(organization: Organization, touchpoints: Iterable[Touchpoint]) -> bool:
    return all(point.organization_id == organization.pk for point in touchpoints)


def _newly_archived(chosen: Iterable[Touchpoint], kept: Iterable[Touchpoint]) -> str:
    """The refusal that names the archived ones among `chosen`, without those that were there before."""
    before = {point.pk for point in kept}
    archived = [point for point in chosen if point.is_archived and point.pk not in before]
    if not archived:
        return ""
    return _("Archived touchpoints cannot be chosen: %(names)s. Restore them, or choose others.") % {
        "names": _names(archived)
    }


def _wrong_choices(values: PlanValues) -> dict[str, str | Promise]:
    """A value that is none of those on offer means nothing: it is refused, not read as another one."""
    offered = {
        "period": values.period in Period.values,
        "direction": values.direction in Direction.values,
        "selection": values.selection in UnitSelection.values,
    }
    wrong: dict[str, str | Promise] = {
        name: _("Choose one of the answers.") for name, is_offered in offered.items() if not is_offered
    }
    if not 0 <= values.lag_periods <= MOST_LAG_PERIODS:
        wrong["lag_periods"] = _("Between 0 and %(most)d periods.") % {"most": MOST_LAG_PERIODS}
    return wrong


def _differing(row: Initiative, values: InitiativeValues | PlanValues) -> Iterable[tuple[str, str]]:
    if isinstance(values, InitiativeValues):
        pairs = [(name, getattr(row, name), getattr(values, name)) for name in (*_PLAIN_FIELDS, "owner")]
        pairs.append(("touchpoints", _names(row.touchpoints.all()), _names(values.touchpoints)))
    else:
        plan = plan_of(row)
        if plan is None:
            return
        pairs = [(name, getattr(plan, name), getattr(values, name)) for name in (*_PLAN_FIELDS, "metric")]
        compared = _names(plan.comparison_touchpoints.all())
        pairs.append(("comparison_touchpoints", compared, _names(values.comparison_touchpoints)))
    for name, stored, typed in pairs:
        if stored != typed:
            yield name, "–" if stored in (None, "") else str(stored)


def _names(touchpoints: Iterable[Touchpoint]) -> str:
    return ", ".join(sorted(point.name for point in touchpoints))
