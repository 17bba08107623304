"""What people of this room leave behind, and how each kind is revoked."""

from django.utils import timezone

from accounts.leftovers import Departure, left_behind
from accounts.models import ApiToken, Invitation
from accounts.permissions import may_give
from accounts.services.trail import record_event


@left_behind("accounts.Invitation.invited_by")
def revoke_invitations(departure: Departure) -> None:
    """Invitations that the person could not send now: all who is gone, else those of a role out of reach."""
    sent = Invitation.objects.pending().filter(invited_by=departure.member)
    for invitation in sent:
        if departure.is_gone or not may_give(departure.member.role, invitation.role):
            invitation.revoked_at = timezone.now()
            invitation.save(update_fields=["revoked_at"])
            record_event(
                organization=departure.member.organization,
                actor=departure.by.user,
                verb="invitation.revoked",
                subject=invitation,
                before={"email": invitation.email},
                after={"left_by": str(departure.member)},
            )


@left_behind("accounts.ApiToken.member")
def revoke_keys(departure: Departure) -> None:
    """All keys of who is gone. A key never has more rights than its member, so a new role needs nothing."""
    if not departure.is_gone:
        return
    for token in ApiToken.objects.filter(member=departure.member, revoked_at=None):
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record_event(
            organization=departure.member.organization,
            actor=departure.by.user,
            verb="token.revoked",
            subject=token,
            after={"left_by": str(departure.member)},
        )
