"""Every relation to a person says what becomes of it when the person goes."""

from enum import Enum
from importlib import import_module

from django.apps import apps
from django.db import models

from accounts.leftovers import registered_relations
from accounts.models import Membership, User


class Fate(Enum):
    REVOKED = "stops working; its kind stands in accounts.leftovers"
    KEPT = "says who did something, or whom it was about; history stays"
    HANDED_OVER = "a task that somebody else is given; until then pages show who had it"
    REACTS = "its app reads accounts.member_deactivated"


REVOKED, KEPT, HANDED_OVER, REACTS = Fate
# relation -> what becomes of it. A new relation to a person needs its row.
FATES = {
    "account.EmailAddress.user": KEPT,  # of the account, which may belong to other organizations
    "mfa.Authenticator.user": KEPT,  # likewise
    "accounts.Session.user": KEPT,  # every request asks for an active membership; ends with a new password
    "accounts.Membership.user": KEPT,  # is what ends
    "accounts.Membership.role_given_by": KEPT,
    "accounts.Membership.confirmed_by": KEPT,
    "accounts.BusinessFunction.head": KEPT,  # who has no access sees nothing; another head is named
    "accounts.Invitation.invited_by": REVOKED,
    "accounts.Invitation.accepted_by": KEPT,
    "accounts.ApiToken.member": REVOKED,
    "accounts.Reminder.member": KEPT,  # who has no access is reminded of nothing
    "accounts.ReminderLetter.member": KEPT,
    "accounts.ReminderWish.member": KEPT,
    "accounts.AuditEvent.actor": KEPT,
    "assessments.Assessment.opened_by": KEPT,
    "assessments.Response.member": KEPT,  # answers count; nobody without access can change them
    "assessments.ConsensusLevel.agreed_by": KEPT,
    "customer_voice.CalendarVersion.created_by": KEPT,
    "customer_voice.RecipientList.created_by": KEPT,
    "customer_voice.SurveyMailing.created_by": KEPT,
    "customer_voice.CustomerFile.created_by": KEPT,
    "customer_voice.TakenList.taken_by": KEPT,
    "customer_voice.FormerMerge.merged_by": KEPT,
    "coalition.Seat.membership": REACTS,  # the seat ends
    "coalition.Seat.alternate": REACTS,
    "coalition.Seat.alternate_named_by": KEPT,
    "coalition.StandIn.membership": REACTS,  # open votes are settled anew
    "coalition.Initiative.owner": HANDED_OVER,
    "coalition.Suggestion.by": KEPT,  # it is answered all the same
    "coalition.Suggestion.answered_by": KEPT,
    "journeys.Touchpoint.owner_person": HANDED_OVER,  # home tells who runs the program
    "journeys.InventoryChange.created_by": KEPT,
    "coalition.InitiativeStateChange.by": KEPT,
    "coalition.InitiativeRevision.submitted_by": KEPT,
    "coalition.ApprovalRound.closed_by": KEPT,
    "coalition.Approval.cast_by": KEPT,
    "coalition.InitiativeUpdate.by": KEPT,
    "coalition.TouchpointLot.by": KEPT,
    "coalition.Review.opened_by": KEPT,
    "coalition.Review.decided_by": KEPT,
    "coalition.ReviewVote.cast_by": KEPT,  # what a seat said while it could stays
    "coalition.InitiativeAmendment.by": KEPT,
    "customer_voice.ImportBatch.created_by": KEPT,
    "customer_voice.ImportBatch.undone_by": KEPT,
    "employee_voice.Wave.comment_reader": HANDED_OVER,  # the CX leader reads comments, or names another
    "employee_voice.FunctionAction.owner": KEPT,  # the head drops it, or plans it with another
    "employee_voice.WaveFunction.head": KEPT,  # as it was when the wave opened
    "impact.AssociationFile.created_by": KEPT,
    "impact.AssociationRun.requested_by": KEPT,
    "impact.DriverRun.requested_by": KEPT,
    "impact.ExchangeRate.given_by": KEPT,
    "impact.LedgerYear.changed_by": KEPT,
    "impact.LedgerYear.sign_off_by": KEPT,
    "impact.LibraryFigure.written_by": KEPT,
    "impact.ProgramCase.requested_by": KEPT,
    "impact.Study.requested_by": KEPT,
    "impact.ValueModel.changed_by": KEPT,
    "impact.RoiCase.computed_by": KEPT,
    "impact.RoiCase.sign_off_by": KEPT,
    "journeys.MapChange.by": KEPT,
    "journeys.MapComment.author": KEPT,
    "journeys.MapSheet.by": KEPT,  # nobody else fetches it
    "reports.Report.created_by": KEPT,
    "reports.ReportAnswer.member": KEPT,
    "reports.ShareLink.created_by": REVOKED,
    "reports.SlideTemplate.uploaded_by": KEPT,
    "reports.Slides.by": KEPT,
    "reports.Schedule.owner": REVOKED,  # its heir takes over, or it stops
    "reports.Schedule.heir": REVOKED,
    "reports.ScheduleRecipient.member": REVOKED,
    "reports.ScheduleRun.asked_by": KEPT,
    "reports.SlipSheets.by": KEPT,  # nobody else fetches them, and they are destroyed within the hour
}


def _relations() -> set[str]:
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.fields
        if isinstance(field, models.ForeignKey) and field.related_model in {Membership, User}
    }


def test_every_relation_to_a_person_is_classified():
    there, known = _relations(), set(FATES)
    assert not there - known, f"say what becomes of these when the person goes: {sorted(there - known)}"
    assert not known - there, f"no longer there: {sorted(known - there)}"


def test_what_is_revoked_stands_in_the_one_list_and_nothing_else():
    import_module("accounts.services")  # whoever ends an access has it; other apps register when they start
    assert registered_relations() == {relation for relation, fate in FATES.items() if fate is REVOKED}
