"""Three waves of the employee survey: two published, one open. People who work shifts answer on printed slips.

What employees think is drawn from a fixed seed. Who gives which answer is drawn by true chance and kept nowhere, so
that nobody can work it out from the seed either.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from secrets import SystemRandom
from typing import Any
from unittest import mock

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from accounts.models import Letter
from accounts.services import FunctionPlace, forget_letters, save_function
from cxprogram.demo.clock import on_day
from cxprogram.demo.people import DOMAIN, Cast
from cxprogram.demo.respondents import address_in, answer, link_of
from employee_voice import selectors, services
from employee_voice.access import group_for, wave_with_comments_for
from employee_voice.choices import ActionState, CommentState, Rhythm
from employee_voice.credentials import blind
from employee_voice.importers import ListedPerson
from employee_voice.results import EVERYBODY
from employee_voice.scope import WaveTree
from employee_voice.services.waves import months_later

FRESH = "Aisha"
OPENED_BEFORE, CLOSES_IN, OPEN_DAYS = 11, 3, 14  # days; of the open wave, and how long each is open
MEANS = {
    "tools": 3.6, "authority": 3.4, "strategy": 3.4, "sight": 3.7, "recognition": 3.5, "workload": 3.4,
    "together": 3.2,
}  # fmt: skip
PARTS_OF_ENGAGEMENT = {"tools": 0.35, "authority": 0.25, "recognition": 0.3, "workload": 0.2}
ITEMS = {
    "tools": ("have", "information", "detours-"),
    "authority": ("solve", "exception", "elsewhere-"),
    "strategy": ("sentence", "goals", "changing-"),
    "sight": ("effect", "feedback", "neighbors"),
    "recognition": ("noticed", "month", "mistakes-"),
    "workload": ("time", "manager", "tired-"),
    "together": ("help", "owner", "repeat-"),
    "engagement": ("proud", "stay", "energy"),
}  # a hyphen at the end: worded in reverse
CHANGES = ("better", "unchanged", "worse", "both")


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """A function as the survey meets it. `answers` of the three waves; those of e-mail and slips do not mix.

    `leaning` is added to the means of the drivers, `gains` from the second wave on.
    """

    name: str
    answers: tuple[int, int, int]
    addresses: int = 0
    slips: int = 0
    part_of: str = ""
    head: str = ""
    leaning: Mapping[str, float] = field(default_factory=dict)
    gains: Mapping[str, float] = field(default_factory=dict)
    words: tuple[str, ...] = ()


UNITS = (
    Unit(name="Customer Service", head="Tomas", addresses=8, answers=(8, 8, 6), leaning={"strategy": 0.3}),
    Unit(
        name="Hotline",
        part_of="Customer Service",
        slips=42,
        answers=(30, 36, 27),
        leaning={"authority": -0.9, "tools": -0.5, "workload": -0.4},
        gains={"authority": 1.3},
        words=(
            "Let us waive small amounts without asking. The customer waits on the line while we do.",
            "Callers have told the chat everything already, and we cannot see it.",
            "The new limit helps: I solve most calls myself now.",
        ),
    ),
    Unit(
        name="Chat and Messages",
        part_of="Customer Service",
        slips=18,
        answers=(12, 17, 12),
        leaning={"tools": 0.2},
        words=(
            "Show us what the assistant has asked before it hands over.",
            "Answers that I can adapt, not only send.",
        ),
    ),
    Unit(
        name="Digital",
        head="Ines",
        addresses=20,
        answers=(14, 14, 12),
        leaning={"tools": 0.6, "sight": -0.4},
        words=("We rarely hear what customers say about the app after a release.",),
    ),
    Unit(
        name="Field Operations",
        head="Rahul",
        addresses=9,
        answers=(9, 9, 6),
        leaning={"tools": -0.5, "together": -0.3},
        words=("Dispatch sees the delay an hour before the customer hears of it.",),
    ),
    Unit(
        name="Installation",
        part_of="Field Operations",
        slips=40,
        answers=(26, 32, 25),
        leaning={"tools": -1.3, "together": -0.6, "sight": 0.2},
        words=(
            "Three apps for one visit, and none of them knows which parts are in the van.",
            "I learn at the door that somebody was here last week.",
            "Give us the customer's number so that we can call ahead.",
            "The planner Karl never answers, and then the visit is lost.",
            "The tablet loses the form when there is no network in the cellar.",
        ),
    ),
    Unit(
        name="Billing",
        head="Sophie",
        addresses=12,
        answers=(9, 9, 8),
        leaning={"sight": -0.5, "together": -0.4},
        words=("We explain the same line of the bill every day and may not change it.",),
    ),
    Unit(name="Marketing and Sales", head="Maya", addresses=8, answers=(8, 8, 5), leaning={"strategy": 0.8}),
    Unit(
        name="Stores",
        part_of="Marketing and Sales",
        slips=26,
        answers=(16, 21, 17),
        leaning={"recognition": 0.5, "strategy": -0.4, "tools": 0.3},
        words=(
            "Customers come with a price from the website that our system does not show.",
            "Customers thank us in person. That keeps me here.",
        ),
    ),
    Unit(name="Finance", head="Henrik", addresses=8, answers=(6, 7, 5), leaning={"sight": -0.5}),
    # Teams that own one touchpoint each. What they lack in tools, their customers feel.
    Unit(
        name="Welcome Team",
        part_of="Customer Service",
        slips=24,
        answers=(15, 20, 15),
        leaning={"tools": 0.5, "recognition": 0.3},
    ),
    Unit(
        name="Moves",
        part_of="Customer Service",
        slips=20,
        answers=(13, 18, 13),
        leaning={"tools": -0.7, "together": -0.4},
    ),
    Unit(
        name="Complaints",
        part_of="Customer Service",
        addresses=20,
        answers=(14, 14, 13),
        leaning={"authority": -0.4, "tools": -0.4, "workload": -0.5},
    ),
    Unit(name="Online Shop", part_of="Digital", addresses=20, answers=(14, 14, 13), leaning={"tools": 0.7}),
    Unit(
        name="App Team",
        part_of="Digital",
        addresses=20,
        answers=(14, 14, 13),
        leaning={"sight": -0.2, "tools": 0.4},
    ),
    Unit(
        name="Repairs",
        part_of="Field Operations",
        slips=30,
        answers=(18, 24, 19),
        leaning={"tools": -0.9, "workload": -0.3},
    ),
    Unit(name="Payments", part_of="Billing", slips=22, answers=(14, 19, 14), leaning={"tools": -0.2}),
    Unit(
        name="Renewals",
        part_of="Marketing and Sales",
        slips=24,
        answers=(16, 21, 15),
        leaning={"authority": 0.2, "tools": -0.5},
    ),
    Unit(
        name="Business Customers",
        part_of="Marketing and Sales",
        addresses=20,
        answers=(14, 14, 13),
        leaning={"strategy": 0.3, "tools": 0.6},
    ),
)
# unit, driver, what is done, owner, days until it is due; after the first and after the second wave
FIRST_ACTION = (
    "Hotline",
    "authority",
    "Agents waive up to 20 euros on their own and write one line why.",
    "Tomas",
    -40,
)
ACTIONS = (
    (
        "Installation",
        "tools",
        "One app for route, customer history and parts instead of three; pilot in two regions.",
        "Rahul",
        45,
    ),
    (
        "Billing",
        "together",
        "A shared list of disputed bills with the hotline, answered within a day.",
        "Sophie",
        -4,
    ),
    ("", "together", "Each function names one person whom the others call about a customer.", "Maya", 21),
)


def add_parts(cast: Cast) -> None:
    """Heads of the functions, and the teams that are parts of them."""
    for unit in UNITS:
        known = cast.functions.get(unit.name)
        place = FunctionPlace(
            parent=cast.functions.get(unit.part_of), head=cast[unit.head] if unit.head else None
        )
        cast.functions[unit.name] = save_function(
            by=cast["Paula"], name=unit.name, function=known, place=place
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What the last wave is at, and the link with which whoever tries the demo may answer it, as `FRESH`."""

    said: str
    link: str


