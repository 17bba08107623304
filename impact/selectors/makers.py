"""Who made a value: whose second pair of eyes it needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import AuditEvent, Membership, User
from accounts.permissions import may
from accounts.selectors import finance_reviewers, needs_confirmation, users_tied_to
from coalition.models import Initiative
from impact.choices import SignOff
from impact.models import RoiCase
from wording.joining import sentences


@dataclass(frozen=True, kw_only=True, slots=True)
class Makers:
    """Users behind one value.

    `makers`: who computed it, and everybody who wrote its model since finance last signed it: a later save by
    somebody else takes nobody out. `writers`: everybody who ever wrote the model.
    """

    makers: tuple[int, ...]  # who computed it first, then the writers, the last one first
    writers: frozenset[int]


# what a case comes with, so that it can be asked who made it
MADE_OF = ("study__initiative__owner", "study__initiative__value_model__changed_by", "computed_by")


def refusal_of_reviewer(case: RoiCase, by: Membership) -> str:
    """Why this finance reviewer cannot review this value, or nothing. At most six queries; the case comes
    with `MADE_OF`.

    It takes a second person, known to a second manager of people, and not tied to whoever made the figures.
    Ties are looked for with who computed the value and with everybody who wrote its model since it was last
    signed.
    """
    if needs_confirmation(by):
        return unconfirmed_text()
    if case.computed_by is not None and case.computed_by.user_id == by.user_id:
        return _("You computed this value yourself. Another person must review it for finance.")
    initiative = case.study.initiative
    made, model = makers_of([case])[case.pk], getattr(initiative, "value_model", None)
    writer = model.changed_by if model is not None else None
    is_writer = by.user_id in made.writers or (writer is not None and writer.user_id == by.user_id)
    if initiative.owner.user_id == by.user_id or is_writer:
        return _(
            "You own this initiative or wrote its value model. Another person must review it for finance."
        )
    return refusal_of_ties(by, made.makers)


def unconfirmed_text() -> str:
    return _(
        "A second administrator or CX leader must confirm you as finance reviewer before you can sign "
        "off value."
    )


def refusal_of_ties(by: Membership, makers: Iterable[int]) -> str:
    """Why this finance reviewer cannot review what these users made, the first that speaks against it; ""
    where none does."""
    tied = users_tied_to(by)
    maker = next((user for user in makers if user in tied), None)
    if maker is None:
        return ""
    return _(
        "%(person)s produced these figures, and one of you invited the other or gave the other a "
        "role. Another person must review them for finance."
    ) % {"person": User.objects.get(pk=maker)}


def refusal_of_review(case: RoiCase, by: Membership) -> str:
    """`refusal_of_reviewer` for a case that a page shows. At most seven queries."""
    return refusal_of_reviewer(RoiCase.objects.select_related(*MADE_OF).get(pk=case.pk), by)


def without_reviewer(cases: Sequence[RoiCase]) -> frozenset[int]:
    """Keys of the open values that no finance reviewer of the organization can review: each of them made the
    figures, is tied to who did, or owns the initiative; or there is no finance reviewer at all.

    The cases are of one organization and come with `MADE_OF`. No query where none is open, else at most nine.
    """
    waiting = [case for case in cases if case.sign_off == SignOff.OPEN]
    if not waiting:
        return frozenset()
    reviewers = finance_reviewers(waiting[0].organization)
    made = makers_of(waiting) if reviewers else {}
    return frozenset(
        case.pk
        for case in waiting
        if not any(_may_stand(case, made[case.pk], user=user, tied=tied) for user, tied in reviewers.items())
    )


def _may_stand(case: RoiCase, made: Makers, *, user: int, tied: frozenset[int]) -> bool:
    """Whether a user, tied to these users, may review what these makers made."""
    owner = case.study.initiative.owner.user_id
    return user != owner and user not in made.writers and not tied.intersection(made.makers)


def with_makers(cases: Sequence[RoiCase]) -> list[RoiCase]:
    """The same cases as `without_reviewer` reads them. One query, none without cases."""
    if not cases:
        return []
    rows = RoiCase.objects.filter(pk__in=[case.pk for case in cases])
    return list(
        rows.select_related(*MADE_OF, "organization").defer(
            "inputs", "result", "study__inputs", "study__finding"
        )
    )


def has_no_reviewer(case: RoiCase) -> bool:
    """Whether nobody can review a value that a page shows. At most ten queries, none where it is reviewed."""
    return case.sign_off == SignOff.OPEN and bool(without_reviewer(with_makers([case])))


def warning_of_writing(initiative: Initiative, by: Membership) -> str:
    """What a finance reviewer is told before writing or computing what she then cannot review; "" for others,
    and where she wrote before. At most nine queries."""
    if not may(by.role, Action.SIGN_OFF_VALUE):
        return ""
    writers = AuditEvent.objects.of(by.organization).filter(
        verb="value_model.saved", subject_type=initiative._meta.label_lower, subject_id=str(initiative.pk)
    )
    wrote = set(writers.values_list("actor", flat=True))
    if by.user_id in wrote:  # nothing is left to lose
        return ""
    lost = _("If you save the value model or compute the value, you cannot review the result for finance.")
    others = {
        user: tied
        for user, tied in finance_reviewers(by.organization).items()
        if user not in {by.user_id, initiative.owner.user_id, *wrote} and by.user_id not in tied
    }
    if others:
        return sentences([lost, _("Another finance reviewer must do it.")])
    return sentences([lost, _("No other finance reviewer could: invite or name one first.")])


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
