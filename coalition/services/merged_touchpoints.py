"""Two touchpoints become one: what the coalition does with initiatives, plans and seats that name them.

What was fixed stays as fixed: revisions and fixed plans go on naming both. A merge that would make another
comparison of a plan than was promised is refused; one that adds answers to what a running evaluation measures
is a change after the approval, and the design grade knows of it.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.reading import written_for
from accounts.services import record_event
from coalition.choices import InitiativeState
from coalition.models import EvaluationPlan, Initiative, Seat, Suggestion
from coalition.selectors.content import plan_of
from coalition.selectors.measured import MEASURED_STATES, places_of
from common.registry import MergePart, Merging
from customer_voice.models import Feedback
from journeys.models import Touchpoint
from wording.formats import reader
from wording.joining import listed

# what was given up measures nothing any more
GIVEN_UP = frozenset({InitiativeState.REJECTED, InitiativeState.CANCELLED})


def moved_by_merge(question: Merging) -> Iterator[MergePart]:
    """What of initiatives, plans and seats a merge moves, and which of them speak against it. Eight
    queries, and one for each running evaluation that measures one of the two."""
    kept, gone = question.kept, question.gone
    if not (isinstance(kept, Touchpoint) and isinstance(gone, Touchpoint)):
        return
    initiatives = _that_name(kept, gone)
    for initiative in initiatives:
        yield from _refused(initiative, kept, gone)
    naming = [one for one in initiatives if gone.pk in _named(one)]
    if naming:
        names = [one.reference for one in naming]
        yield MergePart(
            text=_("Initiatives and plans that name it from now on: %(names)s.") % {"names": listed(names)},
            told={"initiatives": names},
            act=partial(_move_initiatives, naming, kept, gone),
        )
    seats = list(Seat.objects.filter(touchpoints=gone).select_related("membership__user").order_by("pk"))
    if seats:
        titles = [seat.title for seat in seats]
        yield MergePart(
            text=_("Seats that represent it from now on: %(names)s.") % {"names": listed(titles)},
            told={"seats": titles},
            act=partial(_move_seats, seats, kept, gone),
        )
    suggested = Suggestion.objects.of(gone.organization).filter(touchpoint=gone)
    if number := suggested.count():
        text = ngettext(
            "%(count)s suggestion is about it from now on.",
            "%(count)s suggestions are about it from now on.",
            number,
        )
        yield MergePart(
            text=text % {"count": reader().number(number)},
            told={"suggestions": number},
            act=partial(_move_suggestions, suggested, kept),
        )
    for initiative in initiatives:
        yield from _lowered(question, initiative)


def _move_suggestions(suggested: QuerySet[Suggestion], kept: Touchpoint) -> None:
    suggested.update(touchpoint=kept)


def _that_name(kept: Touchpoint, gone: Touchpoint) -> list[Initiative]:
    """Every initiative in which one of the two is named, now or in its fixed plan."""
    both = [kept, gone]
    named = Q(touchpoints__in=both) | Q(plan__comparison_touchpoints__in=both)
    named |= Q(plan__spillover_touchpoints__in=both)
    rows = (
        Initiative.objects.of(gone.organization)
        .filter(named | Q(plan__fixed_content__isnull=False))
        .select_related("plan__metric")
        .prefetch_related("touchpoints", "plan__comparison_touchpoints", "plan__spillover_touchpoints")
        .distinct()
        .order_by("number")
    )
    keys = {kept.key, gone.key}
    pks = {kept.pk, gone.pk}
    return [one for one in rows if pks & _named(one) or keys & _fixed(one)]


def _treated(initiative: Initiative) -> set[int]:
    return {point.pk for point in initiative.touchpoints.all()}


def _compared(initiative: Initiative) -> set[int]:
    plan = plan_of(initiative)
    return set() if plan is None else {point.pk for point in plan.comparison_touchpoints.all()}


def _reached(initiative: Initiative) -> set[int]:
    """Touchpoints that could be affected without getting it."""
    plan = plan_of(initiative)
    return set() if plan is None else {point.pk for point in plan.spillover_touchpoints.all()}


def _named(initiative: Initiative) -> set[int]:
    return _treated(initiative) | _compared(initiative) | _reached(initiative)


def _fixed(initiative: Initiative) -> set[str]:
    """Keys in the fixed plan."""
    plan = plan_of(initiative)
    treated, compared = places_of(plan.fixed_content if plan is not None else None)
    return treated | compared


def _refused(initiative: Initiative, kept: Touchpoint, gone: Touchpoint) -> Iterator[MergePart]:
    """Why a merge would falsify what this initiative measures or is voted on."""
    plan = plan_of(initiative)
    slots = {
        "reference": initiative.reference,
        "title": initiative.title,
        "gone": gone.name,
        "kept": kept.name,
    }
    fixed_treated, fixed_compared = places_of(plan.fixed_content if plan is not None else None)
    treated = {*_treated(initiative)} | {one.pk for one in (kept, gone) if one.key in fixed_treated}
    compared = {*_compared(initiative)} | {one.pk for one in (kept, gone) if one.key in fixed_compared}
    both = {kept.pk, gone.pk}
    text = ""
    if initiative.state in GIVEN_UP:
        return
    if treated & both and compared & both and both <= treated | compared:
        text = _(
            "%(reference)s “%(title)s” compares one of the two with the other. Merged, it would compare a "
            "touchpoint with itself."
        )
    elif {kept.key, gone.key} <= fixed_treated or {kept.key, gone.key} <= fixed_compared:
        text = _(
            "The fixed plan of %(reference)s “%(title)s” counts “%(gone)s” and “%(kept)s” as two. "
            "Merged, its "
            "studies would have one touchpoint fewer than was promised."
        )
    elif both & (treated | compared) and initiative.rounds.filter(closed_at=None).exists():
        text = _(
            "%(reference)s “%(title)s” is being voted on. Wait until the vote has ended: what is voted "
            "on stays "
            "as it is."
        )
    if text:
        yield MergePart(text=text % slots, is_refusal=True)


def _lowered(question: Merging, initiative: Initiative) -> Iterator[MergePart]:
    """A running evaluation that would measure, or compare with, answers that its plan did not name."""
    kept, gone, plan = question.kept, question.gone, plan_of(initiative)
    if plan is None or not plan.fixed_content or initiative.state not in MEASURED_STATES:
        return
    named = _fixed(initiative)
    if gone.key in named:
        other = kept
    elif kept.key in named:
        other = gone
    else:
        return
    answers = Feedback.objects.of(gone.organization).filter(touchpoint=other, metric_key=plan.metric.key)
    if not answers.exists():
        return
    text = _(
        "The evaluation of %(reference)s “%(title)s” would count answers of “%(other)s” too, which its "
        "plan did "
        "not name. That is a change after the approval: its next study has a design grade one lower. "
        "Studies of "
        "before keep their figures."
    )
    yield MergePart(
        text=text % {"reference": initiative.reference, "title": initiative.title, "other": other.name},
        told={"lowered": [initiative.reference]},
        is_to_accept=True,
        act=partial(_note_change, question, plan),
    )


def _move_initiatives(initiatives: Sequence[Initiative], kept: Touchpoint, gone: Touchpoint) -> None:
    for initiative in initiatives:
        treated, compared = _treated(initiative), _compared(initiative)
        if gone.pk in treated:
            initiative.touchpoints.remove(gone)
            initiative.touchpoints.add(kept)
        plan: Any = plan_of(initiative)
        if gone.pk in compared:
            plan.comparison_touchpoints.remove(gone)
            plan.comparison_touchpoints.add(kept)
        if treated & {kept.pk, gone.pk} and compared & {kept.pk, gone.pk}:  # of what was given up alone
            plan.comparison_touchpoints.remove(kept)
        if gone.pk in _reached(initiative):
            plan.spillover_touchpoints.remove(gone)
            if not (treated | compared) & {kept.pk, gone.pk}:
                plan.spillover_touchpoints.add(kept)
        initiative.lock_version += 1  # who has the form open reads it again
        initiative.save(update_fields=["lock_version"])


def _move_seats(seats: Sequence[Seat], kept: Touchpoint, gone: Touchpoint) -> None:
    for seat in seats:
        seat.touchpoints.remove(gone)
        seat.touchpoints.add(kept)


def _note_change(question: Merging, plan: EvaluationPlan) -> None:
    """The plan counts other answers than it was fixed with, and says so as for any change after the
    approval."""
    initiative = plan.initiative
    plan.changed_after_approval_at = timezone.now()
    plan.save(update_fields=["changed_after_approval_at"])
    with written_for(initiative.organization):
        words = {"gone": question.gone.name, "kept": question.kept.name}
        reason = _("“%(gone)s” was merged into “%(kept)s”: answers of both count.") % words
    record_event(
        organization=initiative.organization,
        actor=question.by.user if question.by else None,
        verb="initiative.changed_after_approval",
        subject=initiative,
        after={"reason": reason},
    )
