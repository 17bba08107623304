"""What people choose about a file, with words. The values are those of the pure core."""

from django.db import models
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from tabular.dates import DateOrder
from tabular.durations import DurationForm
from tabular.encodings import Code
from wording.formats import reader


class Encoding(models.TextChoices):
    AUTO = "auto", _("Detect from the file")
    UTF_8 = Code.UTF_8.value, _("UTF-8 (most systems)")
    UTF_16 = Code.UTF_16.value, _("UTF-16 (Unicode text from Excel)")
    CP1252 = Code.CP1252.value, _("Windows-1252 (older Excel, Western Europe)")
    GB18030 = Code.GB18030.value, _("GB 18030 (Chinese)")
    BIG5 = Code.BIG5.value, _("Big5 (Traditional Chinese)")
    SHIFT_JIS = Code.SHIFT_JIS.value, _("Shift-JIS (Japanese)")
    KOREAN = Code.KOREAN.value, _("EUC-KR (Korean)")
    CP1250 = Code.CP1250.value, _("Windows-1250 (Polish, Czech, Hungarian, Romanian)")
    CP1251 = Code.CP1251.value, _("Windows-1251 (Cyrillic)")
    CP1253 = Code.CP1253.value, _("Windows-1253 (Greek)")
    CP1254 = Code.CP1254.value, _("Windows-1254 (Turkish)")
    CP1255 = Code.CP1255.value, _("Windows-1255 (Hebrew)")
    CP1256 = Code.CP1256.value, _("Windows-1256 (Arabic)")


class DateFormat(models.TextChoices):
    AUTO = "auto", _("Detect from the whole file")
    ISO = DateOrder.ISO.value, _("Year first: 2026-03-14")
    DAY_FIRST = DateOrder.DAY_FIRST.value, _("Day first: 14.03.2026 or 14/03/2026")
    MONTH_FIRST = DateOrder.MONTH_FIRST.value, _("Month first: 03/14/2026")


def _hours() -> str:
    return _("Hours: %(example)s") % {"example": reader().number(1.5, 1)}


_hours_example = lazy(_hours, str)  # in the reader's format, as a column of such a file is


class DurationUnit(models.TextChoices):
    MINUTES = DurationForm.MINUTES.value, _("Minutes: 35")
    HOURS = DurationForm.HOURS.value, _hours_example()
    SECONDS = DurationForm.SECONDS.value, _("Seconds: 5400")
    CLOCK = DurationForm.CLOCK.value, _("Hours and minutes: 1:30 or 1:30:00")
