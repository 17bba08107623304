"""What holds a seat in the coalition is called a seat; a member is somebody of the organization."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("coalition", "0004_words_people_read"),
    ]

    operations = [
        migrations.RenameModel(old_name="Member", new_name="Seat"),
        migrations.RemoveConstraint(model_name="approval", name="approval_one_per_seat"),
        migrations.RenameField(model_name="approval", old_name="member", new_name="seat"),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(fields=("round", "seat"), name="approval_one_per_seat"),
        ),
        migrations.AlterField(
            model_name="seat",
            name="coalition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="seats",
                to="coalition.coalition",
            ),
        ),
    ]
