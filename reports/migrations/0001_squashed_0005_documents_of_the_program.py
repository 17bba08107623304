"""All tables of this room, made at once as migrations 0001 to 0005 leave them. Those stay for older databases."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import common.made_at_once


class Migration(migrations.Migration):
    replaces = [
        ("reports", "0001_initial"),
        ("reports", "0002_format_of_the_document"),
        ("reports", "0003_documents_of_employee_waves"),
        ("reports", "0004_sheets_of_slips"),
        ("reports", "0005_documents_of_the_program"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0014_weeks_and_fiscal_years"),
        ("assessments", "0004_words_people_read"),
        ("employee_voice", "0005_days_as_they_happened"),
        ("impact", "0006_program_ledger_and_case"),
    ]

    operations = [
        common.made_at_once.MadeAtOnce(
            operations=[
                migrations.CreateModel(
                    name="Report",
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
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("roi_evidence", "ROI evidence report"),
                                    ("maturity", "Maturity result"),
                                    ("employee_wave", "Employee survey results"),
                                    ("program", "Return of the program"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("title", models.CharField(max_length=200)),
                        (
                            "reach",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("whole", "The organization"),
                                    ("line", "The organization and one line"),
                                    ("all", "All functions"),
                                ],
                                max_length=5,
                            ),
                        ),
                        ("language", models.CharField(default="en", max_length=12)),
                        ("territory", models.CharField(blank=True, max_length=2)),
                        (
                            "paper",
                            models.CharField(
                                choices=[("A4", "A4"), ("letter", "Letter")], default="A4", max_length=6
                            ),
                        ),
                        ("content", models.JSONField(default=dict)),
                        ("content_digest", models.CharField(blank=True, max_length=64)),
                        ("verification_code", models.CharField(max_length=24, unique=True)),
                        ("file", models.FileField(blank=True, upload_to="reports/%Y/%m/")),
                        ("file_digest", models.CharField(blank=True, max_length=64)),
                        ("file_bytes", models.PositiveIntegerField(default=0)),
                        ("pages", models.PositiveSmallIntegerField(default=0)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "maturity_result",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="assessments.maturityresult",
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
                            "program_case",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="impact.programcase",
                            ),
                        ),
                        (
                            "roi_case",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="impact.roicase",
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="impact.study",
                            ),
                        ),
                        (
                            "wave",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="employee_voice.wave",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "roi_evidence"), ("study__isnull", False)),
                                    models.Q(("kind", "maturity"), ("maturity_result__isnull", False)),
                                    models.Q(("kind", "employee_wave"), ("wave__isnull", False)),
                                    models.Q(("kind", "program"), ("program_case__isnull", False)),
                                    _connector="OR",
                                ),
                                name="report_has_its_subject",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("reach", ""), ("wave__isnull", True)),
                                    models.Q(
                                        ("reach__in", ["whole", "line", "all"]), ("wave__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="report_of_a_wave_says_how_far_it_reaches",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SlipSheets",
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
                        ("language", models.CharField(default="en", max_length=12)),
                        ("slips", models.PositiveIntegerField()),
                        ("name", models.CharField(blank=True, max_length=40)),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "group",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="employee_voice.keygroup",
                            ),
                        ),
                        (
                            "wave",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="employee_voice.wave",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("job_state__in", ["queued", "running"])),
                                fields=("group",),
                                name="slip_sheets_once_at_a_time",
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
