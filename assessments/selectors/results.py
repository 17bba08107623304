"""The result page: read from the stored profile, never computed again."""

from collections import defaultdict

from django.db.models import Case, Q, When
from django.utils.translation import gettext as _

from accounts.models import Membership
from assessments.choices import LEVELS, AnswerStatus, FrameworkKind
from assessments.content import Framework, Practice
from assessments.models import Answer, Assessment, ConsensusLevel, MaturityResult
from assessments.selectors.charts import dimension_chart, practice_chart, shown_groups
from assessments.selectors.disclosure import (
    basis_text,
    comments_may_be_shown,
    group_name,
    pattern_for,
    published_profile,
)
from assessments.selectors.explanation import explained
from assessments.selectors.headlines import dimension_title, figure_text, headline_of
from assessments.selectors.next_band import next_band_sentence
from assessments.selectors.profiles import framework_of, maturity_profile_of, no_level_text, said
from assessments.selectors.shapes import (
    Agreed,
    ComparedRound,
    ComparedRow,
    DimensionResult,
    Figure,
    InitiativeSeed,
    LevelCard,
    OpportunityRow,
    PracticeResult,
    PrerequisiteRow,
    Remark,
    ResultPage,
)
from cxstats.maturity import TOGETHER, MaturityProfile, Opportunity, Pattern, Standing
from wording.engines import computed_text
from wording.joining import sentences

MOST_ROUNDS_COMPARED = 6
HIGHEST = LEVELS[-1]


def latest_result(member: Membership) -> MaturityResult | None:
    """The newest result of a full assessment, for the home page; of a quick check while there is no other.

    One person's quick check does not speak for an organization that many have assessed, and is shown to
    nobody else. One query.
    """
    result: MaturityResult | None = (
        MaturityResult.objects.filter(assessment__organization=member.organization)
        .visible_to(member)
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
    """One result with its comments, agreed levels and the rounds before. Five queries, however many rows.

    Everything by group comes from what may be shown (`disclosure`), so no reader has to think of it.
    """
    assessment = result.assessment
    framework = framework_of(assessment.framework)
    profile = published_profile(result)
    pattern = pattern_for(result)
    sequences = tuple(
        assessment.results.filter(is_superseded=False)
        .order_by("-sequence")
        .values_list("sequence", "computed_at")
    )
    is_latest = bool(sequences) and sequences[0][0] == result.sequence
    agreed = _agreed(assessment) if is_latest else {}
    speaks = is_latest and not assessment.is_open and comments_may_be_shown(result)
    remarks = _remarks(assessment, framework, pattern) if speaks else {}
    dimensions = tuple(
        _dimension(framework, profile, item.key, agreed, remarks) for item in framework.dimensions
    )
    practices = {item.figure.key: item for group in dimensions for item in group.practices}
    opportunities = tuple(
        _opportunity(framework, profile, item, rank)
        for rank, item in enumerate(profile.held_back_by, start=1)
    )
    disputed = tuple(
        sorted(
            (item for item in practices.values() if item.figure.disagreement),
            key=lambda item: (item.figure.lowest or 0) - (item.figure.highest or 0),
        )
    )
    headline = headline_of(assessment, framework, profile)
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
        near=next_band_sentence(framework, profile, profile.overall),
        overall=_figure(framework, profile, profile.overall, _("Overall")),
        groups=_groups(framework, profile, pattern),
        bases=_bases(framework, profile),
        comments_are_withheld=not comments_may_be_shown(result),
        dimensions=dimensions,
        strengths=tuple(practices[key].figure for key in profile.strengths),
        opportunities=opportunities,
        prerequisites=tuple(_prerequisites(framework, profile)),
        disputed=disputed,
        lines=explained(framework, profile),
        rounds=rounds,
        compared=compared,
        chart=dimension_chart(framework, profile, dimension_title(assessment, framework, profile)),
        practice_chart=practice_chart(framework, profile, _practice_title(opportunities)),
        outstanding=assessment.responses.outstanding().count(),
        engine=_engine(result),
    )


