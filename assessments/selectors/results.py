"""The result page: read from the stored profile, never computed again."""

from collections import defaultdict

from django.db.models import Case, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organization
from assessments.choices import AnswerStatus, FrameworkKind
from assessments.content import Framework, Practice
from assessments.models import Answer, Assessment, ConsensusLevel, MaturityResult
from assessments.selectors.answering import LevelCard
from assessments.selectors.charts import dimension_chart, practice_chart
from assessments.selectors.explanation import explained, refusal_text
from assessments.selectors.profiles import framework_of, maturity_profile_of, said
from assessments.selectors.shapes import (
    Agreed,
    ComparedRound,
    ComparedRow,
    DimensionResult,
    Figure,
    InitiativeSeed,
    OpportunityRow,
    PracticeResult,
    PrerequisiteRow,
    Remark,
    ResultPage,
)
from cxstats.maturity import MaturityProfile, Opportunity, PracticeStanding, Sensitivity, Standing

MOST_ROUNDS_COMPARED = 6


def latest_result(organization: Organization) -> MaturityResult | None:
    """The newest result of a full assessment, for the home page; of a quick check while there is no other.

    One person's quick check does not speak for an organization that many have assessed. One query.
    """
    result: MaturityResult | None = (
        MaturityResult.objects.filter(assessment__organization=organization)
        .select_related("assessment__framework", "assessment__organization")
        .order_by(
            Case(When(assessment__framework__kind=FrameworkKind.QUICK, then=1), default=0),
            "-computed_at",
            "-pk",
        )
        .first()
    )
    return result


def result_page(result: MaturityResult) -> ResultPage:
    """One result with its comments, agreed levels and the rounds before. Five queries, however many rows."""
    assessment = result.assessment
    framework = framework_of(assessment.framework)
    profile = maturity_profile_of(result)
    sequences = tuple(assessment.results.order_by("-sequence").values_list("sequence", "computed_at"))
    is_latest = sequences[0][0] == result.sequence
    agreed = _agreed(assessment) if is_latest else {}
    remarks = _remarks(assessment, framework) if is_latest and not assessment.is_open else {}
    dimensions = tuple(
        _dimension(framework, profile, item.key, agreed, remarks) for item in framework.dimensions
    )
    practices = {item.figure.key: item for group in dimensions for item in group.practices}
    opportunities = tuple(
        _opportunity(framework, profile, item, rank)
        for rank, item in enumerate(profile.opportunities, start=1)
    )
    disputed = tuple(
        sorted(
            (item for item in practices.values() if item.figure.disagreement),
            key=lambda item: (item.figure.lowest or 0) - (item.figure.highest or 0),
        )
    )
    headline = _headline(assessment, framework, profile, opportunities)
    rounds, compared = _compared(result, framework)
    return ResultPage(
        result=result,
        framework=said(framework.name),
        framework_version=framework.version,
        is_quick=framework.kind == "quick",
        is_latest=is_latest,
        sequences=sequences,
        headline=headline,
        disagreement=_disagreement(profile, disputed),
        near=_near(framework, profile.overall.sensitivity),
        overall=_figure(framework, profile.overall, _("Overall")),
        dimensions=dimensions,
        strengths=tuple(practices[key].figure for key in profile.strengths),
        opportunities=opportunities,
        prerequisites=tuple(_prerequisites(framework, profile)),
        disputed=disputed,
        lines=explained(framework, profile),
        rounds=rounds,
        compared=compared,
        chart=dimension_chart(framework, profile, _dimension_title(framework, profile)),
        practice_chart=practice_chart(framework, profile, _practice_title(opportunities)),
        outstanding=assessment.responses.outstanding().count(),
    )


def initiative_seed(result: MaturityResult, practice: str) -> InitiativeSeed:
    """Words for a draft initiative from one opportunity. KeyError: the framework has no such practice."""
    framework = framework_of(result.assessment.framework)
    content = framework.practice(practice)
    standing = maturity_profile_of(result).practice(practice)
    step = content.next_step(standing.level) if standing.level is not None else None
    dimension = said(framework.dimension_of(practice).name)
    title = said(content.title)
    facts = {
        "practice": title,
        "level": _figure_text(standing.level),
        "target": _figure_text(standing.target),
        "round": result.assessment.title,
        "text": _stands_at(content, standing.level),
    }
    if standing.target is None:
        problem = _("In “%(round)s” %(practice)s stands at level %(level)s: %(text)s") % facts
    else:
        problem = (
            _("In “%(round)s” %(practice)s stands at level %(level)s, the target is %(target)s: %(text)s")
            % facts
        )
    return InitiativeSeed(
        result_pk=result.pk,
        practice=practice,
        practice_title=title,
        dimension=dimension,
        level=standing.level,
        target=standing.target,
        title=said(step.title) if step else title,
        description=said(step.description) if step else "",
        problem=problem if standing.level is not None else "",
    )


# --- sentences ---------------------------------------------------------------------------------


