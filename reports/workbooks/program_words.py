"""What the first sheet of the program's workbook says."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from cxstats.program import ProgramReturn
from impact.selectors import ProgramView
from reports.workbooks.money import Appraised
from reports.workbooks.roi import ranges_said
from reports.workbooks.summary import Figure, Notes
from wording.formats import reader
from wording.joining import listed


def figures_of(shown: ProgramView, found: ProgramReturn, worth: Appraised) -> Iterator[Figure]:
    """Net value, return and payback only where the ledger has no gap, as the product tells them."""
    net, roi = found.net_present_value, found.roi
    if shown.net is None:
        yield Figure(label=_("Net present value"), printed="–", stored=None, cell=None, why=shown.gap)
    else:
        yield Figure(
            label=_("Expected net present value"),
            printed=shown.net.text,
            stored=net.mean,
            cell=worth.net,
            ends=(net.p5, net.p95),
        )
    for label, money, span, cell in (
        (_("Benefits, present value"), shown.benefits, found.benefits, worth.benefits),
        (_("Costs, present value"), shown.costs, found.costs, worth.costs),
    ):
        yield Figure(
            label=label,
            printed=money.text if money else "–",
            stored=span.mean,
            cell=cell,
            ends=(span.p5, span.p95),
        )
    if shown.net is None:
        return
    yield Figure(
        label=_("Return on investment"),
        printed=shown.roi,
        stored=roi.mean if roi else None,
        cell=worth.roi if roi else None,
        ends=(roi.p5, roi.p95) if roi else None,
        style="percent",
    )
    low, high = found.payback_p5.value, found.payback_p95.value
    yield Figure(
        label=_("Pays for itself after, years"),
        printed=shown.payback,
        stored=found.payback_p50.value,
        cell=worth.payback,
        ends=None if low is None or high is None else (low, high),
        style="years",
        why=_(
            "Printed is the middle of the draws, each with its own payback; the formula takes the expected "
            "cash flow. No formula gives the first, so both stand here."
        ),
    )


def notes_of(content: dict[str, Any], shown: ProgramView, found: ProgramReturn) -> Iterator[Notes]:
    case = shown.case
    for text in (shown.gap, *shown.cautions):
        if text:
            yield Notes(label=_("Please note"), text=text)
    yield Notes(label=_("Organization"), text=content["organization"]["name"])
    if content["organization"]["is_simulated"]:
        yield Notes(label="", text=_("Simulated data"))
    for part in shown.parts:
        text = _("%(amount)s (%(range)s): %(meaning)s. %(initiatives)s")
        yield Notes(
            label=part.name,
            text=text
            % {
                "amount": part.benefits.text,
                "range": part.benefits.range,
                "meaning": part.meaning,
                "initiatives": listed(part.initiatives),
            },
        )
    for row in shown.overlaps:
        yield Notes(label=_("Overlap"), text=row.text)
    if shown.chance_of_loss:
        yield Notes(label=_("Chance of a loss"), text=shown.chance_of_loss)
    yield Notes(
        label=_("Method"),
        text=_(
            "All effects are read together: what overlaps is counted once, and what chance explains is taken "
            "out of the largest findings and given to the others. Money is computed from there."
        ),
    )
    yield Notes(
        label=_("Computed"),
        text=_("Return %(number)s, computed on %(day)s")
        % {"number": case.number, "day": reader().day(case.finished_at)},
    )
    yield Notes(label=_("Digest of its inputs"), text=case.input_digest)
    yield Notes(label=_("Engine"), text=f"cxstats {case.engine_version}")
    yield Notes(label=_("How ranges were made"), text=ranges_said(found.draws))
    yield Notes(
        label=_("What the draws add"),
        text=_(
            "The product takes the mean of its draws, which chance moves a little. The rows “what the draws "
            "add” hold the difference from the formulas, so that the sums are those that it prints."
        ),
    )
    address = settings.SITE_URL + reverse("impact:program", args=[content["organization"]["slug"]])
    yield Notes(label=_("Page"), text=address, is_link=True)
