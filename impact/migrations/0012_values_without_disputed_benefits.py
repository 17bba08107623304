"""Values disputed in part keep what they are worth without the disputed benefits."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("impact", "0011_library_of_inputs"),
    ]

    operations = [
        migrations.AddField(
            model_name="roicase",
            name="undisputed",
            field=models.JSONField(blank=True, null=True),
        ),
    ]
