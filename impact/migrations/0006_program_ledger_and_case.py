"""What the program costs by fiscal year, rates of exchange, and what the whole program returned."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_weeks_and_fiscal_years"),
        ("impact", "0005_values_that_return_and_go_lives_of_studies"),
    ]

    operations = [
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
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, verbose_name="amount")),
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
                        fields=("organization", "currency", "into", "day"), name="exchange_rate_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rate__gt", 0)), name="exchange_rate_above_zero"
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="ledgeryear",
            constraint=models.UniqueConstraint(fields=("organization", "year"), name="ledger_year_unique"),
        ),
        migrations.AddConstraint(
            model_name="ledgeryear",
            constraint=models.CheckConstraint(
                condition=models.Q(("year__gte", 1990), ("year__lte", 2100)), name="ledger_year_in_range"
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgeryear",
            constraint=models.CheckConstraint(
                condition=models.Q(("sign_off", "open"), ("sign_off_by__isnull", False), _connector="OR"),
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
                fields=("organization", "input_digest", "engine_version"), name="program_case_once_per_inputs"
            ),
        ),
        migrations.AddConstraint(
            model_name="programcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("job_state", "done"), _negated=True), ("result__isnull", False), _connector="OR"
                ),
                name="program_case_done_has_result",
            ),
        ),
    ]
