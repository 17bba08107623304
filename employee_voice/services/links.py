"""What opens somebody's link: a secret that stands in no table."""

from django.utils.crypto import salted_hmac

from common.digests import digest_of_secret
from employee_voice.models import Invitation, Wave


def listed(wave: Wave, email: str, wave_function: int | None, language: str = "") -> Invitation:
    """A row for the list of a wave, which the caller writes."""
    row = Invitation(wave=wave, email=email, wave_function_id=wave_function, language=language)
    row.secret_digest = digest_of_secret(secret_of(row))
    return row


def secret_of(invitation: Invitation) -> str:
    """The secret in somebody's link: the same for each letter, made by the server's key, in no table."""
    return salted_hmac("employee_voice.invitation", str(invitation.pk), algorithm="sha256").hexdigest()
