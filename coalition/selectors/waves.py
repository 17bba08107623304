"""What employees said, beside the initiative that came from it."""

from accounts.models import Membership
from coalition.models import Initiative
from employee_voice.selectors import DriverBeside, driver_beside, key_of


def figure_of_wave(member: Membership, initiative: Initiative) -> DriverBeside | None:
    """The driver of the wave, and of the next one, as far as the reader sees the function; none for
    initiatives from elsewhere. No query for these, at most ten otherwise.
    """
    if initiative.wave is None:
        return None
    return driver_beside(member, initiative.wave, key_of(initiative.wave_function_id), initiative.driver)
