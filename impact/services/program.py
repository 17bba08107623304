"""What the whole program returned: asked for, computed by the worker, and computed again after a change."""

from functools import partial
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import Action
from accounts.models import Membership, Organization
from accounts.reading import written_for
from accounts.services import acting, record_event
from common import jobs
from common.jobs import JobState, enqueue
from cxstats import ENGINE_VERSION
from cxstats.codec import decoded, digest_of, encoded, seed_of
from cxstats.errors import NotEstimable
from cxstats.program import Program, program_digest, program_return
from impact.errors import NothingToReturn
from impact.models import ProgramCase
from impact.selectors.program.facts import program_facts

INPUTS = 1  # version of what the inputs say; see cxstats.codec.digest_of


@transaction.atomic
def request_program(*, by: Membership) -> ProgramCase:
    """Ask for the return of the program as everything stands: a new row, which the caller enqueues, or the
    one that was computed from just these inputs, which counts again. Raises NothingToReturn."""
    by = acting(by, Action.EDIT_VALUE)
    return _request(by.organization, by)


@transaction.atomic
def follow_program(*, organization: Organization) -> ProgramCase | None:
    """After a change: the same without anybody who asked; None where there is nothing to compute yet. A new
    row is enqueued here."""
    Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    try:
        case = _request(organization, None)
    except NothingToReturn:
        return None
    if not case.is_finished:
        enqueue(case)
    return case


def _request(organization: Organization, by: Membership | None) -> ProgramCase:
    with written_for(organization):  # names of measures are those of the organization's language
        facts = program_facts(organization)
    if facts.content["program"] is None and facts.content["whole"] is None:
        raise NothingToReturn(
            _("There is nothing to compute yet: no initiative has a value, and the ledger is empty.")
        )
    digest = digest_of(facts.content, version=INPUTS)
    last = ProgramCase.objects.of(organization).aggregate(last=Max("number"))["last"] or 0
    case, is_new = ProgramCase.objects.get_or_create(
        organization=organization,
        input_digest=digest,
        engine_version=ENGINE_VERSION,
        defaults={
            "number": last + 1,
            "inputs": facts.content,
            "basis": facts.basis,
            "requested_by": by,
        },
    )
    if is_new:
        record_event(
            organization=organization,
            actor=by.user if by else None,
            verb="program_case.requested",
            subject=case,
            after={"number": case.number, "input_digest": digest},
        )
        return case
    # held, so that a worker that finishes it meanwhile keeps its result
    case = ProgramCase.objects.select_for_update(of=("self",)).select_related("organization").get(pk=case.pk)
    case.current_since, case.basis = timezone.now(), facts.basis
    if case.job_state == JobState.FAILED:
        case.queue_again()
    case.save()
    return case


def execute_program(*, case: ProgramCase) -> bool:
    """Compute a waiting return; False when another worker has it or it is finished. A refusal is a result."""
    with written_for(case.organization):
        return jobs.run(
            case,
            partial(_compute, case),
            unknown=gettext_lazy("Something went wrong while computing. Nothing was lost; compute it again."),
        )


def _compute(case: ProgramCase) -> None:
    result: dict[str, Any] = {"main": program_figures(case.inputs["program"])}
    case.beat(60)
    result["whole"] = program_figures(case.inputs["whole"])
    case.finish(result=result, finished_at=timezone.now())


def program_figures(content: dict[str, Any] | None) -> dict[str, Any] | None:
    """The engine's result from a stored program alone: the same inputs give the same figures. A refusal has
    the key `refusal` with its reason; None for no program."""
    if content is None:
        return None
    program: Program = decoded(Program, content)
    seed = seed_of(program_digest(program))
    try:
        found = program_return(program=program, rng=np.random.default_rng(seed))
    except NotEstimable as refusal:
        return {"refusal": refusal.reason.value, "seed": seed}
    return {"return": encoded(found), "seed": seed}
