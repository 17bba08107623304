"""Publishing a wave: its people are compared with those of every wave published before, and of lists earlier
than its own digests are kept, nothing else.
"""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.services import emit, one_at_a_time, record_event
from common.errors import InvalidValues
from employee_voice.choices import WaveState
from employee_voice.models import Invitation, Wave, WaveFunction
from employee_voice.services.figuring import write_results
from employee_voice.services.lists import keep_lists
from employee_voice.services.states import locked, move, require_state


@transaction.atomic
def map_functions(*, by: Membership, wave: Wave, came_from: Mapping[int, int | None]) -> None:
    """After a reorganization: what functions of this wave were in the one before, by keys of `WaveFunction`;
    none for a new one. Raises InvalidValues for what is not there, WaveNotInState once published.
    """
    wave = locked(wave)
    require_state(wave, WaveState.OPEN, WaveState.CLOSING, WaveState.CLOSED)
    rows = {row.pk: row for row in WaveFunction.objects.filter(wave=wave)}
    before = wave_before(wave)
    there = {row.pk: row for row in WaveFunction.objects.filter(wave=before)} if before else {}
    if set(came_from) - set(rows) or {pk for pk in came_from.values() if pk is not None} - set(there):
        message = _("Choose functions of this wave and of the one before.")
        raise InvalidValues(message, fields={"came_from": message})
    for pk, earlier in came_from.items():
        rows[pk].came_from = there[earlier] if earlier is not None else None
    WaveFunction.objects.bulk_update(rows.values(), ["came_from"], batch_size=500)
    record_event(
        organization=wave.survey.organization,
        actor=by.user,
        verb="wave.functions_mapped",
        subject=wave,
        after={"functions": len(came_from)},
    )


@transaction.atomic
def publish_wave(*, by: Membership, wave: Wave) -> Wave:
    """Decide what the wave says and let people see it. Digests of its list are kept, and the lists of earlier
    waves of this survey are deleted.

    Raises WaveNotInState, and InvalidValues for a wave whose answers were lost or that comes after a later
    one. Where too few have answered the wave says that, and nothing else.
    """
    one_at_a_time(wave.survey.organization)  # a wave of another survey sees this one published, or is seen
    wave = locked(wave)
    require_state(wave, WaveState.CLOSED)
    if wave.is_lost:
        raise InvalidValues(_("The answers of this wave were lost, so there is nothing to publish."))
    if Wave.objects.published().filter(survey=wave.survey_id, number__gt=wave.number).exists():
        message = _("A later wave is published already; the lists to compare this one with are deleted.")
        raise InvalidValues(message)
    before = last_published(wave)
    results = write_results(wave, before, compared_with(wave))
    keep_lists([wave] if before is None else [before, wave])  # of before: published when none were kept
    earlier = Invitation.objects.filter(wave__survey=wave.survey, wave__number__lt=wave.number)
    deleted, _by_model = earlier.delete()
    move(wave, WaveState.PUBLISHED)
    record_event(
        organization=wave.survey.organization,
        actor=by.user,
        verb="wave.published",
        subject=wave,
        after={"lists_deleted": deleted, "results_digest": results.digest},
    )
    emit(
        kind="employee_voice.wave_published",
        organization=wave.survey.organization,
        subject=wave,
        content={"wave": wave.pk, "survey": wave.survey_id},
    )
    return wave


def wave_before(wave: Wave) -> Wave | None:
    """The last wave of the same survey that has opened before this one. One query."""
    found: Wave | None = (
        Wave.objects.begun().filter(survey=wave.survey_id, number__lt=wave.number).order_by("-number").first()
    )
    return found


def last_published(wave: Wave) -> Wave | None:
    """The wave of the same survey that was published before this one. One query."""
    published = Wave.objects.published().filter(survey=wave.survey_id, number__lt=wave.number)
    found: Wave | None = published.order_by("-number").first()
    return found


def compared_with(wave: Wave) -> QuerySet[Wave]:
    """Every published wave of all surveys of the organization: what two of them tell can be subtracted,
    however long ago the first was. One query.
    """
    published: QuerySet[Wave] = Wave.objects.of(wave.survey.organization).published()
    return published.exclude(pk=wave.pk).order_by("pk")
