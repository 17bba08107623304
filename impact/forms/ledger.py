"""What people type about what the program costs."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.choices import Currency
from common.editing import SEEN, Edits, Stored, mark_of, read_marks
from common.forms import DateInput, LocalNumberField, StyledForm
from impact.choices import MOST_LEDGER_LINES, LedgerKind
from impact.importers import MOST_BYTES
from impact.models import LedgerLine, LedgerYear
from impact.services import LedgerLineValues

SPARE_ROWS = 3


class LedgerYearForm(StyledForm):
    """What belongs to the year as a whole."""

    budget = LocalNumberField(
        label=_("Budget asked for"),
        required=False,
        max_digits=14,
        decimal_places=2,
        min_value=0,
        help_text=_("What was asked for this year, to stand beside what was used."),
    )


class LedgerLineForm(StyledForm):
    """One cost; a row without amount, source and note is left out."""

    kind = forms.ChoiceField(label=_("Kind of cost"), choices=LedgerKind)
    amount = LocalNumberField(label=_("Amount"), max_digits=14, decimal_places=2, min_value=0)
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency)
    source = forms.CharField(
        label=_("Source"),
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": _("cost center, contract, payroll")}),
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_permitted = True
        self.use_required_attribute = False
        self.say_nothing("amount", "source")

    def has_changed(self) -> bool:
        return not self.is_empty

    @property
    def is_empty(self) -> bool:
        return not any(str(self[name].value() or "").strip() for name in ("amount", "source", "note"))

    def values(self) -> LedgerLineValues:
        return LedgerLineValues(**{name: self.cleaned_data[name] for name in self.fields})


class LedgerForms:
    """The page of one fiscal year: its budget, and its costs as a list that is compared as a whole."""

    def __init__(self, data: Any, *, row: LedgerYear | None, currency: str, edits: Edits) -> None:
        lines: Sequence[LedgerLine] = list(row.lines.all()) if row else []
        self.head = LedgerYearForm(data, initial={"budget": row.budget if row else None}, edits=edits)
        count = max(len(lines) + SPARE_ROWS, _rows_sent(data), 5)
        self.lines = [
            LedgerLineForm(
                data,
                prefix=f"line-{place}",
                initial=_initial(lines[place]) if place < len(lines) else {"currency": currency},
            )
            for place in range(min(count, MOST_LEDGER_LINES))
        ]
        self.rows: list[LedgerLineForm] = []
        self._refused = self._compare(edits, repr([tuple(_initial(line).items()) for line in lines]))

    def _compare(self, edits: Edits, now: str) -> str:
        """A list that somebody else has changed since the page was drawn is refused once."""
        if not isinstance(edits, Stored):
            return ""
        marks = read_marks(str(self.head.data.get(SEEN, ""))) if self.head.is_bound else {}
        self.head.also_shown["lines"] = now
        if marks.get("lines", mark_of(now)) == mark_of(now):
            return ""
        text = _("%(list)s: %(name)s changed this list while you were writing. Save again to replace it.")
        return str(text) % {"list": _("Costs"), "name": edits.who() or _("Someone")}

    def is_valid(self) -> bool:
        self.rows = [form for form in self.lines if not form.is_empty]
        checked = [form.is_valid() for form in (self.head, *self.rows)]  # every form, not the first
        if self._refused:
            self.head.add_error(None, self._refused)
        return all(checked) and not self._refused

    def absorb(self, fields: dict[str, str | Promise], message: str | Promise) -> None:
        """Put a service's refusal beside the fields that caused it."""
        rest: dict[str, str | Promise] = {}
        for name, text in fields.items():
            row, _dash, part = name.removeprefix("line-").partition("-")
            if name.startswith("line-") and row.isdigit() and int(row) < len(self.rows):
                self.rows[int(row)].add_error(part, str(text))
            else:
                rest[name] = text
        if rest or not fields:
            self.head.absorb(rest, next(iter(rest.values()), message))


def _initial(line: LedgerLine) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "amount": line.amount,
        "currency": line.currency,
        "source": line.source,
        "note": line.note,
    }


def _rows_sent(data: Any) -> int:
    row = 0
    while data and f"line-{row}-amount" in data:
        row += 1
    return row


class LedgerFileForm(StyledForm):
    file = forms.FileField(
        label=_("Table of costs"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
        help_text=_(
            "CSV or XLSX with columns for year, kind of cost, amount and source; currency and note if you "
            "have them."
        ),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is too large for a table of costs."))
        return file


class RateForm(StyledForm):
    currency = forms.ChoiceField(label=_("Currency"), choices=[])
    rate = LocalNumberField(
        label=_("One unit is worth"),
        max_digits=18,
        decimal_places=8,
        help_text=_("In your own currency, on that day."),
    )
    day = forms.DateField(label=_("Day"), widget=DateInput)
    source = forms.CharField(
        label=_("Source"),
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": _("central bank, treasury")}),
    )

    def __init__(self, *args: Any, own: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = [  # type: ignore[attr-defined]
            (value, label) for value, label in Currency.choices if value != own
        ]
