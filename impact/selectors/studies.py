"""One study in words and figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from coalition.models import Initiative
from cxstats.codec import decoded
from cxstats.design import Finding, PeriodKind
from impact.findings import finding_of
from impact.models import Study
from impact.panel import StudySubject
from impact.wording import (
    CheckText,
    change_our_mind,
    check_text,
    effect_label,
    finding_refusal,
    grade_meaning,
    grade_title,
    method_reason_text,
    method_text,
    note_text,
    reason_text,
    sensitivity_text,
    verdict_meaning,
    verdict_sentence,
    verdict_title,
    verdict_tone,
)
from impact.wording.beside import Beside
from impact.wording.engines import finding_engine_text
from wording.figures import amount_text, range_text, value_text
from wording.formats import reader


@dataclass(frozen=True, kw_only=True, slots=True)
class OtherReading:
    """The same question answered by another sound analysis."""

    label: str
    effect: str
    range: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StudyView:
    """Everything a page or a report says about one finished study; `finding` has the figures behind it."""

    study: Study
    subject: StudySubject
    finding: Finding
    sentence: str
    grade: str
    grade_title: str
    grade_meaning: str
    verdict: str
    verdict_title: str
    verdict_meaning: str
    tone: str
    effect: str
    before: str
    after: str
    smallest_detectable: str
    refusal: str
    reasons: tuple[str, ...]
    checks: tuple[CheckText, ...]
    readings: tuple[OtherReading, ...]
    method: str
    method_reason: str
    notes: tuple[str, ...]
    change_our_mind: tuple[str, ...]
    others: tuple[str, ...]
    engine: str

    @property
    def answers(self) -> tuple[int, int]:
        """Answers at the touchpoints with the initiative, and at those it is compared with."""
        panel = self.study.inputs["panel"]  # as stored: to decode all of it for two sums is slow
        treated, compared = {key for key, _start in panel["treated"]}, set(panel["controls"])
        at_treated = sum(cell["n"] for cell in panel["cells"] if cell["unit"] in treated)
        return at_treated, sum(cell["n"] for cell in panel["cells"] if cell["unit"] in compared)

    @property
    def treated_names(self) -> tuple[str, ...]:
        """Touchpoints with the initiative, each with its start where a lot gave them."""
        return tuple(
            _("%(title)s (%(day)s)") % {"title": place.name, "day": reader().day(place.start)}
            if place.start
            else place.name
            for place in self.subject.treated
        )

    @property
    def is_stepped(self) -> bool:
        """Whether a lot gave the touchpoints starts."""
        return any(place.start for place in self.subject.treated)

    @property
    def near_names(self) -> tuple[str, ...]:
        """Touchpoints that could be affected without getting it."""
        return tuple(place.name for place in self.subject.spillover)

    @property
    def answers_text(self) -> str:
        """6,234, and 16,414 in the comparison: nobody takes the sum for what was heard at one touchpoint."""
        treated, compared = self.answers
        if not compared:
            return reader().number(treated)
        return _("%(answers)s, and %(compared)s in the comparison") % {
            "answers": reader().number(treated),
            "compared": reader().number(compared),
        }


def studies_of(initiative: Initiative) -> QuerySet[Study]:
    """All runs, newest first, without the large inputs. One query."""
    return (
        Study.objects.filter(initiative=initiative)
        .select_related("requested_by__user")
        .defer("inputs", "finding")
        .order_by("-number")
    )


def latest_finished_study(initiative: Initiative) -> Study | None:
    """The study that counts: of those with a finding, refusals included, the one with the latest data, and of
    those the latest run. One query."""
    found: Study | None = (
        Study.objects.filter(initiative=initiative)
        .finished()
        .select_related("initiative__organization", "requested_by__user")
        .headline_first()
        .first()
    )
    return found


def same_study_text(study: Study) -> str:
    """Said where a new study would read what the one that counts has read."""
    text = _(
        "A new study would be the same: answers up to %(day)s, plan, go-live and engine are those of study "
        "%(number)s, which counts and stays."
    )
    return text % {"day": reader().day(study.data_cutoff), "number": study.number}


def study_subject(study: Study) -> StudySubject:
    subject: StudySubject = decoded(StudySubject, study.inputs["subject"])
    return subject


def _beside(subject: StudySubject, inputs: Mapping[str, Any]) -> dict[str, Beside]:
    """What the questions beside the main one are about, by the key of their check."""
    found = {}
    if subject.unmoved_metric and subject.unmoved_kind is not None:
        found["negative_control"] = Beside(
            names=[subject.unmoved_metric],
            kind=subject.unmoved_kind,
            unanswered_until=None if _is_answered(inputs["unmoved"]["panel"]) else subject.data_cutoff,
        )
    if subject.spillover:
        found["spill_over"] = Beside(names=[place.name for place in subject.spillover], kind=subject.kind)
    return found


def _is_answered(panel: Mapping[str, Any]) -> bool:
    """Whether anything was counted at the touchpoints with the initiative."""
    there = {unit for unit, _start in panel["treated"]}
    return any(cell["unit"] in there and (cell["n"] or cell.get("exposure")) for cell in panel["cells"])


def study_view(study: Study) -> StudyView:
    """A finished study in the reader's language. No query."""
    subject, finding = study_subject(study), finding_of(study.finding or {})
    kind, period = subject.kind, PeriodKind(study.inputs["design"]["period"])
    smallest = finding.smallest_detectable_effect
    lowering = study.lowering
    return StudyView(
        study=study,
        subject=subject,
        finding=finding,
        sentence=verdict_sentence(subject, finding),
        grade=finding.grade.value,
        grade_title=grade_title(finding.grade, finding.method, lowering=lowering),
        grade_meaning=grade_meaning(finding.grade, finding.method, lowering=lowering),
        verdict=finding.verdict.value,
        verdict_title=verdict_title(finding.verdict),
        verdict_meaning=verdict_meaning(finding.verdict, finding.diagnostics),
        tone=verdict_tone(finding.verdict),
        effect=effect_label(subject, finding),
        before=value_text(reader(), kind, finding.baseline_value),
        after=value_text(reader(), kind, finding.after_value),
        smallest_detectable="–" if smallest is None else amount_text(reader(), kind, smallest),
        refusal=finding_refusal(finding),
        reasons=tuple(reason_text(key, finding.diagnostics) for key in finding.reasons)
        if finding.refusal is None
        else (),
        checks=tuple(
            check_text(
                check, kind=kind, period=period, finding=finding, beside=_beside(subject, study.inputs)
            )
            for check in finding.diagnostics
        ),
        readings=tuple(
            OtherReading(
                label=sensitivity_text(row.key),
                effect=amount_text(reader(), kind, row.value, signed=True),
                range=range_text(reader(), kind, row.interval.low, row.interval.high, signed=True),
            )
            for row in finding.sensitivity
        ),
        method=method_text(finding.method),
        method_reason=method_reason_text(finding.method_reason),
        notes=tuple(text for text in map(note_text, finding.notes) if text),
        change_our_mind=change_our_mind(subject, finding),
        others=tuple(dict.fromkeys(other["name"] for other in study.inputs["design"]["other_initiatives"])),
        engine=finding_engine_text(study.engine_version),
    )
