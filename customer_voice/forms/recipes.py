"""The shape of what is typed about recipes of imports."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import StyledForm
from customer_voice.choices import Amounts
from customer_voice.services.reading import COMMENT, LEFT_OUT, Reading

LARGEST_RECIPE = 300_000  # bytes


class RecipeUploadForm(StyledForm):
    """A recipe that was downloaded, here or elsewhere."""

    file = forms.FileField(
        label=_("Recipe (JSON)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
        help_text=_("Download it from the list of recipes of the other organization."),
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=60,
        required=False,
        help_text=_("Which system the files come from. Empty: as the recipe says."),
    )

    def clean_file(self) -> Any:
        """What the file says; whether it is a recipe, the service knows."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_RECIPE:
            raise forms.ValidationError(_("This file is too large to be a recipe."))
        try:
            return json.loads(file.read().decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_("This file is not JSON.")) from error


class RecipeNameForm(StyledForm):
    name = forms.CharField(label=_("Name"), max_length=80, required=False)


def shown_question(questions: Mapping[str, str], plain: str) -> str:
    if plain not in questions:
        return "refuse"
    return {LEFT_OUT: "leave", COMMENT: "comment"}.get(questions[plain], questions[plain])


def shown_of(reading: Reading) -> dict[str, Any]:
    """What is said of a file, as the fields of the page show it."""
    shown: dict[str, Any] = {
        "duration_unit": reading.duration,
        "amounts": reading.amounts or Amounts.SUM,
        "waiting": "\n".join(reading.waiting),
    }
    for place, one in enumerate(reading.also, start=1):
        shown |= {
            f"also_{place}_metric": one.metric,
            f"also_{place}_score": one.score,
            f"also_{place}_text": one.text,
            f"also_{place}_reversed": bool(one.score) and one.score in reading.reversed,
        }
    for place, condition in enumerate(reading.leave_out, start=1):
        shown |= {
            f"leave_{place}_column": condition.column,
            f"leave_{place}_is": "in" if condition.is_among else "out",
            f"leave_{place}_values": "\n".join(condition.values),
        }
    return shown
