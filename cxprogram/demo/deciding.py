"""The coalition, its initiatives and their votes."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from assessments.models import MaturityResult
from assessments.selectors.profiles import maturity_profile_of
from coalition import services
from coalition.choices import Choice, Direction, RiskColor, UnitSelection
from coalition.models import Initiative
from coalition.services import CharterValues, InitiativeValues, PlanValues, SeatValues
from customer_voice.choices import Period
from customer_voice.models import MetricDefinition
from cxprogram.demo import drawing_lots
from cxprogram.demo.clock import on_day
from cxprogram.demo.people import Cast
from cxprogram.demo.truth import TRUTH
from journeys.models import Touchpoint

INSTALLATION, CHAT, BILL = (item.initiative for item in TRUTH)
APP = "A start page that asks what you came for"  # live before the program began
NOTICE = "A text message before the technician comes"  # at the touchpoint of the installation visits
# Days before today
DECIDED = {INSTALLATION: 315, CHAT: 230, BILL: 75, NOTICE: 190}
WENT_LIVE = {INSTALLATION: 273, CHAT: 196, BILL: 47}
NOTICE_LIVE = 150
# Days after the go-live until the review: the rules of some name a time, and the review keeps to it
REVIEWED = {INSTALLATION: 293, CHAT: 216, BILL: 275, NOTICE: 147}  # that of the last has come
REVIEWED_LATER = 185  # of those that are not live: half a year
APP_LIVE, APP_RECORDED = 400, 20
PLANNED = 35  # days from today to their go-live
SEATS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("Henrik", "Chair", "Finance", ()),
    (
        "Tomas",
        "Customer Service",
        "Customer Service",
        ("service-hotline", "chat-support", "welcome-call", "complaint-handling", "moving-home"),
    ),
    ("Ines", "Digital", "Digital", ("mobile-app", "online-order")),
    ("Rahul", "Field Operations", "Field Operations", ("installation-visit", "repair-visit")),
    ("Sophie", "Billing", "Billing", ("monthly-bill", "payment-and-reminders")),
    (
        "Maya",
        "Customer Experience",
        "Marketing and Sales",
        ("store-visit", "contract-renewal", "overall-relationship", "business-consultation"),
    ),
)
CHARTER = (
    "We decide on improvements that cross our functions. Every proposal says what customers should notice and how "
    "we will know. We approve what we are ready to staff, we stop what does not work, and we say so in public."
)


def go_lives(today: date) -> dict[str, date]:
    """Go-live by touchpoint, as the simulated feedback needs it."""
    return {item.touchpoint: today - timedelta(days=WENT_LIVE[item.initiative]) for item in TRUTH}


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """One initiative of the demo: what is proposed, how it is to be judged, who votes how."""

    title: str
    owner: str
    problem: str
    proposal: str
    touchpoints: tuple[str, ...]
    plan: dict[str, object]
    votes: tuple[tuple[str, str, str], ...]
    one_off_cost: int
    yearly_cost: int
    expected_benefit: int
    effort_days: int
    milestones: tuple[tuple[str, int], ...] = field(default=())


SCRIPTS = (
    Script(
        title=INSTALLATION,
        owner="Rahul",
        problem=(
            "Installation visits have the lowest recommendation of all our touchpoints. In their words customers "
            "name the day-long window first, the missed appointment second."
        ),
        proposal=(
            "Offer windows of two hours, call half an hour before arrival, and give dispatch the right to move a "
            "visit on the same day."
        ),
        touchpoints=("installation-visit",),
        plan={
            "metric": "nps",
            "comparison": ("store-visit", "service-hotline", "welcome-call", "online-order"),
            "period": Period.WEEK,
            "expected_effect": Decimal(10),
            "smallest_worthwhile_effect": Decimal(4),
            "selection": UnitSelection.PRACTICAL,
            "lag_periods": 1,
            "decision_rule": (
                "Roll out to business customers if the rise is at least 4 points; otherwise go back to day windows."
            ),
        },
        votes=(
            ("Tomas", Choice.APPROVE, ""),
            ("Ines", Choice.APPROVE, "The app can show the window; we have the space in the next release."),
            ("Sophie", Choice.ABSTAIN, ""),
            ("Maya", Choice.APPROVE, ""),
            ("Henrik", Choice.APPROVE, ""),
        ),
        one_off_cost=140_000,
        yearly_cost=60_000,
        expected_benefit=420_000,
        effort_days=260,
        milestones=(("Dispatch trained", 300), ("Pilot week finished", 285), ("All regions live", 273)),
    ),
    Script(
        title=CHAT,
        owner="Tomas",
        problem="Two of three chats ask one of twenty questions. Customers wait for a person to answer them.",
        proposal="An assistant answers the twenty questions at once and hands over to a person for the rest.",
        touchpoints=("chat-support",),
        plan={
            "metric": "csat_5",
            "comparison": (),
            "period": Period.WEEK,
            "expected_effect": Decimal(10),
            "smallest_worthwhile_effect": Decimal(8),
            "selection": UnitSelection.EVERYONE,
            "lag_periods": 2,
            "decision_rule": "Keep it if satisfaction rises by 8 percentage points or more. Otherwise stop paying.",
        },
        votes=(
            ("Henrik", Choice.APPROVE, ""),
            ("Ines", Choice.APPROVE, ""),
            ("Rahul", Choice.REQUEST_CHANGES, "I want the way to a person on the first screen."),
            ("Maya", Choice.APPROVE, "Agreed with Rahul's point; it is in the proposal."),
            ("Sophie", Choice.APPROVE, ""),
        ),
        one_off_cost=60_000,
        yearly_cost=48_000,
        expected_benefit=150_000,
        effort_days=90,
    ),
    Script(
        title=BILL,
        owner="Sophie",
        problem="One call in six to the hotline is about the bill, most in the first three months of a contract.",
        proposal="Group lines by what customers ordered, explain every change against last month in one sentence.",
        touchpoints=("monthly-bill",),
        plan={
            "metric": "ces_mean_7",
            "comparison": (),
            "period": Period.MONTH,
            "expected_effect": Decimal("0.4"),
            "smallest_worthwhile_effect": Decimal("0.2"),
            "selection": UnitSelection.EVERYONE,
            "decision_rule": "Keep the layout if the ease score rises by 0.2 or more; decide after nine months.",
        },
        votes=(
            ("Henrik", Choice.APPROVE, ""),
            ("Tomas", Choice.APPROVE, "My team will feel this first."),
            ("Maya", Choice.APPROVE, ""),
            ("Ines", Choice.APPROVE, ""),
            ("Rahul", Choice.ABSTAIN, ""),
        ),
        one_off_cost=120_000,
        yearly_cost=15_000,
        expected_benefit=90_000,
        effort_days=180,
    ),
    Script(
        title="Explain the price before the renewal call",
        owner="Ines",
        problem=(
            "Recommendation after the renewal call has slipped for two years. Customers say that the price changed "
            "without a word."
        ),
        proposal="Send a one-page comparison of the old and the new price three days before the call, in the app.",
        touchpoints=("contract-renewal",),
        plan={
            "metric": "nps",
            "comparison": ("store-visit", "service-hotline", "online-order"),
            "period": Period.MONTH,
            "expected_effect": Decimal(15),
            "smallest_worthwhile_effect": Decimal(5),
            "selection": UnitSelection.PRACTICAL,
            "decision_rule": "Extend to mobile contracts if the rise is at least 5 points after six months.",
        },
        votes=(
            ("Henrik", Choice.APPROVE, "The right order: explain first, then call."),
            ("Sophie", Choice.APPROVE, ""),
        ),
        one_off_cost=40_000,
        yearly_cost=12_000,
        expected_benefit=130_000,
        effort_days=60,
    ),
    Script(
        title="A second line for outage calls",
        owner="Rahul",
        problem="During large outages the hotline is unreachable for an hour and customers learn nothing.",
        proposal="Announce the state of the outage by region before the queue and offer a text message at the end.",
        touchpoints=("outage-information",),
        plan={
            "metric": "csat_5",
            "comparison": (),
            "period": Period.MONTH,
            "expected_effect": Decimal(10),
            "smallest_worthwhile_effect": Decimal(5),
            "selection": UnitSelection.EVERYONE,
            "decision_rule": "Keep it if satisfaction rises by 5 percentage points or more.",
        },
        votes=(
            ("Henrik", Choice.REQUEST_CHANGES, "Two answers a day cannot show this. How else would we know?"),
            ("Tomas", Choice.REQUEST_CHANGES, "I miss the number of calls as a measure."),
            ("Ines", Choice.REQUEST_CHANGES, "Please add what the app shows."),
            ("Sophie", Choice.ABSTAIN, ""),
            ("Maya", Choice.REQUEST_CHANGES, "Add the calls per outage as the metric."),
        ),
        one_off_cost=75_000,
        yearly_cost=20_000,
        expected_benefit=110_000,
        effort_days=120,
    ),
)

LATER = Script(
    title=NOTICE,
    owner="Rahul",
    problem="One visit in twelve finds nobody at home, although the window was agreed.",
    proposal="A text message half an hour before arrival, with the name of the technician.",
    touchpoints=("installation-visit",),
    plan={
        "metric": "nps",
        "comparison": ("store-visit", "service-hotline", "welcome-call", "online-order"),
        "period": Period.WEEK,
        "expected_effect": Decimal(5),
        "smallest_worthwhile_effect": Decimal(3),
        "selection": UnitSelection.PRACTICAL,
        "lag_periods": 1,
        "decision_rule": "Keep it if the rise is at least 3 points; otherwise stop the contract with the sender.",
    },
    votes=(
        ("Tomas", Choice.APPROVE, ""),
        ("Ines", Choice.APPROVE, ""),
        ("Sophie", Choice.APPROVE, ""),
        ("Maya", Choice.APPROVE, "It goes live beside the new windows: the studies must tell them apart."),
        ("Henrik", Choice.APPROVE, ""),
    ),
    one_off_cost=15_000,
    yearly_cost=9_000,
    expected_benefit=60_000,
    effort_days=30,
)


def seat_coalition(cast: Cast, touchpoints: dict[str, Touchpoint], today: date) -> None:
    with on_day(today - timedelta(days=430)):
        coalition = services.save_charter(
            by=cast["Maya"], values=CharterValues(charter=CHARTER, quorum_share=Decimal("0.60"))
        )
        for name, title, function, keys in SEATS:
            services.add_seat(
                by=cast["Maya"],
                coalition=coalition,
                values=SeatValues(
                    membership=cast[name],
                    title=title,
                    function=cast.functions[function],
                    touchpoints=tuple(touchpoints[key] for key in keys),
                    is_chair=title == "Chair",
                ),
            )


def make_initiatives(
    cast: Cast, touchpoints: dict[str, Touchpoint], today: date, result: MaturityResult
) -> dict[str, Initiative]:
    """All initiatives by title, each as far as its story goes."""
    made = {script.title: _decide(cast, touchpoints, today, script) for script in SCRIPTS}
    for title, days in WENT_LIVE.items():
        _live(cast, made[title], today, days)
    opportunity = maturity_profile_of(result).opportunities[0]
    draft = services.draft_from_opportunity(by=cast["Maya"], result=result, practice=opportunity.practice)
    made[draft.title] = draft
    made[APP] = _look_back(cast, touchpoints, today)
    made[NOTICE] = _decide(cast, touchpoints, today, LATER)
    _live(cast, made[NOTICE], today, NOTICE_LIVE)
    made[drawing_lots.TITLE] = drawing_lots.draw(cast, touchpoints, today)
    return made


def _decide(cast: Cast, touchpoints: dict[str, Touchpoint], today: date, script: Script) -> Initiative:
    owner = cast[script.owner]
    days = DECIDED.get(script.title, 1 if "renewal" in script.title else 25)
    decided = today - timedelta(days=days)
    live = {**WENT_LIVE, NOTICE: NOTICE_LIVE}.get(script.title)
    goes_live = today + timedelta(days=PLANNED) if live is None else today - timedelta(days=live)
    plan = dict(script.plan)
    metric = MetricDefinition.objects.of(owner.organization).get(key=plan.pop("metric"))
    comparison = tuple(touchpoints[str(key)] for key in plan.pop("comparison"))  # type: ignore[attr-defined]
    with on_day(decided - timedelta(days=12 if days > 10 else 4)):
        initiative = services.create_initiative(
            by=owner,
            values=InitiativeValues(
                title=script.title,
                owner=owner,
                problem=script.problem,
                proposal=script.proposal,
                touchpoints=tuple(touchpoints[key] for key in script.touchpoints),
                one_off_cost=Decimal(script.one_off_cost),
                yearly_cost=Decimal(script.yearly_cost),
                expected_benefit=Decimal(script.expected_benefit),
                effort_days=script.effort_days,
                planned_go_live_on=goes_live,
            ),
        )
        services.edit_plan(
            by=owner,
            initiative=initiative,
            lock_version=initiative.lock_version,
            values=PlanValues(
                metric=metric,
                comparison_touchpoints=comparison,
                baseline_from=today - timedelta(days=728),
                review_on=goes_live + timedelta(days=REVIEWED.get(script.title, REVIEWED_LATER)),
                direction=Direction.UP,
                **plan,  # type: ignore[arg-type]
            ),
        )
        initiative.refresh_from_db()
        for title, before in script.milestones:
            services.add_milestone(
                by=owner, initiative=initiative, title=title, due_on=today - timedelta(days=before)
            )
    with on_day(decided - timedelta(days=3)):
        current = services.submit_initiative(by=owner, initiative=initiative)
    with on_day(decided):
        for name, choice, comment in script.votes:
            services.cast_vote(
                by=cast[name],
                initiative=initiative,
                choice=choice,
                revision_digest=current.revision.digest,
                comment=comment,
            )
            current.refresh_from_db()
            if current.closed_at is not None:
                break
    initiative.refresh_from_db()
    return initiative


def _look_back(cast: Cast, touchpoints: dict[str, Touchpoint], today: date) -> Initiative:
    """Live before anybody voted here, and recorded afterwards with its plan fixed before its study."""
    owner, since = cast["Ines"], today - timedelta(days=APP_LIVE)
    with on_day(today - timedelta(days=APP_RECORDED)):
        initiative = services.create_initiative(
            by=owner,
            values=InitiativeValues(
                title=APP,
                owner=owner,
                proposal="The start page of the app asks what the customer came for and shows that one thing.",
                touchpoints=(touchpoints["mobile-app"],),
                one_off_cost=Decimal(85_000),
                already_live_on=since,
            ),
        )
        services.edit_plan(
            by=owner,
            initiative=initiative,
            lock_version=initiative.lock_version,
            values=PlanValues(
                metric=MetricDefinition.objects.of(owner.organization).get(key="nps"),
                comparison_touchpoints=tuple(touchpoints[key] for key in ("store-visit", "online-order")),
                baseline_from=today - timedelta(days=728),
                selection=UnitSelection.PRACTICAL,
                smallest_worthwhile_effect=Decimal(4),
            ),
        )
        return services.record_look_back(by=owner, initiative=initiative)


def _live(cast: Cast, initiative: Initiative, today: date, days: int) -> None:
    owner = initiative.owner
    day = today - timedelta(days=days)
    with on_day(day):
        services.record_go_live(by=owner, initiative=initiative, on=day)
        for milestone in initiative.milestones.all():
            services.finish_milestone(by=owner, milestone=milestone, done_on=min(milestone.due_on, day))
    with on_day(day + timedelta(days=min(30, days))):
        services.add_update(
            by=owner,
            initiative=initiative,
            color=RiskColor.GREEN,
            text="Live everywhere, no rollback needed.",
        )
    if days > 100 and initiative.title != NOTICE:  # which waits for its review
        with on_day(day + timedelta(days=60)):
            services.record_completion(by=owner, initiative=initiative, on=day + timedelta(days=60))
