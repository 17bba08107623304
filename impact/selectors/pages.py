"""The page of one initiative: what it did, and what it was worth."""

from dataclasses import dataclass
from datetime import date, datetime

from django.http import Http404

from accounts.models import AuditEvent
from coalition.models import Initiative
from coalition.selectors import archived_places, merge_sentences, plan_of
from impact.choices import SignOff
from impact.go_lives import GoLiveHistory
from impact.models import RoiCase, Study, ValueModel
from impact.selectors.cases import (
    CaseView,
    EarlierValue,
    case_view,
    earlier_case,
    earlier_value,
    latest_case,
)
from impact.selectors.disputes import Dispute, unanswered_disputes
from impact.selectors.go_lives import go_live_history
from impact.selectors.later import later_answers, later_text
from impact.selectors.studies import StudyView, latest_finished_study, studies_of, study_view
from impact.wording import verdict_title, verdict_tone
from impact.wording.go_lives import move_text, run_text, runs_text


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyLine:
    """One run in the history; `verdict` is empty where there is no finding.

    `is_headline`: this one counts. `has_older_data`: its data end before those of the one that counts.
    `has_other_go_live`: it used a go-live that was corrected since.
    """

    study: Study
    verdict: str
    tone: str
    is_headline: bool
    has_older_data: bool
    has_other_go_live: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ImpactPage:
    """`obstacle` says why no study can be asked for: "not_live", "no_plan", "no_answers" (since the
    go-live) or ""."""

    initiative: Initiative
    studies: tuple[StudyLine, ...]
    running: Study | None
    failed: Study | None
    shown: StudyView | None
    is_latest: bool
    value_model: ValueModel | None
    case: CaseView | None
    earlier: EarlierValue | None
    cases: tuple[RoiCase, ...]
    obstacle: str
    default_cutoff: date
    headline: Study | None
    go_lives: GoLiveHistory | None
    counting_case: RoiCase | None
    archived: tuple[str, ...]
    merges: tuple[str, ...]  # of touchpoints, since the plan was fixed
    later: str  # what came in after the study shown, about days that it reads

    @property
    def has_other_go_live(self) -> bool:
        """Whether the go-live was corrected since the study shown: it used the day that stood then."""
        return self.shown is not None and self.shown.subject.go_live != self.initiative.went_live_on

    @property
    def is_next_lowered(self) -> bool:
        """Whether a study of the day that stands has a grade that is one lower: a result was known before it
        was moved there."""
        if self.go_lives is None or (self.shown is not None and self.shown.study.is_lowered):
            return False
        known = [run for run in self.go_lives.studies if run.effect is not None]
        first = min(known, key=lambda run: (run.finished_at is None, run.finished_at), default=None)
        return first is not None and first.go_live not in (None, self.initiative.went_live_on)

    @property
    def go_live_moves(self) -> tuple[str, ...]:
        return tuple(map(move_text, self.go_lives.moves)) if self.go_lives else ()

    @property
    def go_live_runs(self) -> tuple[str, tuple[str, ...]]:
        """How many studies were run on the plan with which days, and each of them in a line."""
        if self.go_lives is None or self.shown is None:
            return "", ()
        runs, kind = self.go_lives.studies, self.shown.subject.kind
        return runs_text(runs), tuple(run_text(run, kind) for run in runs)

    @property
    def plan_changed_on(self) -> datetime | None:
        """When the plan was changed after the study shown, which therefore has the grade of before."""
        if self.shown is None or self.shown.study.is_lowered or self.shown.study.is_moved:
            return None  # both together cost one grade
        plan = plan_of(self.initiative)
        return None if plan is None else plan.changed_after_approval_at

    @property
    def needs_new_study(self) -> bool:
        """Whether not even the study that counts used the go-live that stands."""
        return self.headline is not None and not self.headline.used(self.initiative.went_live_on)

    @property
    def passed_over(self) -> Study | None:
        """A study with later data than the one that counts, which used a go-live that no longer stands."""
        if self.headline is None or self.needs_new_study:
            return None
        later = (
            line.study
            for line in self.studies
            if line.has_other_go_live and line.study.data_cutoff > self.headline.data_cutoff
        )
        return next(later, None)

    @property
    def signed_value(self) -> RoiCase | None:
        """The value of the study that counts where finance has signed it off: a new study pushes it out."""
        case = self.counting_case
        return case if case is not None and case.sign_off == SignOff.SIGNED else None

    @property
    def is_value_outdated(self) -> bool:
        """Whether the value shown follows earlier inputs than those that stand now."""
        if not self.is_latest or self.value_model is None or self.case is None:
            return False
        return not self.case.case.follows(self.value_model)


