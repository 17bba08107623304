"""How customers go on from step to step of a map: shares with their ranges, the time between, or why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import Membership
from common.charting import chart_locale, on_page
from customer_voice.choices import SMALL_N, Followed
from customer_voice.models import CustomerAccount
from customer_voice.selectors import Visits, visits
from cxcharts.chart import Chart
from cxcharts.flow import FlowShare, FlowStep, FlowWords, flow
from cxcharts.labels import labels_for
from cxcharts.locale import locale_for
from cxcharts.render import PageChart
from cxstats.errors import NotEstimable, Reason
from cxstats.results import Estimate
from cxstats.transitions import Outcome, Transition, transition
from journeys.choices import Channel
from journeys.maps.models import JourneyMap
from journeys.maps.selectors import MapView, map_view
from journeys.models import Touchpoint
from overview.selectors.maps.stations import Followed as Watched
from overview.selectors.maps.stations import Station, follow, stations_of
from wording.formats import reader
from wording.intervals import from_to
from wording.joining import bracketed, listed, sentences

ENTRY_DAYS = 365  # customers who came to a step in the last year, by default
WINDOW_DAYS = 90
WINDOWS = (30, 60, 90, 180, 365)
TURNED_SHOWN = 3
LEAST_REACH = 0.01  # of those who came to a step must have been heard at a later one


@dataclass(frozen=True, kw_only=True, slots=True)
class FlowCut:
    """Whose way is followed, and for how many days. Of those who came to a step in [start, end)."""

    window: int = WINDOW_DAYS
    followed: Followed = Followed.PEOPLE
    segment: str | None = None
    account: CustomerAccount | None = None
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A figure and its range as text."""

    value: str
    range: str

    def __str__(self) -> str:
        return bracketed(self.value, self.range)


@dataclass(frozen=True, kw_only=True, slots=True)
class FlowLine:
    """One station of the map as text. `found` is None where nothing is told, and `note` then says why."""

    station: Station
    name: str
    n: int
    found: Transition | None
    note: str
    on: Said | None
    aside: Said | None
    out: Said | None
    time: Said | None
    aside_to: str

    @property
    def is_hidden(self) -> bool:
        """So few that not even their number is told."""
        return 0 < self.n < SMALL_N

    @property
    def customers(self) -> str:
        form = reader()
        return (
            _("fewer than %(number)s") % {"number": form.number(SMALL_N)}
            if self.is_hidden
            else form.number(self.n)
        )

    @property
    def unknown(self) -> str:
        """How many of them may still go on."""
        if self.found is None or not self.found.unknown:
            return ""
        return _("%(number)s not known yet") % {"number": reader().number(self.found.unknown)}


@dataclass(frozen=True, kw_only=True, slots=True)
class MapFlow:
    """`sentence` is the answer or the refusal; `notes` say what the figures rest on."""

    map: JourneyMap
    view: MapView
    cut: FlowCut
    sentence: str
    lines: tuple[FlowLine, ...]
    drawing: Chart | None
    notes: tuple[str, ...]

    @property
    def chart(self) -> PageChart | None:
        return on_page(self.drawing, "flow")


def map_flow(member: Membership, row: JourneyMap, cut: FlowCut | None = None) -> MapFlow:
    """Eight queries, whatever the number of steps and answers; at most `MOST_ANSWERS` answers are read."""
    cut = cut or FlowCut()
    view = map_view(row)
    stations = stations_of(view.steps)
    organization = member.organization
    if len(stations) < 2:
        return _nothing(
            row, view, cut, _("Customers can be followed between steps with different touchpoints.")
        )
    now = organization.clock.now()
    start = cut.start or now - timedelta(days=ENTRY_DAYS)
    heard = visits(
        organization,
        start=start,
        end=now,
        followed=cut.followed,
        segment=cut.segment,
        account=cut.account,
    )
    places = {one.pk: one for one in Touchpoint.objects.of(organization)}
    channels = {pk: one.channel for pk, one in places.items()}
    before = np.inf if cut.end is None else cut.end.timestamp() / 86_400
    watched = [follow(station, heard, channels, before=before) for station in stations]
    reach = _reach(stations, heard, cut)
    gone_on = sum(int(np.sum(one.outcomes == Outcome.ON)) for one in watched)
    if gone_on < max(SMALL_N, LEAST_REACH * sum(one.times.size for one in watched)):
        return _nothing(row, view, cut, sentences([_unreachable(cut), reach]))
    lines = tuple(_line(station, one, places, cut) for station, one in zip(stations, watched, strict=True))
    return MapFlow(
        map=row,
        view=view,
        cut=cut,
        sentence=_sentence(lines, cut),
        lines=lines,
        drawing=_drawing(lines, cut, start),
        notes=tuple(_notes(view, heard, reach, cut)),
    )


