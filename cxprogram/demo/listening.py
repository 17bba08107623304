"""Touchpoints, metrics and two years of simulated feedback."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, batched, chain
from math import cos, pi

import numpy as np
from django.utils.text import slugify
from numpy.typing import NDArray

from customer_voice.models import MetricDefinition
from customer_voice.services import (
    Hours,
    create_calendar,
    create_standard_metrics,
    define_metric,
    record_feedback,
    recount_service_level,
    save_contact,
    set_service_level,
)
from cxprogram.demo.firms import FIRMS_OF, make_firms, name_contacts
from cxprogram.demo.people import Cast
from cxprogram.demo.returning import let_customers_return
from cxprogram.demo.truth import DRIVERS, TRUTH
from journeys.models import Touchpoint
from journeys.services import save_touchpoint

DAYS = 2 * 365
SEGMENTS = ("Home", "Small business", "Enterprise")
SEGMENT_SHARES = (0.68, 0.24, 0.08)
_SEGMENT_BOUNDS = tuple(accumulate(SEGMENT_SHARES))

# name, channel, phase, owner function, purpose
TOUCHPOINTS: tuple[tuple[str, str, str, str, str], ...] = (
    ("Online order", "web", "buy", "Online Shop", "Choose a plan and order it without help."),
    (
        "Store visit",
        "store",
        "evaluate",
        "Stores",
        "Advice, contracts and devices, face to face.",
    ),
    ("Welcome call", "phone", "onboard", "Welcome Team", "Make sure that the first week works."),
    ("Installation visit", "field", "onboard", "Installation", "A working line at the first visit."),
    ("Mobile app", "app", "use", "App Team", "See usage, change options, get help."),
    ("Monthly bill", "post", "use", "Billing", "An invoice that needs no explanation."),
    ("Service hotline", "phone", "support", "Hotline", "Solve what self-service cannot."),
    ("Chat support", "chat", "support", "Chat and Messages", "Short questions, answered in writing."),
    ("Outage information", "email", "support", "Field Operations", "Say what is broken and until when."),
    ("Contract renewal", "phone", "renew", "Renewals", "Keep customers with the right plan."),
    ("Overall relationship", "email", "use", "Marketing and Sales", "All that a customer lives through."),
    ("Repair visit", "field", "support", "Repairs", "A line that works again, at the first visit."),
    ("Moving home", "phone", "use", "Moves", "Keep the line through a move, without a day offline."),
    ("Complaint handling", "email", "support", "Complaints", "An answer that settles it, from one person."),
    (
        "Payment and reminders",
        "post",
        "use",
        "Payments",
        "Pay, or agree on when, without fear of being cut off.",
    ),
    (
        "Business consultation",
        "field",
        "evaluate",
        "Business Customers",
        "A plan that fits the firm, from one adviser.",
    ),
)
# metric, touchpoint, answers a day, mean answer, spread, slow drift over two years, season
STREAMS: tuple[tuple[str, str, float, float, float, float, float], ...] = (
    ("nps", "online-order", 5.5, 7.6, 2.3, 0.10, 0.10),
    ("nps", "store-visit", 6.0, 7.7, 2.2, 0.05, 0.12),
    ("nps", "welcome-call", 4.5, 7.9, 2.0, 0.05, 0.08),
    ("nps", "installation-visit", 9.0, 6.7, 2.6, 0.05, 0.12),
    ("nps", "mobile-app", 5.0, 7.2, 2.4, 0.35, 0.05),
    ("nps", "service-hotline", 8.0, 6.6, 2.6, 0.05, 0.12),
    ("nps", "contract-renewal", 8.0, 7.0, 2.4, -0.25, 0.08),
    ("csat_5", "chat-support", 22.0, 3.75, 1.05, 0.02, 0.02),
    ("csat_5", "outage-information", 2.0, 3.3, 1.15, 0.0, 0.10),
    ("ces_mean_7", "monthly-bill", 0.9, 4.6, 1.5, 0.0, 0.0),
    ("nps", "repair-visit", 1.6, 6.95, 2.4, 0.0, 0.10),
    ("nps", "moving-home", 1.6, 6.9, 2.4, 0.0, 0.05),
    ("nps", "complaint-handling", 1.6, 7.0, 2.4, 0.0, 0.05),
    ("nps", "payment-and-reminders", 1.6, 7.2, 2.3, 0.0, 0.05),
    ("nps", "business-consultation", 1.6, 7.9, 2.1, 0.0, 0.05),
)
ASKED_A_DAY = 1.5  # customers in the relationship survey
CHANNELS = {slugify(name): channel for name, channel, *_others in TOUCHPOINTS}
# customers of the relationship survey who are known by name
PEOPLE = (("R00001", "Ines Marchetti"), ("R00002", "Tom Adeyemi"), ("R00003", "Sofia Lind"))
WORDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "installation-visit": (
        (
            "The technician called ahead and came on time.",
            "Clean work, and he explained how the router works.",
            "Everything worked after one visit.",
        ),
        (
            "I took a day off and nobody came.",
            "A window from 8 to 18 is not an appointment.",
            "The part was missing, so a second visit was needed.",
        ),
    ),
    "service-hotline": (
        ("Friendly, and solved at the first call.", "No waiting, clear answer."),
        ("Twenty minutes in the queue, then cut off.", "I had to tell my story to four people."),
    ),
    "monthly-bill": (
        ("Short and clear.", "I like the comparison with last month."),
        ("I do not understand the line called adjustment.", "Why is the first bill twice as high?"),
    ),
    "chat-support": (
        ("Quick and to the point.", "Solved while I was on the train."),
        ("The assistant kept asking the same question.", "I wanted a person and could not get one."),
    ),
}
ANY_WORDS = (
    ("Just as it should be.", "Easier than I expected.", "Very helpful people."),
    ("Took too long.", "Nobody told me what happens next.", "The price changed without a word."),
)


def make_touchpoints(cast: Cast) -> dict[str, Touchpoint]:
    found = {}
    for name, channel, phase, owner, purpose in TOUCHPOINTS:
        touchpoint = save_touchpoint(
            by=cast["Maya"],
            name=name,
            channel=channel,
            phase=phase,
            purpose=purpose,
            owner_function=None if name == "Outage information" else cast.functions[owner],
        )
        found[touchpoint.key] = touchpoint
    return found


def make_feedback(
    cast: Cast, today: date, go_lives: dict[str, date], *, on_stored: Callable[[int], None]
) -> int:
    """Two years of answers up to yesterday; `go_lives` by touchpoint key. Returns how many.

    `on_stored` is told after each lot how many there are.
    """
    organization = cast["Maya"].organization
    keys = sorted({stream[0] for stream in STREAMS} | {"ttr", "osat"})
    metrics = {metric.key: metric for metric in create_standard_metrics(organization, keys, by=cast["Maya"])}
    first = today - timedelta(days=DAYS)
    make_firms(cast["Maya"], today)
    total = 0
    for key, items in _everything_said(metrics, first, go_lives):
        for some in batched(items, 5_000, strict=False):
            total += record_feedback(
                organization=organization, metric=metrics[key], source="demo", items=list(some)
            ).created
        on_stored(total)
    total += _tickets(cast, metrics["ttr"], first, on_stored=lambda stored: on_stored(total + stored))
    for reference, name in PEOPLE:
        values = {"name": name, "language": "en", "consent": "given"}
        save_contact(by=cast["Maya"], external_reference=reference, values=values)
    name_contacts(cast["Maya"])
    return total


def _everything_said(
    metrics: dict[str, MetricDefinition], first: date, go_lives: dict[str, date]
) -> Iterator[tuple[str, Iterable[dict[str, str]]]]:
    """Metric and answers, one stream after the other; each has randomness of its own."""
    verdicts, ratings = _relationship(np.random.default_rng([20261121, 98]), first)
    yield "osat", verdicts
    # Before the other answers of this metric: counting its scattered days looks at all that there are.
    yield "csat_5", ratings
    streams = [
        list(_answers(np.random.default_rng([20261121, number]), stream, metrics[stream[0]], first, go_lives))
        for number, stream in enumerate(STREAMS)
    ]
    let_customers_return(chain.from_iterable(streams))
    for stream, answers in zip(STREAMS, streams, strict=True):
        yield stream[0], answers
    yield "ttr", _cases(np.random.default_rng([20261121, 99]), first)


def _season(day: date, strength: float) -> float:
    """Winter is harder: strength at its worst in January."""
    return -strength * cos(2 * pi * (day.timetuple().tm_yday - 15) / 365.25)


def _wander(rng: np.random.Generator, days: int, strength: float) -> NDArray[np.float64]:
    """A level that wanders a little and returns: what happens in any organization."""
    level = np.zeros(days)
    for day in range(1, days):
        level[day] = 0.97 * level[day - 1] + rng.normal(0, strength)
    return level


def _answers(
    rng: np.random.Generator,
    stream: tuple[str, str, float, float, float, float, float],
    metric: MetricDefinition,
    first: date,
    go_lives: dict[str, date],
) -> Iterator[dict[str, str]]:
    key, touchpoint, a_day, mean, spread, drift, season = stream
    shift = next(
        (item.latent_shift for item in TRUTH if (item.touchpoint, item.metric) == (touchpoint, key)), 0.0
    )
    wander = _wander(rng, DAYS, 0.004 if touchpoint == "chat-support" else 0.022)
    number = 0
    for offset in range(DAYS):
        day = first + timedelta(days=offset)
        weekend = 0.45 if day.weekday() >= 5 else 1.15
        level = mean + drift * offset / DAYS + _season(day, season) + wander[offset]
        go_live = go_lives.get(touchpoint)
        if go_live is not None and day >= go_live:
            level += shift
        for _one in range(rng.poisson(a_day * weekend)):
            number += 1
            segment = _segment(rng)
            answer = round(rng.normal(level + (0.0, -0.15, 0.25)[segment], spread))
            score = min(max(answer, metric.scale_low), metric.scale_high)
            yield {
                "external_id": f"{key}-{touchpoint}-{number}",
                "occurred_at": _moment(rng, day).isoformat(),
                "touchpoint": touchpoint,
                "score": str(score),
                "segment": SEGMENTS[segment],
                "customer": f"C{rng.integers(100_000, 999_999)}",
                "channel": CHANNELS[touchpoint],
                "text": _words(rng, touchpoint, score, metric),
            }


def _relationship(rng: np.random.Generator, first: date) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """One customer, one survey: the overall verdict, and a rating of each touchpoint that they know."""
    verdicts: list[dict[str, str]] = []
    ratings: list[dict[str, str]] = []
    for offset in range(DAYS):
        day = first + timedelta(days=offset)
        for _one in range(rng.poisson(ASKED_A_DAY)):
            number = len(verdicts) + 1
            mood, overall = rng.normal(0, 0.55), 7.1
            same = {
                "occurred_at": _moment(rng, day).isoformat(),
                "segment": SEGMENTS[_segment(rng)],
                "customer": f"R{number:05}",
                "channel": CHANNELS["overall-relationship"],
            }
            firms = FIRMS_OF.get(same["segment"])
            same["account"] = firms[number % len(firms)] if firms else ""
            for driver in DRIVERS:
                felt = mood + rng.normal(0, 0.85)
                overall += driver.weight * felt
                if rng.random() < 0.15:
                    continue  # never been there
                ratings.append(
                    {
                        **same,
                        "external_id": f"relationship-{number}-{driver.touchpoint}",
                        "touchpoint": driver.touchpoint,
                        "score": str(min(max(round(driver.mean + felt), 1), 5)),
                    }
                )
            score = min(max(round(rng.normal(overall, 0.9)), 1), 10)
            verdicts.append(
                {
                    **same,
                    "external_id": f"relationship-{number}",
                    "touchpoint": "overall-relationship",
                    "score": str(score),
                }
            )
    return verdicts, ratings


def _cases(rng: np.random.Generator, first: date) -> Iterator[dict[str, str]]:
    """Hotline cases: most are solved within hours, some take days, the youngest are open."""
    until = datetime.combine(first + timedelta(days=DAYS), time(0), tzinfo=UTC)
    number = 0
    for offset in range(DAYS):
        day = first + timedelta(days=offset)
        for _one in range(rng.poisson(5.0)):
            number += 1
            opened = _moment(rng, day)
            hours = float(rng.lognormal(np.log(9.0 - 2.0 * offset / DAYS), 1.15))
            resolved = opened + timedelta(hours=hours)
            yield {
                "external_id": f"case-{number}",
                "occurred_at": opened.isoformat(),
                "touchpoint": "service-hotline",
                "resolved_at": resolved.isoformat() if resolved < until else "",
                "segment": SEGMENTS[_segment(rng)],
                "customer": f"C{rng.integers(100_000, 999_999)}",
                "channel": "phone",
            }


def _tickets(cast: Cast, ttr: MetricDefinition, first: date, *, on_stored: Callable[[int], None]) -> int:
    """First replies to the cases of the last half year in the business hours of the desk, their times without
    waiting for the customer, and what was promised. Returns how many.
    """
    organization = cast["Maya"].organization
    hours = Hours(
        name="Service desk",
        week=(*(((480, 1200),),) * 5, ((540, 840),), ()),
        country="DE",
        own_days=({"day": f"{first.year + 2}-12-24", "name": "Christmas Eve", "hours": [(480, 720)]},),
    )
    calendar = create_calendar(by=cast["Maya"], hours=hours)
    (replies,) = create_standard_metrics(organization, ["first_reply"], by=cast["Maya"])
    replies = define_metric(by=cast["Maya"], metric=replies, values={"calendar": calendar.key})
    for metric, limit, share in ((replies, 2, 0.8), (ttr, 24, 0.9)):
        level = set_service_level(by=cast["Maya"], metric=metric, hours=limit, wanted_share=share)
        recount_service_level(level_id=level.pk)
    rng = np.random.default_rng([20261121, 100])
    items = list(_replies(rng, _cases(np.random.default_rng([20261121, 99]), first), first))
    stored = record_feedback(
        organization=organization, metric=replies, source="demo", items=items, by=cast["Maya"]
    ).created
    (net,) = create_standard_metrics(organization, ["net_resolution"], by=cast["Maya"])
    waiting = _without_waiting(
        np.random.default_rng([20261121, 101]), _cases(np.random.default_rng([20261121, 99]), first), first
    )
    stored += record_feedback(
        organization=organization, metric=net, source="demo", items=list(waiting), by=cast["Maya"]
    ).created
    on_stored(stored)
    return stored


def _without_waiting(
    rng: np.random.Generator, cases: Iterable[dict[str, str]], first: date
) -> Iterator[dict[str, str]]:
    """Every third case of the last half year waits for its customer for a while; a few do when the data end."""
    until = datetime.combine(first + timedelta(days=DAYS), time(0), tzinfo=UTC)
    since = (until - timedelta(days=183)).date().replace(day=1)
    for case in cases:
        opened = datetime.fromisoformat(case["occurred_at"])
        begins, ends = np.sort(rng.uniform(0.2, 0.9, size=2))
        is_open = not case["resolved_at"]
        asks = rng.random() < (0.8 if is_open else 0.35)
        if opened.date() < since:
            continue
        whole = (until if is_open else datetime.fromisoformat(case["resolved_at"])) - opened
        waits = f"{(opened + whole * begins).isoformat()}/"
        waits += "" if is_open else (opened + whole * ends).isoformat()
        yield {**case, "waits": waits if asks else ""}


def _replies(
    rng: np.random.Generator, cases: Iterable[dict[str, str]], first: date
) -> Iterator[dict[str, str]]:
    """The desk answers when it is open, within the hour as a rule; the newest cases wait."""
    until = first + timedelta(days=DAYS)
    since = (until - timedelta(days=183)).replace(day=1)
    for case in cases:
        opened = datetime.fromisoformat(case["occurred_at"])
        replied = opened + timedelta(hours=float(rng.lognormal(np.log(0.7), 1.0)))
        while replied.weekday() == 6 or not 8 <= replied.hour < 20:
            replied += timedelta(hours=1)
        if opened.date() < since:
            continue
        is_there = replied < datetime.combine(until, time(0), tzinfo=UTC)
        said = {name: text for name, text in case.items() if name != "resolved_at"}
        yield {**said, "first_reply_at": replied.isoformat() if is_there else ""}


def _segment(rng: np.random.Generator) -> int:
    """As `rng.choice(3, p=SEGMENT_SHARES)` draws, in a fifth of its time."""
    return bisect_right(_SEGMENT_BOUNDS, rng.random())


def _moment(rng: np.random.Generator, day: date) -> datetime:
    return datetime.combine(day, time(int(rng.integers(7, 19)), int(rng.integers(0, 60))), tzinfo=UTC)


def _words(rng: np.random.Generator, touchpoint: str, score: int, metric: MetricDefinition) -> str:
    """One answer in nine says why."""
    if rng.random() > 0.11:
        return ""
    good, bad = WORDS.get(touchpoint, ANY_WORDS)
    middle = (metric.scale_low + metric.scale_high) / 2
    words = good if score > middle + 0.15 * metric.scale_high else bad
    return words[rng.integers(0, len(words))]
