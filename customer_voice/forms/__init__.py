"""The shape of what is typed about metrics, answers and imports."""

from customer_voice.forms.imports import (
    MOST_LISTED,
    LayoutForm,
    MappingForm,
    RecipeNameForm,
    RecipeUploadForm,
    StartForm,
    UploadForm,
)
from customer_voice.forms.metrics import (
    DefinitionForm,
    EraseForm,
    SeriesForm,
    StandardMetricsForm,
    TargetForm,
)

__all__ = [
    "MOST_LISTED",
    "DefinitionForm",
    "EraseForm",
    "LayoutForm",
    "MappingForm",
    "RecipeNameForm",
    "RecipeUploadForm",
    "SeriesForm",
    "StandardMetricsForm",
    "StartForm",
    "TargetForm",
    "UploadForm",
]
