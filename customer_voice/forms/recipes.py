"""The shape of what is typed about recipes of imports."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import StyledForm

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
