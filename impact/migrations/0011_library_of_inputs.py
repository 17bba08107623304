"""Figures of an organization for all of its value models, and which of them an input was taken from."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0016_logo_and_color"),
        ("impact", "0010_contacts_as_outcomes"),
    ]

    operations = [
        migrations.AddField(
            model_name="lineinput",
            name="library",
            field=models.CharField(blank=True, default="", max_length=21),
        ),
        migrations.AddField(
            model_name="valueparameter",
            name="library",
            field=models.CharField(blank=True, default="", max_length=21),
        ),
        migrations.CreateModel(
            name="LibraryFigure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(default=1)),
                ("version", models.PositiveIntegerField(default=1)),
                ("label", models.CharField(max_length=120, verbose_name="figure")),
                (
                    "measure",
                    models.CharField(
                        choices=[("money", "Money"), ("share", "Share, 0 to 1"), ("count", "Another number")],
                        max_length=10,
                        verbose_name="what it is",
                    ),
                ),
                ("unit", models.CharField(blank=True, max_length=40, verbose_name="unit")),
                (
                    "currency",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("USD", "US dollar"),
                            ("EUR", "Euro"),
                            ("GBP", "Pound sterling"),
                            ("CNY", "Chinese yuan"),
                            ("JPY", "Japanese yen"),
                            ("INR", "Indian rupee"),
                            ("AUD", "Australian dollar"),
                            ("CAD", "Canadian dollar"),
                            ("CHF", "Swiss franc"),
                            ("SGD", "Singapore dollar"),
                        ],
                        max_length=3,
                    ),
                ),
                ("low", models.DecimalField(decimal_places=6, max_digits=20, verbose_name="low")),
                ("likely", models.DecimalField(decimal_places=6, max_digits=20, verbose_name="most likely")),
                ("high", models.DecimalField(decimal_places=6, max_digits=20, verbose_name="high")),
                ("source", models.CharField(max_length=200, verbose_name="source")),
                (
                    "source_kind",
                    models.CharField(
                        choices=[
                            ("measured", "Measured"),
                            ("finance", "From finance"),
                            ("assumption", "Assumption"),
                            ("association", "Association from own data"),
                        ],
                        max_length=12,
                        verbose_name="kind of source",
                    ),
                ),
                ("day", models.DateField(verbose_name="as of")),
                (
                    "owner_name",
                    models.CharField(blank=True, max_length=120, verbose_name="responsible person"),
                ),
                ("is_retired", models.BooleanField(default=False, verbose_name="no longer offered")),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "ordering": ["number", "-version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "number", "version"), name="library_figure_version_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("likely__lte", models.F("high")),
                            ("low__gte", 0),
                            ("low__lte", models.F("likely")),
                        ),
                        name="library_figure_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("measure", "share"), _negated=True), ("high__lte", 1), _connector="OR"
                        ),
                        name="library_figure_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("measure", "money"), models.Q(("currency", ""), _negated=True)),
                            models.Q(models.Q(("measure", "money"), _negated=True), ("currency", "")),
                            _connector="OR",
                        ),
                        name="library_figure_currency",
                    ),
                ],
            },
        ),
    ]
