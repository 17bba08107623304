from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import accounts.constraints


class Migration(migrations.Migration):
    """A note that was written before may reach accounts: what it says is counted in both cubes. And what was
    counted of surveys with many replies is kept; nothing is there yet, the worker counts within a minute."""

    dependencies: ClassVar = [
        ("accounts", "0001_squashed_0014_weeks_and_fiscal_years"),
        ("customer_voice", "0026_open_cases_by_their_minute"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="recountnote",
            name="reaches_accounts",
            field=models.BooleanField(default=True),
        ),
        migrations.CreateModel(
            name="SurveyTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("counts", models.JSONField()),
                ("newest_reply", models.BigIntegerField()),
                ("counted_at", models.DateTimeField()),
                ("seconds", models.FloatField()),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "survey",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tally",
                        to="customer_voice.customersurvey",
                    ),
                ),
            ],
            options={
                "constraints": [
                    accounts.constraints.SameOrganization(
                        field="survey", name="survey_tally_same_organization"
                    )
                ],
            },
        ),
    ]
