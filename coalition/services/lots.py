"""Chance decides in the product which touchpoints get an initiative."""

import secrets
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Membership
from accounts.services import acting, record_event
from coalition.choices import EDITABLE_STATES, UnitSelection
from coalition.errors import NotEditable, PlanNotWritten
from coalition.lots import drawn_of, list_digest
from coalition.models import Initiative, TouchpointLot
from coalition.selectors.content import plan_of
from coalition.services.drafting import refusal_to_edit
from common.errors import InvalidValues
from journeys.models import Touchpoint

LEAST_SIDE = 1


@transaction.atomic
def draw_lot(
    *, initiative: Initiative, by: Membership, touchpoints: Sequence[Touchpoint], takes: int
) -> TouchpointLot:
    """Draw `takes` of the touchpoints: they get the initiative, the others are what it is compared with.

    List, seed and result enter the trail in the same step, before the vote and the go-live, so nobody sees a
    result that is not published. A second lot can be drawn, never unseen: rows are only added, and a plan
    that was drawn twice is no longer one that chance decided. Raises NotEditable, PlanNotWritten,
    InvalidValues.
    """
    by = acting(by, Action.DRAFT_INITIATIVE)
    row = (
        Initiative.objects.select_for_update(of=("self",))
        .select_related("organization")
        .get(pk=initiative.pk)
    )
    if row.state not in EDITABLE_STATES:
        raise NotEditable(refusal_to_edit(row))
    if row.is_look_back:
        raise NotEditable(_("It is live already: chance can only decide before the go-live."))
    plan = plan_of(row)
    if plan is None:
        raise PlanNotWritten(_("Write the plan first: it says by which metric the touchpoints are compared."))
    _check(row, touchpoints, takes)
    points = {point.key: point for point in touchpoints}
    seed = secrets.token_hex(32)
    drawn = drawn_of(list(points), takes=takes, seed=seed)
    last = TouchpointLot.objects.filter(initiative=row).aggregate(last=Max("number"))["last"] or 0
    lot = TouchpointLot.objects.create(
        initiative=row,
        number=last + 1,
        touchpoints=[[key, points[key].name] for key in sorted(points)],
        takes=takes,
        list_digest=list_digest(points, takes),
        seed=seed,
        drawn=drawn,
        by=by,
    )
    row.touchpoints.set([points[key] for key in drawn])
    plan.comparison_touchpoints.set([point for key, point in points.items() if key not in drawn])
    plan.selection, plan.selected_from, plan.selected_until = UnitSelection.CHANCE, None, None
    plan.save(update_fields=["selection", "selected_from", "selected_until"])
    row.lock_version += 1
    row.save(update_fields=["lock_version"])
    record_event(
        organization=row.organization,
        actor=by.user,
        verb="initiative.lot_drawn",
        subject=row,
        after={
            "lot": lot.number,
            "lot_list": [points[key].name for key in sorted(points)],
            "lot_drawn": [points[key].name for key in drawn],
            "list_digest": lot.list_digest,
            "seed": seed,
        },
    )
    return lot


def _check(row: Initiative, touchpoints: Sequence[Touchpoint], takes: int) -> None:
    wrong = {}
    if any(point.organization_id != row.organization_id for point in touchpoints):
        wrong["touchpoints"] = _("These touchpoints do not belong to the organization.")
    elif any(point.is_archived for point in touchpoints):
        wrong["touchpoints"] = _("Archived touchpoints cannot be chosen.")
    elif len({point.pk for point in touchpoints}) < 2:
        wrong["touchpoints"] = _(
            "Choose at least two touchpoints: one that gets the initiative, one that does not."
        )
    elif not LEAST_SIDE <= takes <= len({point.pk for point in touchpoints}) - LEAST_SIDE:
        wrong["takes"] = _("At least one touchpoint gets the initiative, and at least one does not.")
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)
