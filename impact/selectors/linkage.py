"""Do functions whose employees lack something have touchpoints that disappoint? Reads both sides' selectors.

A description of functions: what goes with what. It is stored nowhere, and no study, value or return reads it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.utils.translation import gettext as _

from accounts.models import Organization
from customer_voice.choices import SMALL_N
from customer_voice.models import MetricDefinition
from customer_voice.selectors import Figure, estimand_of, figures_of_groups, named
from cxstats.codec import digest_of, seed_of
from cxstats.design import EstimandKind
from cxstats.errors import NotEstimable, Reason
from cxstats.linkage import Association, LaggedAssociation, associate, lagged_panel, smallest_association
from cxstats.multiplicity import holm
from employee_voice.selectors import ScoredFunction, ScoredWave, scored_waves
from impact.selectors.linked_metrics import asked_metric, first_shown, linkable_metrics, token_of
from journeys.models import Touchpoint
from wording import intervals
from wording.figures import amount_text, range_text, value_text
from wording.formats import Reader, reader

LEAST_UNITS = 10
LEAST_WAVES = 3
LEVEL = 0.95
WINDOW_DAYS = 91
"""Customers' answers of a quarter, up to the last day of the wave."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkedUnit:
    """One function that owns touchpoints. `why`: it is left out, and why; else both figures are there."""

    name: str
    driver: float | None = None
    customer: float | None = None
    answers: int = 0
    touchpoints: int = 0
    driver_text: str = ""
    customer_text: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DriverLink:
    """How one driver goes with the metric; `stands_out` after correction for all drivers that were tried."""

    key: str
    name: str
    units: int
    found: Association | None = None
    refusal: str = ""
    text: str = ""
    range: str = ""
    chance: str = ""
    stands_out: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkagePage:
    """`refusal` says why there is no association at all; `later_refusal` why there is no lagged one."""

    wave: ScoredWave | None
    metrics: tuple[MetricDefinition, ...]
    metric: MetricDefinition | None
    kind: EstimandKind | None
    driver: DriverLink | None  # of the chart and the table of functions
    drivers: tuple[DriverLink, ...]
    units: tuple[LinkedUnit, ...]
    sentence: str = ""
    refusal: str = ""
    smallest: float | None = None
    smallest_text: str = ""
    first_day: date | None = None
    later: LaggedAssociation | None = None
    later_text: str = ""
    later_refusal: str = ""

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """What each metric is asked for by, and its name. Series of one metric have names of their own."""
        return tuple((token_of(metric, self.metrics), named(metric)) for metric in self.metrics)

    @property
    def chosen(self) -> str:
        return token_of(self.metric, self.metrics) if self.metric else ""

    @property
    def metric_name(self) -> str:
        return named(self.metric) if self.metric else ""

    @property
    def metric_keys(self) -> tuple[str, ...]:
        return tuple(token for token, _name in self.choices)

    @property
    def used(self) -> tuple[LinkedUnit, ...]:
        return tuple(unit for unit in self.units if not unit.why)


def linkage_page(organization: Organization, *, metric_key: str = "", driver_key: str = "") -> LinkagePage:
    """The functions of the survey published last, beside one metric. Five queries, and two for each wave."""
    waves = scored_waves(organization)
    metrics = linkable_metrics(organization)
    metric = asked_metric(metrics, metric_key) or first_shown(metrics)
    if not waves or metric is None:
        nothing = _("No employee survey has been published yet.") if metrics else _("There is no metric yet.")
        return _empty(waves[-1] if waves else None, metrics, metric, nothing)
    owned = _owned(organization)
    sides = [
        _Side(
            wave,
            figures_of_groups(
                organization,
                metric,
                owned,
                start=wave.closes_on - timedelta(days=WINDOW_DAYS - 1),
                end=wave.closes_on + timedelta(days=1),
            ),
            owned,
        )
        for wave in waves
    ]
    last, form = sides[-1], reader()
    links = _links(form, last, metric)
    chosen = _chosen(links, driver_key)
    kind = estimand_of(metric)
    told = [link for link in links if link.found is not None]
    most = max((link.units for link in links), default=0)
    smallest = smallest_of_all(told)
    later, later_refusal = _later(form, sides, chosen)
    return LinkagePage(
        wave=last.wave,
        metrics=metrics,
        metric=metric,
        kind=kind,
        driver=chosen,
        drivers=links,
        units=tuple(last.rows(form, kind, chosen.key if chosen else "")),
        sentence=_sentence(form, metric, links, smallest) if told else "",
        refusal="" if told else _too_few(form, most),
        smallest=smallest,
        smallest_text=form.number(smallest, 2) if smallest is not None else "",
        first_day=last.wave.closes_on - timedelta(days=WINDOW_DAYS - 1),
        later=later,
        later_text=_later_text(form, later, metric, chosen, kind) if later and chosen else "",
        later_refusal=later_refusal,
    )


