"""Open votes take the chair and the alternates that hold at the upgrade; votes that are over need neither."""

from django.db import migrations


def keep_what_holds_now(apps, schema_editor):
    rounds = apps.get_model("coalition", "ApprovalRound")
    stand_ins = apps.get_model("coalition", "StandIn")
    for current in rounds.objects.filter(closed_at=None):
        seats = list(current.seats.all())
        current.chair = next((seat for seat in seats if seat.is_chair), None)
        current.save(update_fields=["chair"])
        stand_ins.objects.bulk_create(
            stand_ins(round=current, seat=seat, membership_id=seat.alternate_id)
            for seat in seats
            if seat.alternate_id is not None
        )


class Migration(migrations.Migration):
    dependencies = [("coalition", "0006_votes_stand_as_opened")]

    operations = [migrations.RunPython(keep_what_holds_now, migrations.RunPython.noop)]
