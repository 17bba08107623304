"""Releasing comments, and holding back those that name somebody."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.errors import RoleTooSmall
from accounts.models import Membership
from accounts.permissions import require_right
from accounts.services import record_event, require_as_seen
from common.errors import InvalidValues
from common.rows import locked as locked_row
from common.rows import put
from employee_voice.choices import CommentState, WaveState
from employee_voice.errors import OwnLine
from employee_voice.models import Comment, Wave
from employee_voice.scope import comments_released_by, may_read_first, tree_of
from employee_voice.selectors.comments import comments_page
from employee_voice.selectors.results import results_of
from employee_voice.services.states import locked, require_state


@transaction.atomic
def decide_comment(*, by: Membership, comment: Comment, state: str, seen: str | None = None) -> Comment:
    """Release a comment to the heads of its line, or hold it back; may be decided anew. `seen` is the state
    that the decider had before her: a decision that somebody else took meanwhile stands (DecidedMeanwhile).

    Only by a CX leader or the member named for the wave: else PermissionDenied, as for comments of too few
    answers, which nobody reads. Raises OwnLine where one of the functions whose comments are shown together
    is of her own line. The trail tells who decided, and not one word of the comment. Raises InvalidValues for
    another state.
    """
    wave = locked(comment.wave)
    require_state(wave, WaveState.PUBLISHED)
    row = locked_row(comment)
    pools = results_of(wave).pools
    place = next((pool.function for pool in pools if pool.group == comment.group.number), None)
    if place is None or not may_read_first(by, wave):
        raise RoleTooSmall(by.role, Action.RELEASE_COMMENTS)
    if place not in comments_released_by(by, tree_of(wave), pools):
        raise OwnLine(
            _(
                "These comments come from your own line, or stand together with some that do. Someone from "
                "outside it decides on them; until then they stay held back."
            )
        )
    if state not in {CommentState.RELEASED, CommentState.HELD_BACK}:
        message = _("Release the comment or hold it back.")
        raise InvalidValues(message, fields={"state": message})
    before, organization, which = row.state, wave.survey.organization, row.pk.hex[:10]
    if state != before:
        require_as_seen(
            seen,
            now=before,
            said=row.get_state_display(),
            subject=wave,
            organization=organization,
            which=which,
        )
    if not put(row, {"state": state}):
        return row
    record_event(
        organization=organization,
        actor=by.user,
        verb="wave.comment_decided",
        subject=wave,
        before={"comment": before},
        after={"comment": state, "which": which},
    )
    return row


@transaction.atomic
def name_comment_reader(*, by: Membership, wave: Wave, reader: Membership) -> Wave:
    """Name who reads first the comments that nobody may decide on yet: the CX leader's to do, once the wave
    is published, in place of whoever was named before.

    Raises PermissionDenied, WaveNotInState, and InvalidValues for somebody who sees no results by her role or
    is of the line of all these comments.
    """
    require_right(by.role, Action.RELEASE_COMMENTS)
    wave = locked(wave)
    require_state(wave, WaveState.PUBLISHED)
    page = comments_page(by, tree_of(wave))
    if not page.is_stuck:
        message = _("Every comment that waits has someone who may decide on it.")
        raise InvalidValues(message, fields={"reader": message})
    if reader not in page.readers:
        message = _("Choose someone from outside these functions whose role sees results.")
        raise InvalidValues(message, fields={"reader": message})
    before = wave.comment_reader
    wave.comment_reader = reader
    wave.save(update_fields=["comment_reader"])
    record_event(
        organization=wave.survey.organization,
        actor=by.user,
        verb="wave.comment_reader_named",
        subject=wave,
        before={"comment_reader": str(before) if before else ""},
        after={"comment_reader": str(reader)},
    )
    return wave