def _empty(
    wave: ScoredWave | None,
    metrics: tuple[MetricDefinition, ...],
    metric: MetricDefinition | None,
    refusal: str,
) -> LinkagePage:
    return LinkagePage(
        wave=wave,
        metrics=metrics,
        metric=metric,
        kind=None,
        driver=None,
        drivers=(),
        units=(),
        refusal=refusal,
    )


def _owned(organization: Organization) -> dict[int, set[int]]:
    """Touchpoints by the function that owns them. One query."""
    rows = Touchpoint.objects.of(organization).filter(is_archived=False).exclude(owner_function=None)
    owned: dict[int, set[int]] = {}
    for touchpoint, function in rows.values_list("pk", "owner_function"):
        owned.setdefault(function, set()).add(touchpoint)
    return owned


class _Side:
    """One wave beside what customers said."""

    def __init__(
        self, wave: ScoredWave, customers: Mapping[int, Figure], owned: Mapping[int, set[int]]
    ) -> None:
        self.wave, self.customers, self.owned = wave, customers, owned
        there = {one.function: one for one in wave.functions}
        self.owners = [one for one in wave.functions if one.function in owned]
        self.larger = set[int]()  # a part of these owns touchpoints itself: their employees would count twice
        for owner in self.owners:
            above = owner.parent
            while above in there and above not in self.larger:
                self.larger.add(above)
                above = there[above].parent

    def score(self, one: ScoredFunction) -> float | None:
        figure = self.customers.get(one.function)
        return None if figure is None or figure.n < SMALL_N else figure.value

    def pairs(self, driver: str) -> dict[int, tuple[float, float]]:
        """Score of the driver and of the customers, by function, where both are there."""
        found = dict[int, tuple[float, float]]()
        for one in self.owners:
            x, y = one.scores.get(driver), self.score(one)
            if one.function not in self.larger and x is not None and y is not None:
                found[one.function] = (x, y)
        return found

    def rows(self, form: Reader, kind: EstimandKind, driver: str) -> list[LinkedUnit]:
        rows = []
        for one in sorted(self.owners, key=lambda owner: owner.name.casefold()):
            figure, score, own = self.customers.get(one.function), self.score(one), one.scores.get(driver)
            why = self._why(one, own, score)
            rows.append(
                LinkedUnit(
                    name=one.name,
                    driver=own,
                    customer=score,
                    answers=figure.n if figure else 0,
                    touchpoints=len(self.owned[one.function]),
                    driver_text=form.number(own, 1) if own is not None else "–",
                    customer_text=value_text(form, kind, score),
                    why=why,
                )
            )
        return rows

    def _why(self, one: ScoredFunction, own: float | None, score: float | None) -> str:
        if one.function in self.larger:
            return _("Its parts own touchpoints themselves and stand here instead.")
        if own is None:
            return one.why or _("This driver is hidden, or told in steps only.")
        if score is None:
            return _("Fewer than %(least)s answers of customers in these months.") % {"least": SMALL_N}
        return ""


def _links(form: Reader, side: _Side, metric: MetricDefinition) -> tuple[DriverLink, ...]:
    """One for each driver. What stands out is decided for all of them together."""
    links = []
    for key, name in side.wave.drivers.items():
        pairs = side.pairs(key)
        rng = np.random.default_rng(seed_of(digest_of([side.wave.pk, metric.key, key], version=1)))
        try:
            found = associate(
                x=[x for x, _y in pairs.values()],
                y=[y for _x, y in pairs.values()],
                rng=rng,
                minimum_units=LEAST_UNITS,
            )
        except NotEstimable as refusal:
            text = _refused(form, refusal.reason, len(pairs))
            links.append(DriverLink(key=key, name=name, units=len(pairs), refusal=text))
            continue
        links.append(_told(form, key, name, found))
    tried = [link.found.p_value for link in links if link.found is not None]
    outs = iter(holm(p_values=tried).found) if tried else iter(())
    return tuple(
        DriverLink(
            key=link.key,
            name=link.name,
            units=link.units,
            found=link.found,
            refusal=link.refusal,
            text=link.text,
            range=link.range,
            chance=link.chance,
            stands_out=link.found is not None and bool(next(outs)),
        )
        for link in links
    )


def _told(form: Reader, key: str, name: str, found: Association) -> DriverLink:
    estimate, p_value = found.estimate, found.p_value
    low = form.percent(0.001, 1)
    return DriverLink(
        key=key,
        name=name,
        units=estimate.n or 0,
        found=found,
        text=form.signed(estimate.value, 2),
        range=intervals.of_change(form, estimate.interval.low, estimate.interval.high, 2),
        chance=_("below %(share)s") % {"share": low} if p_value < 0.001 else form.percent(p_value, 1),
    )


