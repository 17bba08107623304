"""The guided start: what a new organization does first, for each role the steps that it may take."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.choices import Action
from accounts.models import Invitation, Membership, Organization
from accounts.permissions import may, roles_who_may
from assessments.models import Assessment
from coalition.choices import InitiativeState
from coalition.models import Initiative, Seat
from common.jobs import JobState
from customer_voice.models import MetricPoint
from employee_voice.selectors import was_asked
from journeys.models import Touchpoint
from reports.models import Report


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What an organization has: the steps that are done, and the figures of the program's lines."""

    done: frozenset[str]
    initiatives: int
    in_vote: int
    documents: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step as the list has it: who may take it, and where."""

    key: str
    action: Action
    page: str
    name: str | Promise
    text: str | Promise
    after: frozenset[str] = frozenset()  # steps of which one is done first, else there is nothing to do yet


STEPS: tuple[Step, ...] = (
    Step(
        key="people",
        action=Action.MANAGE_PEOPLE,
        page="accounts:invite_many",
        name=gettext_lazy("Invite your people"),
        text=gettext_lazy("A CX leader runs the program; others answer, decide and review."),
    ),
    Step(
        key="stand",
        action=Action.RUN_ASSESSMENT,
        page="assessments:assessment_new",
        name=gettext_lazy("See where you stand"),
        text=gettext_lazy("Take the quick check: twelve practices, five minutes."),
    ),
    Step(
        key="touchpoints",
        action=Action.EDIT_TOUCHPOINTS,
        page="journeys:touchpoint_new",
        name=gettext_lazy("List your touchpoints"),
        text=gettext_lazy("Where customers meet you, and who owns each place."),
    ),
    Step(
        key="feedback",
        action=Action.IMPORT_FEEDBACK,
        page="customer_voice:import_new",
        name=gettext_lazy("Bring in feedback"),
        text=gettext_lazy("A CSV file or workbook of the answers you have is enough."),
    ),
    Step(
        key="employees",
        action=Action.MANAGE_EMPLOYEE_SURVEYS,
        page="employee_voice:survey_list",
        name=gettext_lazy("Ask your employees"),
        text=gettext_lazy("An anonymous survey: no answer can be joined to a person."),
    ),
    Step(
        key="coalition",
        action=Action.EDIT_COALITION,
        page="coalition:coalition_detail",
        name=gettext_lazy("Assign coalition seats"),
        text=gettext_lazy("One seat per function, with a vote."),
    ),
    Step(
        key="initiative",
        action=Action.DRAFT_INITIATIVE,
        page="coalition:initiative_create",
        name=gettext_lazy("Decide on a first initiative"),
        text=gettext_lazy("With a plan for how you will know whether it worked."),
    ),
    Step(
        key="report",
        action=Action.MAKE_REPORT,
        page="reports:report_list",
        name=gettext_lazy("Make the first report"),
        text=gettext_lazy("What changed, how sure you are, what it was worth."),
        after=frozenset({"stand", "feedback", "initiative"}),
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class GuideStep:
    """One step for one member. `url` is empty where the member may not take it; `who` names the roles. What
    is not ready waits for another step."""

    name: str
    text: str
    url: str
    who: str
    is_done: bool
    is_ready: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Guide:
    steps: tuple[GuideStep, ...]
    is_hidden: bool  # this member has put it away

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def is_half_done(self) -> bool:
        return 2 * self.done >= len(self.steps)

    @property
    def is_open(self) -> bool:
        """Something is missing, and this member has not put it away."""
        return bool(self.missing) and not self.is_hidden

    @property
    def is_long(self) -> bool:
        """Every step. One line is enough once the organization works with the program, and for a member
        who has no step in it."""
        return self.is_open and not self.is_half_done and bool(self.own)

    @property
    def is_line(self) -> bool:
        return self.is_open and not self.is_long

    @property
    def named(self) -> tuple[GuideStep, ...]:
        """What the line names: all that is missing where that is little, else what comes next."""
        return self.missing if self.is_half_done else self.missing[:1]

    @property
    def own(self) -> tuple[GuideStep, ...]:
        return tuple(step for step in self.steps if step.url)

    @property
    def missing(self) -> tuple[GuideStep, ...]:
        return tuple(step for step in self.steps if not step.is_done)

    @property
    def others(self) -> tuple[GuideStep, ...]:
        """What is missing and somebody else's to do."""
        return tuple(step for step in self.missing if not step.url)

    @property
    def next_step(self) -> GuideStep | None:
        """The first one that is missing, this member's to do, and can be done now."""
        return next((step for step in self.own if not step.is_done and step.is_ready), None)


def guide_for(member: Membership, facts: Facts) -> Guide:
    """The steps as this member may take them. No query."""
    return Guide(
        steps=tuple(
            GuideStep(
                name=str(step.name),
                text=str(step.text),
                url=reverse(step.page, args=[member.organization.slug])
                if may(member.role, step.action)
                else "",
                who=roles_who_may(step.action),
                is_done=step.key in facts.done,
                is_ready=not step.after or bool(step.after & facts.done),
            )
            for step in STEPS
        ),
        is_hidden=member.guide_hidden_at is not None,
    )


def organization_facts(organization: Organization) -> Facts:
    """One query."""
    here = {"organization": OuterRef("pk")}
    initiatives = Initiative.objects.filter(**here)
    by_organization = initiatives.order_by().values("organization")
    made = Report.objects.filter(**here, job_state=JobState.DONE)
    row: dict[str, Any] = dict(
        Organization.objects.filter(pk=organization.pk)
        .annotate(
            people=Exists(Membership.objects.filter(**here).exclude(pk=_first_member(organization))),
            invited=Exists(Invitation.objects.filter(**here).standing()),
            stand=Exists(Assessment.objects.filter(**here).closed()),
            touchpoints=Exists(Touchpoint.objects.filter(**here)),
            feedback=Exists(MetricPoint.objects.filter(**here)),
            employees=was_asked(OuterRef("pk")),
            coalition=Exists(Seat.objects.filter(coalition__organization=OuterRef("pk"))),
            initiative=Exists(initiatives.exclude(state=InitiativeState.DRAFT)),
            report=Exists(made),
            initiatives=Subquery(by_organization.annotate(number=Count("pk")).values("number")),
            in_vote=Subquery(
                by_organization.annotate(
                    number=Count("pk", filter=Q(state=InitiativeState.SUBMITTED))
                ).values("number")
            ),
            documents=Subquery(
                made.order_by().values("organization").annotate(number=Count("pk")).values("number")
            ),
        )
        .values()
        .get()
    )
    done = {step.key for step in STEPS if row[step.key]}
    if row["invited"]:
        done.add("people")
    return Facts(
        done=frozenset(done),
        initiatives=row["initiatives"] or 0,
        in_vote=row["in_vote"] or 0,
        documents=row["documents"] or 0,
    )


def _first_member(organization: Organization) -> Subquery:
    """Who came first: with anybody else the organization has people."""
    return Subquery(Membership.objects.of(organization).order_by("pk").values("pk")[:1])