def _figure_text(level: float | None) -> str:
    return "–" if level is None else f"{level:.1f}"


def _headline(
    assessment: Assessment,
    framework: Framework,
    profile: MaturityProfile,
    opportunities: tuple[OpportunityRow, ...],
) -> str:
    band = framework.band(profile.overall.band)
    if profile.overall.level is None or band is None:
        return refusal_text(profile.overall.refusal)
    first = _("%(organization)s stands at level %(level)s of 5, “%(band)s”.") % {
        "organization": assessment.organization.name,
        "level": _figure_text(profile.overall.level),
        "band": said(band.name),
    }
    if not opportunities:
        return first
    second = _("What holds it back most: %(practice)s, at level %(level)s.") % {
        "practice": opportunities[0].title,
        "level": _figure_text(opportunities[0].level),
    }
    return f"{first} {second}"


def _disagreement(profile: MaturityProfile, disputed: tuple[PracticeResult, ...]) -> str:
    if profile.respondents < 2:
        return _("One person answered. Ask others to see where views differ.")
    if not disputed:
        return _("People largely agree: no practice has answers two levels or more apart.")
    widest = disputed[0].figure
    return _("Views differ most on %(practice)s: answers run from level %(low)s to level %(high)s.") % {
        "practice": widest.name,
        "low": f"{widest.lowest:g}",
        "high": f"{widest.highest:g}",
    }


def _near(framework: Framework, sensitivity: Sensitivity | None) -> str:
    """How far the next band is, and how easily the present one is lost."""
    if sensitivity is None:
        return ""
    parts = []
    above, below = framework.band(sensitivity.next_band), framework.band(sensitivity.previous_band)
    if above is not None and sensitivity.steps_up is not None:
        parts.append(
            ngettext(
                "One answer one level higher would reach “%(band)s”.",
                "It takes %(count)d answers one level higher to reach “%(band)s”.",
                sensitivity.steps_up,
            )
            % {"count": sensitivity.steps_up, "band": said(above.name)}
        )
    if below is not None and sensitivity.steps_down is not None:
        parts.append(
            ngettext(
                "One answer one level lower would fall back to “%(band)s”.",
                "It takes %(count)d answers one level lower to fall back to “%(band)s”.",
                sensitivity.steps_down,
            )
            % {"count": sensitivity.steps_down, "band": said(below.name)}
        )
    return " ".join(parts)


def _dimension_title(framework: Framework, profile: MaturityProfile) -> str:
    known = [item for item in profile.dimensions if item.level is not None]
    low = min(known, key=lambda item: item.level or 0)
    high = max(known, key=lambda item: item.level or 0)
    if low.level == high.level:
        return _("All dimensions stand at the same level")
    return _("%(high)s is furthest along, %(low)s has furthest to go") % {
        "high": said(framework.dimension(high.key).name),
        "low": said(framework.dimension(low.key).name),
    }


def _practice_title(opportunities: tuple[OpportunityRow, ...]) -> str:
    if not opportunities:
        return _("Every practice has reached its target")
    return _("%(practice)s offers most") % {"practice": opportunities[0].title}


def _prerequisites(framework: Framework, profile: MaturityProfile) -> list[PrerequisiteRow]:
    rows = []
    for item in profile.unmet_prerequisites:
        practice = framework.practice(item.practice)
        rule = next(
            rule
            for rule in practice.prerequisites
            if (rule.practice, rule.level) == (item.requires, item.level)
        )
        facts = {
            "practice": said(practice.title),
            "level": item.level,
            "requires": said(framework.practice(item.requires).title),
            "needed": item.requires_level,
            "found": _figure_text(item.found),
        }
        sentence = (
            _("%(practice)s is at level %(level)d; that needs %(requires)s at %(needed)d (now %(found)s).")
            if item.claimed
            else _("Level %(level)d of %(practice)s needs %(requires)s at %(needed)d first (now %(found)s).")
        )
        rows.append(
            PrerequisiteRow(sentence=sentence % facts, reason=said(rule.reason), claimed=item.claimed)
        )
    return rows


# --- figures -----------------------------------------------------------------------------------


def _figure(framework: Framework, standing: Standing, name: str) -> Figure:
    band = framework.band(standing.band)
    return Figure(
        key=standing.key,
        name=name,
        level=standing.level,
        band=said(band.name) if band else "",
        refusal=refusal_text(standing.refusal) if standing.refusal else "",
        target=standing.target,
        gap=standing.gap,
        change=standing.change,
        weight_share=standing.weight_share,
        raters=standing.spread.raters if standing.spread else 0,
        lowest=standing.spread.lowest if standing.spread else None,
        highest=standing.spread.highest if standing.spread else None,
        disagreement=bool(standing.spread and standing.spread.disagreement),
        dont_know=standing.answers.dont_know,
        dont_know_share=standing.answers.dont_know_share,
        not_applicable=standing.answers.not_applicable,
        not_applicable_share=standing.answers.not_applicable_share,
        near=_near(framework, standing.sensitivity),
        perspectives=tuple(
            (said(framework.perspective_name(item.perspective)) or item.perspective, item.level, item.raters)
            for item in standing.perception.levels
        ),
    )