def _engine(result: MaturityResult) -> str:
    """That the result stays where another engine than today's computed it; else nothing."""
    if not result.is_of_other_engine:
        return ""
    stays = _("The result stays as it was computed; one computed again may differ.")
    return sentences([computed_text(result.engine_version), stays])


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
        # the whole level that is reached: the words of a draft stay, and a finer figure beside that of a
        # later closing of the round would give away what one person answered
        "level": "–" if standing.level is None else str(int(standing.level + 1e-9)),
        "target": figure_text(standing.target),
        "round": result.assessment.label,
        "text": _stands_at(content, standing.level),
    }
    if standing.target is None:
        problem = _("In “%(round)s”, %(practice)s is at level %(level)s: %(text)s") % facts
    else:
        problem = (
            _("In “%(round)s”, %(practice)s is at level %(level)s, the target is %(target)s: %(text)s")
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


def _practice_title(opportunities: tuple[OpportunityRow, ...]) -> str:
    if not opportunities:
        return _("Every practice has reached its target")
    return _("%(practice)s offers the most") % {"practice": opportunities[0].title}


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
            "found": figure_text(item.found),
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


def _figure(framework: Framework, profile: MaturityProfile, standing: Standing, name: str) -> Figure:
    band = framework.band(standing.band)
    return Figure(
        key=standing.key,
        name=name,
        level=standing.level,
        band=said(band.name) if band else "",
        band_low=band.low if band else None,
        band_high=min(band.high, HIGHEST) if band else None,
        refusal=no_level_text(standing) if standing.refusal else "",
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
        near=next_band_sentence(framework, profile, standing),
        perspectives=tuple(
            (group_name(framework, item.perspective), item.level, item.raters)
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
        figure=_figure(framework, profile, profile.dimension(key), said(dimension.name)),
        why=said(dimension.why),
        practices=tuple(
            _practice(framework, practice, profile, agreed, remarks) for practice in dimension.practices
        ),
    )


def _practice(
    framework: Framework,
    practice: Practice,
    profile: MaturityProfile,
    agreed: dict[str, Agreed],
    remarks: dict[str, list[Remark]],
) -> PracticeResult:
    standing = profile.practice(practice.key)
    return PracticeResult(
        figure=_figure(framework, profile, standing, said(practice.title)),
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


def _groups(framework: Framework, profile: MaturityProfile, pattern: Pattern) -> str:
    """One sentence: which groups are shown, and why the others are not."""
    if profile.respondents < 2:
        return ""
    facts = {"count": pattern.minimum}
    if not pattern.blocks:
        return (
            _("Only all answers together are shown: no two groups have at least %(count)d people each.")
            % facts
        )
    together = [group_name(framework, TOGETHER.join(block)) for block in pattern.blocks if len(block) > 1]
    if together:
        return _(
            "Groups of fewer than %(count)d people are shown together, so that nobody's answers can be "
            "worked out: %(groups)s."
        ) % {**facts, "groups": together[0]}
    return _("Groups are shown from %(count)d people on, so that nobody's answers can be worked out.") % facts


def _bases(framework: Framework, profile: MaturityProfile) -> tuple[str, ...]:
    """Where groups and everyone beside them rest on fewer practices than the level: how many, both levels."""
    if not shown_groups(profile.overall, *profile.dimensions):
        return ()
    said_of: list[tuple[str, Standing]] = [
        (said(framework.dimension(item.key).name), item) for item in profile.dimensions
    ]
    said_of.append((_("Overall"), profile.overall))
    return tuple(
        basis_text(name, standing, standing.perception.basis)
        for name, standing in said_of
        if standing.perception.basis is not None
    )


def _remarks(assessment: Assessment, framework: Framework, pattern: Pattern) -> dict[str, list[Remark]]:
    """Comments without names and without the level: who is known by her words must not be known by both."""
    found: dict[str, list[Remark]] = defaultdict(list)
    rows = (
        Answer.objects.filter(response__assessment=assessment)
        .exclude(response__submitted_at=None)
        .exclude(comment="", evidence_url="")
        .select_related("response")
        .order_by("practice", "comment", "pk")  # not by level or person: the order tells nothing
    )
    for row in rows:
        block = pattern.block_of(row.response.perspective)
        found[row.practice].append(
            Remark(
                group=group_name(framework, block) if block else "",
                does_not_apply=row.status == AnswerStatus.NOT_APPLICABLE,
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
    shown = Q(assessment__is_private=False)
    if assessment.is_private:  # beside her own quick check she sees her earlier ones
        shown |= Q(assessment__opened_by=assessment.opened_by_id)
    latest: dict[int, MaturityResult] = {}
    rows = (
        MaturityResult.objects.filter(
            assessment__organization_id=assessment.organization_id,
            assessment__framework_id=assessment.framework_id,
            assessment__opened_at__lte=assessment.opened_at,
        )
        .standing()
        .filter(shown)
        .select_related("assessment__organization")
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
            title=row.assessment.label,
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