def _nothing(row: JourneyMap, view: MapView, cut: FlowCut, sentence: str) -> MapFlow:
    return MapFlow(map=row, view=view, cut=cut, sentence=sentence, lines=(), drawing=None, notes=())


def _line(station: Station, one: Watched, places: Mapping[int, Touchpoint], cut: FlowCut) -> FlowLine:
    n = int(one.times.size) if station.later else one.came
    found, note = None, ""
    if not station.later:
        note = _("The last step that can be followed")
    else:
        try:
            found = transition(times=one.times, outcomes=one.outcomes, window=cut.window, least=SMALL_N)
        except NotEstimable as refused:
            note = _refusal(refused, n)
    numbers = ", ".join(str(step.step.number) for step in station.steps)
    names = listed(touchpoint.name for touchpoint in station.touchpoints)
    return FlowLine(
        station=station,
        name=f"{numbers} {names}",
        n=n,
        found=found,
        note=note,
        on=_share(found.on) if found else None,
        aside=_share(found.aside) if found else None,
        out=_share(found.out) if found else None,
        time=_time(found) if found else None,
        aside_to=_turned_to(one, places) if found else "",
    )


def _refusal(refused: NotEstimable, n: int) -> str:
    if refused.reason == Reason.NOT_FOLLOWED:
        return _("Not known yet: the window of too few customers is over")
    if refused.reason == Reason.TOO_FEW_ANSWERS and n:
        return _("Too few customers to show")
    return _("No known customer was heard here")


def _share(one: Estimate) -> Said:
    """As the chart writes it: of what is there but rounds to nothing it says "<1%"."""
    form = locale_for(chart_locale())
    value, low, high = (
        form.share(share, is_never_zero=True) for share in (one.value, one.interval.low, one.interval.high)
    )
    return Said(value=value, range=from_to(low, high))


def _time(found: Transition) -> Said | None:
    """Half of those who go on do so within this time; all in hours, or all in days."""
    time = found.time
    if time is None:
        return None
    in_hours = time.median < 2
    low = _duration(time.low, in_hours=in_hours)
    if time.high is None:
        span = _("at least %(time)s") % {"time": low}
    else:
        span = from_to(_number(time.low, in_hours=in_hours), _duration(time.high, in_hours=in_hours))
    return Said(value=_duration(time.median, in_hours=in_hours), range=span)


def _number(days: float, *, in_hours: bool) -> str:
    size = days * 24 if in_hours else days
    return reader().number(size, 0 if round(size, 1) >= 10 else 1)


def _duration(days: float, *, in_hours: bool) -> str:
    words = {"number": _number(days, in_hours=in_hours)}
    if in_hours:
        return ngettext("%(number)s hour", "%(number)s hours", 2) % words
    return ngettext("%(number)s day", "%(number)s days", 2) % words


def _turned_to(one: Watched, places: Mapping[int, Touchpoint]) -> str:
    """Channels to which at least five customers turned, the most first."""
    found: dict[str, int] = {}
    for pk, number in one.aside.items():
        channel = str(Channel(places[pk].channel).label)
        found[channel] = found.get(channel, 0) + number
    named = sorted((name for name in found if found[name] >= SMALL_N), key=lambda name: (-found[name], name))
    return listed(bracketed(name, reader().number(found[name])) for name in named[:TURNED_SHOWN])


