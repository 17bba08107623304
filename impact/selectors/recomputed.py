"""A study computed again, beside what is stored of it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from cxstats.design import Finding
from impact.choices import Recomputed
from impact.findings import finding_of
from impact.models import Study
from impact.panel import StudySubject
from impact.selectors.studies import study_subject
from impact.wording import effect_label, grade_title, method_text, verdict_title
from impact.wording.engines import recomputed_text, what_to_do
from wording.engines import version_text
from wording.figures import amount_text, value_text
from wording.formats import reader


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedFigure:
    """One figure as it is stored and as today's engine gives it."""

    label: str
    stored: str
    today: str

    @property
    def differs(self) -> bool:
        return self.stored != self.today


@dataclass(frozen=True, kw_only=True, slots=True)
class RecomputedView:
    """What computing a study again came to, in words. `figures` is empty where nothing was computed."""

    study: Study
    outcome: Recomputed
    sentence: str
    steps: tuple[str, ...]
    figures: tuple[ComparedFigure, ...]
    stored_engine: str
    today_engine: str
    tone: str


def recomputed_view(study: Study, *, outcome: Recomputed, finding: Finding | None) -> RecomputedView:
    """The stored finding beside today's. No query beyond the study's own relations."""
    subject, stored = study_subject(study), finding_of(study.finding or {})
    return RecomputedView(
        study=study,
        outcome=outcome,
        sentence=recomputed_text(
            outcome,
            study.engine_version,
            then=_in_short(subject, stored),
            now="" if finding is None else _in_short(subject, finding),
        ),
        steps=what_to_do(outcome),
        figures=() if finding is None else _figures(study, subject, stored, finding),
        stored_engine=version_text(study.engine_version),
        today_engine="" if finding is None else version_text(finding.engine_version),
        tone="bad" if outcome.is_alarm else "done" if outcome is Recomputed.SAME else "calm",
    )


def _in_short(subject: StudySubject, finding: Finding) -> str:
    """The effect and the verdict in one breath."""
    verdict = verdict_title(finding.verdict)
    if finding.effect is None:
        return f"“{verdict}”"
    return _("%(effect)s, “%(verdict)s”") % {"effect": effect_label(subject, finding), "verdict": verdict}


def _figures(
    study: Study, subject: StudySubject, stored: Finding, today: Finding
) -> tuple[ComparedFigure, ...]:
    rows = []
    both = (_values(study, subject, stored), _values(study, subject, today))
    for label, then, now in zip(_labels(), *both, strict=True):
        rows.append(ComparedFigure(label=label, stored=then, today=now))
    return tuple(rows)


def _labels() -> tuple[str, ...]:
    return (
        _("Effect"),
        _("Verdict"),
        _("Design grade"),
        _("Method"),
        _("Before"),
        _("After"),
        _("Smallest detectable change"),
    )


def _values(study: Study, subject: StudySubject, finding: Finding) -> tuple[str, ...]:
    kind, smallest = subject.kind, finding.smallest_detectable_effect
    grade = _("%(grade)s: %(title)s") % {
        "grade": finding.grade.value,
        "title": grade_title(finding.grade, finding.method, lowering=study.lowering),
    }
    return (
        effect_label(subject, finding),
        verdict_title(finding.verdict),
        grade,
        method_text(finding.method),
        value_text(reader(), kind, finding.baseline_value),
        value_text(reader(), kind, finding.after_value),
        "–" if smallest is None else amount_text(reader(), kind, smallest),
    )