def _dimension(
    framework: Framework,
    profile: MaturityProfile,
    key: str,
    agreed: dict[str, Agreed],
    remarks: dict[str, list[Remark]],
) -> DimensionResult:
    dimension = framework.dimension(key)
    return DimensionResult(
        figure=_figure(framework, profile.dimension(key), said(dimension.name)),
        why=said(dimension.why),
        practices=tuple(
            _practice(framework, practice, profile.practice(practice.key), agreed, remarks)
            for practice in dimension.practices
        ),
    )


def _practice(
    framework: Framework,
    practice: Practice,
    standing: PracticeStanding,
    agreed: dict[str, Agreed],
    remarks: dict[str, list[Remark]],
) -> PracticeResult:
    return PracticeResult(
        figure=_figure(framework, standing, said(practice.title)),
        question=said(practice.question),
        levels=tuple(
            LevelCard(number=place, name=said(name), text=said(text))
            for place, (name, text) in enumerate(zip(framework.levels, practice.levels, strict=True), start=1)
        ),
        stands_at=_stands_at(practice, standing.level),
        rated_level=standing.rated_level,
        agreed=agreed.get(practice.key) if standing.agreed else None,
        remarks=tuple(remarks.get(practice.key, ())),
        confidence_share=standing.mean_confidence,
    )


def _stands_at(practice: Practice, level: float | None) -> str:
    """The description of the whole level below or at the mean: what is true as a whole."""
    return "" if level is None else said(practice.levels[min(max(int(level + 1e-9), 1), 5) - 1])


def _opportunity(
    framework: Framework, profile: MaturityProfile, item: Opportunity, rank: int
) -> OpportunityRow:
    practice = framework.practice(item.practice)
    level = profile.practice(item.practice).level or 0.0
    step = practice.next_step(level)
    return OpportunityRow(
        rank=rank,
        practice=item.practice,
        title=said(practice.title),
        dimension=said(framework.dimension_of(item.practice).name),
        level=level,
        next_title=said(step.title) if step else "",
        next_description=said(step.description) if step else "",
        gap=item.gap,
        weight_share=item.weight_share,
        feasibility=item.feasibility,
        priority=item.priority,
        target_declared=item.target_declared,
    )


# --- what else is stored -----------------------------------------------------------------------


def _agreed(assessment: Assessment) -> dict[str, Agreed]:
    rows = ConsensusLevel.objects.filter(assessment=assessment).select_related("agreed_by__user")
    return {
        row.practice: Agreed(
            level=row.level, reason=row.reason, who=str(row.agreed_by.user), at=row.agreed_at
        )
        for row in rows
    }


def _remarks(assessment: Assessment, framework: Framework) -> dict[str, list[Remark]]:
    found: dict[str, list[Remark]] = defaultdict(list)
    rows = (
        Answer.objects.filter(response__assessment=assessment)
        .exclude(response__submitted_at=None)
        .exclude(comment="", evidence_url="")
        .select_related("response")
        .order_by("practice", "level", "pk")
    )
    for row in rows:
        level = row.level if row.status == AnswerStatus.ANSWERED else None
        found[row.practice].append(
            Remark(
                perspective=said(framework.perspective_name(row.response.perspective)),
                answer=_("level %(level)d") % {"level": level}
                if level is not None
                else str(row.get_status_display()),
                comment=row.comment.strip(),
                evidence_url=row.evidence_url,
            )
        )
    return found


def _compared(
    result: MaturityResult, framework: Framework
) -> tuple[tuple[ComparedRound, ...], tuple[ComparedRow, ...]]:
    """The latest result of each round of the same framework version, oldest first."""
    assessment = result.assessment
    latest: dict[int, MaturityResult] = {}
    rows = (
        MaturityResult.objects.filter(
            assessment__organization_id=assessment.organization_id,
            assessment__framework_id=assessment.framework_id,
            assessment__opened_at__lte=assessment.opened_at,
        )
        .select_related("assessment")
        .defer("inputs")
        .order_by("-assessment__opened_at", "-assessment_id", "-sequence")
    )
    for row in rows[: MOST_ROUNDS_COMPARED * 4]:
        latest.setdefault(row.assessment_id, row)
    latest[assessment.pk] = result
    chosen = list(latest.values())[:MOST_ROUNDS_COMPARED][::-1]
    if len(chosen) < 2:
        return (), ()
    rounds = tuple(
        ComparedRound(
            title=row.assessment.title,
            closed_at=row.computed_at,
            is_this=row.assessment_id == assessment.pk,
            overall=row.overall_level,
        )
        for row in chosen
    )
    levels = [{item["key"]: item["level"] for item in row.profile["dimensions"]} for row in chosen]
    compared = tuple(
        ComparedRow(name=said(item.name), levels=tuple(found.get(item.key) for found in levels))
        for item in framework.dimensions
    )
    return rounds, compared