def ask_employees(cast: Cast, today: date) -> Asked:
    """All waves; nobody has used one link of the last one. The teams must be there."""
    past_keys = _same_keys()
    opens_on = months_later(today - timedelta(days=OPENED_BEFORE), -6)
    with on_day(opens_on):
        survey = services.make_survey(
            by=cast["Maya"], title="Working for our customers", bank="employee-voice"
        )
        plan = _plan(cast, opens_on, opens_on + timedelta(days=OPEN_DAYS))
        wave = services.plan_wave(by=cast["Maya"], survey=survey, plan=plan)
        services.take_people(by=cast["Paula"], wave=wave, lines=list(_addresses(cast)))
        slips = {unit.name: unit.slips for unit in UNITS}
        counts = {row.row.pk: slips[row.row.name] for row in selectors.function_rows(wave)}
        services.plan_slips(by=cast["Paula"], wave=wave, counts=counts)
    with past_keys():
        tree = _finish(cast, wave, number=0)
    with on_day(wave.closes_on + timedelta(days=6)):
        first = _act(cast, tree, FIRST_ACTION, today)
    with past_keys():
        tree = _finish(cast, wave := _newest(cast), number=1)
    with on_day(wave.closes_on + timedelta(days=6)):
        services.move_action(by=cast["Tomas"], action=first, state=ActionState.DONE)
        for script in ACTIONS:
            _act(cast, tree, script, today)
    wave = _newest(cast)
    with on_day(wave.opens_on):
        plan = _plan(cast, wave.opens_on, today + timedelta(days=CLOSES_IN))
        services.change_wave(by=cast["Maya"], wave=wave, plan=plan)
    asked, links = _ask(cast, wave, number=2)
    forget_letters(now=timezone.now())  # those of past waves; the worker sends those of the open one
    said = f"3 waves of the employee survey, {asked} answers; the last one closes in {CLOSES_IN} days"
    return Asked(said=said, link=links[cast[FRESH].user.email])


