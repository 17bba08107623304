"""What each verb of the audit trail means, as a sentence that people read.

One table for all apps, so that the trail can be filtered and told anywhere. `%(actor)s` is who did it,
`%(subject)s` what it was about, in the words of that day. A test finds every verb in the code and demands
its row here.
"""

from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.choices import TrailKind as Kind

if TYPE_CHECKING:
    from accounts.models import AuditEvent

VERBS: dict[str, tuple[Kind, str | Promise]] = {
    # signing in and security
    "person.signed_in": (Kind.SIGN_IN, _("%(actor)s signed in")),
    "person.sign_in_failed": (Kind.SIGN_IN, _("A sign-in as %(subject)s failed")),
    "person.password_changed": (Kind.SIGN_IN, _("%(actor)s changed their password")),
    "person.password_reset": (Kind.SIGN_IN, _("%(actor)s reset their password by e-mail")),
    "person.session_ended": (Kind.SIGN_IN, _("%(actor)s signed out one of their devices")),
    "person.signed_out_everywhere": (Kind.SIGN_IN, _("%(actor)s signed out everywhere else")),
    "person.second_factor_on": (Kind.SIGN_IN, _("%(actor)s turned on the second factor")),
    "person.second_factor_off": (Kind.SIGN_IN, _("%(actor)s turned off the second factor")),
    "person.recovery_codes_made": (Kind.SIGN_IN, _("%(actor)s created new recovery codes")),
    "token.created": (Kind.SIGN_IN, _("%(actor)s created the API key %(subject)s")),
    "token.revoked": (Kind.SIGN_IN, _("%(actor)s revoked the API key %(subject)s")),
    # people and roles
    "person.invited": (Kind.PEOPLE, _("%(actor)s invited %(subject)s")),
    "invitation.resent": (Kind.PEOPLE, _("%(actor)s sent the invitation of %(subject)s again")),
    "invitation.link_shown": (Kind.PEOPLE, _("%(actor)s copied the invitation link of %(subject)s")),
    "invitation.revoked": (Kind.PEOPLE, _("%(actor)s withdrew the invitation of %(subject)s")),
    "person.joined": (Kind.PEOPLE, _("%(actor)s joined")),
    "person.changed": (Kind.PEOPLE, _("%(actor)s changed the role or function of %(subject)s")),
    "person.confirmed": (Kind.PEOPLE, _("%(actor)s confirmed %(subject)s as finance reviewer")),
    "person.removed": (Kind.PEOPLE, _("%(actor)s removed the access of %(subject)s")),
    "person.renamed": (Kind.PEOPLE, _("%(actor)s changed their own name")),
    "person.erased": (Kind.PEOPLE, _("The name of %(subject)s was erased")),
    # organization
    "organization.created": (Kind.ORGANIZATION, _("%(actor)s set up %(subject)s")),
    "organization.slide_template_set": (
        Kind.ORGANIZATION,
        _("%(actor)s set the slide template of %(subject)s"),
    ),
    "organization.slide_template_removed": (
        Kind.ORGANIZATION,
        _("%(actor)s removed the slide template of %(subject)s"),
    ),
    "organization.branded": (Kind.ORGANIZATION, _("%(actor)s changed how documents of %(subject)s look")),
    "organization.changed": (Kind.ORGANIZATION, _("%(actor)s changed the settings of %(subject)s")),
    "function.saved": (Kind.ORGANIZATION, _("%(actor)s saved the business function %(subject)s")),
    "letter.sent_again": (Kind.ORGANIZATION, _("%(actor)s sent the e-mail “%(subject)s” again")),
    "event.tried_again": (Kind.ORGANIZATION, _("%(actor)s ran a failed update again")),
    # assessments
    "framework.published": (Kind.ASSESSMENTS, _("%(actor)s published the framework %(subject)s")),
    "assessment.opened": (Kind.ASSESSMENTS, _("%(actor)s opened the assessment %(subject)s")),
    "assessment.invited": (Kind.ASSESSMENTS, _("%(actor)s invited people to %(subject)s")),
    "assessment.shared": (Kind.ASSESSMENTS, _("%(actor)s shared %(subject)s with the organization")),
    "assessment.submitted": (Kind.ASSESSMENTS, _("%(actor)s submitted answers: %(subject)s")),
    "assessment.taken_back": (Kind.ASSESSMENTS, _("%(actor)s withdrew answers: %(subject)s")),
    "assessment.closed": (Kind.ASSESSMENTS, _("%(actor)s closed the assessment %(subject)s")),
    "assessment.reopened": (Kind.ASSESSMENTS, _("%(actor)s reopened the assessment %(subject)s")),
    "assessment.consensus_recorded": (
        Kind.ASSESSMENTS,
        _("%(actor)s recorded an agreed level in %(subject)s"),
    ),
    # touchpoints
    "touchpoint.added": (Kind.TOUCHPOINTS, _("%(actor)s added the touchpoint %(subject)s")),
    "touchpoint.changed": (Kind.TOUCHPOINTS, _("%(actor)s changed the touchpoint %(subject)s")),
    "touchpoint.archived": (Kind.TOUCHPOINTS, _("%(actor)s archived the touchpoint %(subject)s")),
    "touchpoint.merged": (Kind.TOUCHPOINTS, _("%(actor)s merged another touchpoint into %(subject)s")),
    "suggestion.made": (Kind.DECISIONS, _("%(actor)s suggested “%(subject)s”")),
    "suggestion.taken_up": (Kind.DECISIONS, _("%(actor)s took up the suggestion “%(subject)s”")),
    "suggestion.declined": (Kind.DECISIONS, _("%(actor)s declined the suggestion “%(subject)s”")),
    "touchpoints.imported": (Kind.TOUCHPOINTS, _("%(actor)s imported touchpoints from %(subject)s")),
    "touchpoints.changed_together": (Kind.TOUCHPOINTS, _("%(actor)s changed several touchpoints at once")),
    "touchpoints.change_undone": (Kind.TOUCHPOINTS, _("%(actor)s undid a change of several touchpoints")),
    "touchpoint.restored": (Kind.TOUCHPOINTS, _("%(actor)s restored the touchpoint %(subject)s")),
    "map.added": (Kind.TOUCHPOINTS, _("%(actor)s added the journey map %(subject)s")),
    "map.renamed": (Kind.TOUCHPOINTS, _("%(actor)s changed the settings of the journey map %(subject)s")),
    "map.changed": (Kind.TOUCHPOINTS, _("%(actor)s worked on the journey map %(subject)s")),
    "map.archived": (Kind.TOUCHPOINTS, _("%(actor)s archived the journey map %(subject)s")),
    "map.restored": (Kind.TOUCHPOINTS, _("%(actor)s restored the journey map %(subject)s")),
    "map.deleted": (Kind.TOUCHPOINTS, _("%(actor)s deleted the journey map %(subject)s")),
    "map.commented": (Kind.TOUCHPOINTS, _("%(actor)s commented on the journey map %(subject)s")),
    "map.comment_resolved": (
        Kind.TOUCHPOINTS,
        _("%(actor)s closed a comment on the journey map %(subject)s"),
    ),
    "map.comment_reopened": (
        Kind.TOUCHPOINTS,
        _("%(actor)s reopened a comment on the journey map %(subject)s"),
    ),
    "map.exported": (Kind.TOUCHPOINTS, _("%(actor)s downloaded the journey map %(subject)s")),
    # metrics and feedback
    "employee_survey.created": (Kind.EMPLOYEES, _("%(actor)s created the employee survey %(subject)s")),
    "employee_survey.copied": (Kind.EMPLOYEES, _("%(actor)s copied an employee survey as %(subject)s")),
    "employee_survey.changed": (Kind.EMPLOYEES, _("%(actor)s changed the employee survey %(subject)s")),
    "employee_survey.archived": (Kind.EMPLOYEES, _("%(actor)s archived the employee survey %(subject)s")),
    "employee_survey.lists_deleted": (
        Kind.EMPLOYEES,
        _("%(actor)s deleted the lists of people of %(subject)s"),
    ),
    "wave.planned": (Kind.EMPLOYEES, _("The wave %(subject)s was planned")),
    "wave.changed": (Kind.EMPLOYEES, _("%(actor)s changed the plan of the wave %(subject)s")),
    "wave.dropped": (Kind.EMPLOYEES, _("%(actor)s deleted the planned wave %(subject)s")),
    "wave.people_changed": (Kind.EMPLOYEES, _("%(actor)s changed who is asked in %(subject)s")),
    "wave.slips_planned": (Kind.EMPLOYEES, _("%(actor)s planned printed slips for %(subject)s")),
    "wave.opening": (Kind.EMPLOYEES, _("The wave %(subject)s was started")),
    "wave.opened": (Kind.EMPLOYEES, _("The wave %(subject)s opened")),
    "wave.slips_printed": (Kind.EMPLOYEES, _("%(actor)s printed slips for %(subject)s")),
    "wave.slips_fetched": (Kind.EMPLOYEES, _("%(actor)s downloaded the sheets of slips of %(subject)s")),
    "wave.invited_again": (Kind.EMPLOYEES, _("%(actor)s sent invitations to %(subject)s again")),
    "wave.closing": (Kind.EMPLOYEES, _("The wave %(subject)s stopped taking answers")),
    "wave.closed": (Kind.EMPLOYEES, _("The wave %(subject)s closed and its keys were destroyed")),
    "wave.given_up": (
        Kind.EMPLOYEES,
        _("%(actor)s closed %(subject)s without its answers: the key was lost"),
    ),
    "wave.functions_mapped": (
        Kind.EMPLOYEES,
        _("%(actor)s said which functions of %(subject)s were which before"),
    ),
    "wave.comment_decided": (Kind.EMPLOYEES, _("%(actor)s decided on a comment in %(subject)s")),
    "wave.comment_reader_named": (
        Kind.EMPLOYEES,
        _("%(actor)s named who reads comments of %(subject)s first"),
    ),
    "wave.results_exported": (Kind.EMPLOYEES, _("%(actor)s downloaded the results of %(subject)s")),
    "function_action.created": (Kind.EMPLOYEES, _("%(actor)s planned the action “%(subject)s”")),
    "function_action.changed": (Kind.EMPLOYEES, _("%(actor)s changed the action “%(subject)s”")),
    "wave.published": (Kind.EMPLOYEES, _("%(actor)s published the results of %(subject)s")),
    "customer_survey.created": (Kind.LISTENING, _("%(actor)s created the survey %(subject)s")),
    "customer_survey.copied": (Kind.LISTENING, _("%(actor)s copied a survey as %(subject)s")),
    "customer_survey.changed": (
        Kind.LISTENING,
        _("%(actor)s changed the settings of the survey %(subject)s"),
    ),
    "customer_survey.reworded": (
        Kind.LISTENING,
        _("%(actor)s changed the questions of the survey %(subject)s"),
    ),
    "customer_survey.opened": (Kind.LISTENING, _("%(actor)s opened the survey %(subject)s")),
    "customer_survey.closed": (Kind.LISTENING, _("%(actor)s closed the survey %(subject)s")),
    "customer_survey.invited": (Kind.LISTENING, _("%(actor)s sent the survey %(subject)s by e-mail")),
    "customer_survey.reminded": (Kind.LISTENING, _("%(actor)s sent reminders of the survey %(subject)s")),
    "customer_survey.bounced": (
        Kind.LISTENING,
        _("%(actor)s marked a letter of the survey %(subject)s as not delivered"),
    ),
    "customer_survey.rules_changed": (
        Kind.LISTENING,
        _("%(actor)s changed how often customers are asked"),
    ),
    "customer_survey.events_set": (
        Kind.LISTENING,
        _("%(actor)s set after which events the survey %(subject)s is sent"),
    ),
    "customer_survey.events_paused": (
        Kind.LISTENING,
        _("%(actor)s paused the e-mails after events of %(subject)s"),
    ),
    "customer_survey.events_resumed": (
        Kind.LISTENING,
        _("%(actor)s resumed the e-mails after events of %(subject)s"),
    ),
    "customer_survey.event_canceled": (
        Kind.LISTENING,
        _("%(actor)s canceled an e-mail after an event of %(subject)s"),
    ),
    "customer_survey.no_taken_back": (
        Kind.LISTENING,
        _("A customer takes surveys by e-mail again, by a link of %(subject)s"),
    ),
    "customer_survey.no_lifted": (
        Kind.LISTENING,
        _("%(actor)s took a customer's unsubscribing back"),
    ),
    "customer_survey.exported": (
        Kind.LISTENING,
        _("%(actor)s downloaded the answers of the survey %(subject)s"),
    ),
    "customer_survey.archived": (Kind.LISTENING, _("%(actor)s archived the survey %(subject)s")),
    "metric.defined": (Kind.LISTENING, _("%(actor)s defined the metric %(subject)s")),
    "metric.redefined": (Kind.LISTENING, _("%(actor)s changed the definition of %(subject)s")),
    "metric.corrected": (Kind.LISTENING, _("%(actor)s corrected the definition of %(subject)s")),
    "metric.renamed": (Kind.LISTENING, _("%(actor)s renamed the metric %(subject)s")),
    "metric.target_set": (Kind.LISTENING, _("%(actor)s set a target for %(subject)s")),
    "metric.target_removed": (Kind.LISTENING, _("%(actor)s removed the target of %(subject)s")),
    "metric.level_set": (Kind.LISTENING, _("%(actor)s set a service level for %(subject)s")),
    "metric.level_removed": (Kind.LISTENING, _("%(actor)s removed a service level of %(subject)s")),
    "calendar.created": (Kind.LISTENING, _("%(actor)s added the calendar %(subject)s")),
    "calendar.changed": (Kind.LISTENING, _("%(actor)s changed the calendar %(subject)s")),
    "metric.retired": (Kind.LISTENING, _("%(actor)s retired the metric %(subject)s")),
    "metric.restored": (Kind.LISTENING, _("%(actor)s restored the metric %(subject)s")),
    "feedback.recorded": (Kind.LISTENING, _("%(actor)s sent feedback for %(subject)s through the API")),
    "feedback.imported": (Kind.LISTENING, _("%(actor)s imported the feedback in %(subject)s")),
    "feedback.erased": (Kind.LISTENING, _("%(actor)s erased a customer's comment")),
    "customer_account.added": (Kind.LISTENING, _("%(actor)s added the customer account %(subject)s")),
    "customer_account.changed": (Kind.LISTENING, _("%(actor)s changed the customer account %(subject)s")),
    "contact.added": (Kind.LISTENING, _("%(actor)s added a customer")),
    "contact.changed": (Kind.LISTENING, _("%(actor)s changed a customer's record")),
    "customer_account.archived": (Kind.LISTENING, _("%(actor)s archived the customer account %(subject)s")),
    "customer_account.restored": (
        Kind.LISTENING,
        _("%(actor)s took the customer account %(subject)s into use again"),
    ),
    "customer_account.merged": (
        Kind.LISTENING,
        _("%(actor)s merged another customer account into %(subject)s"),
    ),
    "contact.archived": (Kind.LISTENING, _("%(actor)s archived a customer's record")),
    "contact.restored": (Kind.LISTENING, _("%(actor)s took a customer's record into use again")),
    "contact.merged": (Kind.LISTENING, _("%(actor)s merged two records of a customer")),
    "contact.past_corrected": (
        Kind.LISTENING,
        _("%(actor)s corrected under which account a customer's answers count"),
    ),
    "contact.exported": (Kind.LISTENING, _("%(actor)s downloaded the data of a customer")),
    "customers.taken_in": (Kind.LISTENING, _("%(actor)s imported a list of customers")),
    "feedback.exported": (Kind.LISTENING, _("%(actor)s downloaded what customers said")),
    "customers.taken_back": (Kind.LISTENING, _("%(actor)s undid the import of a list of customers")),
    "contact.parted": (Kind.LISTENING, _("%(actor)s undid the merge of two records of a customer")),
    "customer_account.parted": (Kind.LISTENING, _("%(actor)s undid a merge into %(subject)s")),
    "customers.exported": (Kind.LISTENING, _("%(actor)s downloaded a list of customers")),
    "import.discarded": (Kind.LISTENING, _("%(actor)s discarded the file %(subject)s")),
    "recipe.added": (Kind.LISTENING, _("%(actor)s added a recipe for files of %(subject)s")),
    "recipe.renamed": (Kind.LISTENING, _("%(actor)s renamed a recipe for files of %(subject)s")),
    "recipe.deleted": (Kind.LISTENING, _("%(actor)s deleted a recipe for files of %(subject)s")),
    "feed.added": (Kind.LISTENING, _("%(actor)s added the feed %(subject)s")),
    "feed.changed": (Kind.LISTENING, _("%(actor)s changed the feed %(subject)s")),
    "feed.removed": (Kind.LISTENING, _("%(actor)s removed the feed %(subject)s")),
    "feed.switched_on": (Kind.LISTENING, _("%(actor)s switched the feed %(subject)s on")),
    "feed.switched_off": (Kind.LISTENING, _("%(actor)s switched the feed %(subject)s off")),
    "feed.secret_rolled": (Kind.LISTENING, _("%(actor)s made a new secret for the webhook %(subject)s")),
    "feed.mapped": (Kind.LISTENING, _("%(actor)s said what the values of the webhook %(subject)s are")),
    "feed.went_live": (Kind.LISTENING, _("%(actor)s set the webhook %(subject)s live")),
    "feed.held_back": (Kind.LISTENING, _("%(actor)s had calls of the webhook %(subject)s held back")),
    "feed.calls_taken": (Kind.LISTENING, _("%(actor)s had kept calls of the webhook %(subject)s read")),
    "import.undone": (Kind.LISTENING, _("%(actor)s undid the import of %(subject)s")),
    # coalition and initiatives
    "coalition.founded": (Kind.DECISIONS, _("%(actor)s set up the coalition")),
    "charter.changed": (Kind.DECISIONS, _("%(actor)s changed the coalition's charter")),
    "seat.added": (Kind.DECISIONS, _("%(actor)s assigned a seat: %(subject)s")),
    "seat.changed": (Kind.DECISIONS, _("%(actor)s changed a seat: %(subject)s")),
    "seat.ended": (Kind.DECISIONS, _("%(actor)s ended a seat: %(subject)s")),
    "initiative.drafted": (Kind.DECISIONS, _("%(actor)s drafted %(subject)s")),
    "initiative.recorded_afterwards": (
        Kind.DECISIONS,
        _("%(actor)s recorded %(subject)s as live already, without a vote"),
    ),
    "initiative.changed": (Kind.DECISIONS, _("%(actor)s changed %(subject)s")),
    "initiative.changed_after_approval": (
        Kind.DECISIONS,
        _("%(actor)s changed %(subject)s after its approval"),
    ),
    "initiative.amended_owner": (Kind.DECISIONS, _("%(actor)s changed the owner of %(subject)s")),
    "initiative.amended_planned_go_live_on": (
        Kind.DECISIONS,
        _("%(actor)s changed the planned go-live of %(subject)s"),
    ),
    "initiative.amended_went_live_on": (
        Kind.DECISIONS,
        _("%(actor)s corrected the go-live of %(subject)s"),
    ),
    "initiative.amended_start": (
        Kind.DECISIONS,
        _("%(actor)s recorded another start of a touchpoint: %(subject)s"),
    ),
    "initiative.amended_milestone": (
        Kind.DECISIONS,
        _("%(actor)s changed the milestones of %(subject)s"),
    ),
    "plan.changed": (Kind.DECISIONS, _("%(actor)s changed the evaluation plan of %(subject)s")),
    "milestone.added": (Kind.DECISIONS, _("%(actor)s added a milestone to %(subject)s")),
    "milestone.changed": (Kind.DECISIONS, _("%(actor)s changed a milestone of %(subject)s")),
    "milestone.done": (Kind.DECISIONS, _("%(actor)s reached a milestone of %(subject)s")),
    "milestone.removed": (Kind.DECISIONS, _("%(actor)s removed a milestone of %(subject)s")),
    "initiative.update_added": (Kind.DECISIONS, _("%(actor)s reported on %(subject)s")),
    "initiative.lot_drawn": (
        Kind.DECISIONS,
        _("%(actor)s drew by lot which touchpoints get %(subject)s"),
    ),
    "vote.cast": (Kind.DECISIONS, _("%(actor)s voted on %(subject)s")),
    "vote.changed": (Kind.DECISIONS, _("%(actor)s changed their vote on %(subject)s")),
    "vote.replaced": (Kind.DECISIONS, _("%(actor)s replaced the vote of their alternate on %(subject)s")),
    "decision.made": (Kind.DECISIONS, _("The coalition decided on %(subject)s")),
    "review.opened": (Kind.DECISIONS, _("The review of %(subject)s was opened")),
    "review.vote_cast": (Kind.DECISIONS, _("%(actor)s voted in the review of %(subject)s")),
    "review.vote_changed": (Kind.DECISIONS, _("%(actor)s changed their vote in the review of %(subject)s")),
    "review.decided": (Kind.DECISIONS, _("%(subject)s was reviewed")),
    "initiative.draft": (Kind.DECISIONS, _("%(actor)s took %(subject)s back to draft")),
    "initiative.submitted": (Kind.DECISIONS, _("%(actor)s submitted %(subject)s for the vote")),
    "initiative.changes_requested": (Kind.DECISIONS, _("Changes to %(subject)s were requested")),
    "initiative.no_decision": (Kind.DECISIONS, _("The vote on %(subject)s ended without a decision")),
    "initiative.approved": (Kind.DECISIONS, _("%(subject)s was approved")),
    "initiative.rejected": (Kind.DECISIONS, _("%(subject)s was rejected")),
    "initiative.in_progress": (Kind.DECISIONS, _("%(actor)s started the work on %(subject)s")),
    "initiative.live": (Kind.DECISIONS, _("%(subject)s went live")),
    "initiative.went_live": (Kind.DECISIONS, _("%(actor)s recorded the go-live of %(subject)s")),
    "initiative.completed": (Kind.DECISIONS, _("%(subject)s was completed")),
    "initiative.was_completed": (Kind.DECISIONS, _("%(actor)s recorded the completion of %(subject)s")),
    "initiative.evaluated": (Kind.DECISIONS, _("%(subject)s was evaluated")),
    "initiative.on_hold": (Kind.DECISIONS, _("%(actor)s put %(subject)s on hold")),
    "initiative.cancelled": (Kind.DECISIONS, _("%(actor)s canceled %(subject)s")),
    # studies and value
    "driver_run.requested": (Kind.EVIDENCE, _("%(actor)s started a driver analysis")),
    "association_run.requested": (
        Kind.EVIDENCE,
        _("%(actor)s started an association of scores with what came later: %(subject)s"),
    ),
    "association_file.kept": (
        Kind.EVIDENCE,
        _("%(actor)s checked a table of scores and outcomes: %(subject)s"),
    ),
    "association_file.discarded": (
        Kind.EVIDENCE,
        _("%(actor)s discarded a table of scores and outcomes: %(subject)s"),
    ),
    "study.requested": (Kind.EVIDENCE, _("%(actor)s started a study: %(subject)s")),
    "study.finished": (Kind.EVIDENCE, _("A study finished: %(subject)s")),
    "study.recomputed": (
        Kind.EVIDENCE,
        _("%(actor)s recomputed a study from its stored inputs: %(subject)s"),
    ),
    "value_model.saved": (Kind.EVIDENCE, _("%(actor)s changed the value model of %(subject)s")),
    "library_figure.saved": (Kind.EVIDENCE, _("%(actor)s wrote a figure of the library: %(subject)s")),
    "roi_case.computed": (Kind.EVIDENCE, _("%(actor)s computed a value: %(subject)s")),
    "roi_case.returned": (
        Kind.EVIDENCE,
        _("The inputs of %(actor)s are those of an earlier value, which counts again: %(subject)s"),
    ),
    "roi_case.signed": (Kind.EVIDENCE, _("%(actor)s signed off the value of %(subject)s")),
    "roi_case.disputed": (Kind.EVIDENCE, _("%(actor)s disputed the value of %(subject)s")),
    # what the program costs and returned
    "ledger_year.saved": (Kind.EVIDENCE, _("%(actor)s changed the program's costs of %(subject)s")),
    "ledger_year.signed": (Kind.EVIDENCE, _("%(actor)s signed off the program's costs of %(subject)s")),
    "ledger_year.disputed": (Kind.EVIDENCE, _("%(actor)s disputed the program's costs of %(subject)s")),
    "exchange_rate.saved": (Kind.EVIDENCE, _("%(actor)s recorded a rate of exchange: %(subject)s")),
    "program_case.requested": (Kind.EVIDENCE, _("The return of the program is computed: %(subject)s")),
    "ledger.exported": (Kind.DOCUMENTS, _("%(actor)s exported the program's costs")),
    "library.exported": (Kind.DOCUMENTS, _("%(actor)s exported the library of figures")),
    # reports and downloads
    "report.requested": (Kind.DOCUMENTS, _("%(actor)s requested the document %(subject)s")),
    "report.shared": (Kind.DOCUMENTS, _("%(actor)s made a link to the document %(subject)s")),
    "report.share_revoked": (Kind.DOCUMENTS, _("%(actor)s revoked a link to the document %(subject)s")),
    "report.share_opened": (Kind.DOCUMENTS, _("The document %(subject)s was opened by a link")),
    "report.answered": (Kind.DOCUMENTS, _("An answer about the document %(subject)s")),
    "report.downloaded": (Kind.DOCUMENTS, _("%(actor)s downloaded the document %(subject)s")),
    "report.slides_requested": (
        Kind.DOCUMENTS,
        _("%(actor)s requested the slides of the document %(subject)s"),
    ),
    "report.slides_downloaded": (
        Kind.DOCUMENTS,
        _("%(actor)s downloaded the slides of the document %(subject)s"),
    ),
    "report.pack_downloaded": (
        Kind.DOCUMENTS,
        _("%(actor)s downloaded the evidence pack of the document %(subject)s"),
    ),
    "report.workbook_downloaded": (
        Kind.DOCUMENTS,
        _("%(actor)s downloaded the workbook of the document %(subject)s"),
    ),
    "roi_case.workbook_downloaded": (
        Kind.DOCUMENTS,
        _("%(actor)s downloaded the workbook of the value %(subject)s"),
    ),
    "program_case.workbook_downloaded": (
        Kind.DOCUMENTS,
        _("%(actor)s downloaded the workbook of the program's return %(subject)s"),
    ),
    "schedule.created": (Kind.DOCUMENTS, _("%(actor)s scheduled the document %(subject)s")),
    "schedule.changed": (Kind.DOCUMENTS, _("%(actor)s changed the schedule of the document %(subject)s")),
    "schedule.paused": (Kind.DOCUMENTS, _("The schedule of the document %(subject)s was paused")),
    "schedule.resumed": (Kind.DOCUMENTS, _("%(actor)s resumed the schedule of the document %(subject)s")),
    "schedule.removed": (Kind.DOCUMENTS, _("%(actor)s removed the schedule of the document %(subject)s")),
    "schedule.run": (Kind.DOCUMENTS, _("%(actor)s ran the schedule of the document %(subject)s")),
    "schedule.inherited": (
        Kind.DOCUMENTS,
        _("The schedule of the document %(subject)s has a new owner"),
    ),
    "metric.exported": (Kind.DOCUMENTS, _("%(actor)s exported the figures of %(subject)s")),
    "import.errors_exported": (Kind.DOCUMENTS, _("%(actor)s exported the rejected rows of %(subject)s")),
    "touchpoints.exported": (Kind.DOCUMENTS, _("%(actor)s downloaded the list of touchpoints")),
    "trail.exported": (Kind.DOCUMENTS, _("%(actor)s exported the audit trail")),
}

