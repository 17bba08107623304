"""What a person owes the program: the rows behind each kind of `needs`."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Action
from accounts.selectors import finance_to_confirm
from assessments.selectors import open_disagreement, waiting_for
from coalition.choices import InitiativeState
from coalition.models import Initiative
from coalition.selectors import WaitingVote
from common.jobs import JobState
from customer_voice.choices import ImportStage
from cxstats.design import DesignGrade, Verdict
from impact.models import Study
from overview.selectors.desk import AT_WORK, CONSENSUS_DAYS, Desk, Owed, acts
from reports.access import reports_for
from reports.models import Report

_S = InitiativeState


# --- votes ------------------------------------------------------------------------------------------


def votes_of_own_seat(desk: Desk) -> list[Owed]:
    return [_vote(vote) for vote in desk.votes if not vote.is_for_another and vote.alternate is None]


def votes_to_confirm(desk: Desk) -> list[Owed]:
    """An alternate voted for the own seat: the holder sees the others' votes only with a vote of her own."""
    return [_vote(vote) for vote in desk.votes if vote.alternate is not None]


def votes_as_alternate(desk: Desk) -> list[Owed]:
    return [_vote(vote) for vote in desk.votes if vote.is_for_another]


def _vote(vote: WaitingVote) -> Owed:
    return Owed(
        words={
            "title": vote.initiative.title,
            "seat": vote.seat.title,
            "name": str(vote.alternate) if vote.alternate else "",
        },
        address=(vote.initiative.number,),
        due_on=vote.due_on,
        detail="" if vote.is_for_another or vote.alternate else vote.sentence,
    )


# --- initiatives ------------------------------------------------------------------------------------


def changes_requested(desk: Desk) -> list[Owed]:
    return [_initiative(row) for row in desk.own if row.state == _S.CHANGES_REQUESTED]


def no_decision(desk: Desk) -> list[Owed]:
    return [_initiative(row) for row in desk.own if row.state == _S.NO_DECISION]


def withdrawn_drafts(desk: Desk) -> list[Owed]:
    """Drafts that came out of a vote again: somebody was asked, and waits to hear what becomes of it."""
    return [_initiative(row) for row in desk.own if row.state == _S.DRAFT and row.was_withdrawn]


def to_start(desk: Desk) -> list[Owed]:
    return [_initiative(row, row.planned_go_live_on) for row in desk.own if row.state == _S.APPROVED]


def to_go_live(desk: Desk) -> list[Owed]:
    """In progress, and the planned day is here."""
    return [
        _initiative(row, row.planned_go_live_on)
        for row in desk.own
        if row.state == _S.IN_PROGRESS and _is_here(row.planned_go_live_on, desk.today)
    ]


def late_milestones(desk: Desk) -> list[Owed]:
    """One for each initiative: its earliest open milestone whose day is here, and how many more there are."""
    found = []
    for row in desk.own:
        if row.state in AT_WORK and row.late_milestones:
            more = row.late_milestones - 1
            detail = ngettext(
                "Of “%(title)s”, and %(count)d more milestone is due.",
                "Of “%(title)s”, and %(count)d more milestones are due.",
                more,
            ) % {"title": row.title, "count": more}
            found.append(
                Owed(
                    words={"title": row.title, "milestone": row.late_milestone},
                    address=(row.number,),
                    due_on=row.late_since,
                    detail=detail if more else "",
                )
            )
    return found


def paused_too_long(desk: Desk) -> list[Owed]:
    """On hold, and what it was to reach next is past: its go-live, or its review once it was live."""
    found = []
    for row in desk.own:
        day = row.planned_go_live_on if row.went_live_on is None else _review_day(row)
        if row.state == _S.ON_HOLD and day is not None and day < desk.today:
            found.append(_initiative(row, day))
    return found


def to_study(desk: Desk) -> list[Owed]:
    """The review day is here and no study has data up to it: owed by who may run one."""
    if not desk.may(Action.RUN_STUDY):
        return []
    return [_initiative(row, _review_day(row)) for row in desk.initiatives if study_is_due(row, desk.today)]


def to_review(desk: Desk) -> list[Owed]:
    """The same, for an owner who cannot run the study."""
    if desk.may(Action.RUN_STUDY):
        return []
    return [_initiative(row, _review_day(row)) for row in desk.own if study_is_due(row, desk.today)]


def to_complete(desk: Desk) -> list[Owed]:
    """Reviewed, and confirmed where there is a coalition: the owner records the completion."""
    return [
        _initiative(row, _review_day(row))
        for row in desk.own
        if row.state == _S.LIVE
        and _is_here(_review_day(row), desk.today)
        and _is_studied(row)
        and not row.is_studied_now
        and row.pk not in desk.reviews.pending
    ]


