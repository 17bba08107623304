"""The shape of what is typed about metrics, answers and imports."""

from customer_voice.forms.calendars import CalendarForm, ServiceLevelForm
from customer_voice.forms.feeds import (
    CallMappingForm,
    FolderChangeForm,
    FolderForm,
    MailboxForm,
    WebhookForm,
)
from customer_voice.forms.imports import MOST_LISTED, MappingForm
from customer_voice.forms.metrics import (
    DefinitionForm,
    EraseForm,
    SeriesForm,
    StandardMetricsForm,
    TargetForm,
)
from customer_voice.forms.recipes import RecipeNameForm, RecipeUploadForm
from customer_voice.forms.uploads import LayoutForm, StartForm, UploadForm

__all__ = [
    "MOST_LISTED",
    "CalendarForm",
    "CallMappingForm",
    "DefinitionForm",
    "EraseForm",
    "FolderChangeForm",
    "FolderForm",
    "LayoutForm",
    "MailboxForm",
    "MappingForm",
    "RecipeNameForm",
    "RecipeUploadForm",
    "SeriesForm",
    "ServiceLevelForm",
    "StandardMetricsForm",
    "StartForm",
    "TargetForm",
    "UploadForm",
    "WebhookForm",
]
