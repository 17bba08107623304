"""What the home page says: what needs me now, the program in one line per job, and the guided start."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import Action
from accounts.models import Membership, Organization
from accounts.permissions import may
from assessments.models import Assessment
from assessments.selectors import latest_result, result_page, waiting_for
from coalition.models import Coalition, Initiative
from coalition.selectors import votes_waiting_for
from common.jobs import JobState
from customer_voice.models import ImportBatch, MetricPoint
from customer_voice.pages import overview_page
from impact.choices import SignOff
from impact.models import RoiCase
from impact.selectors.portfolio import portfolio
from journeys.models import Touchpoint
from reports.models import Report


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """One thing that waits for this member."""

    icon: str
    title: str
    detail: str
    url: str
    button: str
    due_on: date | None = None
    is_overdue: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One job of the program, in one line."""

    icon: str
    name: str
    sentence: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step of the guided start."""

    name: str
    text: str
    url: str
    is_done: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class HomePage:
    needs: tuple[Need, ...]
    jobs: tuple[Job, ...]
    steps: tuple[Step, ...]

    @property
    def is_started(self) -> bool:
        return all(step.is_done for step in self.steps)

    @property
    def next_step(self) -> Step | None:
        return next((step for step in self.steps if not step.is_done), None)


def home_page(member: Membership) -> HomePage:
    """Everything on the home page. The number of queries does not grow with rows."""
    organization = member.organization
    steps = _steps(organization)
    return HomePage(
        needs=tuple(_needs(member)),
        jobs=tuple(_jobs(member)) if any(step.is_done for step in steps) else (),
        steps=steps,
    )


def _needs(member: Membership) -> list[Need]:
    slug = member.organization.slug
    needs = [
        Need(
            icon="checkbox",
            title=_("Vote on “%(title)s”") % {"title": vote.initiative.title},
            detail=vote.sentence,
            url=reverse("coalition:vote", args=[slug, vote.initiative.number]),
            button=_("Read and vote"),
            due_on=vote.due_on,
            is_overdue=vote.is_overdue,
        )
        for vote in votes_waiting_for(member)
    ]
    needs += [
        Need(
            icon="clipboard-check",
            title=_("Answer “%(title)s”") % {"title": seat.title},
            detail=_("%(answered)d of %(practices)d practices answered")
            % {"answered": seat.answered, "practices": seat.practices},
            url=reverse("assessments:answer_start", args=[slug, seat.assessment_pk]),
            button=_("Continue") if seat.answered else _("Answer"),
            due_on=seat.due_on,
        )
        for seat in waiting_for(member)
    ]
    if may(member.role, Action.SIGN_OFF_VALUE):
        cases = (
            RoiCase.objects.of(member.organization)
            .filter(sign_off=SignOff.OPEN)
            .exclude(computed_by=member)
            .select_related("study__initiative")
            .defer("inputs", "result")
            .order_by("-computed_at")[:5]
        )
        needs += [
            Need(
                icon="coin",
                title=_("Review the value of “%(title)s”") % {"title": case.study.initiative.title},
                detail=_("Sign it off, or say what you dispute."),
                url=reverse("impact:initiative_impact", args=[slug, case.study.initiative.number]),
                button=_("Review"),
            )
            for case in cases
        ]
    failed = ImportBatch.objects.of(member.organization).filter(
        created_by=member, job_state=JobState.FAILED, finished_at=None
    )
    needs += [
        Need(
            icon="file-alert",
            title=_("The import of %(file)s stopped") % {"file": batch.filename},
            detail=batch.failure,
            url=reverse("customer_voice:import_detail", args=[slug, batch.pk]),
            button=_("See why"),
        )
        for batch in failed.order_by("-created_at")[:3]
    ]
    return needs


def _jobs(member: Membership) -> list[Job]:
    organization = member.organization
    slug = organization.slug
    result = latest_result(member)
    listening = overview_page(organization)
    initiatives = list(Initiative.objects.of(organization).values_list("state", flat=True))
    waiting = initiatives.count("submitted")
    reports = Report.objects.of(organization).filter(job_state=JobState.DONE).count()
    return [
        Job(
            icon="clipboard-check",
            name=_("Assess"),
            sentence=result_page(result).headline if result else _("No assessment is finished yet."),
            url=reverse("assessments:assessment_list", args=[slug]),
        ),
        Job(
            icon="ear",
            name=_("Listen"),
            sentence=listening.sentence
            if listening.heard
            else _("Nothing has been heard from customers yet."),
            url=reverse("customer_voice:metric_list", args=[slug]),
        ),
        Job(
            icon="users-group",
            name=_("Decide"),
            sentence=ngettext(
                "%(count)d initiative, %(waiting)d waiting for the coalition's vote.",
                "%(count)d initiatives, %(waiting)d waiting for the coalition's vote.",
                len(initiatives),
            )
            % {"count": len(initiatives), "waiting": waiting},
            url=reverse("coalition:initiative_list", args=[slug]),
        ),
        Job(
            icon="chart-dots",
            name=_("Prove"),
            sentence=portfolio(organization).sentence or _("No initiative is live yet."),
            url=reverse("impact:portfolio", args=[slug]),
        ),
        Job(
            icon="file-certificate",
            name=_("Report"),
            sentence=ngettext("%(count)d document made.", "%(count)d documents made.", reports)
            % {"count": reports},
            url=reverse("reports:report_list", args=[slug]),
        ),
    ]


def _steps(organization: Organization) -> tuple[Step, ...]:
    slug = organization.slug
    return (
        Step(
            name=_("See where you stand"),
            text=_("Take the quick check: twelve practices, five minutes."),
            url=reverse("assessments:assessment_list", args=[slug]),
            is_done=Assessment.objects.of(organization).filter(state="closed").exists(),
        ),
        Step(
            name=_("List your touchpoints"),
            text=_("Where customers meet you, and who owns each place."),
            url=reverse("journeys:touchpoint_list", args=[slug]),
            is_done=Touchpoint.objects.of(organization).exists(),
        ),
        Step(
            name=_("Bring in feedback"),
            text=_("A CSV file of the answers you have is enough."),
            url=reverse("customer_voice:metric_list", args=[slug]),
            is_done=MetricPoint.objects.of(organization).exists(),
        ),
        Step(
            name=_("Assign coalition seats"),
            text=_("One seat per function, with a vote."),
            url=reverse("coalition:coalition_detail", args=[slug]),
            is_done=Coalition.objects.filter(organization=organization, members__isnull=False).exists(),
        ),
        Step(
            name=_("Decide on a first initiative"),
            text=_("With a plan for how you will know whether it worked."),
            url=reverse("coalition:initiative_list", args=[slug]),
            is_done=Initiative.objects.of(organization).exclude(state="draft").exists(),
        ),
        Step(
            name=_("Make the first report"),
            text=_("What changed, how sure you are, what it was worth."),
            url=reverse("impact:portfolio", args=[slug]),
            is_done=Report.objects.of(organization).filter(job_state=JobState.DONE).exists(),
        ),
    )
