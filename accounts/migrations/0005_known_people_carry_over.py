"""What is known of people before these rules: who accepted which invitation, whom to trust, who is signed in."""

from django.contrib.sessions.backends.db import SessionStore
from django.db import migrations
from django.utils import timezone

MANAGERS = {"administrator", "cx_leader"}  # who may invite, at the time of this migration


def carry_over(apps, schema_editor):
    invitations = apps.get_model("accounts", "Invitation").objects
    memberships = apps.get_model("accounts", "Membership").objects
    now = timezone.now()
    for invitation in invitations.exclude(accepted_at=None).order_by("accepted_at"):
        member = memberships.filter(
            organization=invitation.organization_id, user__email__iexact=invitation.email
        ).first()
        if member is not None:
            invitations.filter(pk=invitation.pk).update(accepted_by=member)
    # finance reviewers of before count as confirmed
    memberships.filter(role="finance_reviewer").update(confirmed_at=now)
    # what people who left, or who may no longer give the role, left open
    for invitation in invitations.filter(accepted_at=None, revoked_at=None).select_related("invited_by"):
        inviter = invitation.invited_by
        may_give = (
            inviter is not None
            and inviter.is_active
            and inviter.role in MANAGERS
            and (invitation.role != "administrator" or inviter.role == "administrator")
        )
        if not may_give:
            invitations.filter(pk=invitation.pk).update(revoked_at=now)


def move_sessions(apps, schema_editor):
    """People stay signed in through the upgrade."""
    before, after = apps.get_model("sessions", "Session"), apps.get_model("accounts", "Session")
    people = set(apps.get_model("accounts", "User").objects.values_list("pk", flat=True))
    store = SessionStore()
    for old in before.objects.filter(expire_date__gt=timezone.now()):
        person = store.decode(old.session_data).get("_auth_user_id", "")
        if str(person).isdecimal() and int(person) in people:
            after.objects.create(
                session_key=old.session_key,
                session_data=old.session_data,
                expire_date=old.expire_date,
                user_id=int(person),
            )
    before.objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_answer_for_people"), ("sessions", "0001_initial")]
    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RunPython(move_sessions, migrations.RunPython.noop),
    ]
