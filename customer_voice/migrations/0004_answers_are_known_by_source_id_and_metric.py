"""The same ID under another metric is another answer; every version belongs to a series."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customer_voice", "0003_one_series_for_one_measurement")]

    operations = [
        migrations.AlterField(
            model_name="metricdefinition",
            name="series",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name="metricdefinition",
            constraint=models.CheckConstraint(
                condition=models.Q(("series__gte", 1), ("series__lte", models.F("version"))),
                name="metric_series_began_before",
            ),
        ),
        migrations.RemoveConstraint(model_name="feedback", name="feedback_once"),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.UniqueConstraint(
                fields=("organization", "source", "external_id", "metric_key"), name="feedback_once"
            ),
        ),
    ]
