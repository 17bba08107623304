"""A letter is seen by the organization that it was written for. Older ones keep none: their people see them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_the_record_of_erasures_is_append_only"),
    ]

    operations = [
        migrations.AddField(
            model_name="letter",
            name="organization",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="letters",
                to="accounts.organization",
            ),
        ),
    ]
