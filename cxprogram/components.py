"""What the component sheet shows: each component with words long and short enough to be judged."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import django_tables2 as tables
from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy as _

from common.forms import DateInput, StyledForm
from cxcharts import scales
from cxcharts.labels import labels_for
from cxcharts.render import PageChart, for_page
from cxcharts.series import Point, Series, series_chart


class SampleForm(StyledForm):
    """One field of each kind, sent with two mistakes in it."""

    title = forms.CharField(label=_("Title"), max_length=60, help_text=_("What changes for the customer."))
    owner = forms.ChoiceField(label=_("Owner"), choices=[("", "–"), ("ines", "Ines Duarte")])
    cost = forms.DecimalField(label=_("One-off cost"), required=False, min_value=0)
    planned_on = forms.DateField(label=_("Planned go-live"), required=False, widget=DateInput())
    reason = forms.CharField(label=_("Reason"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    choice = forms.ChoiceField(
        label=_("Vote"),
        choices=[("approve", _("Approve")), ("reject", _("Reject"))],
        widget=forms.RadioSelect,
    )
    is_seasonal = forms.BooleanField(label=_("This metric has a yearly season"), required=False)


class SampleTable(tables.Table):
    name = tables.Column(verbose_name=_("Touchpoint"))
    value = tables.Column(
        verbose_name=_("Value"), attrs={"td": {"class": "number"}, "th": {"class": "number"}}
    )
    n = tables.Column(verbose_name="n", attrs={"td": {"class": "number"}, "th": {"class": "number"}})

    class Meta:
        attrs = {"caption": _("Table")}


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleJob:
    """Work half done; finished, so that the page does not ask for it again and again."""

    progress: int = 40
    job_state: str = "running"
    failure: str = ""
    is_finished: bool = True


def component_sheet(language: str) -> dict[str, Any]:
    """The context of the page: one `side` for each theme; the chart follows the page."""
    typed = {"title": "", "owner": "", "cost": "-5", "choice": "approve"}
    return {
        "sides": [
            {"theme": theme, "form": SampleForm(typed, auto_id=f"{theme}_%s", prefix=None)}
            for theme in ("light", "dark")
        ],
        "table": SampleTable(
            [
                {"name": "Installation visit", "value": "+12.4", "n": "1,204"},
                {"name": "Monthly bill", "value": "−3.0", "n": "86"},
                {"name": "Outage information", "value": "–", "n": "4"},
            ],
            order_by="name",
        ),
        "page_obj": Paginator(range(240), 25).get_page(3),
        "job": SampleJob(),
        "tones": ("good", "warn", "bad", "calm", "done"),
        "icons": ("clipboard-check", "route", "ear", "users-group", "chart-dots", "file-certificate"),
        "chart": _chart(language),
    }


def _chart(language: str) -> PageChart:
    labels = labels_for(language)
    points = []
    for number in range(18):
        value = 21 + 0.6 * number + ((number * 37) % 11 - 5) * 0.7
        month = date(2025 + number // 12, number % 12 + 1, 1)
        points.append(Point(period=month, value=value, low=value - 6, high=value + 6, n=210 + 3 * number))
    chart = series_chart(
        title=str(_("A line with its band")),
        subtitle="NPS®, n = 4,239",
        series=[Series(key="nps", name="NPS®", points=tuple(points))],
        scale=scales.nps(labels),
        labels=labels,
        locale=language,
    )
    return for_page(chart, id="sample", locale=language)
