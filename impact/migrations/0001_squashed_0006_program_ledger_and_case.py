"""All tables of this room, made at once as migrations 0001 to 0006 leave them. Those stay for older databases."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import common.made_at_once


class Migration(migrations.Migration):
    replaces = [
        ("impact", "0001_initial"),
        ("impact", "0002_driver_runs_and_cost_sources"),
        ("impact", "0003_words_people_read"),
        ("impact", "0004_names_of_distributions"),
        ("impact", "0005_values_that_return_and_go_lives_of_studies"),
        ("impact", "0006_program_ledger_and_case"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0014_weeks_and_fiscal_years"),
        ("coalition", "0012_recorded_afterwards"),
    ]

    operations = [
        common.made_at_once.MadeAtOnce(
            operations=[
                migrations.CreateModel(
                    name="LedgerYear",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("year", models.PositiveSmallIntegerField(verbose_name="fiscal year")),
                        (
                            "budget",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=14,
                                null=True,
                                verbose_name="budget asked for",
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=0)),
                        ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "sign_off",
                            models.CharField(
                                choices=[
                                    ("open", "Not reviewed by finance"),
                                    ("signed", "Signed off by finance"),
                                    ("disputed", "Disputed by finance"),
                                ],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        ("sign_off_comment", models.TextField(blank=True, verbose_name="comment")),
                        ("sign_off_at", models.DateTimeField(blank=True, null=True)),
                        ("voided", models.JSONField(blank=True, null=True)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
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
                            "sign_off_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["year"],
                    },
                ),
                migrations.CreateModel(
                    name="LedgerLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("people", "People"),
                                    ("tools", "Tools"),
                                    ("surveys", "Surveys"),
                                    ("incentives", "Incentives"),
                                    ("other", "Other"),
                                ],
                                max_length=10,
                                verbose_name="kind of cost",
                            ),
                        ),
                        (
                            "amount",
                            models.DecimalField(decimal_places=2, max_digits=14, verbose_name="amount"),
                        ),
                        (
                            "currency",
                            models.CharField(
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
                                verbose_name="currency",
                            ),
                        ),
                        ("source", models.CharField(max_length=200, verbose_name="source")),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                        (
                            "ledger_year",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="impact.ledgeryear",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="ProgramCase",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "job_state",
                            models.CharField(
                                choices=[
                                    ("queued", "Waiting"),
                                    ("running", "Running"),
                                    ("done", "Done"),
                                    ("failed", "Failed"),
                                ],
                                db_index=True,
                                default="queued",
                                max_length=10,
                            ),
                        ),
                        ("progress", models.PositiveSmallIntegerField(default=0)),
                        ("heartbeat_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("failure", models.TextField(blank=True)),
                        ("number", models.PositiveIntegerField(default=1)),
                        ("inputs", models.JSONField()),
                        ("input_digest", models.CharField(max_length=64)),
                        ("basis", models.CharField(max_length=64)),
                        ("result", models.JSONField(blank=True, null=True)),
                        ("engine_version", models.CharField(max_length=20)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("current_since", models.DateTimeField(default=django.utils.timezone.now)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "requested_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-current_since", "-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="Study",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "job_state",
                            models.CharField(
                                choices=[
                                    ("queued", "Waiting"),
                                    ("running", "Running"),
                                    ("done", "Done"),
                                    ("failed", "Failed"),
                                ],
                                db_index=True,
                                default="queued",
                                max_length=10,
                            ),
                        ),
                        ("progress", models.PositiveSmallIntegerField(default=0)),
                        ("heartbeat_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("failure", models.TextField(blank=True)),
                        ("number", models.PositiveIntegerField(default=1)),
                        ("plan_digest", models.CharField(max_length=64)),
                        ("data_cutoff", models.DateField()),
                        ("go_live", models.DateField(blank=True, null=True)),
                        ("seed", models.PositiveBigIntegerField(default=0)),
                        ("inputs", models.JSONField(default=dict)),
                        ("finding", models.JSONField(blank=True, null=True)),
                        ("grade", models.CharField(blank=True, max_length=1)),
                        ("verdict", models.CharField(blank=True, max_length=30)),
                        ("engine_version", models.CharField(blank=True, max_length=20)),
                        ("input_digest", models.CharField(blank=True, max_length=64)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "initiative",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="studies",
                                to="coalition.initiative",
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
                            "requested_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-number"],
                    },
                ),
                migrations.CreateModel(
                    name="RoiCase",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField(default=1)),
                        ("inputs", models.JSONField()),
                        ("result", models.JSONField()),
                        ("is_scenario_only", models.BooleanField(default=False)),
                        ("engine_version", models.CharField(max_length=20)),
                        ("input_digest", models.CharField(max_length=64)),
                        ("computed_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("current_since", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "sign_off",
                            models.CharField(
                                choices=[
                                    ("open", "Not reviewed by finance"),
                                    ("signed", "Signed off by finance"),
                                    ("disputed", "Disputed by finance"),
                                ],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        ("sign_off_comment", models.TextField(blank=True, verbose_name="comment")),
                        ("sign_off_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "computed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
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
                            "sign_off_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="roi_cases",
                                to="impact.study",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-number"],
                    },
                ),
                migrations.CreateModel(
                    name="ValueModel",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                            "horizon_years",
                            models.PositiveSmallIntegerField(default=3, verbose_name="years counted"),
                        ),
                        (
                            "discount_rate_pct",
                            models.DecimalField(
                                decimal_places=2, max_digits=5, verbose_name="discount rate, % a year"
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
                            models.BooleanField(
                                default=False, verbose_name="shows in the books (hard benefit)"
                            ),
                        ),
                        ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "changed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "initiative",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="value_model",
                                to="coalition.initiative",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="CostLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("label", models.CharField(max_length=120, verbose_name="cost")),
                        ("year", models.PositiveSmallIntegerField(default=0, verbose_name="year")),
                        ("low", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="low")),
                        (
                            "likely",
                            models.DecimalField(decimal_places=2, max_digits=14, verbose_name="likely"),
                        ),
                        ("high", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="high")),
                        ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                        (
                            "value_model",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="cost_lines",
                                to="impact.valuemodel",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["year", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="ValueParameter",
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
                        ("position", models.PositiveSmallIntegerField(default=0)),
                        (
                            "value_model",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="parameters",
                                to="impact.valuemodel",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["position", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="DriverRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "job_state",
                            models.CharField(
                                choices=[
                                    ("queued", "Waiting"),
                                    ("running", "Running"),
                                    ("done", "Done"),
                                    ("failed", "Failed"),
                                ],
                                db_index=True,
                                default="queued",
                                max_length=10,
                            ),
                        ),
                        ("progress", models.PositiveSmallIntegerField(default=0)),
                        ("heartbeat_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("failure", models.TextField(blank=True)),
                        ("outcome", models.CharField(blank=True, max_length=200)),
                        ("data_digest", models.CharField(max_length=64)),
                        ("result", models.JSONField(blank=True, null=True)),
                        ("engine_version", models.CharField(blank=True, max_length=20)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("current_since", models.DateTimeField(default=django.utils.timezone.now)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "requested_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-current_since", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization", "outcome", "data_digest", "engine_version"),
                                name="driver_run_once_per_data",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("job_state", "done"), _negated=True),
                                    ("result__isnull", False),
                                    _connector="OR",
                                ),
                                name="driver_run_done_has_result",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExchangeRate",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "currency",
                            models.CharField(
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
                                verbose_name="currency",
                            ),
                        ),
                        (
                            "into",
                            models.CharField(
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
                        ("day", models.DateField(verbose_name="day")),
                        ("rate", models.DecimalField(decimal_places=8, max_digits=18, verbose_name="rate")),
                        ("source", models.CharField(max_length=200, verbose_name="source")),
                        ("given_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "given_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
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
                    ],
                    options={
                        "ordering": ["currency", "-day"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization", "currency", "into", "day"),
                                name="exchange_rate_unique",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("rate__gt", 0)), name="exchange_rate_above_zero"
                            ),
                        ],
                    },
                ),
                migrations.AddConstraint(
                    model_name="ledgeryear",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "year"), name="ledger_year_unique"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="ledgeryear",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("year__gte", 1990), ("year__lte", 2100)),
                        name="ledger_year_in_range",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="ledgeryear",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("sign_off", "open"), ("sign_off_by__isnull", False), _connector="OR"
                        ),
                        name="ledger_year_signed_by_somebody",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="ledgerline",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="ledger_line_not_negative"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="programcase",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "number"), name="program_case_number_unique"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="programcase",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "input_digest", "engine_version"),
                        name="program_case_once_per_inputs",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="programcase",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("job_state", "done"), _negated=True),
                            ("result__isnull", False),
                            _connector="OR",
                        ),
                        name="program_case_done_has_result",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="study",
                    constraint=models.UniqueConstraint(
                        fields=("initiative", "number"), name="study_number_unique"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="study",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("job_state", "done"), _negated=True),
                            ("finding__isnull", False),
                            _connector="OR",
                        ),
                        name="study_done_has_finding",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="roicase",
                    constraint=models.UniqueConstraint(
                        fields=("study", "number"), name="roi_case_number_unique"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="roicase",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("sign_off", "open"), ("sign_off_by__isnull", False), _connector="OR"
                        ),
                        name="roi_case_signed_by_somebody",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="valuemodel",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("horizon_years__gte", 1), ("horizon_years__lte", 10)),
                        name="value_model_horizon",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="valuemodel",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("first_year_share__gte", 0), ("first_year_share__lte", 1)),
                        name="value_model_first_year",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="costline",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("likely__lte", models.F("high")),
                            ("low__gte", 0),
                            ("low__lte", models.F("likely")),
                        ),
                        name="cost_line_in_order",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="valueparameter",
                    constraint=models.UniqueConstraint(
                        fields=("value_model", "key"), name="value_parameter_unique"
                    ),
                ),
            ],
        ),
    ]
