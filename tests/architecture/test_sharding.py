"""Every row of an organization carries it or belongs to one row that does, and no relation leaves it.

So that one schema for each organization, or tables that are distributed by organization, stay possible
(docs/operations/scale.md). The lists are written out: a new table carries its organization; whoever adds one
that does not, or a relation to a shared table, says so here and on that page.
"""

from collections import Counter
from functools import cache

from django.apps import apps
from django.db import models
from django.db.models import ForeignKey, UniqueConstraint

from accounts.models import Organization
from tests.architecture.test_floors import OURS
from tests.architecture.test_tenancy import SHARED

# Tables without the column: the required relation to the row that they belong to, which leads to it.
BELONGS = {
    "accounts.ApiToken": "member",
    "accounts.EventDelivery": "event",
    "accounts.Reminder": "member",
    "accounts.ReminderLetter": "member",
    "accounts.ReminderWish": "member",
    "assessments.Answer": "response",
    "assessments.ConsensusLevel": "assessment",
    "assessments.MaturityResult": "assessment",
    "assessments.Response": "assessment",
    "coalition.Approval": "round",
    "coalition.ApprovalRound": "initiative",
    "coalition.Decision": "initiative",
    "coalition.EvaluationPlan": "initiative",
    "coalition.InitiativeAmendment": "initiative",
    "coalition.InitiativeRevision": "initiative",
    "coalition.InitiativeStateChange": "initiative",
    "coalition.InitiativeUpdate": "initiative",
    "coalition.Milestone": "initiative",
    "coalition.Review": "initiative",
    "coalition.ReviewVote": "review",
    "coalition.Seat": "coalition",
    "coalition.StandIn": "round",
    "customer_voice.HalfAnswer": "survey",
    "customer_voice.ImportRowError": "batch",
    "customer_voice.RecipientList": "survey",
    "customer_voice.SurveyEvent": "survey",
    "customer_voice.SurveyEventRule": "survey",
    "customer_voice.SurveyInvitation": "survey",
    "customer_voice.SurveyMailing": "survey",
    "customer_voice.SurveyMark": "reply",
    "customer_voice.SurveyMetric": "survey",
    "customer_voice.SurveyReply": "survey",
    "customer_voice.SurveyVersion": "survey",
    "customer_voice.WorkingSpan": "version",
    "employee_voice.Answer": "wave",
    "employee_voice.Comment": "wave",
    "employee_voice.FunctionAction": "wave",
    "employee_voice.Invitation": "wave",
    "employee_voice.KeptList": "wave",
    "employee_voice.KeyGroup": "wave",
    "employee_voice.SealedAnswer": "wave",
    "employee_voice.Slip": "wave",
    "employee_voice.Wave": "survey",
    "employee_voice.WaveFunction": "wave",
    "employee_voice.WaveResults": "wave",
    "employee_voice.WaveWork": "wave",
    "coalition.TouchpointLot": "initiative",
    "impact.CostLine": "value_model",
    "impact.LedgerLine": "ledger_year",
    "impact.LineInput": "line",
    "impact.ValueLine": "value_model",
    "impact.ValueModel": "initiative",
    "impact.ValueParameter": "value_model",
    "journeys.MapChange": "map",
    "journeys.MapComment": "map",
    "journeys.MapSheet": "map",
    "journeys.MapUse": "map",
    "reports.ScheduleRecipient": "schedule",
    "reports.SlipSheets": "wave",
}
# Rows of these tables may belong to nobody: they are the same for all, and are copied to each place.
FOR_ALL = {"assessments.FrameworkVersion"}
# The only relations that lead from an organization to what organizations share.
TO_SHARED = {
    "accounts.AuditEvent.actor",
    "accounts.Membership.user",
    "customer_voice.SurveyInvitation.letter",
    "employee_voice.Invitation.letter",
}
# Unique over all organizations, on purpose: secrets and addresses that say nothing of whose they are, and
# keys of rows that belong to another row.
UNIQUE_WITHOUT = {
    "accounts.Branding.public_id",
    "accounts.FormReceipt.digest",
    "accounts.Invitation.token_digest",
    "assessments.FrameworkVersion.framework_version_builtin_unique",
    "customer_voice.AccountTag.account_tag_once",
    "customer_voice.CalendarVersion.calendar_version_once",
    "customer_voice.CustomerSurvey.public_id",
    "customer_voice.Feedback.answer_once_in_submission",
    "customer_voice.FormerAnswer.former_answer_once_in_import",
    "customer_voice.IncomingWebhook.public_id",
    "customer_voice.SurveyTally.survey",
    "customer_voice.WatchedFile.watched_file_once",
    "customer_voice.WebhookCall.webhook_call_once",
    "impact.RoiCase.roi_case_number_unique",
    "impact.Study.study_number_unique",
    "reports.Report.verification_code",
    "reports.ScheduleRun.schedule_run_once",
    "reports.Slides.slides_of_a_document_once_on_a_template",
    "reports.ShareLink.secret_digest",
}


