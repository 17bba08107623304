"""Three journey maps, taken in from tables as anybody's would be, a future state and two comments."""

import io

from common.spreadsheets import csv_text
from cxprogram.demo.people import Cast
from journeys.maps import services
from journeys.maps.models import JourneyMap
from journeys.maps.operations import Doing

HEADER = (
    *("stage", "step", "touchpoint", "emotion", "doing", "thinking", "pain points", "moment of truth"),
    *("backstage", "ideas"),
)
type Row = tuple[str, str, str, str, str, str, str, str, str, str]

ONBOARDING: tuple[Row, ...] = (
    ("Choose", "Hears about the offer", "", "0", "Talks to neighbors", "Is fiber worth it?", "", "", "", ""),
    (
        "Choose",
        "Compares plans",
        "online-order",
        "1",
        "Opens three tabs",
        "",
        "Prices hard to compare",
        "",
        "",
        "",
    ),
    (
        "Choose",
        "Checks the address",
        "online-order",
        "1",
        "Types the address twice",
        "",
        "",
        "",
        "Coverage data",
        "",
    ),
    (
        "Choose",
        "Asks for advice",
        "store-visit",
        "1",
        "Visits the store",
        "I want to be sure",
        "",
        "",
        "",
        "",
    ),
    (
        "Order",
        "Places the order",
        "online-order",
        "2",
        "Orders in ten minutes",
        "That was easy",
        "",
        "",
        "",
        "",
    ),
    (
        "Order",
        "Signs the contract",
        "",
        "0",
        "Scrolls to the end",
        "",
        "Eleven pages",
        "",
        "Legal",
        "One page first",
    ),
    (
        "Order",
        "Gets the confirmation",
        "",
        "1",
        "Files the e-mail",
        "When will it start?",
        "No date in it",
        "",
        "",
        "",
    ),
    (
        "Prepare",
        "Is welcomed by phone",
        "welcome-call",
        "1",
        "Takes notes",
        "Someone cares",
        "",
        "Yes",
        "",
        "",
    ),
    (
        "Prepare",
        "Cancels the old provider",
        "",
        "-1",
        "Writes a letter",
        "I hope nothing overlaps",
        "",
        "",
        "",
        "",
    ),
    ("Prepare", "Receives the router", "", "1", "Unpacks", "", "", "", "Warehouse", ""),
    (
        "Prepare",
        "Books the visit",
        "installation-visit",
        "0",
        "Looks for a day",
        "I need a day off",
        "All-day window",
        "",
        "Dispatch",
        "Two-hour windows",
    ),
    (
        "Install",
        "Waits at home",
        "installation-visit",
        "1",
        "Waits",
        "Are they coming?",
        "Nobody says when",
        "Yes",
        "",
        "Text on the way",
    ),
    ("Install", "Lets the technician in", "installation-visit", "1", "Shows the socket", "", "", "", "", ""),
    (
        "Install",
        "Sees the line work",
        "installation-visit",
        "2",
        "Tests the speed",
        "Finally",
        "",
        "Yes",
        "",
        "",
    ),
    (
        "Install",
        "Connects the devices",
        "mobile-app",
        "0",
        "Types the password",
        "",
        "Old devices fail",
        "",
        "",
        "",
    ),
    ("First weeks", "Sets up the app", "mobile-app", "1", "Scans a code", "", "", "", "Identity team", ""),
    ("First weeks", "Sees the first usage", "mobile-app", "1", "Checks the graph", "", "", "", "", ""),
    (
        "First weeks",
        "Has a question",
        "chat-support",
        "0",
        "Opens the chat",
        "Is there a person?",
        "",
        "",
        "",
        "",
    ),
    (
        "First weeks",
        "Calls the hotline",
        "service-hotline",
        "1",
        "Waits in the queue",
        "",
        "Tells it four times",
        "",
        "",
        "One file a customer",
    ),
    (
        "First weeks",
        "Lives through an outage",
        "outage-information",
        "-2",
        "Restarts the router",
        "Is it me?",
        "Learns it from neighbors",
        "Yes",
        "Network center",
        "",
    ),
    (
        "Pay",
        "Receives the first bill",
        "monthly-bill",
        "-1",
        "Reads it twice",
        "Why double?",
        "Two months in one",
        "Yes",
        "Billing run",
        "Explain the first bill",
    ),
    ("Pay", "Pays", "", "0", "Direct debit", "", "", "", "", ""),
    ("Pay", "Asks about the bill", "service-hotline", "-1", "Calls", "Did they trick me?", "", "", "", ""),
    (
        "Settle",
        "Is asked how it went",
        "overall-relationship",
        "0",
        "Answers two questions",
        "",
        "",
        "",
        "",
        "",
    ),
    ("Settle", "Recommends us, or not", "", "1", "Talks to neighbors", "", "", "", "", ""),
)
REPAIR: tuple[Row, ...] = (
    ("Notice", "The line is down", "", "-2", "Restarts everything", "Why today?", "", "", "", ""),
    (
        "Notice",
        "Looks for news",
        "outage-information",
        "-1",
        "Searches the website",
        "",
        "News come late",
        "",
        "",
        "",
    ),
    ("Report", "Starts a chat", "chat-support", "-1", "Answers a bot", "", "Same question twice", "", "", ""),
    (
        "Report",
        "Calls the hotline",
        "service-hotline",
        "-1",
        "Waits",
        "",
        "Long queue",
        "Yes",
        "",
        "Call back",
    ),
    (
        "Repair",
        "Gets an appointment",
        "installation-visit",
        "0",
        "Takes a day off",
        "",
        "",
        "",
        "Dispatch",
        "",
    ),
    ("Repair", "Is visited", "installation-visit", "1", "Watches", "", "", "Yes", "", ""),
    ("Afterwards", "Is told what it was", "", "1", "", "It may come back", "", "", "", "A note by e-mail"),
    ("Afterwards", "Sees a credit on the bill", "monthly-bill", "1", "", "", "", "", "Billing", ""),
)
RENEWAL: tuple[Row, ...] = (
    ("Remember", "Receives the letter", "", "0", "Puts it aside", "What do I pay?", "", "", "", ""),
    ("Remember", "Looks at the usage", "mobile-app", "1", "Opens the app", "", "", "", "", ""),
    ("Weigh up", "Compares offers", "online-order", "0", "", "New customers pay less", "", "", "", ""),
    ("Weigh up", "Calls to negotiate", "contract-renewal", "1", "", "Do I have to threaten?", "", "Yes", "", ""),
    ("Decide", "Renews or leaves", "contract-renewal", "1", "", "", "Changes by phone only", "", "", ""),
)  # fmt: skip
MAPS = (
    (
        "Onboarding a new household",
        "New private customer",
        "From the first idea to the second bill.",
        ONBOARDING,
    ),
    ("A repair at home", "Private customer without a line", "From the outage to the credit.", REPAIR),
    ("Contract renewal", "Customer for two years", "The last three months of a contract.", RENEWAL),
)


