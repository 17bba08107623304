"""Columns for series that go on across versions, and for answers known by source, ID and metric."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("customer_voice", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="metricdefinition",
            name="series",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="metricdefinition",
            name="change_note",
            field=models.CharField(blank=True, default="", max_length=200, verbose_name="what changed"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="feedback",
            name="metric_key",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="replaces_known",
            field=models.BooleanField(default=False, verbose_name="replace what is known"),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="rows_replaced",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="rows_superseded",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="rows_erased",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="changes",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="left_out",
            field=models.JSONField(default=dict),
        ),
        migrations.CreateModel(
            name="ErasedFeedback",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("erased_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "digest"), name="feedback_erased_once")
                ],
            },
        ),
    ]
