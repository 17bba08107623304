"""The states of a wave, in one place: which follows which, and what is said where it does not."""

from django.utils.translation import gettext as _

from employee_voice.choices import NEXT_STATES, WaveState
from employee_voice.errors import WaveNotInState
from employee_voice.models import Wave


def locked(wave: Wave) -> Wave:
    """The wave as it is now, held until the transaction ends."""
    found: Wave = (
        Wave.objects.select_for_update(of=("self",))
        .select_related("survey__organization", "comment_reader__user")
        .get(pk=wave.pk)
    )
    return found


def require_state(wave: Wave, *states: WaveState) -> None:
    """Raises WaveNotInState with the state that it is in."""
    if wave.state not in states:
        label = WaveState(wave.state).label
        raise WaveNotInState(
            _("This is not possible while the wave is in the state “%(state)s”.") % {"state": label}
        )


def move(wave: Wave, to: WaveState, *more: str) -> None:
    """The next state, saved together with the columns named in `more`. Raises WaveNotInState."""
    if to not in NEXT_STATES[wave.state]:
        require_state(wave)
    wave.state = to
    wave.save(update_fields=["state", *more])