def draw_maps(cast: Cast) -> int:
    """How many maps there are now."""
    maya = cast["Maya"]
    made = []
    for name, persona, purpose, rows in MAPS:
        file = io.BytesIO(csv_text(HEADER, rows).encode())
        values = services.MapValues(name=name, persona=persona, purpose=purpose)
        made.append(services.import_map(by=maya, values=values, file=file))
    onboarding, repair, _renewal = made
    _open_from(cast, onboarding, repair)
    _draw_future(cast, repair)
    services.comment_on_map(
        by=cast["Tomas"],
        map=onboarding,
        step=_step(onboarding, "Calls the hotline"),
        text="We drew this as good. My agents say that most callers have called before.",
        mentioned=[maya],
    )
    services.comment_on_map(
        by=cast["Sophie"],
        map=onboarding,
        step=_step(onboarding, "Receives the first bill"),
        text="A letter that explains the first bill is ready in draft.",
    )
    return len(made) + 1


def _open_from(cast: Cast, onboarding: JourneyMap, repair: JourneyMap) -> None:
    """The outage of the first weeks is a journey of its own."""
    told = {"step": _step(onboarding, "Lives through an outage"), "nested": repair.key}
    services.edit_map(by=cast["Maya"], map=onboarding, doings=[Doing(do="set_step", told=told)])


def _draw_future(cast: Cast, repair: JourneyMap) -> None:
    """The repair as it should be: no queue, and news before one asks."""
    future = services.copy_map(by=cast["Rahul"], map=repair, as_future=True)
    call, news = _step(future, "Calls the hotline"), _step(future, "Looks for news")
    pain = next(
        place[5:]
        for place, value in future.content.items()
        if place.startswith("lane.") and value["kind"] == "pain"
    )
    services.edit_map(
        by=cast["Rahul"],
        map=future,
        doings=[
            Doing(do="set_step", told={"step": news, "name": "Is told before asking", "emotion": 0}),
            Doing(do="set_cell", told={"column": news, "lane": pain, "text": ""}),
            Doing(do="remove_step", told={"step": call}),
        ],
    )


def _step(row: JourneyMap, name: str) -> str:
    names: dict[str, str] = {
        str(value): place[5:] for place, value in row.content.items() if place.startswith("name.")
    }
    return names[name]
