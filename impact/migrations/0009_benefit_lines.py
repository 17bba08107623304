"""Several benefits of one value model, what was spent, and the rise of prices."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0016_logo_and_color"),
        ("coalition", "0015_suggestions"),
        ("impact", "0008_months_that_finance_reviewed"),
    ]

    operations = [
        migrations.CreateModel(
            name="LineInput",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=60)),
                ("label", models.CharField(max_length=120, verbose_name="input")),
                ("unit", models.CharField(blank=True, max_length=40, verbose_name="unit")),
                (
                    "distribution",
                    models.CharField(
                        choices=[
                            ("fixed", "Fixed"),
                            ("normal", "Normal (mean, standard deviation)"),
                            ("lognormal_p10_p90", "Skewed (from the 10th and the 90th percentile)"),
                            ("pert", "Low, most likely, high"),
                            ("triangular", "Triangle: low, most likely, high"),
                            ("beta", "Share (beta)"),
                        ],
                        default="pert",
                        max_length=20,
                        verbose_name="range",
                    ),
                ),
                ("arguments", models.JSONField(default=list)),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                (
                    "source_kind",
                    models.CharField(
                        choices=[
                            ("measured", "Measured"),
                            ("finance", "From finance"),
                            ("assumption", "Assumption"),
                            ("association", "Association from own data"),
                        ],
                        default="assumption",
                        max_length=12,
                        verbose_name="kind of source",
                    ),
                ),
                (
                    "owner_name",
                    models.CharField(blank=True, max_length=120, verbose_name="responsible person"),
                ),
                ("association", models.PositiveIntegerField(blank=True, null=True)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ValueLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(default=2)),
                ("label", models.CharField(max_length=120, verbose_name="benefit")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("retention", "Customers kept × margin"),
                            ("avoided_contacts", "Contacts avoided × cost of a contact"),
                            ("resolution_hours", "Hours saved × cost of an hour"),
                            ("referral", "Customers won by recommendation × margin"),
                            ("formula", "Own formula: a product of named factors"),
                        ],
                        max_length=20,
                        verbose_name="how it becomes money",
                    ),
                ),
                (
                    "first_year_share",
                    models.DecimalField(
                        decimal_places=2,
                        default=1,
                        max_digits=3,
                        verbose_name="share of the full year's benefit in year 1",
                    ),
                ),
                (
                    "is_hard",
                    models.BooleanField(default=False, verbose_name="shows in the books (hard benefit)"),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.AddField(
            model_name="costline",
            name="actual",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="spent"
            ),
        ),
        migrations.AddField(
            model_name="roicase",
            name="line_words",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="valuemodel",
            name="inflation_pct",
            field=models.DecimalField(
                blank=True, decimal_places=2, default=0, max_digits=5, verbose_name="rise of prices, % a year"
            ),
        ),
        migrations.AddConstraint(
            model_name="costline",
            constraint=models.CheckConstraint(
                condition=models.Q(("actual", None), ("actual__gte", 0), _connector="OR"),
                name="cost_line_actual",
            ),
        ),
        migrations.AddConstraint(
            model_name="valuemodel",
            constraint=models.CheckConstraint(
                condition=models.Q(("inflation_pct__gte", 0), ("inflation_pct__lte", 100)),
                name="value_model_inflation",
            ),
        ),
        migrations.AddField(
            model_name="valueline",
            name="value_model",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="impact.valuemodel"
            ),
        ),
        migrations.AddField(
            model_name="lineinput",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="parameters", to="impact.valueline"
            ),
        ),
        migrations.AddConstraint(
            model_name="valueline",
            constraint=models.UniqueConstraint(fields=("value_model", "number"), name="value_line_unique"),
        ),
        migrations.AddConstraint(
            model_name="valueline",
            constraint=models.CheckConstraint(
                condition=models.Q(("first_year_share__gte", 0), ("first_year_share__lte", 1)),
                name="value_line_first_year",
            ),
        ),
        migrations.AddConstraint(
            model_name="lineinput",
            constraint=models.UniqueConstraint(fields=("line", "key"), name="line_input_unique"),
        ),
    ]