def without_owner(desk: Desk) -> list[Owed]:
    """Under way or a draft, and whoever owns it has left or has a role that cannot act. Not during a vote:
    its content is fixed there."""
    if not desk.may(Action.EDIT_COALITION):
        return []
    return [
        Owed(words={"title": row.title, "name": str(row.owner)}, address=(row.number,))
        for row in desk.initiatives
        if row.state != _S.SUBMITTED and not acts(row.owner, Action.RECORD_PROGRESS)
    ]


def _initiative(row: Initiative, due_on: date | None = None, *, detail: str = "") -> Owed:
    return Owed(words={"title": row.title}, address=(row.number,), due_on=due_on, detail=detail)


def _is_here(day: date | None, today: date) -> bool:
    return day is not None and day <= today


def _review_day(row: Initiative) -> date | None:
    plan = getattr(row, "plan", None)
    return plan.review_on if plan is not None else None


def _is_studied(row: Any) -> bool:
    """Whether a finished study has data up to the review day."""
    review = _review_day(row)
    return row.studied_until is not None and review is not None and row.studied_until >= review


def study_is_due(row: Any, today: date) -> bool:
    """Whether somebody is to run a study now. Live: at the review day; recorded afterwards and never studied:
    now. Completed: at the review day too, and a study from before the completion does not end it."""
    if row.is_studied_now or row.state not in {_S.LIVE, _S.COMPLETED} or row.went_live_on is None:
        return False
    if row.state == _S.COMPLETED:
        return _review_day(row) is None or _is_here(_review_day(row), today)
    if row.is_look_back and row.studied_until is None:
        return True
    return _is_here(_review_day(row), today) and not _is_studied(row)


# --- evidence (its value: `owed_of_values`) ---------------------------------------------------------


def missing_values(desk: Desk) -> list[Owed]:
    """The study that counts has no value, and one was wanted: an earlier study has one, or a model is there.

    For who ran the study, who computed the last value, who changed the model and the owner of the initiative,
    as far as they may compute; without any of them for everybody who may.
    """
    if not desk.may(Action.EDIT_VALUE):
        return []
    found = []
    for study in desk.counting:
        model = getattr(study.initiative, "value_model", None)
        is_wanted = study.valued_by is not None or model is not None
        if study.has_value or not is_wanted or study.verdict == Verdict.NOT_ESTIMABLE or study.is_studied_now:
            continue
        named = {study.requested_by_id, study.valued_by, study.initiative.owner_id}
        named |= {model.changed_by_id} if model else set()
        if desk.member.pk in ((named & desk.who_values) or desk.who_values):
            found.append(_initiative(study.initiative))
    return found


def outdated_studies(desk: Desk) -> list[Owed]:
    """What the study that counts was made from has changed since: its go-live was corrected, or its plan,
    where that lowers the grade. For who may run studies."""
    if not desk.may(Action.RUN_STUDY):
        return []
    due = {row.pk for row in desk.initiatives if study_is_due(row, desk.today)}  # shown as to be run
    found = []
    for study in desk.counting:
        row = study.initiative
        if study.is_studied_now or row.pk in due or row.went_live_on is None:
            continue
        if not study.used(row.went_live_on):
            found.append(_initiative(row, detail=_("The go-live was corrected after the study that counts.")))
        elif _plan_changed(study):
            found.append(_initiative(row, detail=_("The plan was changed after the study that counts.")))
    return found


def _plan_changed(study: Any) -> bool:
    plan = getattr(study.initiative, "plan", None)
    is_changed = plan is not None and plan.changed_after_approval_at is not None
    return is_changed and not study.knows_the_change and study.grade != DesignGrade.D


def failed_studies(desk: Desk) -> list[Owed]:
    """Asked for by this member, and nothing came after. One query."""
    if not desk.may(Action.RUN_STUDY):
        return []
    due = {row.pk for row in desk.initiatives if study_is_due(row, desk.today)}  # shown as to be run
    later = Study.objects.filter(initiative=OuterRef("initiative"), number__gt=OuterRef("number"))
    rows = (
        Study.objects.of(desk.member.organization)
        .filter(~Exists(later), requested_by=desk.member, job_state=JobState.FAILED)
        .select_related("initiative")
        .defer("inputs", "finding")
        .order_by("pk")
    )
    return [
        Owed(words={"title": row.initiative.title}, address=(row.initiative.number,), detail=row.failure)
        for row in rows
        if row.initiative_id not in due
    ]


# --- assessments ------------------------------------------------------------------------------------


def answers_wanted(desk: Desk) -> list[Owed]:
    """Two queries."""
    if not desk.may(Action.ANSWER_ASSESSMENT):
        return []
    return [
        Owed(
            words={"title": seat.title, "answered": seat.answered, "practices": seat.practices},
            address=(seat.assessment_pk,),
            due_on=seat.due_on,
        )
        for seat in waiting_for(desk.member)
    ]


def rounds_past_their_day(desk: Desk) -> list[Owed]:
    return [
        _round(row, row.due_on)
        for row in desk.rounds
        if row.due_on is not None and row.due_on < desk.today and (row.outstanding or not row.seats)
    ]


