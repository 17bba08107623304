"""What employees would improve: suggested, taken up as a draft or declined with a reason, read."""

import re

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Membership
from accounts.reading import written_for
from accounts.services import acting, record_event
from coalition.choices import LONGEST_SUGGESTION, SuggestionState
from coalition.errors import SuggestionAnswered
from coalition.fields import INITIATIVE, InitiativeValues
from coalition.mail import tell_suggestion_answered
from coalition.models import Initiative, Suggestion
from coalition.services.drafting import new_initiative, tell_of_draft
from common.errors import InvalidValues
from common.rows import fresh, locked
from common.text import legible, one_line
from journeys.models import Touchpoint
from wording.joining import bracketed

S = SuggestionState
MOST_OPEN = 20  # of one person at a time
# A sentence that another one follows. In Latin script it has 20 characters: "e.g." and "No. 5" end none.
_SENTENCE = re.compile(r".{19,}?[.!?](?=\s+[^\Wa-z\d])|.{5,}?[。！？](?=.)")


@transaction.atomic
def suggest_improvement(*, by: Membership, touchpoint: Touchpoint, text: str) -> Suggestion:
    """Put a suggestion on the coalition's list; the same words for the same touchpoint, while they wait for
    an answer, are one.

    Raises InvalidValues: no words or too many, a touchpoint of another organization or off the lists, too
    many that still wait.
    """
    by = acting(by, Action.SUGGEST)
    touchpoint, said = fresh(touchpoint, "organization"), legible(text).strip()
    wrong: dict[str, str] = {}
    if not said:
        wrong["text"] = _("Say in a sentence or two what should change.")
    elif len(said) > LONGEST_SUGGESTION:
        wrong["text"] = _("Use at most %(most)s characters.") % {"most": LONGEST_SUGGESTION}
    if touchpoint.organization_id != by.organization_id or touchpoint.is_archived:
        wrong["touchpoint"] = _("Choose one of the touchpoints in use.")
    waiting = list(Suggestion.objects.of(by.organization).filter(by=by, state=S.OPEN))
    same = [one for one in waiting if one.touchpoint_id == touchpoint.pk and one.text == said]
    if same and not wrong:
        return same[0]
    if len(waiting) >= MOST_OPEN and not wrong:
        wrong["text"] = _("You have %(most)s suggestions that wait for an answer. Wait for some of them.") % {
            "most": MOST_OPEN
        }
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)
    row: Suggestion = Suggestion.objects.create(
        organization=by.organization, touchpoint=touchpoint, text=said, by=by
    )
    _record(row, by, "suggestion.made", {"touchpoint": touchpoint.name, "text": said})
    return row


@transaction.atomic
def take_up_suggestion(*, by: Membership, suggestion: Suggestion) -> Initiative:
    """A draft initiative from it, owned by who takes it up; the person who made it is told. Twice gives the
    same draft. Raises SuggestionAnswered for one that was declined."""
    by = acting(by, Action.DRAFT_INITIATIVE)
    row = _held(suggestion)
    if row.state == S.TAKEN_UP and row.initiative is not None:
        return row.initiative
    _refuse_answered(row)
    with written_for(by.organization):
        problem = _("%(text)s\n\nSuggested by %(name)s.") % {"text": row.text, "name": _author(row)}
    values = InitiativeValues(
        title=_title(row.text),
        problem=problem,
        owner=by,
        touchpoints=() if row.touchpoint.is_archived else (row.touchpoint,),
    )
    initiative = new_initiative(by=by, values=values)
    tell_of_draft(initiative, by, verb="initiative.drafted")
    row.initiative = initiative
    _answer(row, by, S.TAKEN_UP)
    _record(row, by, "suggestion.taken_up", {"initiative": initiative.reference})
    return initiative


def _title(text: str) -> str:
    """The first sentence of what was suggested, cut where it is longer than a title may be."""
    said = one_line(text)
    first = _SENTENCE.match(said)
    if first is not None:
        said = first[0].rstrip(".。")
    most = INITIATIVE["title"].column.max_length
    return said if len(said) <= most else f"{said[: most - 1].rstrip()}…"


@transaction.atomic
def decline_suggestion(*, by: Membership, suggestion: Suggestion, reason: str) -> Suggestion:
    """Say no, with a reason that the person gets. Raises InvalidValues without one; SuggestionAnswered."""
    by = acting(by, Action.DRAFT_INITIATIVE)
    row = _held(suggestion)
    _refuse_answered(row)
    said = legible(reason).strip()
    if not said or len(said) > LONGEST_SUGGESTION:
        text = (
            _("Use at most %(most)s characters.") % {"most": LONGEST_SUGGESTION}
            if said
            else _("Say why, in words that the person can follow.")
        )
        raise InvalidValues(text, fields={"reason": text})
    row.reason = said
    _answer(row, by, S.DECLINED)
    _record(row, by, "suggestion.declined", {"reason": said})
    return row


@transaction.atomic
def note_answer_read(*, by: Membership, suggestion: Suggestion) -> None:
    """Who made it has read the answer: it leaves the list of what waits. Twice, or by others, it does
    nothing."""
    row = _held(suggestion)
    if row.by_id == by.pk and row.state != S.OPEN and row.seen_at is None:
        row.seen_at = timezone.now()
        row.save(update_fields=["seen_at"])


def _held(suggestion: Suggestion) -> Suggestion:
    return locked(suggestion, "touchpoint", "by__user", "by__function", "initiative", "organization")


def _refuse_answered(row: Suggestion) -> None:
    if row.state != S.OPEN:
        raise SuggestionAnswered(
            _("This suggestion is “%(state)s” already.") % {"state": row.get_state_display()}
        )


def _author(row: Suggestion) -> str:
    return bracketed(str(row.by), str(row.by.function)) if row.by.function else str(row.by)


def _answer(row: Suggestion, by: Membership, state: str) -> None:
    row.state, row.answered_by, row.answered_at = state, by, timezone.now()
    if row.by_id == by.pk:
        row.seen_at = row.answered_at
    row.save(update_fields=["state", "answered_by", "answered_at", "initiative", "reason", "seen_at"])
    if row.by_id != by.pk:
        transaction.on_commit(lambda: tell_suggestion_answered(row))


def _record(row: Suggestion, by: Membership, verb: str, after: dict[str, object]) -> None:
    record_event(organization=by.organization, actor=by.user, verb=verb, subject=row, after=after)
