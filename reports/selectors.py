"""Reads for the screens of documents."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.choices import Action
from accounts.models import Membership, Organization
from accounts.permissions import may
from assessments.access import results_for
from assessments.models import MaturityResult
from coalition.models import Initiative
from coalition.selectors import merge_sentences
from common.jobs import JobState
from common.reckoning import months_later
from common.registry import Used, UseQuestion, newest_used
from impact.choices import SignOff
from impact.models import LedgerYear, ProgramCase, RoiCase, Study
from impact.selectors import latest_program
from impact.selectors.cases import counting_instead, finance_text
from impact.selectors.pages import dispute_over
from impact.wording import newer_value_text
from reports.access import reports_for
from reports.choices import Pause, ReportKind
from reports.codes import grouped_code
from reports.models import Report, ReportAnswer, Schedule, ScheduleRun, ShareLink, Slides, SlideTemplate
from wording.engines import computed_text, is_of_other_engine
from wording.formats import reader
from wording.joining import sentences


def reports(member: Membership) -> QuerySet[Report]:
    """The documents that this member may see, newest first, without their content (`access.reports_for`)."""
    return (
        reports_for(member)
        .annotate(is_disputed=_is_disputed(member.organization))
        .select_related("created_by__user", "study__initiative")
        .defer("content")
        .order_by("-created_at")
    )


def _is_disputed(organization: Organization) -> Q:
    """Whether finance disputed something that the document tells after it was asked for: its value, or, of a
    document with a return, any value or year of costs. The document's own page says what."""
    disputed = {"sign_off": SignOff.DISPUTED, "sign_off_at__gt": OuterRef("created_at")}
    of_program = Exists(RoiCase.objects.of(organization).filter(**disputed)) | Exists(
        LedgerYear.objects.of(organization).filter(**disputed)
    )
    own = Exists(RoiCase.objects.filter(pk=OuterRef("roi_case"), **disputed))
    return Q(own) | (Q(program_case__isnull=False) & Q(of_program))


@dataclass(frozen=True, kw_only=True, slots=True)
class Reportable:
    """What a first document can be made of now: numbers of an initiative and of a round, None where there is
    none."""

    initiative: int | None
    assessment: int | None


def reportable(member: Membership) -> Reportable:
    """The finding and the maturity result that came last, of those that this member is shown. Two queries."""
    studies = Study.objects.of(member.organization).finished().order_by("-finished_at", "-pk")
    results = results_for(member).order_by("-computed_at", "-pk")
    return Reportable(
        initiative=studies.values_list("initiative__number", flat=True).first(),
        assessment=results.values_list("assessment_id", flat=True).first(),
    )


def since_last_session(organization: Organization) -> date:
    """The day of the last board pack, else three months ago. One query."""
    packs = Report.objects.of(organization).filter(kind=ReportKind.BOARD, job_state=JobState.DONE)
    last = packs.order_by("-created_at").values_list("created_at", flat=True).first()
    clock = organization.clock
    return clock.day_of(last) if last is not None else months_later(clock.today(), -3)


def report_by_code(code: str) -> Report | None:
    """The finished document behind a printed code, however it was typed, with why it is closed. One query."""
    report: Report | None = (
        Report.objects.filter(verification_code=grouped_code(code), job_state=JobState.DONE)
        .with_closure()
        .select_related(
            "organization", "roi_case__study__initiative__organization", "roi_case__sign_off_by__user"
        )
        .first()
    )
    return report


def newer_value(report: Report) -> str:
    """What counts today instead of the value of a finished document, with finance's word on it; empty where
    its own does, or it has none. At most six queries, none without a value."""
    case = report.roi_case
    newer = None if case is None else counting_instead(case)
    if case is None or newer is None:
        return ""
    dispute = dispute_over(newer, newer.study.initiative, counts=True)
    return newer_value_text(
        (case.number, case.study.number),
        (newer.number, newer.study.number),
        finance=finance_text(newer, dispute),
    )


def merges_since(report: Report) -> tuple[str, ...]:
    """Touchpoints of its study that were merged since a finished document was created. Three queries,
    none without a study."""
    if report.study is None:
        return ()
    return merge_sentences(report.study.initiative, after=report.created_at)


