"""The pages of the product as one table: photographed by `make screens`, walked through by the stories.

Django must be set up before `demo_pages` is called, on a database that holds the demo organization.
"""

from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Invitation, Membership, Organization
from accounts.services import create_api_token, invite_person
from assessments.choices import FrameworkKind
from assessments.models import Assessment, FrameworkVersion, Response
from assessments.services import save_answer, start_quick_check
from coalition.choices import InitiativeState
from coalition.models import Initiative, Review, Seat
from customer_voice.models import CustomerSurvey, ImportBatch, MetricDefinition
from customer_voice.services import create_import, import_proposal, map_import, run_import
from cxprogram.demo.people import SLUG, email_of
from impact.models import RoiCase, Study
from reports.models import Report, Schedule
from reports.services import make_report, request_maturity_report, request_roi_report

LEADER, VOTER, EXECUTIVE, ADMINISTRATOR, NOBODY = "Maya", "Tomas", "Henrik", "Paula", ""
_GOOD_CSV = (
    "id,date,touchpoint,score,comment\n"
    "a-1,2026-03-02,Service hotline,9,Solved at the first call.\n"
    "a-2,2026-03-03,Store visit,7,\n"
)
_BAD_CSV = _GOOD_CSV + (
    "a-3,2026-03-04,Service hotline,14,A score that the scale does not have.\n"
    "a-4,not a date,Service hotline,6,\n"
    "a-5,2026-03-05,Moon base,8,A touchpoint that nobody knows.\n"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """`person` is the first name of who looks, empty for somebody who is not signed in."""

    name: str
    path: str
    person: str = LEADER
    is_main: bool = True


@transaction.atomic
def add_unfinished_work() -> None:
    """What the finished demo leaves out: a draft to answer, files on their way, an invitation."""
    maya, paula = _member(LEADER), _member(ADMINISTRATOR)
    organization = maya.organization
    seat = start_quick_check(by=maya)
    for number, practice in enumerate(_practices_of(seat)[:5]):
        save_answer(response=seat, practice=practice, level=2 + number % 2, confidence="medium")
    nps = MetricDefinition.objects.get(organization=organization, key="nps", is_retired=False)
    for name, text, is_checked in (
        ("hotline-march.csv", _GOOD_CSV, False),
        ("hotline-april.csv", _BAD_CSV, True),
    ):
        batch = create_import(
            organization=organization,
            by=maya,
            file=ContentFile(text.encode()),
            filename=name,
            source="survey",
        )
        if is_checked:
            _facts, proposed = import_proposal(batch)
            mapping = {key: value for key, value in proposed.items() if value in _header(text)}
            map_import(batch=batch, mapping=mapping, metric=nps)
            run_import(batch_id=batch.pk)
    invite_person(by=paula, email="nora@aurelia.example", role=Role.COALITION_MEMBER)
    create_api_token(member=maya, name="Survey system", is_read_only=False)


def make_documents(languages: tuple[str, ...] = ("en", "zh-hans")) -> list[Report]:
    """The ROI report of each valued study and the maturity report, in these languages."""
    maya, made = _member(LEADER), []
    for language in languages:
        for case in RoiCase.objects.filter(study__initiative__organization=maya.organization).order_by("pk"):
            made.append(request_roi_report(by=maya, study=case.study, roi_case=case, language=language))
        latest = Assessment.objects.filter(organization=maya.organization, results__isnull=False).latest("pk")
        made.append(
            request_maturity_report(by=maya, result=latest.results.latest("sequence"), language=language)
        )
    for report in made:
        make_report(report=report)
        report.refresh_from_db()
    return made


def demo_pages() -> list[Page]:
    """Every page that can be looked at, for the demo organization as it is stored."""
    with transaction.atomic():
        secret = _fresh_invitation()
    inside = _Inside()
    return [
        Page(name="sign-in", path=reverse("account_login"), person=NOBODY),
        Page(name="join", path=reverse("join", args=[secret]), person=NOBODY),
        Page(name="verify", path=reverse("verify"), person=NOBODY),
        *inside.verified(),
        Page(name="password-reset", path=reverse("account_reset_password"), person=NOBODY, is_main=False),
        Page(name="organizations", path=reverse("organizations") + "?choose", is_main=False),
        inside.page("home", "home"),
        *inside.assess(),
        *inside.touchpoints(),
        *inside.listen(),
        *inside.decide(),
        *inside.prove(),
        *inside.reports(),
        *inside.settings(),
        Page(name="api-guide", path=reverse("api_docs"), is_main=False),
        Page(name="components", path=reverse("components"), person=ADMINISTRATOR, is_main=False),
        inside.at("not-found", "touchpoint-that-is-not/", is_main=False),
    ]


class _Inside:
    """The pages of the demo organization, room by room."""

    def page(self, name: str, url: str, *args: object, person: str = LEADER, is_main: bool = True) -> Page:
        return Page(name=name, path=reverse(url, args=[SLUG, *args]), person=person, is_main=is_main)

    def at(self, name: str, path: str, *, is_main: bool = True) -> Page:
        return Page(name=name, path=reverse("journeys:touchpoint_list", args=[SLUG]) + path, is_main=is_main)

    def verified(self) -> list[Page]:
        report = Report.objects.filter(organization__slug=SLUG, job_state="done").first()
        if report is None:
            return []
        path = reverse("verify_code", args=[report.verification_code])
        return [Page(name="verify-known", path=path, person=NOBODY)]

    def assess(self) -> list[Page]:
        full = _latest_of(FrameworkKind.FULL)
        open_seat = (
            Response.objects.filter(
                assessment__organization__slug=SLUG, assessment__closed_at=None, member=_member(LEADER)
            )
            .order_by("-pk")
            .first()
        )
        pages = [
            self.page("assess", "assessments:assessment_list"),
            self.page("assess-new", "assessments:assessment_new", is_main=False),
            self.page("assess-round", "assessments:assessment_detail", full.pk),
            self.page("assess-result", "assessments:result_detail", full.pk),
            self.page("assess-frameworks", "assessments:framework_list", is_main=False),
        ]
        if open_seat is not None:
            round_ = open_seat.assessment_id
            dimension = open_seat.assessment.framework.content["dimensions"][0]["key"]
            pages += [
                self.page("assess-answering", "assessments:answer_dimension", round_, dimension),
                self.page("assess-review", "assessments:answer_review", round_),
                self.page("assess-round-open", "assessments:assessment_detail", round_, is_main=False),
            ]
        return pages

    def touchpoints(self) -> list[Page]:
        return [
            self.page("touchpoints", "journeys:touchpoint_list"),
            self.page("touchpoint", "overview:touchpoint_detail", "installation-visit"),
            self.page("coverage", "overview:coverage"),
            Page(name="search", path=reverse("overview:search", args=[SLUG]) + "?q=visit"),
            self.page("my-part", "overview:my_part"),
            self.page("suggestions", "coalition:suggestion_list"),
            self.page("suggestion-new", "coalition:suggestion_create", is_main=False),
            self.page("touchpoint-changes", "journeys:change_list", is_main=False),
            self.page("touchpoint-import", "journeys:change_file", is_main=False),
            self.page("touchpoint-new", "journeys:touchpoint_new", is_main=False),
            self.page("touchpoint-edit", "journeys:touchpoint_edit", "installation-visit", is_main=False),
            self.page("touchpoint-archive", "journeys:touchpoint_archive", "store-visit", is_main=False),
        ]

    def listen(self) -> list[Page]:
        pages = [
            self.page("listen", "customer_voice:metric_list"),
            self.page("metric-nps", "customer_voice:metric_detail", "nps"),
            self.page("metric-effort", "customer_voice:metric_detail", "ces_mean_7", is_main=False),
            self.page("metric-resolution", "customer_voice:metric_detail", "ttr", is_main=False),
            self.page("feedback", "customer_voice:feedback_list"),
            *self.surveys(),
            self.page("definitions", "customer_voice:definition_list", is_main=False),
            self.page("definition-new", "customer_voice:definition_new", is_main=False),
            self.page("definition-edit", "customer_voice:definition_edit", "nps", is_main=False),
            self.page("imports", "customer_voice:import_list"),
            self.page("import-new", "customer_voice:import_new"),
        ]
        of_survey = ImportBatch.objects.filter(organization__slug=SLUG, source__name="survey")
        for batch in of_survey.order_by("pk"):
            if batch.stage == "mapping":
                pages.append(self.page("import-columns", "customer_voice:import_map", batch.pk))
                pages.append(
                    self.page("import-discard", "customer_voice:import_discard", batch.pk, is_main=False)
                )
            else:
                pages.append(self.page("import-report", "customer_voice:import_detail", batch.pk))
        return pages

    def surveys(self) -> list[Page]:
        survey = CustomerSurvey.objects.filter(organization__slug=SLUG).order_by("pk").first()
        pages = [
            self.page("surveys", "customer_voice:survey_list"),
            self.page("survey-new", "customer_voice:survey_new", is_main=False),
        ]
        if survey is not None:
            pages += [
                self.page("survey-results", "customer_voice:survey_detail", survey.pk),
                self.page("survey-questions", "customer_voice:survey_edit", survey.pk),
                self.page("survey-words", "customer_voice:survey_texts", survey.pk, is_main=False),
                self.page("survey-share", "customer_voice:survey_share", survey.pk),
                self.page("survey-mail", "customer_voice:survey_mail", survey.pk),
            ]
        return pages

    def decide(self) -> list[Page]:
        of = {item.state: item.number for item in Initiative.objects.filter(organization__slug=SLUG)}
        waiting, draft = of[InitiativeState.SUBMITTED], of[InitiativeState.DRAFT]
        seat = Seat.objects.filter(coalition__organization__slug=SLUG).order_by("pk").first()
        pages = [
            self.page("decide", "coalition:initiative_list"),
            self.page("board", "coalition:initiative_board"),
            self.page("coalition", "coalition:coalition_detail"),
            self.page("waiting", "coalition:waiting", person=VOTER),
            self.page("vote", "coalition:vote", waiting, person=VOTER),
            self.page("initiative-draft", "coalition:initiative_detail", draft),
            self.page("initiative-in-vote", "coalition:initiative_detail", waiting),
            self.page("initiative-live", "coalition:initiative_detail", of[InitiativeState.LIVE]),
            self.page("initiative-evaluated", "coalition:initiative_detail", 1),
            self.page("plan", "coalition:plan_edit", draft),
            self.page("initiative-new", "coalition:initiative_create", is_main=False),
            self.page("initiative-edit", "coalition:initiative_edit", draft, is_main=False),
            self.page("initiative-history", "coalition:initiative_history", 1, is_main=False),
            self.page("charter", "coalition:charter_edit", is_main=False),
            self.page("seat-new", "coalition:seat_create", is_main=False),
        ]
        drawn = Initiative.objects.filter(organization__slug=SLUG, lots__isnull=False).first()
        if drawn is not None:
            pages.append(self.page("lot", "coalition:lot_draw", drawn.number))
            pages.append(self.page("initiative-drawn", "coalition:initiative_detail", drawn.number))
        for review in Review.objects.open().filter(initiative__organization__slug=SLUG).order_by("pk")[:1]:
            pages.append(self.page("review", "coalition:review", review.initiative.number, person=VOTER))
        if seat is not None:
            pages.append(self.page("seat-edit", "coalition:seat_edit", seat.pk, is_main=False))
        return pages

    def prove(self) -> list[Page]:
        studies = Study.objects.filter(initiative__organization__slug=SLUG).order_by("pk")
        return [
            self.page("prove", "impact:portfolio", person=EXECUTIVE),
            self.page("drivers", "impact:driver_analysis"),
            self.page("associations", "impact:association_list"),
            self.page("association-refused", "impact:association_detail", 1, is_main=False),
            self.page("association", "impact:association_detail", 2),
            *(
                self.page(
                    f"finding-{study.initiative.number}", "impact:initiative_impact", study.initiative.number
                )
                for study in studies.select_related("initiative")
            ),
            self.page("value", "impact:value_edit", 1),
            self.page("value-line-new", "impact:line_new", 1, is_main=False),
            self.page("values-compared", "impact:case_compare", 1, is_main=False),
        ]

    def reports(self) -> list[Page]:
        pages = [
            self.page("reports", "reports:report_list"),
            self.page("schedules", "reports:schedule_list"),
            self.page("schedule-new", "reports:schedule_create", is_main=False),
        ]
        for schedule in Schedule.objects.order_by("pk")[:1]:
            pages.append(self.page("schedule", "reports:schedule_detail", schedule.pk))
            pages.append(self.page("schedule-edit", "reports:schedule_edit", schedule.pk, is_main=False))
        report = Report.objects.filter(organization__slug=SLUG).order_by("pk").first()
        if report is not None:
            pages.append(self.page("report", "reports:report_detail", report.pk, person=EXECUTIVE))
            pages.append(
                self.page("report-share", "reports:report_share", report.pk, person=EXECUTIVE, is_main=False)
            )
        return pages

    def settings(self) -> list[Page]:
        somebody = _member("Ines")
        names = (
            ("settings", "accounts:settings", ()),
            ("people", "accounts:people", ()),
            ("person", "accounts:member_edit", (somebody.pk,)),
            ("invite", "accounts:invite", ()),
            ("organization", "accounts:organization_edit", ()),
            ("function-new", "accounts:function_create", ()),
            ("audit-trail", "accounts:trail", ()),
            ("preferences", "accounts:preferences", ()),
            ("reminders", "accounts:reminders", ()),
        )
        return [
            *(self.page(name, url, *args, person=ADMINISTRATOR, is_main=False) for name, url, args in names),
            self.page("keys", "accounts:tokens", is_main=False),
        ]


def _member(name: str) -> Membership:
    member: Membership = Membership.objects.select_related("user", "organization").get(
        organization__slug=SLUG, user__email=email_of(name)
    )
    return member


def _header(text: str) -> list[str]:
    return text.splitlines()[0].split(",")


def _practices_of(seat: Response) -> list[str]:
    content = seat.assessment.framework.content
    return [practice["key"] for dimension in content["dimensions"] for practice in dimension["practices"]]


def _latest_of(kind: FrameworkKind) -> Assessment:
    framework = FrameworkVersion.objects.filter(kind=kind)
    closed: Assessment = Assessment.objects.filter(
        organization__slug=SLUG, framework__in=framework, closed_at__isnull=False
    ).latest("pk")
    return closed


def _fresh_invitation() -> str:
    """A link that works; the one before it is withdrawn, so that the list does not grow."""
    organization = Organization.objects.get(slug=SLUG)
    Invitation.objects.of(organization).open(timezone.now()).filter(email__startswith="omar@").delete()
    _invitation, secret = invite_person(
        by=_member(ADMINISTRATOR), email="omar@aurelia.example", role=Role.CONTRIBUTOR
    )
    return secret
