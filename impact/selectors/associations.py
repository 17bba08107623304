"""What goes with a customer's score later, as it was found: listed, and for value models. Reads results."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Organization
from coalition.models import Initiative
from coalition.selectors import plan_of
from cxstats.association import Association
from cxstats.codec import decoded
from cxstats.kinds import OutcomeKind as CoreKind
from impact.choices import INPUT_OF_OUTCOME, OutcomeKind
from impact.models import AssociationRun
from impact.wording.associations import range_text
from wording.formats import reader

MOST_SHOWN = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Usable:
    """An association that an input of a value model can be taken from: `kind` and `key` say of which.

    `value` and `error` (of the normal distribution) for one unit of the metric.
    """

    run: AssociationRun
    found: Association
    kind: str
    key: str

    @property
    def value(self) -> float:
        """Of contacts what a value model counts: those that do not come."""
        sign = -1.0 if self.found.kind is CoreKind.CONTACTS else 1.0
        return sign * self.found.effect.value

    @property
    def error(self) -> float:
        return self.found.effect.standard_error or 0.0


def association_of(run: AssociationRun) -> Association | None:
    """What was found; None where it was refused or is not computed yet."""
    content: dict[str, Any] | None = (run.result or {}).get("association")
    return None if content is None else decoded(Association, content)


def is_usable(found: Association | None) -> bool:
    """Whether it can enter a value model: its range lies above 0, so more satisfied customers stay or bring
    more, or below it, so they call less. One that includes 0 says that these data cannot tell."""
    if found is None:
        return False
    if found.kind is CoreKind.CONTACTS:
        return found.effect.interval.high < 0
    return found.effect.interval.low > 0


def usable_associations(initiative: Initiative) -> list[Usable]:
    """Those of the metric of the initiative's plan, the newest first, each with its result; in the
    organization's currency. Two queries."""
    plan = plan_of(initiative)
    if plan is None:
        return []
    runs = (
        AssociationRun.objects.of(initiative.organization)
        .finished()
        .filter(metric__key=plan.metric.key, metric__series=plan.metric.series)
        .filter(currency=initiative.organization.currency)
        .select_related("metric", "requested_by__user", "organization")
        .order_by("-number")[:MOST_SHOWN]
    )
    usable = []
    for run in runs:
        found = association_of(run)
        if found is not None and is_usable(found):
            kind, key = INPUT_OF_OUTCOME[run.outcome]
            usable.append(Usable(run=run, found=found, kind=str(kind), key=key))
    return usable


def source_text(one: Usable) -> str:
    """What a value model says of its source, with n, events and interval. At most 200 characters."""
    form, found = reader(), one.found
    said = {
        "number": one.run.number,
        "range": range_text(found, one.run.currency),
        "n": form.number(found.clusters),
        "left": form.number(found.events),
        "share": form.percent(found.effect.interval.level),
    }
    if one.run.outcome == OutcomeKind.STAYED:
        return (
            _("Association %(number)s from own data: %(range)s (%(share)s), n = %(n)s, %(left)s left") % said
        )
    return _("Association %(number)s from own data: %(range)s (%(share)s), n = %(n)s") % said


def choice_text(one: Usable) -> str:
    """How it stands in the list of a value model."""
    return _("Association %(number)s: %(range)s") % {
        "number": one.run.number,
        "range": range_text(one.found, one.run.currency),
    }


def initiatives_for(run: AssociationRun) -> list[Initiative]:
    """Initiatives whose plan measures this metric, which can take an input from it. One query."""
    rows = Initiative.objects.filter(
        organization=run.organization,
        plan__metric__key=run.metric.key,
        plan__metric__series=run.metric.series,
    )
    return list(rows.order_by("-number")[:MOST_SHOWN])


def initiatives_using(run: AssociationRun) -> list[Initiative]:
    """Initiatives whose value model takes an input from it. One query."""
    rows = Initiative.objects.filter(
        organization=run.organization, value_model__parameters__association=run.number
    )
    return list(rows.distinct().order_by("number"))


def association_runs(organization: Organization) -> list[AssociationRun]:
    """The newest first, without rows of files. One query."""
    rows = AssociationRun.objects.of(organization).select_related("metric", "requested_by__user")
    return list(rows.defer("rows")[:MOST_SHOWN])


__all__ = [
    "MOST_SHOWN",
    "Usable",
    "association_of",
    "association_runs",
    "choice_text",
    "initiatives_for",
    "initiatives_using",
    "is_usable",
    "source_text",
    "usable_associations",
]