def overtaken(report: Report) -> str:
    """What has overtaken a finished document: another value, a dispute since, another return. At most eight
    queries, none for documents without money."""
    if report.program_case_id is not None:
        return _overtaken_program(report)
    return newer_value(report) or _disputed_since(report)


def _disputed_since(report: Report) -> str:
    """Finance disputed the value of the document after it was made. No query beside the value."""
    case = report.roi_case
    if case is None or case.sign_off != SignOff.DISPUTED or case.sign_off_at is None:
        return ""
    if case.sign_off_at <= report.created_at:
        return ""
    return _(
        "Finance disputed the value in this document after it was created: “%(words)s”, %(who)s, %(day)s. Do "
        "not rely on it until that is settled."
    ) % {
        "words": case.sign_off_comment,
        "who": str(case.sign_off_by or ""),
        "day": reader().day(case.sign_off_at),
    }


def _overtaken_program(report: Report) -> str:
    """Another return counts, and what finance disputed since the document was asked for. Four queries."""
    texts = []
    latest = latest_program(report.organization)
    if latest is not None and latest.pk != report.program_case_id:
        texts.append(
            _("Return %(number)s of %(day)s counts instead of the one in this document.")
            % {"number": latest.number, "day": reader().day(latest.finished_at)}
        )
    texts += [
        _("Finance disputed the value of %(initiative)s since: %(day)s.")
        % {"initiative": str(row.study.initiative), "day": reader().day(row.sign_off_at)}
        for row in RoiCase.objects.of(report.organization)
        .filter(sign_off=SignOff.DISPUTED, sign_off_at__gt=report.created_at)
        .select_related("study__initiative")
        .defer("inputs", "result", "study__inputs", "study__finding")
        .order_by("sign_off_at")
    ]
    texts += [
        _("Finance disputed the program's costs of %(year)s since: %(day)s.")
        % {"year": row.year, "day": reader().day(row.sign_off_at)}
        for row in LedgerYear.objects.of(report.organization).filter(
            sign_off=SignOff.DISPUTED,
            sign_off_at__gt=report.created_at,
            reviewed_months=report.organization.year_begins,  # else the word holds no longer
        )
    ]
    return sentences([_("This document is overtaken."), *texts]) if texts else ""


def slide_template_of(organization: Organization) -> SlideTemplate | None:
    """The organization's own slides, with who uploaded them. One query."""
    rows = SlideTemplate.objects.of(organization).select_related("uploaded_by__user")
    found: SlideTemplate | None = rows.first()
    return found


