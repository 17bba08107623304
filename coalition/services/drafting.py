"""Writing an initiative and its evaluation plan, up to the vote."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import AuditEvent, Membership, Organization
from accounts.permissions import may
from accounts.services import acting, one_at_a_time, record_event
from assessments.models import MaturityResult
from coalition.choices import EDITABLE_STATES, InitiativeState, UnitSelection
from coalition.errors import EditConflict, NotEditable
from coalition.fields import INITIATIVE, PLAN, InitiativeValues, PlanValues
from coalition.models import EvaluationPlan, Initiative, InitiativeStateChange
from coalition.selectors.content import plan_of, stored_text
from coalition.selectors.opportunities import opportunity
from coalition.services.beside import wrong_questions_beside
from coalition.services.plausible import far_days, oversized_effects, passed_day
from common.errors import InvalidValues
from common.fields import FieldTable
from common.rows import fresh
from common.text import one_line
from customer_voice.selectors import segment_as_heard
from journeys.models import Touchpoint
from wording.joining import listed


@transaction.atomic
def create_initiative(*, by: Membership, values: InitiativeValues) -> Initiative:
    """A new draft with the organization's next number. Raises InvalidValues."""
    by = acting(by, Action.DRAFT_INITIATIVE)
    check_initiative(by.organization, values)
    initiative = new_initiative(by=by, values=values)
    tell_of_draft(initiative, by, verb="initiative.drafted")
    return initiative


@transaction.atomic
def draft_from_opportunity(*, by: Membership, result: MaturityResult, practice: str) -> Initiative:
    """A draft from a maturity gap: title and problem come from the framework's next step and the gap.

    Clicking twice gives the same draft, not two. Raises InvalidValues for a practice that is unknown.
    """
    by = acting(by, Action.DRAFT_INITIATIVE)
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
        title=source.title[: INITIATIVE["title"].column.max_length],
        problem=source.problem,
        proposal=source.description,
        owner=by,
    )
    initiative = new_initiative(by=by, values=values, maturity_result=result, practice=practice)
    tell_of_draft(initiative, by, verb="initiative.drafted")
    return initiative


def check_initiative(
    organization: Organization, values: InitiativeValues, initiative: Initiative | None = None
) -> None:
    """Raises InvalidValues with everything that is wrong, field by field.

    A touchpoint that was archived later stays where `initiative` has it; a new one must be in use.
    """
    wrong = INITIATIVE.refusals(values)
    if not one_line(values.title):
        wrong["title"] = _("An initiative needs a title.")
    if unfit := refusal_of_owner(
        organization, values.owner, kept=initiative.owner_id if initiative else None
    ):
        wrong["owner"] = unfit
    if not _all_of(organization, values.touchpoints):
        wrong["touchpoints"] = _("These touchpoints do not belong to the organization.")
    elif archived := _newly_archived(values.touchpoints, initiative.touchpoints.all() if initiative else ()):
        wrong["touchpoints"] = archived
    days = [("planned_go_live_on", values.planned_go_live_on), ("already_live_on", values.already_live_on)]
    wrong.update(far_days(organization, days))
    if refusal := _refusal_of_look_back(organization, values, initiative):
        wrong.setdefault("already_live_on", refusal)
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)


def _refusal_of_look_back(
    organization: Organization, values: InitiativeValues, initiative: Initiative | None
) -> str:
    """Why it cannot be said to be live already since that day, or nothing."""
    day, known = values.already_live_on, initiative.already_live_on if initiative else None
    if day is None:
        return ""
    if day > organization.clock.today():
        return _("This date is in the future. What is not live yet has a planned go-live.")
    if values.planned_go_live_on is not None:
        return _("Either it is live already, or its go-live is planned: leave one of the two days empty.")
    if known is None and initiative is not None and initiative.revisions.exists():
        return _("It was put to a vote, so it cannot be recorded as live before that. Record a new one.")
    return ""


