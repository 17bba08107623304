"""What is typed about documents."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.forms import DateInput, StyledForm, YesNoField
from reports.choices import LINK_DAYS, SUBJECTS, Answer, Paper, ReportKind
from reports.slides import UnusableTemplate
from reports.slides.checking import refuse_large


class ReportRequestForm(StyledForm):
    """Which document, of what, in which language and on which paper."""

    kind = forms.ChoiceField(choices=ReportKind)
    study = forms.IntegerField(required=False)
    roi_case = forms.IntegerField(required=False)
    result = forms.IntegerField(required=False)
    wave = forms.IntegerField(required=False)
    program = forms.IntegerField(required=False)
    since = forms.DateField(required=False)
    afterwards = YesNoField(required=False)
    language = forms.ChoiceField(choices=settings.LANGUAGES, required=False)
    paper = forms.ChoiceField(choices=Paper, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        needed = SUBJECTS.get(data.get("kind", ""))
        if needed and not data.get(needed):
            self.add_error(needed, _("Choose what the document is about."))
        return data


class BoardForm(StyledForm):
    """From which day on a board pack tells of decisions."""

    since = forms.DateField(
        label=_("Decisions since"),
        widget=DateInput,
        help_text=_("Usually the day of the last session."),
    )


class TemplateForm(StyledForm):
    """The organization's own slides; a file that is too large is refused before it is read."""

    template = forms.FileField(
        label=_("Slide template"),
        widget=forms.FileInput(attrs={"accept": ".pptx"}),
        help_text=_(
            "A .pptx file of at most 20 MB, without macros. Its slides are left out, its master is used."
        ),
    )

    def clean_template(self) -> Any:
        file = self.cleaned_data["template"]
        try:
            refuse_large(file.size)
        except UnusableTemplate as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return file


def days_text(days: int) -> str:
    """How long a link works, in words."""
    if days == 365:
        return str(_("One year"))
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


class ShareForm(StyledForm):
    """For whom a link to a document is, and how long it works."""

    recipient = forms.CharField(
        label=_("Who gets the link"),
        max_length=120,
        help_text=_("A name or an address. It is shown beside what was opened; nothing is sent there."),
    )
    days = forms.TypedChoiceField(label=_("It works for"), coerce=int, choices=[], initial=30)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["days"]
        field.choices = [(days, days_text(days)) for days in LINK_DAYS]


class AnswerForm(StyledForm):
    """What somebody who got a document says about it."""

    answer = forms.ChoiceField(label=_("Your answer"), choices=Answer, widget=forms.RadioSelect)
    comment = forms.CharField(
        label=_("Your question or remark"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


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
