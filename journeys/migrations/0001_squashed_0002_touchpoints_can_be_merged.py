"""All tables of this room, made at once as migrations 0001 to 0002 leave them. Those stay for older databases."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import common.made_at_once


class Migration(migrations.Migration):
    replaces = [("journeys", "0001_initial"), ("journeys", "0002_touchpoints_can_be_merged")]

    initial = True

    dependencies = [
        ("accounts", "0014_weeks_and_fiscal_years"),
    ]

    operations = [
        common.made_at_once.MadeAtOnce(
            operations=[
                migrations.CreateModel(
                    name="Touchpoint",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.SlugField(max_length=60, verbose_name="key")),
                        ("name", models.CharField(max_length=120, verbose_name="name")),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("web", "Website"),
                                    ("app", "App"),
                                    ("email", "E-mail"),
                                    ("chat", "Chat"),
                                    ("phone", "Phone"),
                                    ("store", "Store or branch"),
                                    ("field", "Visit or field service"),
                                    ("post", "Post and parcels"),
                                    ("product", "The product itself"),
                                    ("partner", "Partner"),
                                    ("other", "Other"),
                                ],
                                default="other",
                                max_length=10,
                                verbose_name="channel",
                            ),
                        ),
                        (
                            "phase",
                            models.CharField(
                                choices=[
                                    ("consider", "Consider"),
                                    ("evaluate", "Evaluate"),
                                    ("buy", "Buy"),
                                    ("onboard", "Get started"),
                                    ("use", "Use"),
                                    ("support", "Get help"),
                                    ("renew", "Renew or leave"),
                                    ("advocate", "Recommend"),
                                ],
                                default="use",
                                max_length=10,
                                verbose_name="phase",
                            ),
                        ),
                        ("purpose", models.TextField(blank=True, verbose_name="purpose")),
                        (
                            "is_intended",
                            models.BooleanField(default=True, verbose_name="designed on purpose"),
                        ),
                        ("is_archived", models.BooleanField(default=False)),
                        ("merged_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "merged_into",
                            models.ForeignKey(
                                blank=True,
                                editable=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="merged",
                                to="journeys.touchpoint",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "owner_function",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="touchpoints",
                                to="accounts.businessfunction",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization", "key"), name="touchpoint_key_unique"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("merged_at", None), ("merged_into", None)),
                                    models.Q(
                                        ("is_archived", True),
                                        ("merged_at__isnull", False),
                                        ("merged_into__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="touchpoint_merged_is_off_the_lists",
                            ),
                        ],
                    },
                )
            ],
        ),
    ]
