"""What a person owes the program for the money of an effect: rows behind kinds of `needs_to_prove`."""

from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.selectors import needs_confirmation, users_tied_to
from impact.choices import SignOff
from impact.models import RoiCase
from impact.selectors import ledger_years_to_review as ledger_years
from impact.selectors import makers_of
from overview.selectors.desk import Desk, Owed, is_current


def values_to_review(desk: Desk) -> list[Owed]:
    """Open values that this finance reviewer may sign: confirmed, and another pair of eyes. What finance
    disputed before and has not answered yet is said. Five queries."""
    if not desk.may(Action.SIGN_OFF_VALUE):
        return []
    waiting = [case for case in desk.values if case.sign_off == SignOff.OPEN and is_current(case)]
    if not waiting or needs_confirmation(desk.member):
        return []
    tied, made, user = users_tied_to(desk.member), makers_of(waiting), desk.member.user_id
    return [
        _value(case, detail=_disputed_before(desk, case))
        for case in waiting
        if case.study.initiative.owner_id != desk.member.pk
        and user not in made[case.pk].writers
        and not tied.intersection(made[case.pk].makers)
    ]


def ledger_years_to_review(desk: Desk) -> list[Owed]:
    """Years of the program's costs that this finance reviewer may sign; a word of finance that a change took
    away is said. At most seven queries."""
    if not desk.may(Action.SIGN_OFF_VALUE):
        return []
    lost = _("It was changed since it was last reviewed.")
    return [
        Owed(words={"year": row.year}, address=(row.year,), detail=lost if row.voided else "")
        for row in ledger_years(desk.member)
    ]


def disputed_values(desk: Desk) -> list[Owed]:
    """For the owner of the initiative and for who computed the value, until it is computed anew."""
    return [
        _value(case, detail=case.sign_off_comment)
        for case in desk.values
        if case.sign_off == SignOff.DISPUTED
        and desk.member.pk in {case.study.initiative.owner_id, case.computed_by_id}
    ]


def values_waiting_for_finance(desk: Desk) -> list[Owed]:
    """Computed after a dispute that finance has not answered: the owner of the initiative, who computed the
    value and who runs the program see that it waits. One query."""
    return [
        _value(case, detail=_disputed_before(desk, case))
        for case in desk.values
        if case.sign_off == SignOff.OPEN
        and is_current(case)
        and case.study.initiative_id in desk.disputes
        and not (case.pk in desk.unreviewable and _is_told(desk, case))
        and (
            desk.may(Action.RUN_STUDY)
            or desk.member.pk in {case.study.initiative.owner_id, case.computed_by_id}
        )
    ]


def _disputed_before(desk: Desk, case: RoiCase) -> str:
    dispute = desk.disputes.get(case.study.initiative_id)
    return dispute.text if dispute else ""


def values_without_reviewer(desk: Desk) -> list[Owed]:
    """Open values that no finance reviewer can review: whoever manages people and the owner of the initiative
    learn it, since nobody else ever would. Nine queries."""
    text = _("Ask an administrator or CX leader to invite or name another finance reviewer.")
    return [
        _value(case, detail="" if desk.may(Action.MANAGE_PEOPLE) else text)
        for case in desk.values
        if case.pk in desk.unreviewable and _is_told(desk, case)
    ]


def _is_told(desk: Desk, case: RoiCase) -> bool:
    return desk.may(Action.MANAGE_PEOPLE) or case.study.initiative.owner_id == desk.member.pk


def outdated_values(desk: Desk) -> list[Owed]:
    """The model was changed after the value was computed: for who changed it."""
    if not desk.may(Action.EDIT_VALUE):
        return []
    return [
        _value(case)
        for case in desk.values
        if not is_current(case) and case.study.initiative.value_model.changed_by_id == desk.member.pk
    ]


def _value(case: RoiCase, detail: str = "") -> Owed:
    initiative = case.study.initiative
    return Owed(words={"title": initiative.title}, address=(initiative.number,), detail=detail)
