"""What the home page says: what needs me now, the program in one line per job, and the guided start."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership, Organization
from assessments.selectors import latest_result, result_headline
from customer_voice.pages import EarlierLine, overview_page
from impact.selectors.portfolio import portfolio
from impact.selectors.program import program_figure
from overview.selectors.desk import Desk
from overview.selectors.employees import employees_sentence
from overview.selectors.guide import Facts, Guide, GuideStep, guide_for, organization_facts
from overview.selectors.kinds import Need
from overview.selectors.needs import needs_at
from wording.joining import sentences


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One job of the program, in one line."""

    icon: str
    name: str
    sentence: str
    url: str
    replaced: tuple[EarlierLine, ...] = ()


NEEDS_SHOWN = 6  # the others are one click away, so that the program stays on the first screen


@dataclass(frozen=True, kw_only=True, slots=True)
class HomePage:
    needs: tuple[Need, ...]
    jobs: tuple[Job, ...]
    guide: Guide

    @property
    def first_needs(self) -> tuple[Need, ...]:
        """All of them where hiding would hide a single one."""
        return self.needs[:NEEDS_SHOWN] if len(self.needs) > NEEDS_SHOWN + 1 else self.needs

    @property
    def more_needs(self) -> tuple[Need, ...]:
        return self.needs[len(self.first_needs) :]

    @property
    def first_step(self) -> GuideStep | None:
        """What to begin with, where nothing else needs this member."""
        return self.guide.next_step if self.guide.is_long else None


def home_page(member: Membership) -> HomePage:
    """Everything on the home page. The number of queries does not grow with rows."""
    facts = organization_facts(member.organization)
    return HomePage(
        needs=needs_at(desk := Desk(member=member)),
        jobs=tuple(_jobs(desk, facts)) if facts.done - {"people"} else (),
        guide=guide_for(member, facts),
    )


def _proof(organization: Organization) -> str:
    """What the metrics did; in money the one figure of the program, where there is one."""
    program = program_figure(organization)
    told = portfolio(organization, beside_program=program is not None).sentence
    return sentences([told, program.sentence]) if program else told


def _jobs(desk: Desk, facts: Facts) -> list[Job]:
    member, organization = desk.member, desk.member.organization
    slug = organization.slug
    result = latest_result(member)
    listening = overview_page(organization)
    return [
        Job(
            icon="clipboard-check",
            name=_("Assess"),
            sentence=result_headline(result) if result else _("No assessment is finished yet."),
            url=reverse("assessments:assessment_list", args=[slug]),
        ),
        Job(
            icon="ear",
            name=_("Listen"),
            sentence=listening.sentence or _("Nothing has been heard from customers yet."),
            url=reverse("customer_voice:metric_list", args=[slug]),
            replaced=tuple(listening.replaced),
        ),
        Job(
            icon="message-2",
            name=_("Employees"),
            sentence=employees_sentence(desk.waves, desk.today),
            url=reverse("employee_voice:survey_list", args=[slug]),
        ),
        Job(
            icon="users-group",
            name=_("Decide"),
            sentence=ngettext(
                "%(count)d initiative, %(waiting)d waiting for the coalition's vote.",
                "%(count)d initiatives, %(waiting)d waiting for the coalition's vote.",
                facts.initiatives,
            )
            % {"count": facts.initiatives, "waiting": facts.in_vote},
            url=reverse("coalition:initiative_list", args=[slug]),
        ),
        Job(
            icon="chart-dots",
            name=_("Prove"),
            sentence=_proof(organization) or _("No initiative is live yet."),
            url=reverse("impact:portfolio", args=[slug]),
        ),
        Job(
            icon="file-certificate",
            name=_("Report"),
            sentence=ngettext("%(count)d document made.", "%(count)d documents made.", facts.documents)
            % {"count": facts.documents},
            url=reverse("reports:report_list", args=[slug]),
        ),
    ]
