"""What is typed about documents."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from common.forms import StyledForm, YesNoField
from reports.choices import SUBJECTS, Paper, ReportKind


class ReportRequestForm(StyledForm):
    """Which document, of what, in which language and on which paper."""

    kind = forms.ChoiceField(choices=ReportKind)
    study = forms.IntegerField(required=False)
    roi_case = forms.IntegerField(required=False)
    result = forms.IntegerField(required=False)
    wave = forms.IntegerField(required=False)
    program = forms.IntegerField(required=False)
    afterwards = YesNoField(required=False)
    language = forms.ChoiceField(choices=settings.LANGUAGES, required=False)
    paper = forms.ChoiceField(choices=Paper, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        needed = SUBJECTS.get(data.get("kind", ""))
        if needed and not data.get(needed):
            self.add_error(needed, _("Choose what the document is about."))
        return data


class CheckForm(StyledForm):
    file = forms.FileField(
        label=_("Your copy of the document"),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
        help_text=_("It is only compared, not stored."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(_("This file is larger than any document created here."))
        return file


class CodeForm(StyledForm):
    code = forms.CharField(
        label=_("Code on the document"),
        max_length=40,
        help_text=_("Sixteen letters and digits at the foot of each page."),
    )
