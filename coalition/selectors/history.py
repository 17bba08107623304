"""The steps of an initiative's life, told to whoever reads them."""

from coalition.choices import InitiativeState, Outcome
from coalition.models import Decision, Initiative, InitiativeStateChange
from coalition.selectors.standings import split_of
from coalition.selectors.votes import why_no_decision
from wording.joining import parts

ENDS_OF_A_VOTE = frozenset(outcome.value for outcome in Outcome if outcome != Outcome.WITHDRAWN)


def history(initiative: Initiative) -> list[InitiativeStateChange]:
    """Every step of its life, oldest first. What a person noted is as it was typed; how a vote ended is said
    in the reader's language, whatever was noted of it then. Two queries.
    """
    steps = list(InitiativeStateChange.objects.filter(initiative=initiative).select_related("by__user"))
    decisions = list(Decision.objects.filter(initiative=initiative).order_by("decided_at", "pk"))
    for step in steps:
        made = _decision_of(step, decisions)
        if made is not None:
            step.note = decision_note(made)
    return steps


def decision_note(decision: Decision) -> str:
    """How a vote ended, in a few words of the reader's language. No query."""
    if decision.outcome == Outcome.NO_DECISION:
        return why_no_decision(decision)
    mark = decision.outcome_text if decision.is_without_independent_vote else ""
    return parts([text for text in (mark, split_of(decision.tally)) if text])


def _decision_of(step: InitiativeStateChange, decisions: list[Decision]) -> Decision | None:
    """The decision that led to this step: the last one by then."""
    if step.from_state != InitiativeState.SUBMITTED or step.to_state not in ENDS_OF_A_VOTE:
        return None
    made = [one for one in decisions if one.outcome == step.to_state and one.decided_at <= step.at]
    return made[-1] if made else None
