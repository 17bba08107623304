"""When a value became that of the inputs, and the go-live that a study used: both known from what is stored."""

from datetime import date

from django.db import migrations, models
from django.db.models import F
from django.utils import timezone


def fill(apps, schema_editor):
    apps.get_model("impact", "RoiCase").objects.update(current_since=F("computed_at"))
    apps.get_model("impact", "DriverRun").objects.update(current_since=F("created_at"))
    studies = apps.get_model("impact", "Study").objects
    for pk, day in list(studies.values_list("pk", "inputs__subject__go_live")):
        if day:
            studies.filter(pk=pk).update(go_live=date.fromisoformat(day))


class Migration(migrations.Migration):
    dependencies = [
        ("impact", "0004_names_of_distributions"),
    ]

    operations = [
        migrations.AddField(
            model_name="roicase",
            name="current_since",
            field=models.DateTimeField(default=timezone.now),
        ),
        migrations.AddField(
            model_name="driverrun",
            name="current_since",
            field=models.DateTimeField(default=timezone.now),
        ),
        migrations.AlterModelOptions(
            name="driverrun",
            options={"ordering": ["-current_since", "-pk"]},
        ),
        migrations.AddField(
            model_name="study",
            name="go_live",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