def rounds_all_answered(desk: Desk) -> list[Owed]:
    return [_round(row, None) for row in desk.rounds if row.seats and not row.outstanding]


def disagreements(desk: Desk) -> list[Owed]:
    """The newest round of the organization, closed not long ago. Two queries."""
    if not desk.may(Action.RUN_ASSESSMENT):
        return []
    found = open_disagreement(desk.member.organization, since=_days_ago(desk, CONSENSUS_DAYS))
    if found is None or not desk.leads(found.assessment.opened_by):
        return []
    return [
        Owed(
            words={"title": found.assessment.label},
            address=(found.assessment.pk,),
            detail=ngettext(
                "Answers are far apart for %(count)d practice.",
                "Answers are far apart for %(count)d practices.",
                found.practices,
            )
            % {"count": found.practices},
        )
    ]


def _round(row: Any, due_on: date | None) -> Owed:
    return Owed(
        words={"title": row.label, "given": row.seats - row.outstanding, "seats": row.seats},
        address=(row.pk,),
        due_on=due_on,
    )


def _days_ago(desk: Desk, days: int) -> datetime:
    return desk.member.organization.clock.start_of(desk.today - timedelta(days=days))


# --- files and documents ----------------------------------------------------------------------------


def imports_without_columns(desk: Desk) -> list[Owed]:
    return _imports(desk, ImportStage.MAPPING)


def imports_checked(desk: Desk) -> list[Owed]:
    return _imports(desk, ImportStage.CHECKED)


def imports_failed(desk: Desk) -> list[Owed]:
    return _imports(desk, ImportStage.FAILED)


def _imports(desk: Desk, stage: ImportStage) -> list[Owed]:
    return [
        Owed(
            words={"file": batch.filename, "good": batch.rows_good, "rejected": batch.rows_rejected},
            address=(batch.pk,),
            detail=batch.failure if stage == ImportStage.FAILED else "",
        )
        for batch in desk.imports
        if batch.stage == stage
    ]


def calls_failed(desk: Desk) -> list[Owed]:
    """Webhooks with calls of the last days that could not be read."""
    found = []
    for one in desk.feeds:
        text = ngettext(
            "%(count)d call of “%(name)s” could not be read",
            "%(count)d calls of “%(name)s” could not be read",
            one.calls,
        )
        if one.kind == "webhook":
            what = text % {"count": one.calls, "name": one.name}
            found.append(Owed(words={"what": what}, address=(one.pk,)))
    return found


def mailboxes_failing(desk: Desk) -> list[Owed]:
    return [
        Owed(
            words={"name": one.name},
            address=(one.pk,),
            detail=_("Its password was refused several times, so it was switched off.")
            if one.is_stopped
            else one.reason,
        )
        for one in desk.feeds
        if one.kind == "mailbox"
    ]


def folders_failing(desk: Desk) -> list[Owed]:
    found = []
    for one in desk.feeds:
        text = ngettext(
            "%(count)d file could not be opened.", "%(count)d files could not be opened.", one.files
        )
        if one.kind == "folder":
            detail = text % {"count": one.files} if one.files else one.reason
            found.append(Owed(words={"name": one.name}, address=(one.pk,), detail=detail))
    return found


def mailings_failed(desk: Desk) -> list[Owed]:
    return [
        Owed(words={"survey": row.survey.name}, address=(row.survey_id,), detail=row.failure)
        for row in desk.mailings
    ]


def reports_failed(desk: Desk) -> list[Owed]:
    """Asked for by this member, no later document of the same subject, and hers to open still. At most four
    queries."""
    if not desk.may(Action.MAKE_REPORT):
        return []
    same = Q(study=OuterRef("study")) | Q(maturity_result=OuterRef("maturity_result"))
    same |= Q(wave=OuterRef("wave")) | Q(program_case__isnull=False)
    later = Report.objects.filter(same, kind=OuterRef("kind"), pk__gt=OuterRef("pk"))
    rows = (
        reports_for(desk.member)
        .filter(~Exists(later), created_by=desk.member, job_state=JobState.FAILED)
        .defer("content")
        .order_by("pk")
    )
    return [
        Owed(words={"title": row.title}, address=(row.pk,), detail=row.failure)
        for row in rows
        if not row.closure
    ]


# --- people and the worker --------------------------------------------------------------------------


def finance_unconfirmed(desk: Desk) -> list[Owed]:
    """At most three queries."""
    return [Owed(words={"name": str(person)}) for person in finance_to_confirm(desk.member)]


def letters_failed(desk: Desk) -> list[Owed]:
    number, _stuck = desk.background
    text = ngettext("%(count)d e-mail could not be sent", "%(count)d e-mails could not be sent", number)
    return [Owed(words={"what": text % {"count": number}})] if number else []


def events_stuck(desk: Desk) -> list[Owed]:
    _failed, number = desk.background
    text = ngettext(
        "%(count)d step of background work is stuck", "%(count)d steps of background work are stuck", number
    )
    return [Owed(words={"what": text % {"count": number}})] if number else []
