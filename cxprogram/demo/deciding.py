"""The coalition, its initiatives and their votes; studies and value of those that are live."""

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
from cxprogram.demo.clock import on_day
from cxprogram.demo.people import Cast
from cxprogram.demo.truth import TRUTH
from impact import services as impact
from impact.choices import Distribution, SourceKind, ValueKind
from impact.services import CostValues, ParameterValues
from journeys.models import Touchpoint

INSTALLATION, CHAT, BILL = (item.initiative for item in TRUTH)
# Days before today
DECIDED = {INSTALLATION: 315, CHAT: 230, BILL: 75}
WENT_LIVE = {INSTALLATION: 273, CHAT: 196, BILL: 47}
SEATS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("Henrik", "Chair", "Finance", ()),
    ("Tomas", "Customer Service", "Customer Service", ("service-hotline", "chat-support", "welcome-call")),
    ("Ines", "Digital", "Digital", ("mobile-app", "online-order")),
    ("Rahul", "Field Operations", "Field Operations", ("installation-visit",)),
    ("Sophie", "Billing", "Billing", ("monthly-bill",)),
    (
        "Maya",
        "Customer Experience",
        "Marketing and Sales",
        ("store-visit", "contract-renewal", "overall-relationship"),
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
            "decision_rule": "Keep the layout if effort falls by 0.2 or more; decide after nine months.",
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
    return made


def _decide(cast: Cast, touchpoints: dict[str, Touchpoint], today: date, script: Script) -> Initiative:
    owner = cast[script.owner]
    days = DECIDED.get(script.title, 1 if "renewal" in script.title else 25)
    decided = today - timedelta(days=days)
    live = WENT_LIVE.get(script.title)
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
                planned_go_live_on=today + timedelta(days=35)
                if live is None
                else today - timedelta(days=live),
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
                review_on=today + timedelta(days=200 if live is None else 20),
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
    if days > 100:
        with on_day(day + timedelta(days=60)):
            services.record_completion(by=owner, initiative=initiative, on=day + timedelta(days=60))


def prove(cast: Cast, made: dict[str, Initiative], today: date) -> list[str]:
    """Value models and studies of the live initiatives; returns what each study said."""
    _value(cast, made[INSTALLATION], retention=(0.0016, 0.0028, 0.0044), customers=(52_000, 58_000, 63_000))
    _value(cast, made[CHAT], retention=(0.0002, 0.0005, 0.001), customers=(36_000, 40_000, 45_000))
    said = []
    for title in WENT_LIVE:
        initiative = made[title]
        initiative.refresh_from_db()
        study = impact.request_study(
            initiative=initiative, by=cast["Maya"], data_cutoff=today - timedelta(days=1)
        )
        impact.execute_study(study=study)
        study.refresh_from_db()
        said.append(f"{initiative.reference} {title}: {study.verdict}, grade {study.grade}")
        if title == INSTALLATION:
            case = impact.compute_roi_case(study=study, by=cast["Maya"])
            impact.sign_off(
                case=case,
                by=cast["Grace"],
                comment="Margin and retention per point checked against the churn model of the second quarter.",
            )
        elif title == CHAT:
            impact.compute_roi_case(study=study, by=cast["Maya"])
    impact.execute_drivers(run=impact.request_drivers(by=cast["Maya"]))
    return said


def _value(
    cast: Cast,
    initiative: Initiative,
    *,
    retention: tuple[float, float, float],
    customers: tuple[int, int, int],
) -> None:
    impact.save_value_model(
        initiative=initiative,
        by=cast["Maya"],
        kind=ValueKind.RETENTION,
        horizon_years=3,
        discount_rate_pct=Decimal(8),
        first_year_share=Decimal("0.6"),
        is_hard=True,
        parameters=[
            ParameterValues(
                key="customers",
                arguments=tuple(float(value) for value in customers),
                source="Customers who met this touchpoint in the last twelve months",
                source_kind=SourceKind.MEASURED,
                owner_name="Rahul Mehta",
            ),
            ParameterValues(
                key="retention_per_unit",
                arguments=retention,
                source="Churn by recommendation class, own cohorts of last year",
                source_kind=SourceKind.ASSUMPTION,
                owner_name="Maya Lindqvist",
            ),
            ParameterValues(
                key="margin",
                arguments=(190.0, 240.0, 300.0),
                source="Contribution margin per customer and year, controlling",
                source_kind=SourceKind.FINANCE,
                owner_name="Grace Kim",
            ),
            ParameterValues(
                key="attribution",
                arguments=(0.6, 0.75, 0.9),
                source="Agreed with finance before the study",
                source_kind=SourceKind.FINANCE,
                owner_name="Grace Kim",
            ),
            ParameterValues(
                key="confidence",
                arguments=(0.8,),
                distribution=Distribution.FIXED,
                source="House rule for retention effects",
                source_kind=SourceKind.FINANCE,
                owner_name="Grace Kim",
            ),
            ParameterValues(
                key="persistence",
                arguments=(0.7, 0.85, 0.95),
                source="Coalition's estimate",
                source_kind=SourceKind.ASSUMPTION,
                owner_name="Henrik Olsen",
            ),
        ],
        costs=[
            CostValues(
                label="Planning, training, dispatch software",
                year=0,
                low=initiative.one_off_cost * Decimal("0.95"),
                likely=initiative.one_off_cost,
                high=initiative.one_off_cost * Decimal("1.2"),
            ),
            *(
                CostValues(
                    label="Extra dispatch hours",
                    year=year,
                    low=initiative.yearly_cost * Decimal("0.9"),
                    likely=initiative.yearly_cost,
                    high=initiative.yearly_cost * Decimal("1.15"),
                )
                for year in (1, 2, 3)
            ),
        ],
    )