_RESUMED = _("%(actor)s resumed %(subject)s")
# Where what an entry holds makes the sentence of its verb false: verb, side, key, value -> its own sentence.
# Read from the entry, so that entries of before are told rightly too.
SPECIAL: dict[tuple[str, str, str, str], str | Promise] = {
    ("decision.made", "after", "outcome", "withdrawn"): _("%(actor)s withdrew %(subject)s from the vote"),
    ("decision.made", "after", "outcome", "no_decision"): _(
        "The vote of the coalition on %(subject)s ended without a decision"
    ),
    ("decision.made", "after", "outcome", "changes_requested"): _(
        "The coalition requested changes to %(subject)s"
    ),
    ("review.decided", "after", "outcome", "confirmed"): _("%(subject)s was confirmed in its review"),
    ("review.decided", "after", "outcome", "changed"): _("The review of %(subject)s asked for changes"),
    ("review.decided", "after", "outcome", "stopped"): _("%(subject)s was stopped in its review"),
    ("review.decided", "after", "outcome", "no_decision"): _(
        "The review of %(subject)s ended without a decision"
    ),
    ("initiative.live", "before", "state", "completed"): _("The work on %(subject)s was taken up again"),
    ("initiative.approved", "before", "state", "on_hold"): _RESUMED,
    ("initiative.in_progress", "before", "state", "on_hold"): _RESUMED,
    ("initiative.live", "before", "state", "on_hold"): _RESUMED,
}


def sentence_of(event: "AuditEvent") -> str:
    """What happened, in the reader's language; a verb of a later or an earlier version in its own letters."""
    known = VERBS.get(event.verb)
    words = {"actor": event.actor_name or gettext("The system"), "subject": event.subject}
    if known is None:
        return f"{words['actor']}: {event.verb}, {event.subject}"
    sides = {"before": event.before, "after": event.after}
    special = (
        sentence
        for (verb, side, key, value), sentence in SPECIAL.items()
        if verb == event.verb and sides[side].get(key) == value
    )
    return str(next(special, known[1])) % words


def verbs_of_kind(kind: str) -> list[str]:
    return [verb for verb, (of_kind, _sentence) in VERBS.items() if of_kind == kind]