def refusal_of_owner(organization: Organization, owner: Membership, *, kept: int | None) -> str:
    """Why this member cannot be the owner, or nothing. Who is the owner already (`kept`) keeps it, whatever
    became of the role."""
    owner = fresh(owner, "user")
    if owner.organization_id != organization.pk or not owner.has_access:
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
    organization, wrong = initiative.organization, PLAN.refusals(values)
    plan = plan_of(initiative)
    if values.metric.organization_id != organization.pk:
        wrong["metric"] = _("This metric does not belong to the organization.")
    elif values.metric.is_retired and (plan is None or plan.metric_id != values.metric.pk):
        wrong["metric"] = _("%(metric)s is retired. Choose a metric that is in use.") % {
            "metric": values.metric.name
        }
    elif not values.metric.calculation.can_be_evaluated:
        wrong["metric"] = _(
            "A change of %(metric)s cannot be evaluated yet (%(rule)s). Choose a metric of answers or times."
        ) % {"metric": values.metric.name, "rule": values.metric.calculation.label}
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
    wrong.update(wrong_questions_beside(initiative, plan, values))
    start = initiative.begins_on
    if start and values.baseline_from and values.baseline_from >= start:
        wrong["baseline_from"] = _("The baseline must begin before the go-live.")
    if start and values.review_on and values.review_on <= start:
        wrong["review_on"] = _("The review must come after the go-live.")
    if values.baseline_from and values.review_on and values.review_on <= values.baseline_from:
        wrong.setdefault("review_on", _("The review must come after the start of the baseline."))
    for name, message in _wrong_choice(values, start).items():
        wrong.setdefault(name, message)
    is_changed = plan is not None and values.review_on != plan.review_on
    is_approved = initiative.state not in EDITABLE_STATES
    if is_changed and is_approved and (passed := passed_day(organization, values.review_on)):
        wrong.setdefault("review_on", passed)
    expected, worthwhile = values.expected_effect, values.smallest_worthwhile_effect
    if "metric" not in wrong:
        sizes = (
            ("expected_effect", None if expected is None else float(expected)),
            ("smallest_worthwhile_effect", float(worthwhile)),
        )
        wrong.update(oversized_effects(values.metric, values.direction, sizes))
    days = (
        ("baseline_from", values.baseline_from),
        ("review_on", values.review_on),
        ("selected_from", values.selected_from),
        ("selected_until", values.selected_until),
    )
    wrong.update(far_days(organization, days))
    if expected is not None and 0 < expected < worthwhile:
        wrong["smallest_worthwhile_effect"] = _(
            "Larger than the expected effect: even the effect you expect would then not be worthwhile."
        )
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)


def _wrong_choice(values: PlanValues, start: date | None) -> dict[str, str]:
    """What is wrong about the days of the scores that the touchpoints were chosen by."""
    first, last = values.selected_from, values.selected_until
    if first is None and last is None:
        return {}
    if values.selection != UnitSelection.WORST_SCORES:
        message = _(
            "Only for touchpoints that were chosen because their scores were the worst: leave it empty."
        )
        return {"selected_from" if first else "selected_until": message}
    if first is None:
        return {"selected_from": _("Enter the first day as well.")}
    if last is None:
        return {"selected_until": _("Enter the last day as well.")}
    if last < first:
        return {"selected_until": _("The last day must not be before the first.")}
    if start and last >= start:
        return {"selected_until": _("The choice was made by scores from before the go-live.")}
    if values.baseline_from and first <= values.baseline_from:
        return {
            "selected_from": _(
                "The baseline must begin before these scores: they cannot be compared with themselves."
            )
        }
    return {}


def apply_initiative(row: Initiative, values: InitiativeValues, *, by: Membership) -> None:
    """Write checked values into a locked row."""
    before = row.owner
    INITIATIVE.write(row, values)
    row.lock_version += 1
    row.save()
    INITIATIVE.write_lists(row, values)
    remember_owner(row, before, by=by)


