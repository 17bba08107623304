"""Studies and returns that were made from a row below: a metric, a file, an answer, an initiative, costs."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any

from django.db.models import Max, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Organization
from coalition.models import EvaluationPlan, Initiative
from common.registry import Used, UseQuestion, newest_used
from customer_voice.models import Feedback, ImportBatch, MetricDefinition
from impact.choices import OutcomeKind
from impact.models import AssociationRun, LedgerYear, ProgramCase, Study
from impact.selectors.associations import initiatives_using
from impact.wording import verdict_title
from wording.joining import clauses


def studies_and_returns(question: UseQuestion) -> Iterator[Used]:
    """At most seven queries, whatever was used: none for other rows."""
    subject, organization = question.subject, question.member.organization
    if isinstance(subject, MetricDefinition):
        named = Q(initiative__plan__metric__key=subject.key)
        yield from _studies(organization, named | Q(initiative__plan__unmoved_metric__key=subject.key))
        yield from _associations(organization, subject)
    elif isinstance(subject, (Feedback, ImportBatch)):
        yield from _studies(organization, _of_answers(subject))
    elif isinstance(subject, Initiative):
        yield from _studies(organization, Q(initiative=subject))
        yield from _returns(organization, partial(_is_told_in, subject))
    elif isinstance(subject, AssociationRun):
        yield from map(partial(_value_model, organization.slug), initiatives_using(subject))
    elif isinstance(subject, LedgerYear):
        yield from _returns(organization, partial(_has_year, subject))


# --- studies ----------------------------------------------------------------------------------------------


def _of_answers(subject: Feedback | ImportBatch) -> Q | None:
    """Studies whose plans read these answers: their metric at one of their touchpoints, from the baseline on,
    with data up to their days. Five queries, however many touchpoints; None where nothing has a metric."""
    rows = Feedback.objects.filter(metric__isnull=False)
    rows = rows.filter(pk=subject.pk) if isinstance(subject, Feedback) else rows.filter(batch=subject)
    clock, spans = subject.organization.clock, dict[tuple[str, int], tuple[date, date]]()
    parts = rows.order_by().values_list("metric__key", "touchpoint_id")
    for key, place, first, last in parts.annotate(first=Min("occurred_at"), last=Max("occurred_at")):
        spans[key, place] = clock.day_of(first), clock.day_of(last)
    if not spans:
        return None
    keys = {key for key, _place in spans}
    named = Q(initiative__plan__metric__key__in=keys) | Q(initiative__plan__unmoved_metric__key__in=keys)
    studies = Study.objects.of(subject.organization).finished().filter(named)
    columns = (
        "pk",
        "initiative",
        "data_cutoff",
        "initiative__plan__baseline_from",
        "initiative__plan__metric__key",
        "initiative__plan__unmoved_metric__key",
    )
    told = list(studies.values_list(*columns))
    places = _places_of({initiative for _pk, initiative, *_plan in told})
    return Q(
        pk__in=[
            pk
            for pk, initiative, cutoff, begins, *keys in told
            if any(
                first <= cutoff and (begins is None or begins <= last)
                for first, last in (
                    spans[key, place] for key in keys for place in places[initiative] if (key, place) in spans
                )
            )
        ]
    )


def _places_of(initiatives: set[int]) -> dict[int, set[int]]:
    """Touchpoints by initiative: where it was introduced, what it is compared with, and what it could
    reach. Three queries."""
    found = defaultdict[int, set[int]](set)
    treated = Initiative.touchpoints.through.objects.filter(initiative__in=initiatives)
    for initiative, place in treated.values_list("initiative_id", "touchpoint_id"):
        found[initiative].add(place)
    for listed in (EvaluationPlan.comparison_touchpoints, EvaluationPlan.spillover_touchpoints):
        named = listed.through.objects.filter(evaluationplan__initiative__in=initiatives)
        for initiative, place in named.values_list("evaluationplan__initiative_id", "touchpoint_id"):
            found[initiative].add(place)
    return found


def _studies(organization: Organization, wanted: Q | None) -> Iterator[Used]:
    """Finished studies, the newest first, without what they hold. One query, two where they are cut."""
    if wanted is None:
        return
    found = Study.objects.of(organization).finished().filter(wanted).distinct().order_by("-pk")
    columns = ("pk", "number", "verdict", "grade", "initiative__number", "initiative__title")
    yield from newest_used(found.values(*columns), partial(_study, organization.slug), kind=_("Study"))


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


def _associations(organization: Organization, metric: MetricDefinition) -> Iterator[Used]:
    """What goes with its scores later, the newest first. One query, two where they are cut."""
    runs = AssociationRun.objects.of(organization).finished().filter(metric__key=metric.key)
    rows = runs.order_by("-number").values("number", "outcome")
    yield from newest_used(rows, partial(_association, organization.slug), kind=_("Association"))


def _association(slug: str, row: dict[str, Any]) -> Used:
    return Used(
        kind=_("Association"),
        title=_("Association %(number)s: %(outcome)s")
        % {"number": row["number"], "outcome": OutcomeKind(row["outcome"]).label},
        url=reverse("impact:association_detail", args=[slug, row["number"]]),
    )


def _value_model(slug: str, initiative: Initiative) -> Used:
    return Used(
        kind=_("Value model"),
        title=f"{initiative.reference} {initiative.title}",
        url=reverse("impact:initiative_impact", args=[slug, initiative.number]),
    )


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
