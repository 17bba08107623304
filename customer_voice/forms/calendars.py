"""The shape of what is typed about business hours and promised times."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from common.editing import Edits
from common.forms import DateInput, LocalNumberField, StyledForm
from customer_voice.choices import WEEKDAYS
from customer_voice.importers.public_holidays import countries
from customer_voice.services import Hours

OFFICE_HOURS = "09:00–17:00"
_DAY = 1440
_TIME = r"(\d{1,2})(?:[:.](\d{2}))?\s*(?:([ap])\.?m\.?)?"
_SPAN = re.compile(rf"^{_TIME}\s*[-–—~至]\s*{_TIME}$", re.IGNORECASE)
_OWN_DAY = re.compile(r"^(\d{4}-\d{2}-\d{2})\s*((?:[\d:.]+\s*[-–—]\s*[\d:.]+[\s,;]*)*)(.*)$")

type Minutes = tuple[int, int]


class HoursField(forms.CharField):
    """Hours of a day as people write them: 09:00–12:30, 13:30–18:00. An end before its start is tomorrow."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=200, required=False, **kwargs)

    def clean(self, value: Any) -> tuple[Minutes, ...]:
        return read_hours(str(super().clean(value)))


class CalendarForm(StyledForm):
    name = forms.CharField(label=_("Name"), max_length=80)
    country = forms.ChoiceField(
        label=_("Public holidays of"),
        required=False,
        help_text=_("On a public holiday nothing counts, from midnight to midnight."),
    )
    subdivision = forms.CharField(
        label=_("Part of the country"),
        max_length=60,
        required=False,
        help_text=_("Its name or its code. Empty: holidays of the whole country only."),
    )
    own_days = forms.CharField(
        label=_("Days of your own"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_(
            "One a line: the day, its hours where it has some, its name. They go before public holidays. For "
            "example: 2026-12-24 09:00–12:00 Christmas Eve"
        ),
    )
    first = forms.DateField(
        label=_("These hours hold from"),
        required=False,
        widget=DateInput(),
        help_text=_(
            "With a day, times before it stay as they were counted. Empty: the hours are corrected, and all "
            "times that they held for are counted again."
        ),
    )
    field_order = (
        "name",
        *(f"day_{place}" for place in range(7)),
        "first",
        "country",
        "subdivision",
        "own_days",
    )

    def __init__(self, data: Any, *, initial: Mapping[str, Any], edits: Edits, is_new: bool) -> None:
        super().__init__(data, initial=initial, edits=edits)
        language = get_language() or "en"
        self.fields["country"].choices = [("", _("None")), *countries(language)]  # type: ignore[attr-defined]
        for place, label in enumerate(WEEKDAYS):
            self.fields[f"day_{place}"] = HoursField(
                label=label, widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"})
            )
        if is_new:
            del self.fields["first"]
        self.fields["day_0"].help_text = _(
            "For example 09:00–12:30, 13:30–18:00. Empty: closed. 22:00–06:00 ends on the next morning."
        )
        self.say_nothing(*(f"day_{place}" for place in range(7)))
        self.order_fields(self.field_order)

    def clean_own_days(self) -> tuple[dict[str, Any], ...]:
        lines = enumerate(self.cleaned_data["own_days"].splitlines(), start=1)
        return tuple(_own_day(number, line.strip()) for number, line in lines if line.strip())

    def hours(self) -> Hours:
        """For `services.create_calendar` and `services.change_calendar`."""
        values = self.cleaned_data
        return Hours(
            name=values["name"],
            week=tuple(values[f"day_{place}"] for place in range(7)),
            first=values.get("first"),
            country=values["country"],
            subdivision=values["subdivision"],
            own_days=values["own_days"],
        )


class ServiceLevelForm(StyledForm):
    hours = LocalNumberField(
        label=_("Within, in hours"),
        max_digits=8,
        decimal_places=2,
        help_text=_("In the hours that the metric counts: business hours where it has a calendar."),
    )
    share = LocalNumberField(
        label=_("For what share of the cases, in percent"),
        required=False,
        max_digits=5,
        decimal_places=2,
        help_text=_("What was promised. Empty: nothing was."),
    )

    def values(self) -> dict[str, Any]:
        """For `services.set_service_level`."""
        share = self.cleaned_data["share"]
        return {
            "hours": float(self.cleaned_data["hours"]),
            "wanted_share": None if share is None else float(share) / 100,
        }


def read_hours(text: str) -> tuple[Minutes, ...]:
    """Raises ValidationError."""
    found = []
    for part in re.split(r"[,;、，；]", text):
        if part.strip():
            found.append(_span(part.strip()))
    return tuple(sorted(found))


def hours_text(hours: Sequence[Sequence[int]]) -> str:
    """As `read_hours` reads it."""
    return ", ".join("–".join(_clock(minute) for minute in span) for span in hours)


def own_days_text(days: Sequence[Mapping[str, Any]]) -> str:
    """As the form reads it, one a line."""
    lines = ([one["day"], hours_text(one.get("hours", ())), one.get("name", "")] for one in days)
    return "\n".join(" ".join(part for part in line if part) for line in lines)


def _span(text: str) -> Minutes:
    match = _SPAN.match(text)
    if match is None:
        raise forms.ValidationError(
            gettext("“%(text)s” is no span of hours. Write it like 09:00–17:30.") % {"text": text[:30]}
        )
    low, high = (_minute(text, *match.group(one, one + 1, one + 2)) for one in (1, 4))
    if low >= _DAY:
        raise forms.ValidationError(gettext("A day has 24 hours: “%(text)s”.") % {"text": text[:30]})
    return low, high if high > low else high + _DAY


def _minute(text: str, hour: str, minute: str | None, half: str | None) -> int:
    """Minutes after midnight, on a clock of twelve hours where it says which half of the day."""
    at = int(hour) * 60 + int(minute or 0)
    if half and 1 <= int(hour) <= 12:
        at = at % 720 + (720 if half.lower() == "p" else 0)
    elif half:
        at = _DAY + 1
    if at > _DAY or int(minute or 0) > 59:
        raise forms.ValidationError(gettext("A day has 24 hours: “%(text)s”.") % {"text": text[:30]})
    return at


def _own_day(number: int, line: str) -> dict[str, Any]:
    match = _OWN_DAY.match(line)
    try:
        day = date.fromisoformat(match[1] if match else "")
        hours = read_hours(re.sub(r"\s+(?=\d)", ",", match[2].strip()) if match else "")
    except ValueError as error:
        message = gettext("Line %(number)d has no day: write it like 2026-12-24.") % {"number": number}
        raise forms.ValidationError(message) from error
    except forms.ValidationError as error:
        message = gettext("Line %(number)d: %(why)s") % {"number": number, "why": error.messages[0]}
        raise forms.ValidationError(message) from error
    return {
        "day": day.isoformat(),
        "name": match[3].strip() if match else "",
        "hours": [list(one) for one in hours],
    }


def _clock(minute: int) -> str:
    at = minute if minute <= _DAY else minute - _DAY
    return f"{at // 60:02}:{at % 60:02}"
