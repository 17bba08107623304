"""Studies and returns that were made from a row below: a metric, a file, an answer, an initiative, costs."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db.models import Max, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Organization
from coalition.models import Initiative
from common.registry import Used, UseQuestion
from customer_voice.models import Feedback, ImportBatch, MetricDefinition
from impact.models import LedgerYear, ProgramCase, Study
from impact.wording import verdict_title
from wording.joining import clauses

MOST = 50  # of one kind on one page, the newest


def studies_and_returns(question: UseQuestion) -> Iterator[Used]:
    """At most three queries, whatever was used: none for other rows."""
    subject, organization = question.subject, question.member.organization
    if isinstance(subject, MetricDefinition):
        yield from _studies(organization, Q(initiative__plan__metric__key=subject.key))
    elif isinstance(subject, (Feedback, ImportBatch)):
        yield from _studies(organization, _of_answers(subject))
    elif isinstance(subject, Initiative):
        yield from _studies(organization, Q(initiative=subject))
        yield from _returns(organization, partial(_is_told_in, subject))
    elif isinstance(subject, LedgerYear):
        yield from _returns(organization, partial(_has_year, subject))


# --- studies ----------------------------------------------------------------------------------------------


def _of_answers(subject: Feedback | ImportBatch) -> Q | None:
    """Plans that read these answers: their metric at one of their touchpoints, from the baseline on, with
    data up to their days. One query; None where nothing has a metric."""
    rows = Feedback.objects.filter(metric__isnull=False)
    rows = rows.filter(pk=subject.pk) if isinstance(subject, Feedback) else rows.filter(batch=subject)
    clock, found = subject.organization.clock, None
    parts = rows.order_by().values("metric__key", "touchpoint_id")
    for part in parts.annotate(first=Min("occurred_at"), last=Max("occurred_at")):
        here, first, last = part["touchpoint_id"], clock.day_of(part["first"]), clock.day_of(part["last"])
        place = Q(initiative__touchpoints=here) | Q(initiative__plan__comparison_touchpoints=here)
        begins = Q(initiative__plan__baseline_from=None) | Q(initiative__plan__baseline_from__lte=last)
        meant = place & begins & Q(initiative__plan__metric__key=part["metric__key"], data_cutoff__gte=first)
        found = meant if found is None else found | meant
    return found


def _studies(organization: Organization, wanted: Q | None) -> Iterator[Used]:
    """Finished studies, the newest first. One query, without what they hold."""
    if wanted is None:
        return
    found = Study.objects.of(organization).finished().filter(wanted).distinct().order_by("-pk")
    columns = ("pk", "number", "verdict", "grade", "initiative__number", "initiative__title")
    for row in found.values(*columns)[:MOST]:
        yield _study(organization.slug, row)


def _study(slug: str, row: dict[str, Any]) -> Used:
    number = row["initiative__number"]
    title = _("Study %(study)s of INI-%(number)s %(title)s")
    return Used(
        kind=_("Study"),
        title=title % {"study": row["number"], "number": number, "title": row["initiative__title"]},
        url=reverse("impact:study_detail", args=[slug, number, row["number"]]),
        note=clauses(
            [
                verdict_title(row["verdict"]),
                _("design grade %(grade)s") % {"grade": row["grade"]},
            ]
        ),
    )


# --- returns ----------------------------------------------------------------------------------------------


def _returns(organization: Organization, is_meant: Callable[[dict[str, Any]], bool]) -> Iterator[Used]:
    """The last return, where it tells of the row: earlier ones are found through documents. One query."""
    rows = ProgramCase.objects.of(organization).finished().defer("result").order_by("-current_since", "-pk")
    for case in rows[:1]:
        if is_meant(case.inputs):
            yield Used(
                kind=_("Return of the program"),
                title=_("Return %(number)s") % {"number": case.number},
                url=reverse("impact:program", args=[organization.slug]),
            )


def _is_told_in(initiative: Initiative, inputs: dict[str, Any]) -> bool:
    told = (*inputs["initiatives"], *inputs["forecasts"])
    return any(one["number"] == initiative.number for one in told)


def _has_year(row: LedgerYear, inputs: dict[str, Any]) -> bool:
    return any(year["year"] == row.year and year["lines"] for year in inputs["ledger"])
