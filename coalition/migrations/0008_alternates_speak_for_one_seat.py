"""In one vote a person speaks as the alternate of one seat, also where the holder replaced what they said."""

from django.db import migrations, models


def mark_who_has_spoken(apps, schema_editor):
    """Votes that are open. What was replaced names its voter in words: what the holder did not cast, the
    alternate did. Of somebody who spoke for two seats the earlier one counts."""
    rows = apps.get_model("coalition", "StandIn").objects.filter(round__closed_at=None)
    approvals = apps.get_model("coalition", "Approval").objects.select_related("cast_by__user")
    found = []
    for row in rows.select_related("seat__membership__user"):
        vote = approvals.filter(round=row.round_id, seat=row.seat_id).first()
        if vote is None:
            continue
        holder = row.seat.membership.user.name
        earlier = [one["cast_at"] for one in vote.earlier if one["cast_by"] != holder]
        if earlier or vote.cast_by_id == row.membership_id:
            found.append((min([vote.cast_at.isoformat(), *earlier]), row))
    spoken = set()
    for _when, row in sorted(found, key=lambda one: (one[0], one[1].pk)):
        if (row.round_id, row.membership_id) not in spoken:
            spoken.add((row.round_id, row.membership_id))
            row.spoke_at = approvals.get(round=row.round_id, seat=row.seat_id).cast_at
            row.save(update_fields=["spoke_at"])


class Migration(migrations.Migration):
    dependencies = [("coalition", "0007_open_votes_keep_what_holds_now")]

    operations = [
        migrations.AddField(
            model_name="standin",
            name="spoke_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(mark_who_has_spoken, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="standin",
            constraint=models.UniqueConstraint(
                condition=models.Q(("spoke_at__isnull", False)),
                fields=("round", "membership"),
                name="stand_in_speaks_for_one_seat",
            ),
        ),
    ]
