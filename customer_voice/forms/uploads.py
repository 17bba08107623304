"""The shape of what is typed about a file as a whole: how it is written, and what was confirmed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import LocalIntegerField, StyledForm, YesNoField
from tabular.choices import Encoding
from tabular.opening import FileFacts, Layout


class UploadForm(StyledForm):
    file = forms.FileField(
        label=_("CSV file or workbook"),
        help_text=_(
            "CSV, XLSX, XLS or ODS. Of a workbook with several sheets you choose one in the next step."
        ),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv,.xlsx,.xls,.ods"}),
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=60,
        initial="csv",
        help_text=_(
            "Which system the file comes from. IDs are unique within a source: a row that is known is "
            "completed, and nothing in it is replaced before you have seen and confirmed it."
        ),
    )
    encoding = forms.ChoiceField(
        label=_("Encoding"),
        choices=Encoding,
        initial=Encoding.AUTO,
        help_text=_("Only for CSV. A file that is not UTF-8 is read as the last one from this source."),
    )


class LayoutForm(StyledForm):
    """How the file is written: what was found can be corrected."""

    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    encoding = forms.ChoiceField(label=_("Encoding"), choices=Encoding, required=False)
    delimiter = forms.ChoiceField(
        label=_("Cells are separated by"),
        choices=[
            ("", _("Detect from the file")), (",", _("comma")), (";", _("semicolon")),
            ("tab", _("tab")), ("|", _("vertical bar")),
        ],
        required=False,
    )  # fmt: skip
    header_row = LocalIntegerField(
        label=_("Line with the names of the columns"),
        required=False,
        min_value=1,
        max_value=10_000,
        help_text=_("Empty: found by itself."),
    )

    def __init__(self, data: Any, *, facts: FileFacts) -> None:
        layout = facts.layout
        shown = {
            "sheet": layout.sheet,
            "encoding": layout.encoding,
            "delimiter": {"\t": "tab"}.get(layout.delimiter, layout.delimiter),
            "header_row": layout.header_row or None,
        }
        super().__init__(data, initial=shown)
        self.fields["sheet"].choices = [(name, name) for name in facts.sheets]  # type: ignore[attr-defined]
        for name in ("encoding", "delimiter") if facts.sheets else ("sheet",):
            del self.fields[name]
        self.say_nothing(*self.fields)

    @property
    def has_sheets(self) -> bool:
        """Whether there is a sheet to choose, which nobody looks for behind a fold."""
        return "sheet" in self.fields and len(self.fields["sheet"].choices) > 1  # type: ignore[attr-defined]

    def layout(self) -> Layout:
        """For `services.choose_layout`."""
        values = self.cleaned_data
        delimiter = values.get("delimiter", "")
        return Layout(
            encoding=values.get("encoding") or Encoding.AUTO,
            delimiter={"tab": "\t"}.get(delimiter, delimiter),
            sheet=values.get("sheet", ""),
            header_row=values["header_row"] or 0,
        )


class StartForm(StyledForm):
    """What was confirmed: the good rows only, and that known answers are replaced, that customers are
    asked about tickets."""

    skip = YesNoField(required=False)
    replace = YesNoField(required=False)
    ask = YesNoField(required=False)
