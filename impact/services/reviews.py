"""What finance says of a value: of all of it, or of one of its benefits."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Membership
from accounts.services import acting, record_event, require_as_seen
from common.errors import InvalidValues
from common.rows import moment_mark
from cxstats.codec import encoded
from impact.choices import SignOff
from impact.errors import SignOffNotAllowed
from impact.models import RoiCase, ValueModel
from impact.selectors.lines import line_name, line_numbers, line_state
from impact.selectors.makers import MADE_OF, refusal_of_reviewer
from impact.services.telling import tell_of_program
from impact.services.undisputed import ask_for_undisputed


def sign_off(
    *, case: RoiCase, by: Membership, comment: str = "", seen: str | None = None, line: str = ""
) -> RoiCase:
    """Finance stands behind this case, or behind one benefit of it. Raises SignOffNotAllowed,
    DecidedMeanwhile, InvalidValues."""
    return _review(case, by, SignOff.SIGNED, comment, seen, line)


def dispute(
    *, case: RoiCase, by: Membership, comment: str, seen: str | None = None, line: str = ""
) -> RoiCase:
    """Finance does not accept this case, or one benefit of it, and says why. Raises SignOffNotAllowed,
    InvalidValues, DecidedMeanwhile."""
    if not comment.strip():
        message = _("Say what you dispute and what would settle it.")
        raise InvalidValues(message, fields={"comment": message})
    return _review(case, by, SignOff.DISPUTED, comment, seen, line)


def review(
    *,
    case: RoiCase,
    by: Membership,
    decision: str,
    comment: str = "",
    seen: str | None = None,
    line: str = "",
) -> RoiCase:
    """Finance's word on a case: signed or disputed. What is neither is refused, not read as one of them.

    `line`: the number of one of its benefits, of several; all of them if empty.

    `seen` is the moment of the review that the reviewer had before her (`common.rows.moment_mark`): one that
    somebody else made since is not written over. Raises SignOffNotAllowed, InvalidValues, DecidedMeanwhile.
    """
    if decision == SignOff.SIGNED:
        return sign_off(case=case, by=by, comment=comment, seen=seen, line=line)
    if decision == SignOff.DISPUTED:
        return dispute(case=case, by=by, comment=comment, seen=seen, line=line)
    message = _("Sign off or dispute: nothing was recorded.")
    raise InvalidValues(message, fields={"decision": message})


@transaction.atomic
def _review(
    case: RoiCase, by: Membership, decision: SignOff, comment: str, seen: str | None, line: str
) -> RoiCase:
    by = acting(by, Action.SIGN_OFF_VALUE)
    row: RoiCase = RoiCase.objects.select_for_update(of=("self",)).select_related(*MADE_OF).get(pk=case.pk)
    said, numbers = comment.strip(), _numbers(row, line)
    if _is_said(row, numbers, decision, said):
        if row.sign_off_by_id == by.pk:  # a second click
            return row
        if decision == SignOff.SIGNED:
            raise SignOffNotAllowed(_("This value is signed already."))
    if refusal := refusal_of_reviewer(row, by):
        raise SignOffNotAllowed(refusal)
    model = ValueModel.objects.filter(initiative=row.study.initiative_id).first()
    counts = RoiCase.objects.filter(study_id=row.study_id).headline_first().values_list("pk", flat=True)[0]
    if counts != row.pk:
        raise SignOffNotAllowed(_("Another value has replaced this one. Review the one that counts."))
    if decision == SignOff.SIGNED and model is not None and not row.follows(model):
        raise SignOffNotAllowed(
            _("The value model was changed after this value was computed. Compute it again and review that.")
        )
    require_as_seen(
        seen,
        now=moment_mark(row.sign_off_at),
        said=row.get_sign_off_display(),
        subject=row,
        organization=by.organization,
        sign_off=row.sign_off,
    )
    before = {
        "sign_off": row.sign_off,
        "comment": row.sign_off_comment,
        "by": str(row.sign_off_by) if row.sign_off_by else "",
    }
    now = timezone.now()
    row.sign_off, row.sign_off_comment = decision, said
    if numbers:
        word = {"state": decision.value, "comment": said, "by": str(by), "at": encoded(now)}
        row.line_words = row.line_words | dict.fromkeys(_told(row, numbers, decision), word)
        row.sign_off, row.sign_off_comment = of_all_lines(row)
    row.sign_off_by, row.sign_off_at = by, now
    row.save(update_fields=["sign_off", "sign_off_comment", "sign_off_by", "sign_off_at", "line_words"])
    record_event(
        organization=by.organization,
        actor=by.user,
        verb=f"roi_case.{decision.value}",
        subject=row,
        before=before,
        after={
            "sign_off": row.sign_off,
            "comment": said,
            "by": str(by),
            "input_digest": row.input_digest,
            **({"line": line_name(row, line)} if line else {}),
        },
    )
    ask_for_undisputed(row)
    tell_of_program(by.organization)
    return row


def _numbers(row: RoiCase, line: str) -> tuple[str, ...]:
    """The benefits that a word is on; empty for a value of one benefit, whose word is the value's own."""
    known = line_numbers(row)
    if line and line not in known:
        message = _("This value has no such benefit: choose one that the page shows.")
        raise InvalidValues(message, fields={"line": message})
    return (line,) if line else known


def _is_said(row: RoiCase, numbers: tuple[str, ...], decision: SignOff, comment: str) -> bool:
    """Whether finance has said just this already."""
    if not numbers:
        return row.sign_off == decision and row.sign_off_comment == comment
    words = [row.line_words.get(number, {}) for number in numbers]
    return all(word.get("state") == decision and word["comment"] == comment for word in words)


def _told(row: RoiCase, numbers: tuple[str, ...], decision: SignOff) -> tuple[str, ...]:
    """Benefits that a word is written to: one that signs what is left keeps those that were signed before; of
    nothing left, it takes their place."""
    left = tuple(number for number in numbers if line_state(row, number) != SignOff.SIGNED)
    return left if left and decision == SignOff.SIGNED else numbers


def of_all_lines(row: RoiCase) -> tuple[SignOff, str]:
    """Finance's word on the whole, from those on its benefits: a dispute of one disputes it, in its words."""
    states = {number: line_state(row, number) for number in line_numbers(row)}
    disputed = [number for number, state in states.items() if state == SignOff.DISPUTED]
    if disputed:
        said = (f"{line_name(row, number)}: {row.line_words[number]['comment']}" for number in disputed)
        return SignOff.DISPUTED, "\n".join(said)
    if all(state == SignOff.SIGNED for state in states.values()):
        comments = dict.fromkeys(row.line_words[number]["comment"] for number in states)
        return SignOff.SIGNED, "\n".join(filter(None, comments))
    return SignOff.OPEN, ""