def _sentence(lines: Sequence[FlowLine], cut: FlowCut) -> str:
    """After which step most are not heard again; whether that step is clearly the worst is said with it."""
    told = [(line, line.found) for line in lines if line.found is not None]
    if not told:
        return _("Customers were heard at several steps, but it is too early to say what share goes on.")
    told.sort(key=lambda pair: -pair[1].out.value)
    first, found = told[0]
    words = {"step": first.name, "share": first.out, "days": reader().number(cut.window)}
    said = _("After “%(step)s”, %(share)s of the customers are not heard again within %(days)s days.") % words
    if len(told) == 1:
        return said
    is_clear = all(found.out.interval.low > other.out.interval.high for _line, other in told[1:])
    more = (
        _("That is clearly more than after any other step.") if is_clear else _("No single step stands out.")
    )
    return sentences([said, more])


def _unreachable(cut: FlowCut) -> str:
    if cut.followed == Followed.ACCOUNTS:
        return _("The answers do not say how customer accounts go on: hardly any was heard at two steps.")
    return _("The answers do not say how customers go on: hardly any was heard at two steps.")


def _reach(stations: Sequence[Station], heard: Visits, cut: FlowCut) -> str:
    """How many of the answers at the map's touchpoints name a customer."""
    places = {pk for station in stations for pk in station.own}
    counts = [heard.heard[pk] for pk in places if pk in heard.heard]
    answers, known = sum(one.answers for one in counts), sum(one.known for one in counts)
    if not answers:
        return _("There are no answers at the touchpoints of this map in this time.")
    form = reader()
    words = {"share": form.percent(known / answers), "n": form.number(answers)}
    if cut.followed == Followed.ACCOUNTS:
        return _("%(share)s of %(n)s answers at its touchpoints name a customer account.") % words
    return _("%(share)s of %(n)s answers at its touchpoints name a customer.") % words


def _notes(view: MapView, heard: Visits, reach: str, cut: FlowCut) -> list[str]:
    form = reader()
    unseen = [step.step.name for step in view.steps if not step.touchpoints]
    found = [
        reach,
        _("Who is not heard again may have gone on without answering: shares that go on are lower limits."),
        _("Customers whose %(days)s days are not over yet count as not known yet, never as lost.")
        % {"days": form.number(cut.window)},
    ]
    if heard.every > 1:
        found.append(
            _("To answer in time, the answers of one customer in %(number)s are read.")
            % {"number": form.number(heard.every)}
        )
    if heard.together:
        found.append(
            ngettext(
                "%(number)s time is left out at which a customer spoke of several touchpoints at once.",
                "%(number)s times are left out at which a customer spoke of several touchpoints at once.",
                heard.together,
            )
            % {"number": form.number(heard.together)}
        )
    if unseen:
        found.append(_("Steps without a touchpoint are not seen: %(steps)s.") % {"steps": listed(unseen[:6])})
    return found


def _drawing(lines: Sequence[FlowLine], cut: FlowCut, start: datetime) -> Chart | None:
    if not any(line.found for line in lines):
        return None
    words = {"days": reader().number(cut.window), "day": reader().day(start.date())}
    return flow(
        title=_("How customers go on from step to step"),
        subtitle=_("First heard next within %(days)s days; customers who came since %(day)s") % words,
        steps=[_drawn(line) for line in lines],
        words=FlowWords(
            step=_("Step"),
            customers=_("Customers"),
            on=_("go on to a later step"),
            aside=_("turn to another channel"),
            out=_("not heard again"),
            time=_("half of them within"),
            aside_to=_("turn to"),
        ),
        labels=labels_for(get_language() or "en"),
        locale=chart_locale(),
    )


def _drawn(line: FlowLine) -> FlowStep:
    def drawn(one: Estimate | None) -> FlowShare | None:
        return (
            None if one is None else FlowShare(value=one.value, low=one.interval.low, high=one.interval.high)
        )

    found = line.found
    return FlowStep(
        name=line.name,
        n=None if line.is_hidden else line.n,
        few=line.customers if line.is_hidden else "",
        on=drawn(found.on if found else None),
        aside=drawn(found.aside if found else None),
        out=drawn(found.out if found else None),
        time=str(line.time or ""),
        aside_to=line.aside_to,
        note=line.note,
    )
