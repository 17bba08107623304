"""What is typed about reminders: one choice for each kind of day."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership
from accounts.reminding import chosen_of
from common.dates import DateKind, kinds_of_dates
from common.forms import StyledForm, style

OFF = "off"
OFFERED = (0, 1, 2, 3, 5, 7, 14, 30)  # days before


class ReminderForm(StyledForm):
    """Every kind that a room has declared, with what this member has chosen."""

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        chosen = chosen_of(member)
        kwargs["initial"] = {kind: OFF if days is None else str(days) for kind, days in chosen.items()}
        super().__init__(*args, **kwargs)
        for kind in kinds_of_dates():
            self.fields[kind.key] = forms.ChoiceField(
                label=str(kind.label),
                help_text=_("For: %(who)s") % {"who": kind.who},
                choices=_choices(kind, chosen[kind.key]),
            )
            style(self.fields[kind.key].widget)

    def wishes(self) -> dict[str, int | None]:
        """Kind -> days before, None for not at all."""
        return {name: None if value == OFF else int(value) for name, value in self.cleaned_data.items()}


def days_text(days: int | None) -> str:
    """How long before, in words."""
    if days is None:
        return _("Not at all")
    if days == 0:
        return _("On the day")
    return ngettext("%(count)s day before", "%(count)s days before", days) % {"count": days}


def _choices(kind: DateKind, chosen: int | None) -> list[tuple[str, str]]:
    days = sorted({*OFFERED, *(one for one in (kind.days_before, chosen) if one is not None)})
    return [(OFF, days_text(None)), *((str(one), days_text(one)) for one in days)]
