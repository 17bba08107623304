"""What opens somebody's link: a secret that stands in no table."""

from common.derived import SecretLost, derived, handed_out
from common.digests import digest_of_secret
from employee_voice.models import Invitation, Wave


def listed(wave: Wave, email: str, wave_function: int | None, language: str = "") -> Invitation:
    """A row for the list of a wave, which the caller writes."""
    row = Invitation(wave=wave, email=email, wave_function_id=wave_function, language=language)
    row.secret_digest = digest_of_secret(_secret(row))
    return row


def secret_of(invitation: Invitation) -> str:
    """The secret in somebody's link: the same for each letter, made by the server's key, in no table.

    Where no key of the installation makes the one that was sent, the row gets another, so that what a letter
    says always opens; the caller saves `secret_digest`.
    """
    try:
        return handed_out(lambda key: _secret(invitation, key), digest=invitation.secret_digest)
    except SecretLost:
        secret = _secret(invitation)
        invitation.secret_digest = digest_of_secret(secret)
        return secret


def _secret(invitation: Invitation, key: str | None = None) -> str:
    return derived("employee_voice.invitation", str(invitation.pk), key=key).hex()