def impact_page(initiative: Initiative, *, today: date, number: int | None = None) -> ImpactPage:
    """The study that counts, or the one with `number` (404 where it has none). At most
    eighteen queries."""
    studies = tuple(studies_of(initiative))
    latest = latest_finished_study(initiative)
    study = latest
    if number is not None and (latest is None or latest.number != number):
        study = (
            Study.objects.filter(initiative=initiative, number=number)
            .finished()
            .select_related("initiative__organization", "requested_by__user")
            .first()
        )
        if study is None:
            raise Http404
    newest = studies[0] if studies else None
    shown = study_view(study) if study else None
    case = latest_case(study) if study else None
    before = earlier_case(study) if study and study == latest and case is None else None
    dispute = dispute_over(case or before, initiative, counts=study == latest)
    cutoff = _cutoff(initiative, today, latest)
    later = later_answers(study) if study else None
    return ImpactPage(
        initiative=initiative,
        studies=tuple(
            StudyLine(
                study=line,
                verdict=verdict_title(line.verdict) if line.verdict else "",
                tone=verdict_tone(line.verdict) if line.verdict else "calm",
                is_headline=line == latest,
                has_older_data=latest is not None and line.data_cutoff < latest.data_cutoff,
                has_other_go_live=not line.used(initiative.went_live_on),
            )
            for line in studies
        ),
        running=newest if newest and not newest.is_finished else None,
        failed=newest if newest and newest.job_state == "failed" else None,
        shown=shown,
        is_latest=study is not None and study == latest,
        value_model=value_model_of(initiative),
        case=case_view(case, shown.subject, before=shown.finding.baseline_value, dispute=dispute)
        if case and shown
        else None,
        earlier=earlier_value(before, study, dispute) if before and study else None,
        cases=tuple(
            RoiCase.objects.filter(study=study)
            .select_related("computed_by__user", "sign_off_by__user")
            .defer("inputs", "result")
        )
        if study
        else (),
        obstacle=_obstacle(initiative, today, cutoff),
        default_cutoff=cutoff,
        headline=latest,
        go_lives=go_live_history(initiative),
        counting_case=case if study == latest or latest is None else latest_case(latest),
        archived=archived_places(initiative),
        merges=merge_sentences(initiative),
        later=later_text(later, initiative.organization) if later else "",
    )


def dispute_over(case: RoiCase | None, initiative: Initiative, *, counts: bool) -> Dispute | None:
    """The unanswered dispute that stands over a value of the initiative. One query, none where finance
    reviewed it. `counts`: it is of the study that counts."""
    if case is None or case.sign_off != SignOff.OPEN:
        return None
    dispute = unanswered_disputes([initiative.pk]).get(initiative.pk)
    return dispute and dispute.over(case, counts=counts)


def value_model_of(initiative: Initiative) -> ValueModel | None:
    """How its change becomes money, or None where nobody has said yet. One query."""
    return ValueModel.objects.filter(initiative=initiative).first()


def who_chose_kind(initiative: Initiative) -> str:
    """Who made its value model one of the kind that it is, as the trail tells; empty for none. One query."""
    saved = AuditEvent.objects.of(initiative.organization).filter(
        verb="value_model.saved", subject_type=initiative._meta.label_lower, subject_id=str(initiative.pk)
    )
    for event in saved:
        if event.before.get("kind") != event.after.get("kind"):
            return event.actor_name
    return ""


def _cutoff(initiative: Initiative, today: date, headline: Study | None) -> date:
    """The last day that was heard of, at most today, and never before the data of the study that counts: with
    older data a new study would count for nothing."""
    plan = plan_of(initiative)
    until = plan.metric.data_until if plan is not None else None
    heard = min(today, initiative.organization.clock.day_of(until)) if until else today
    return heard if headline is None else max(heard, headline.data_cutoff)


def _obstacle(initiative: Initiative, today: date, cutoff: date) -> str:
    if initiative.went_live_on is None or initiative.went_live_on > today:
        return "not_live"
    plan = plan_of(initiative)
    if plan is None or not plan.fixed_digest:
        return "no_plan"
    return "" if cutoff > initiative.went_live_on else "no_answers"