def remember_owner(row: Initiative, before: Membership, *, by: Membership) -> None:
    """Who worked on an initiative as its owner, or hands it over, goes on being one of its proposers.

    Not who was made its owner by others and did nothing with it: else one could take the vote away from
    anybody by making them the owner for a moment.
    """
    if before.pk == row.owner_id:
        return
    entries = AuditEvent.objects.of(row.organization).filter(
        subject_type=row._meta.label_lower, subject_id=str(row.pk)
    )
    began = entries.filter(after__has_key="owner").order_by("-pk").values_list("pk", flat=True).first() or 0
    work = entries.filter(Q(verb__startswith="initiative.") | Q(verb__startswith="plan."))
    if by.user_id == before.user_id or work.filter(actor=before.user_id, pk__gt=began).exists():
        row.former_owners.add(before)


def apply_plan(row: Initiative, values: PlanValues) -> EvaluationPlan:
    """Write checked values into the plan of a locked row; makes the plan where there is none.

    A segment is written as answers carry it: one of another letter case would be counted nowhere.
    """
    plan = plan_of(row) or EvaluationPlan(initiative=row)
    values = replace(values, segment=segment_as_heard(row.organization, values.segment))
    PLAN.write(plan, values)
    plan.save()
    PLAN.write_lists(plan, values)
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
    differing = {name: _("Stored now: %(value)s") % {"value": text} for name, text in _differing(row, values)}
    compare = (
        _(
            "It was changed after you read it. Compare your values with those stored now (errors), then send "
            "lock_version %(number)d to replace them."
        )
        if differing
        else _(
            "It was changed after you read it, but nothing stored now differs from what you sent. Send "
            "lock_version %(number)d to write it."
        )
    )
    raise EditConflict(
        _(
            "%(name)s saved a change while you were writing. Your entries are kept here. Compare "
            "them with what is stored now, shown next to each field that differs; saving again "
            "replaces it."
        )
        % {"name": last.actor_name if last and last.actor_name else _("Someone")},
        program_message=compare % {"number": row.lock_version},
        lock_version=row.lock_version,
        fields=differing,
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
    if row.is_look_back and row.went_live_on is not None:
        return _(
            "It was recorded afterwards: its content and its plan stay as they were fixed before its first "
            "study."
        )
    return _("It is “%(state)s”: its content stays as approved.") % {
        "state": InitiativeState(row.state).label
    }


def new_initiative(*, by: Membership, values: InitiativeValues, **origin: Any) -> Initiative:
    """A draft with the next number. `origin`: columns that say what it came from."""
    one_at_a_time(by.organization)  # numbers are given in order
    last = Initiative.objects.of(by.organization).aggregate(last=Max("number"))["last"] or 0
    initiative = Initiative(organization=by.organization, number=last + 1, **origin)
    INITIATIVE.write(initiative, values)
    initiative.save()
    INITIATIVE.write_lists(initiative, values)
    return initiative


def tell_of_draft(initiative: Initiative, by: Membership, *, verb: str) -> None:
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
    added = {point.pk for point in chosen} - {point.pk for point in kept}
    archived = Touchpoint.objects.filter(pk__in=added, is_archived=True) if added else ()
    if not archived:
        return ""
    return _("Archived touchpoints cannot be chosen: %(names)s. Restore them, or choose others.") % {
        "names": _names(archived)
    }


def _differing(row: Initiative, values: InitiativeValues | PlanValues) -> Iterable[tuple[str, str]]:
    if isinstance(values, InitiativeValues):
        yield from _differences(INITIATIVE, row, values)
    elif (plan := plan_of(row)) is not None:
        yield from _differences(PLAN, plan, values)


def _differences(
    table: FieldTable[Any], row: Initiative | EvaluationPlan, values: object
) -> Iterable[tuple[str, str]]:
    for item in table:
        stored, typed = getattr(row, item.name), getattr(values, item.name)
        if item.column.many_to_many:
            stored, typed = _names(stored.all()), _names(typed)
        if stored != typed:
            yield item.name, stored_text(item, row, stored)


def _names(touchpoints: Iterable[Touchpoint]) -> str:
    return listed(sorted(point.name for point in touchpoints))