def tenant_models() -> list[type[models.Model]]:
    """Tables of rows of organizations, those behind many-to-many relations too."""
    ours = [model for model in apps.get_models() if model._meta.app_label in OURS]
    own = [model for model in ours if model._meta.label not in SHARED]
    through = [
        field.remote_field.through
        for model in own
        for field in model._meta.local_many_to_many
        if field.remote_field.through._meta.auto_created
    ]
    return [*own, *through]


def relations(model: type[models.Model]) -> list[ForeignKey]:
    return [field for field in model._meta.fields if isinstance(field, ForeignKey)]


@cache
def way(model: type[models.Model]) -> str:
    """The lookup from a row to the key of its organization."""
    if any(field.name == "organization" for field in model._meta.fields):
        return "organization_id"
    auto = model._meta.auto_created
    name = auto._meta.model_name if isinstance(auto, type) else BELONGS[model._meta.label]
    parent = model._meta.get_field(str(name))
    assert isinstance(parent, models.ForeignKey)
    assert not parent.null, f"{model._meta.label}.{name} may be empty"
    return f"{name}__{way(parent.related_model)}"


def test_every_table_carries_its_organization_or_belongs_to_one_row_that_does():
    without = {
        model._meta.label
        for model in tenant_models()
        if not model._meta.auto_created and not any(f.name == "organization" for f in model._meta.fields)
    }
    assert without == set(BELONGS)
    assert all(way(model).endswith("organization_id") for model in tenant_models())
    optional = {
        model._meta.label
        for model in tenant_models()
        for field in model._meta.fields
        if field.name == "organization" and field.null
    }
    assert optional == FOR_ALL


def test_relations_lead_to_rows_of_organizations_and_four_of_them_to_what_is_shared():
    shared = {
        f"{model._meta.label}.{field.name}"
        for model in tenant_models()
        for field in relations(model)
        if field.related_model._meta.label in SHARED and field.related_model is not Organization
    }
    assert shared == TO_SHARED
    back = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.label in SHARED
        for field in relations(model)
        if field.related_model in tenant_models()
    }
    assert not back


def test_what_is_unique_is_unique_within_an_organization():
    found = set()
    for model in tenant_models():
        if not any(field.name == "organization" for field in model._meta.fields):
            continue
        label = model._meta.label
        for one in model._meta.constraints:
            names = {*getattr(one, "fields", ()), *(str(part) for part in getattr(one, "expressions", ()))}
            if isinstance(one, UniqueConstraint) and not any("organization" in name for name in names):
                found.add(f"{label}.{one.name}")
        found |= {
            f"{label}.{field.name}"
            for field in model._meta.fields
            if field.unique and not field.primary_key and field.name != "organization"
        }
    assert found == UNIQUE_WITHOUT


def test_no_row_points_at_a_row_of_another_organization(shared_world):
    """Over everything that the pages show: each row beside each row that it points at."""
    seen = Counter()
    for model in tenant_models():
        for field in relations(model):
            target = field.related_model
            if target._meta.label in SHARED or target._meta.label in FOR_ALL:
                continue
            pairs = model._base_manager.exclude(**{field.name: None}).values_list(
                way(model), f"{field.name}__{way(target)}"
            )
            for own, other in pairs.distinct():
                assert own == other, f"{model._meta.label}.{field.name}"
                seen[model] += 1
    assert len(seen) > 60
