"""From submitted answers to a stored result, and levels agreed afterwards."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services import record_event, require_as_seen
from assessments.choices import CONFIDENCE_SHARE, LEVELS, AnswerStatus, Confidence
from assessments.content import Framework
from assessments.errors import NothingToScore, RoundOpen
from assessments.models import Answer, Assessment, ConsensusLevel, MaturityResult
from assessments.services.frameworks import content_of
from common.errors import InvalidValues
from common.rows import moment_mark
from cxstats import ENGINE_VERSION
from cxstats.codec import digest_of, encoded, marked
from cxstats.errors import NotEstimable
from cxstats.maturity import (
    AgreedLevel,
    Band,
    DimensionSpec,
    LevelSet,
    MaturityProfile,
    PracticeSpec,
    Prerequisite,
    RatedAnswer,
    ScoringRules,
    maturity_profile,
)
from cxstats.maturity import AnswerStatus as Status

INPUTS = 1  # version of what the digested inputs say; see cxstats.codec.digest_of


def add_result(assessment: Assessment) -> MaturityResult:
    """Compute the round's result from its submitted answers and agreed levels; keeps the inputs too.

    The caller holds the round's lock. Raises NothingToScore.
    """
    framework = content_of(assessment.framework)
    inputs = marked(_inputs(assessment, framework), version=INPUTS)
    profile = score(framework, inputs)
    last = assessment.results.aggregate(last=Max("sequence"))["last"] or 0
    _supersede(assessment, inputs)
    return MaturityResult.objects.create(
        assessment=assessment,
        sequence=last + 1,
        profile=encoded(profile),
        inputs=inputs,
        overall_level=profile.overall.level,
        respondents=assessment.responses.submitted().count(),
        engine_version=ENGINE_VERSION,
        input_digest=digest_of(inputs, version=INPUTS),
    )


def _supersede(assessment: Assessment, inputs: dict[str, Any]) -> None:
    """Results of other answers step back: what lies between two results is the answers of few."""
    other = [
        earlier.pk
        for earlier in assessment.results.filter(is_superseded=False)
        if earlier.inputs.get("answers") != inputs["answers"]
    ]
    if other:
        MaturityResult.objects.filter(pk__in=other).update(is_superseded=True)


def score(framework: Framework, inputs: dict[str, Any]) -> MaturityProfile:
    """The same inputs give the same profile, today and at an audit. Raises NothingToScore."""
    previous = inputs["previous"]
    try:
        return maturity_profile(
            dimensions=[DimensionSpec(key=item.key, weight=item.weight) for item in framework.dimensions],
            practices=[
                PracticeSpec(
                    key=item.key, dimension=dimension.key, weight=item.weight, feasibility=item.feasibility
                )
                for dimension in framework.dimensions
                for item in dimension.practices
            ],
            answers=[
                RatedAnswer(
                    respondent=row["respondent"],
                    practice=row["practice"],
                    level=row["level"],
                    status=Status(row["status"]),
                    confidence=row["confidence"],
                    perspective=row["perspective"],
                )
                for row in inputs["answers"]
            ],
            agreed=[AgreedLevel(practice=key, level=level) for key, level in inputs["agreed"]],
            prerequisites=[
                Prerequisite(
                    practice=item.key,
                    level=rule.level,
                    requires=rule.practice,
                    requires_level=rule.requires_level,
                )
                for item in framework.practices
                for rule in item.prerequisites
            ],
            targets=LevelSet(overall=inputs["target"]),
            previous=LevelSet(
                practices=tuple((key, level) for key, level in previous["practices"]),
                dimensions=tuple((key, level) for key, level in previous["dimensions"]),
                overall=previous["overall"],
            ),
            rules=ScoringRules(
                bands=tuple(Band(low=band.low, high=band.high, key=band.key) for band in framework.bands)
            ),
        )
    except NotEstimable as refusal:
        raise NothingToScore(
            _("Nobody chose a level for any practice, so there is nothing to sum up.")
        ) from refusal


@transaction.atomic
def record_consensus(
    *,
    by: Membership,
    assessment: Assessment,
    practice: str,
    level: int,
    reason: str,
    seen: str | None = None,
) -> MaturityResult:
    """Keep the level a session agreed on and recompute the result; every answer given stays as it is.

    Raises RoundOpen (people would still be answering), InvalidValues (unknown practice, level off
    the scale, no reason), DecidedMeanwhile where another level was recorded since the moment that was `seen`
    (`common.rows.moment_mark`).
    """
    assessment = (
        Assessment.objects.select_for_update(of=("self",)).select_related("framework").get(pk=assessment.pk)
    )
    if assessment.is_open:
        raise RoundOpen(_("Agree on levels once the round is closed and all answers are in."))
    framework = content_of(assessment.framework)
    wrong: dict[str, str] = {}
    if practice not in {item.key for item in framework.practices}:
        wrong["practice"] = _("This framework has no such practice.")
    if level not in LEVELS:
        wrong["level"] = _("Choose a level from 1 to 5.")
    if not reason.strip():
        wrong["reason"] = _("Give a reason: people will ask for it later.")
    if wrong:
        raise InvalidValues(_("This level cannot be recorded."), fields=wrong)
    earlier = assessment.consensus_levels.filter(practice=practice).first()
    require_as_seen(
        seen,
        now=moment_mark(earlier.agreed_at if earlier else None),
        said=str(earlier.level if earlier else ""),
        subject=assessment,
        organization=by.organization,
        practice=practice,
    )
    agreed, _created = ConsensusLevel.objects.update_or_create(
        assessment=assessment,
        practice=practice,
        defaults={
            "level": level,
            "reason": reason.strip(),
            "agreed_by": by,
            "agreed_at": timezone.now(),
        },
    )
    result = add_result(assessment)
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="assessment.consensus_recorded",
        subject=assessment,
        before={"level": earlier.level, "reason": earlier.reason} if earlier else {},
        after={
            "practice": practice,
            "level": level,
            "reason": agreed.reason,
            "sequence": result.sequence,
        },
    )
    return result


def _inputs(assessment: Assessment, framework: Framework) -> dict[str, Any]:
    """All that the score depends on, as plain values in a fixed order. Respondents are numbers only."""
    known = {item.key for item in framework.practices}
    rows = (
        Answer.objects.filter(response__assessment=assessment)
        .exclude(response__submitted_at=None)
        .exclude(status=AnswerStatus.BLANK)
        .order_by("response_id", "practice")
        .values_list("response_id", "practice", "status", "level", "confidence", "response__perspective")
    )
    answers = [
        {
            "respondent": str(seat),
            "practice": practice,
            "status": status,
            "level": level,
            "confidence": CONFIDENCE_SHARE[Confidence(confidence)] if confidence else None,
            "perspective": perspective or None,
        }
        for seat, practice, status, level, confidence, perspective in rows
        if practice in known
    ]
    agreed = assessment.consensus_levels.order_by("practice").values_list("practice", "level")
    return {
        # Without a secret, the digest of so few answers could be tried out until somebody's fit
        "secret": salted_hmac("assessments.inputs", str(assessment.pk), algorithm="sha256").hexdigest(),
        "framework": assessment.framework.digest,
        "answers": answers,
        "agreed": [list(pair) for pair in agreed],
        "target": float(assessment.target_level),
        "previous": _earlier_levels(assessment, framework),
    }


def _earlier_levels(assessment: Assessment, framework: Framework) -> dict[str, Any]:
    """Levels of the round before: all of them for the same version, mapped practices for another.

    None while that round is open again: its next result would stand beside what is kept here of this one.
    """
    nothing: dict[str, Any] = {"practices": [], "dimensions": [], "overall": None}
    if assessment.previous_id is None:
        return nothing
    # held, so that it cannot be reopened while its levels are read into this result
    previous = Assessment.objects.select_for_update(of=("self",)).get(pk=assessment.previous_id)
    if previous.is_open:
        return nothing
    earlier = previous.results.first()
    if earlier is None:
        return nothing
    levels = {row["key"]: row["level"] for row in earlier.profile["practices"] if row["level"] is not None}
    if previous.framework_id == assessment.framework_id:
        return {
            "practices": [[key, level] for key, level in levels.items()],
            "dimensions": [
                [row["key"], row["level"]]
                for row in earlier.profile["dimensions"]
                if row["level"] is not None
            ],
            "overall": earlier.overall_level,
        }
    version = previous.framework.version
    pairs = [pair for item in framework.mappings if item.version == version for pair in item.practices]
    return {**nothing, "practices": [[here, levels[there]] for here, there in pairs if there in levels]}
