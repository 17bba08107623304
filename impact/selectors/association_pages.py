"""The pages of associations: the list, one of them, and a file on its way."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Organization
from coalition.models import Initiative
from cxstats.association import Association
from cxstats.codec import decoded
from cxstats.design import Diagnostic, EstimandKind
from impact.choices import INPUT_OF_OUTCOME, AssociationSource, OutcomeKind
from impact.models import AssociationFile, AssociationRun
from impact.selectors.associations import (
    association_of,
    association_runs,
    initiatives_for,
    initiatives_using,
    is_usable,
)
from impact.wording.associations import (
    KNOWN,
    CheckLine,
    bare_range,
    check_line,
    headline,
    money_text,
    range_text,
    refusal_text,
    sample_text,
)
from wording.formats import reader
from wording.joining import listed


@dataclass(frozen=True, kw_only=True, slots=True)
class AssociationLine:
    """One association in the list: `state` in words where there is no figure yet, or none at all."""

    run: AssociationRun
    outcome: str
    source: str
    text: str
    sample: str
    tone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AssociationListPage:
    lines: tuple[AssociationLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class AssociationPage:
    """One association. `refusal` says why there is no figure; `sentence` answers first where there is one.

    `initiatives` can take it as an input of their value model (`kind`), `used_by` do.
    """

    run: AssociationRun
    found: Association | None
    kind: EstimandKind
    outcome: str
    source: str
    sentence: str
    refusal: str
    sample: str
    for_one: str  # the range for one unit, as a value model takes it
    money: str
    unadjusted: str
    checks: tuple[CheckLine, ...]
    facts: tuple[tuple[str, str], ...]
    is_usable: bool
    value_kind: str
    initiatives: tuple[Initiative, ...] = ()
    used_by: tuple[Initiative, ...] = ()


def association_list(organization: Organization) -> AssociationListPage:
    """Those of the organization, the newest first. One query."""
    return AssociationListPage(lines=tuple(map(_line, association_runs(organization))))


def _line(run: AssociationRun) -> AssociationLine:
    found = association_of(run)
    text, tone = str(run.get_job_state_display()), "calm"
    if found is not None:
        is_clear = is_usable(found)
        text, tone = range_text(found, run.currency), "good" if is_clear else "calm"
        if found.effect.interval.contains(0.0):
            text = _("cannot tell")
        elif not is_clear:
            tone = "warn"
    elif run.result:
        text = _("no figure")
    return AssociationLine(
        run=run,
        outcome=str(OutcomeKind(run.outcome).label),
        source=_source(run),
        text=text,
        sample=sample_text(found) if found is not None else "",
        tone=tone,
    )


def association_page(run: AssociationRun) -> AssociationPage:
    """With who can take it and who does. At most two queries."""
    page = association_told(run)
    if not page.is_usable:
        return page
    return replace(page, initiatives=tuple(initiatives_for(run)), used_by=tuple(initiatives_using(run)))


def association_told(run: AssociationRun) -> AssociationPage:
    """What was found, in words. No query; the run comes with its metric."""
    found, result = association_of(run), run.result or {}
    kind = run.metric.calculation.estimand or EstimandKind.MEAN
    usable = is_usable(found)
    return AssociationPage(
        run=run,
        found=found,
        kind=kind,
        outcome=str(OutcomeKind(run.outcome).label),
        source=_source(run),
        sentence=headline(found, metric=run.metric.name, kind=kind, currency=run.currency) if found else "",
        refusal=refusal_text(result["refusal"]) if result.get("refusal") else "",
        sample=sample_text(found) if found else "",
        for_one=bare_range(found, found.effect.interval, run.currency) if found and usable else "",
        money=money_text(found, result.get("money"), kind=kind, currency=run.currency) if found else "",
        unadjusted=_unadjusted(found, run.currency) if found else "",
        checks=tuple(_checks(found, result)),
        facts=tuple(_facts(run, result)),
        is_usable=usable,
        value_kind=str(INPUT_OF_OUTCOME[run.outcome][0]),
    )


def _source(run: AssociationRun) -> str:
    if run.source == AssociationSource.FILE:
        return _("File %(name)s") % {"name": run.filename}
    return str(AssociationSource(run.source).label)


def _unadjusted(found: Association, currency: str) -> str:
    """The range without what was known before, in the unit of `for_one`."""
    return bare_range(found, found.sensitivity[0].interval, currency) if found.sensitivity else ""


def _checks(found: Association | None, result: dict[str, Any]) -> Iterator[CheckLine]:
    if found is None:
        return
    for content in result.get("sample_checks", ()):
        yield check_line(decoded(Diagnostic, content))
    for check in found.checks:
        yield check_line(check)


def _facts(run: AssociationRun, result: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What the figure rests on, a name and its words a line."""
    form, counts = reader(), result.get("counts") or {}
    yield _("Metric"), run.metric.name
    yield _("Source"), _source(run)
    yield _("Outcomes known up to"), form.day(run.until)
    if result:
        yield (
            _("Customers"),
            _("%(all)s, of whom %(scored)s have a score")
            % {"all": form.number(result["customers"]), "scored": form.number(result["with_scores"])},
        )
    if result.get("days"):
        days = [form.day(date.fromisoformat(day)) for day in result["days"]]
        if run.outcome == OutcomeKind.STAYED:
            yield _("Customers of these days, followed for a year"), listed(days)
        else:
            yield _("Scores from and to"), listed(days)
    if result.get("known"):
        yield _("Taken into account"), listed(str(KNOWN[name]) for name in result["known"])
    if result.get("left_out"):
        yield (
            _("Left out, known of too few"),
            listed(str(KNOWN[name]) for name in result["left_out"]),
        )
    if counts.get("not_followed"):
        yield _("Scores whose year is not over"), form.number(counts["not_followed"])
    if counts.get("unknown_outcome"):
        yield _("Scores without what came after"), form.number(counts["unknown_outcome"])


@dataclass(frozen=True, kw_only=True, slots=True)
class AssociationFileView:
    """What the check of a file says, before anything is computed."""

    outcome: str
    metric: str
    facts: tuple[tuple[str, str], ...]
    not_read: tuple[str, ...]


def association_file_view(kept: AssociationFile) -> AssociationFileView:
    """No query; the file comes with its metric."""
    form, told = reader(), kept.told
    return AssociationFileView(
        outcome=str(OutcomeKind(kept.outcome).label),
        metric=kept.metric.name,
        facts=(
            (_("Rows"), form.number(told["rows"])),
            (_("Customers"), form.number(told["customers"])),
            (_("Scores"), form.number(told["scores"])),
            (_("Customers without a score"), form.number(told["without_score"])),
            (_("Customers who left"), form.number(told["left"])),
            (_("Outcomes known up to"), form.day(kept.until)),
            (_("Columns read"), listed(told["read"])),
        ),
        not_read=tuple(told["not_read"]),
    )
