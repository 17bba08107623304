"""Initiatives that a metric, a maturity result or an employee wave led to, for the pages of those."""

from collections.abc import Iterator

from django.db.models import Model, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.models import MaturityResult
from coalition.models import Initiative
from common.registry import Used, UseQuestion, newest_used
from customer_voice.models import MetricDefinition


def initiatives_from(question: UseQuestion) -> Iterator[Used]:
    """One query, two where they are cut, none for other rows. A metric is known by its key in any version."""
    wanted = _wanted(question.subject)
    if wanted is None:
        return
    organization = question.member.organization

    def used(initiative: Initiative) -> Used:
        return Used(
            kind=_("Initiative"),
            title=f"{initiative.reference} {initiative.title}",
            url=reverse("coalition:initiative_detail", args=[organization.slug, initiative.number]),
            note=str(initiative.get_state_display()),
        )

    found = Initiative.objects.of(organization).filter(wanted).order_by("-number")
    yield from newest_used(found, used, kind=_("Initiative"))


def _wanted(subject: Model) -> Q | None:
    if isinstance(subject, MetricDefinition):
        return Q(plan__metric__key=subject.key)
    if isinstance(subject, MaturityResult):
        return Q(maturity_result=subject)
    return None
