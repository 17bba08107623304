"""How an organization looks in what it hands out."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0015_reminders"),
    ]

    operations = [
        migrations.CreateModel(
            name="Branding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("accent", models.CharField(blank=True, max_length=7, verbose_name="color")),
                ("logo", models.FileField(blank=True, upload_to="brand/")),
                ("logo_digest", models.CharField(blank=True, max_length=64)),
                ("logo_width", models.PositiveSmallIntegerField(default=0)),
                ("logo_height", models.PositiveSmallIntegerField(default=0)),
                ("public_id", models.CharField(max_length=32, unique=True)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    models.UniqueConstraint(fields=("organization",), name="one_branding_of_an_organization")
                ],
            },
        ),
    ]