def _same_keys() -> Callable[[], AbstractContextManager[object]]:
    """Past waves share the keys of their groups: making one takes a tenth of a second, and closing destroys it anyway.

    The open wave has keys of its own, as every real wave.
    """
    made = list[bytes]()

    def within_a_wave() -> AbstractContextManager[object]:
        numbers = count()
        make = blind.new_signing_key

        def key(_bits: int) -> bytes:
            number = next(numbers)
            made.extend(make() for _missing in range(number + 1 - len(made)))
            return made[number]

        return mock.patch.object(blind, "new_signing_key", key)

    return within_a_wave


def _plan(cast: Cast, opens_on: date, closes_on: date) -> services.WavePlan:
    return services.WavePlan(
        opens_on=opens_on,
        closes_on=closes_on,
        rhythm=Rhythm.QUARTERLY,
        comment_reader=cast["Grace"],
        slip_place="Team rooms, depots and the back office of each store",
    )


def _newest(cast: Cast) -> Any:
    """The wave that the rhythm planned when the one before closed."""
    (row,) = selectors.survey_rows(cast["Maya"].organization)
    return row.waves[0]


def _addresses(cast: Cast) -> Iterator[ListedPerson]:
    """The cast, and colleagues who are only on the list."""
    line = count(2)
    for unit in UNITS:
        known = [one.user.email for one in cast.members.values() if one.function == cast.functions[unit.name]]
        new = (f"{unit.name.lower().replace(' ', '-')}-{number}@{DOMAIN}" for number in count(1))
        for email in [*known, *(next(new) for _one in range(unit.addresses - len(known)))][: unit.addresses]:
            yield ListedPerson(line=next(line), email=email, function=unit.name)


def _ask(cast: Cast, wave: Any, *, number: int) -> tuple[int, dict[str, str]]:
    """Open the wave, print slips, write letters, take answers: how many, and the links by address."""
    with on_day(wave.opens_on):
        services.do_work(work=services.start_opening(by=cast["Maya"], wave=wave))
        wave.refresh_from_db()
        page = selectors.wave_page(wave)
        services.do_work(work=page.work)  # type: ignore[arg-type]  # the invitations
        codes = {
            row.names[0]: services.print_slips(by=cast["Paula"], wave=wave, group=row.group)
            for row in page.groups
        }
        letters = Letter.objects.filter(recipient__endswith=DOMAIN, body__contains=wave.public_id)
        links = {letter.recipient: address_in(letter.body) for letter in letters}
    people: dict[str, list[str]] = {}
    for person in _addresses(cast):
        people.setdefault(person.function, []).append(person.email)
    taken = 0
    with on_day(wave.opens_on + timedelta(days=5)):
        for place, unit in enumerate(UNITS):
            rng = np.random.default_rng([20261121, 11, number, place])
            given = [_typed(rng, unit, number) for _one in range(unit.answers[number])]
            SystemRandom().shuffle(given)
            taken += len(given)
            if unit.slips:
                _on_slips(wave, page, unit.name, codes[unit.name], given)
                continue
            # the first of the list in one wave, the last of it in the next; one has not answered the last wave
            here = [one for one in people[unit.name] if number != 2 or one != cast[FRESH].user.email]
            chosen = here[: len(given)] if number != 1 else here[-len(given) :]
            for email, typed in zip(chosen, given, strict=True):
                link = link_of(links[email])
                answer(wave, group_for(wave, link.group), link, typed)
    return taken, links