def slides_of(report: Report) -> QuerySet[Slides]:
    """The slides of a document, newest first. One query."""
    return Slides.objects.of(report.organization).filter(report=report)


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Something that a document was made from: what it is, its name, where it is shown."""

    kind: str
    name: str
    url: str


def made_from(report: Report) -> tuple[Source, ...]:
    """Initiative, study, value and series of a document; its return; its result; its wave. One query, none
    for documents of other subjects."""
    return tuple(_sources(report))


def _sources(report: Report) -> Iterator[Source]:
    slug = report.organization.slug
    if report.study is not None:
        initiative, number = report.study.initiative, report.study.number
        page = reverse("impact:study_detail", args=[slug, initiative.number, number])
        yield Source(
            kind=_("Initiative"),
            name=str(initiative),
            url=reverse("coalition:initiative_detail", args=[slug, initiative.number]),
        )
        cutoff = reader().day(report.study.data_cutoff)
        name = _("Study %(number)s, data up to %(day)s") % {"number": number, "day": cutoff}
        yield Source(kind=_("Study"), name=name, url=page)
        subject = report.study.inputs["subject"]
        metric = reverse("customer_voice:metric_detail", args=[slug, subject["metric_key"]])
        yield Source(
            kind=_("Series"),
            name=subject["metric_name"],
            url=f"{metric}?version={subject['metric_version']}",
        )
        if report.roi_case is not None:
            name = _("Value %(number)s") % {"number": report.roi_case.number}
            yield Source(kind=pgettext("in money", "Value"), name=name, url=f"{page}#money")
    if report.program_case is not None:
        name = _("Return %(number)s") % {"number": report.program_case.number}
        page = reverse("impact:program", args=[slug])
        yield Source(kind=_("Return of the program"), name=name, url=page)
    if report.kind == ReportKind.BOARD:
        name = _("Decisions since %(day)s") % {
            "day": reader().day(date.fromisoformat(report.content["since"]))
        }
        yield Source(kind=_("Coalition"), name=name, url=reverse("coalition:initiative_list", args=[slug]))
    if report.maturity_result is not None:
        result = report.maturity_result
        yield Source(
            kind=_("Maturity result"),
            name=report.title,
            url=reverse("assessments:result_detail", args=[slug, result.assessment_id]),
        )
    if report.wave is not None:
        yield Source(
            kind=_("Employee survey results"),
            name=report.title,
            url=reverse("employee_voice:wave_results", args=[slug, report.wave_id]),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduleTrouble:
    """A schedule that needs a person: it stopped without an owner, or its last run failed."""

    schedule: Schedule
    failure: str  # of its last run; empty where it stopped


def schedules_in_trouble(member: Membership) -> tuple[ScheduleTrouble, ...]:
    """Those of the member, and for who runs the organization those of nobody. One query."""
    last = ScheduleRun.objects.filter(schedule=OuterRef("pk")).order_by("-created_at", "-pk")
    rows = (
        Schedule.objects.of(member.organization)
        .select_related("organization", "initiative", "survey", "owner__user")
        .annotate(last_state=Subquery(last.values("job_state")[:1]))
        .annotate(last_failure=Subquery(last.values("failure")[:1]))
        .filter(Q(pause=Pause.NO_OWNER) | Q(last_state=JobState.FAILED, pause=""))
        .order_by("pk")
    )
    runs_it = may(member.role, Action.MANAGE_ORGANIZATION)
    return tuple(
        ScheduleTrouble(schedule=row, failure="" if row.pause else str(row.last_failure))
        for row in rows
        if (runs_it if row.pause else row.owner_id == member.pk)
    )


def links_of(report: Report) -> QuerySet[ShareLink]:
    """The links to a document, newest first, with who gave them. One query."""
    return ShareLink.objects.of(report.organization).filter(report=report).select_related("created_by__user")


def answers_about(report: Report) -> QuerySet[ReportAnswer]:
    """What members and holders of links said about a document, newest first. One query."""
    rows = ReportAnswer.objects.of(report.organization).filter(report=report)
    return rows.select_related("link", "member__user")


def engine_text(report: Report) -> str:
    """With which engine the figures of a finished document were computed, and that it stays as it is where
    that is not today's. Read from its stored content. No query but for the content."""
    versions = dict.fromkeys(
        part["engine_version"]
        for part in (report.content.get(name) for name in ("study", "roi_case", "result", "program_case"))
        if part
    )
    said = [computed_text(version) for version in versions]
    if any(map(is_of_other_engine, versions)):
        said.append(_("The document stays as it was created; one about a new computation may differ."))
    return sentences(said)


def documents_of(question: UseQuestion) -> Iterator[Used]:
    """The documents of a study, a value, an initiative, a return, a maturity result, that the member may
    open. One query (`access.reports_for`), none for other rows."""
    wanted = _wanted(question.subject)
    if wanted is None:
        return
    member = question.member

    def used(report: Report) -> Used:
        return Used(
            kind=str(report.get_kind_display()),
            title=report.title,
            url=reverse("reports:report_detail", args=[member.organization.slug, report.pk]),
            note=reader().day(report.created_at),
        )

    found = reports_for(member).filter(wanted, job_state=JobState.DONE).defer("content")
    yield from newest_used(found.order_by("-created_at"), used, kind=_("Document"))


def _wanted(subject: Model) -> Q | None:
    if isinstance(subject, Study):
        return Q(study=subject)
    if isinstance(subject, RoiCase):
        return Q(roi_case=subject)
    if isinstance(subject, Initiative):
        return Q(study__initiative=subject)
    if isinstance(subject, ProgramCase):
        return Q(program_case=subject)
    if isinstance(subject, MaturityResult):
        return Q(maturity_result=subject)
    return None
