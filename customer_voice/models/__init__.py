"""What is measured, who said what, how it came in, and the daily roll-up that every series is read from."""

from customer_voice.models.calendars import (
    BusinessCalendar,
    CalendarVersion,
    ServiceLevel,
    WorkingSpan,
)
from customer_voice.models.customers import (
    AccountReference,
    AccountTag,
    Contact,
    ContactReference,
    CustomerAccount,
    CustomerFile,
)
from customer_voice.models.feedback import ErasedFeedback, Feedback, Submission
from customer_voice.models.feeds import (
    IncomingWebhook,
    Mailbox,
    WatchedFile,
    WatchedFolder,
    WebhookCall,
)
from customer_voice.models.former import FormerAnswer
from customer_voice.models.imports import ImportBatch, ImportRowError
from customer_voice.models.mailings import (
    AskingRules,
    HalfAnswer,
    NoMoreSurveys,
    RecipientList,
    SurveyEvent,
    SurveyEventRule,
    SurveyInvitation,
    SurveyMailing,
)
from customer_voice.models.metrics import MetricDefinition, MetricTarget
from customer_voice.models.points import (
    AccountDurationPoint,
    AccountMetricPoint,
    AccountStepPoint,
    AccountTotalPoint,
    DurationPoint,
    MetricPoint,
    PeriodPoint,
    StepPoint,
    TotalPoint,
)
from customer_voice.models.recounts import RecountNote
from customer_voice.models.sources import Channel, Source
from customer_voice.models.surveys import (
    CustomerSurvey,
    SurveyMark,
    SurveyMetric,
    SurveyReply,
    SurveyTally,
    SurveyVersion,
)
from customer_voice.models.taken_back import FormerCustomer, FormerMerge, TakenList

__all__ = [
    "AccountDurationPoint",
    "AccountMetricPoint",
    "AccountReference",
    "AccountStepPoint",
    "AccountTag",
    "AccountTotalPoint",
    "AskingRules",
    "BusinessCalendar",
    "CalendarVersion",
    "Channel",
    "Contact",
    "ContactReference",
    "CustomerAccount",
    "CustomerFile",
    "CustomerSurvey",
    "DurationPoint",
    "ErasedFeedback",
    "Feedback",
    "FormerAnswer",
    "FormerCustomer",
    "FormerMerge",
    "HalfAnswer",
    "ImportBatch",
    "ImportRowError",
    "IncomingWebhook",
    "Mailbox",
    "MetricDefinition",
    "MetricPoint",
    "MetricTarget",
    "NoMoreSurveys",
    "PeriodPoint",
    "RecipientList",
    "RecountNote",
    "ServiceLevel",
    "Source",
    "StepPoint",
    "Submission",
    "SurveyEvent",
    "SurveyEventRule",
    "SurveyInvitation",
    "SurveyMailing",
    "SurveyMark",
    "SurveyMetric",
    "SurveyReply",
    "SurveyTally",
    "SurveyVersion",
    "TakenList",
    "TotalPoint",
    "WatchedFile",
    "WatchedFolder",
    "WebhookCall",
    "WorkingSpan",
]
