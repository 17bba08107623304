"""Who made a value: whose second pair of eyes it needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import AuditEvent
from coalition.models import Initiative
from impact.choices import SignOff
from impact.models import RoiCase


@dataclass(frozen=True, kw_only=True, slots=True)
class Makers:
    """Users behind one value.

    `makers`: who computed it, and everybody who wrote its model since finance last signed it: a later save by
    somebody else takes nobody out. `writers`: everybody who ever wrote the model.
    """

    makers: tuple[int, ...]  # who computed it first, then the writers, the last one first
    writers: frozenset[int]


def makers_of(cases: Sequence[RoiCase]) -> dict[int, Makers]:
    """The makers by the case's key. Two queries; the cases come with study, initiative and value model.

    The trail knows who wrote: the model keeps its last author only.
    """
    initiatives = {case.study.initiative_id for case in cases}
    signed = list(
        RoiCase.objects.filter(study__initiative__in=initiatives, sign_off=SignOff.SIGNED).values_list(
            "pk", "study__initiative", "sign_off_at"
        )
    )
    saves = list(
        AuditEvent.objects.filter(
            organization__in={case.organization_id for case in cases},
            verb="value_model.saved",
            subject_type=Initiative._meta.label_lower,
            subject_id__in=[str(pk) for pk in initiatives],
        )
        .exclude(actor=None)
        .order_by("-at", "-pk")
        .values_list("subject_id", "actor", "at")
    )
    return {case.pk: _makers_of(case, signed, saves) for case in cases}


def _makers_of(case: RoiCase, signed: list[Any], saves: list[Any]) -> Makers:
    initiative = case.study.initiative_id
    last = max((at for pk, of, at in signed if of == initiative and pk != case.pk), default=None)
    own = [(actor, at) for subject, actor, at in saves if subject == str(initiative)]
    model = getattr(case.study.initiative, "value_model", None)
    makers = [
        person.user_id for person in (case.computed_by, model and model.changed_by) if person is not None
    ]
    makers += [actor for actor, at in own if last is None or at > last]
    return Makers(makers=tuple(dict.fromkeys(makers)), writers=frozenset(actor for actor, _at in own))