def _refused(form: Reader, reason: Reason, found: int) -> str:
    if reason is Reason.TOO_FEW_UNITS:
        return _too_few(form, found)
    return _("All functions have the same score, so nothing can go with it.")


def _too_few(form: Reader, found: int) -> str:
    return _("Functions with both figures: %(found)s. At least %(needed)s are needed.") % {
        "needed": form.number(LEAST_UNITS),
        "found": form.number(found),
    }


def _chosen(links: Sequence[DriverLink], key: str) -> DriverLink | None:
    """The driver that was asked for, else the one that the page's sentence names, or what comes nearest."""
    wanted = next((link for link in links if link.key == key), None)
    told = [link for link in links if link.found is not None]
    return wanted or max(told, key=_strength, default=links[0] if links else None)


def smallest_of_all(told: Sequence[DriverLink]) -> float | None:
    """What would probably have been seen of any driver, also of the one with the fewest functions, once all
    that were tried are held together as `stands_out` holds them."""
    if not told:
        return None
    return smallest_association(units=_fewest(told), level=1 - (1 - LEVEL) / len(told))


def _fewest(told: Sequence[DriverLink]) -> int:
    return min(link.units for link in told)


def _strength(link: DriverLink) -> tuple[bool, float]:
    return link.stands_out, abs(link.found.estimate.value) if link.found else 0.0


def _sentence(
    form: Reader, metric: MetricDefinition, links: Sequence[DriverLink], smallest: float | None
) -> str:
    out = [link for link in links if link.stands_out]
    if not out:
        text = _(
            "No driver is clearly associated with %(metric)s. With %(units)s functions, only associations of "
            "about %(smallest)s or stronger would probably have been seen."
        )
        fewest = _fewest([link for link in links if link.found is not None])
        values = {"metric": metric.name, "units": form.number(fewest)}
        return text % {**values, "smallest": form.number(smallest or 0.0, 2)}
    best = max(out, key=_strength)
    if best.found is not None and best.found.estimate.value > 0:
        text = _(
            "Where employees rate “%(driver)s” higher, %(metric)s at their touchpoints is higher: rank "
            "correlation %(value)s (%(range)s), %(units)s functions."
        )
    else:
        text = _(
            "Where employees rate “%(driver)s” higher, %(metric)s at their touchpoints is lower: rank "
            "correlation %(value)s (%(range)s), %(units)s functions."
        )
    return text % {
        "driver": best.name,
        "metric": metric.name,
        "value": best.text,
        "range": best.range,
        "units": form.number(best.units),
    }


def _later(
    form: Reader, sides: Sequence[_Side], chosen: DriverLink | None
) -> tuple[LaggedAssociation | None, str]:
    """Whether a function's driver in one wave goes with its customers' score in the next."""
    if chosen is None or len(sides) < LEAST_WAVES:
        return None, _("From three published waves on; there are %(found)s.") % {
            "found": form.number(len(sides))
        }
    rows = [
        (function, number, x, y)
        for number, side in enumerate(sides, start=1)
        for function, (x, y) in side.pairs(chosen.key).items()
    ]
    try:
        found = lagged_panel(
            units=[row[0] for row in rows],
            waves=[row[1] for row in rows],
            x=[row[2] for row in rows],
            y=[row[3] for row in rows],
            minimum_units=LEAST_UNITS,
            minimum_waves=LEAST_WAVES,
        )
    except NotEstimable as refusal:
        if refusal.reason is Reason.NO_VARIATION:
            return None, _("The scores of the functions did not move apart from each other.")
        return None, _("At least %(needed)s functions need both figures in three waves and more.") % {
            "needed": form.number(LEAST_UNITS)
        }
    return found, ""


def _later_text(
    form: Reader,
    later: LaggedAssociation,
    metric: MetricDefinition,
    driver: DriverLink,
    kind: EstimandKind,
) -> str:
    slope = later.slope
    values = {
        "driver": driver.name,
        "metric": metric.name,
        "slope": amount_text(form, kind, slope.value, signed=True),
        "range": range_text(form, kind, slope.interval.low, slope.interval.high, signed=True),
        "units": form.number(slope.n or 0),
        "waves": form.number(later.waves + 1),
    }
    if slope.interval.low <= 0 <= slope.interval.high:
        text = _(
            "Whether a function's “%(driver)s” is associated with its %(metric)s one wave later "
            "cannot be told: %(slope)s for each step of the scale (%(range)s), %(units)s functions, "
            "%(waves)s waves."
        )
    else:
        text = _(
            "When a function's “%(driver)s” rises by one step, its %(metric)s one wave later differs by "
            "%(slope)s (%(range)s), beyond what all functions did; %(units)s functions, %(waves)s waves."
        )
    return text % values