def _on_slips(
    wave: Any,
    page: selectors.WavePage,
    name: str,
    codes: Sequence[str],
    given: Sequence[Mapping[str, list[str]]],
) -> None:
    group = next(row.group for row in page.groups if name in row.names)
    for code, typed in zip(codes, given, strict=False):
        sealed = services.seal_for(wave=wave, group=group, typed=typed)
        services.hand_in_slip(wave=wave, code=code, sealed=sealed)


def _finish(cast: Cast, wave: Any, *, number: int) -> WaveTree:
    """Ask, close, publish, and decide on the comments: those of the first wave and most of the second, as far
    as Maya or Grace is from outside. Some stand with the whole organization, which nobody here is."""
    _ask(cast, wave, number=number)
    with on_day(wave.closes_on + timedelta(days=1)):
        services.do_work(work=services.start_closing(wave=wave))
    with on_day(wave.closes_on + timedelta(days=3)):
        services.publish_wave(by=cast["Maya"], wave=wave)
        tree = wave_with_comments_for(cast["Maya"], wave.pk)
        for reader in (cast["Maya"], cast["Grace"]):
            _read(reader, tree, leaves=0 if number == 0 else 4)
    return tree


def _read(reader: Any, tree: WaveTree, *, leaves: int) -> None:
    """Decide on what this reader may; the first few are left for whoever tries the demo."""
    found = selectors.comments_page(reader, tree)
    comments = [
        one
        for group in found.groups
        for asked in group.questions
        for one in asked.comments
        if group.decides and one.state == CommentState.WAITING
    ]
    for comment in comments[leaves:]:
        state = CommentState.HELD_BACK if "Karl" in comment.text else CommentState.RELEASED
        services.decide_comment(by=reader, comment=comment, state=state)


def _act(cast: Cast, tree: WaveTree, script: tuple[str, str, str, str, int], today: date) -> Any:
    name, driver, text, owner, days = script
    function = next((key for key, row in tree.rows.items() if row.name == name), EVERYBODY)
    plan = services.ActionPlan(
        function=function, driver=driver, text=text, owner=cast[owner], due_on=today + timedelta(days=days)
    )
    return services.plan_action(by=cast["Maya"], wave=tree.wave, plan=plan)


# --- what employees think -------------------------------------------------------------------------------


def _typed(rng: np.random.Generator, unit: Unit, number: int) -> dict[str, list[str]]:
    """One person's answers as the form names them; a few questions are skipped."""
    mood = rng.normal(0, 0.45)
    felt = {
        driver: mean
        + mood
        + unit.leaning.get(driver, 0)
        + (unit.gains.get(driver, 0) if number else 0)
        + rng.normal(0, 0.55)
        for driver, mean in MEANS.items()
    }
    lift = sum(weight * (felt[driver] - MEANS[driver]) for driver, weight in PARTS_OF_ENGAGEMENT.items())
    felt["engagement"] = 3.6 + 0.5 * mood + lift + rng.normal(0, 0.4)
    typed = dict[str, list[str]]()
    for driver, items in ITEMS.items():
        for item in items:
            level = int(np.clip(round(rng.normal(felt[driver], 0.5)), 1, 5))
            is_reverse = item.endswith("-")
            if rng.random() > 0.02:
                typed[f"{driver}-{item.rstrip('-')}"] = [str(6 - level if is_reverse else level)]
    typed["enps"] = [str(int(np.clip(round(rng.normal(7.6 + 1.6 * (felt["engagement"] - 3.6), 1.3)), 0, 10)))]
    if number:
        typed["changed"] = [str(rng.choice(CHANGES, p=_chances(unit)))]
    if unit.words and rng.random() < 0.2:
        typed["change-first"] = [unit.words[rng.integers(0, len(unit.words))]]
    return typed


def _chances(unit: Unit) -> NDArray[np.float64]:
    return np.array([0.5, 0.35, 0.05, 0.1] if unit.gains else [0.15, 0.7, 0.07, 0.08])
