"""All tables of this room, made at once as migrations 0001 to 0026 leave them. Those stay for older databases."""

import uuid

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.utils.timezone
from django.db import migrations, models

import accounts.constraints
import common.made_at_once
import customer_voice.columns
import customer_voice.rules.registry


class Migration(migrations.Migration):
    replaces = [
        ("customer_voice", "0001_initial"),
        ("customer_voice", "0002_series_and_identity_columns"),
        ("customer_voice", "0003_one_series_for_one_measurement"),
        ("customer_voice", "0004_answers_are_known_by_source_id_and_metric"),
        ("customer_voice", "0005_metric_targets"),
        ("customer_voice", "0006_words_people_read"),
        ("customer_voice", "0007_customers_sources_and_submissions"),
        ("customer_voice", "0008_answers_point_at_records"),
        ("customer_voice", "0009_any_scale_channels_and_accounts"),
        ("customer_voice", "0010_count_by_channel_and_account"),
        ("customer_voice", "0011_files_are_read_by_their_layout"),
        ("customer_voice", "0012_rows_set_aside"),
        ("customer_voice", "0013_imports_can_be_taken_back"),
        ("customer_voice", "0014_how_a_file_is_read"),
        ("customer_voice", "0015_customer_surveys"),
        ("customer_voice", "0016_customers_as_people_use_them"),
        ("customer_voice", "0017_calendars_and_tickets"),
        ("customer_voice", "0018_days_to_count_anew"),
        ("customer_voice", "0019_surveys_second_slice"),
        ("customer_voice", "0020_letters_that_were_handed_over"),
        ("customer_voice", "0021_columns_that_are_not_read"),
        ("customer_voice", "0022_times_that_the_clock_skips"),
        ("customer_voice", "0023_feeds_that_come_in_by_themselves"),
        ("customer_voice", "0024_surveys_that_follow_tickets"),
        ("customer_voice", "0025_words_and_scores_that_disagree"),
        ("customer_voice", "0026_open_cases_by_their_minute"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0014_weeks_and_fiscal_years"),
        ("journeys", "0002_touchpoints_can_be_merged"),
    ]

    operations = [
        common.made_at_once.MadeAtOnce(
            operations=[
                migrations.CreateModel(
                    name="BusinessCalendar",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.SlugField(max_length=40)),
                        ("name", models.CharField(max_length=80, verbose_name="name")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                        "ordering": ["name"],
                    },
                ),
                migrations.CreateModel(
                    name="CalendarVersion",
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
                        ("number", models.PositiveSmallIntegerField()),
                        ("name", models.CharField(max_length=80)),
                        ("weeks", models.JSONField()),
                        ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                        (
                            "subdivision",
                            models.CharField(blank=True, max_length=60, verbose_name="part of the country"),
                        ),
                        ("own_days", models.JSONField(default=list)),
                        ("holidays", models.JSONField(default=list)),
                        ("holidays_release", models.CharField(blank=True, max_length=20)),
                        ("time_zone", models.CharField(max_length=60)),
                        ("covers_from", models.DateField()),
                        ("covers_until", models.DateField()),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "calendar",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="versions",
                                to="customer_voice.businesscalendar",
                            ),
                        ),
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
                            "organization",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["calendar", "-number"],
                    },
                ),
                migrations.CreateModel(
                    name="Channel",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=40, verbose_name="name")),
                        ("is_digital", models.BooleanField(blank=True, null=True)),
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
                        "ordering": ["name"],
                    },
                ),
                migrations.CreateModel(
                    name="Contact",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "external_reference",
                            models.CharField(blank=True, max_length=120, null=True, verbose_name="reference"),
                        ),
                        ("name", models.CharField(blank=True, max_length=150, verbose_name="name")),
                        (
                            "email",
                            models.EmailField(blank=True, max_length=254, verbose_name="e-mail address"),
                        ),
                        ("segment", models.CharField(blank=True, max_length=60, verbose_name="segment")),
                        ("language", models.CharField(blank=True, max_length=12, verbose_name="language")),
                        (
                            "consent",
                            models.CharField(
                                choices=[
                                    ("unknown", "Not known"),
                                    ("given", "Given"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="unknown",
                                max_length=10,
                            ),
                        ),
                        ("consent_changed_at", models.DateTimeField(blank=True, null=True)),
                        ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
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
                        "ordering": ["name", "external_reference", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="ContactReference",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reference", models.CharField(max_length=120)),
                        (
                            "contact",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="former_references",
                                to="customer_voice.contact",
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
                ),
                migrations.CreateModel(
                    name="CustomerAccount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "external_reference",
                            models.CharField(blank=True, max_length=120, null=True, verbose_name="reference"),
                        ),
                        ("name", models.CharField(blank=True, max_length=150, verbose_name="name")),
                        ("segment", models.CharField(blank=True, max_length=60, verbose_name="segment")),
                        (
                            "yearly_value",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=16,
                                null=True,
                                verbose_name="value per year",
                            ),
                        ),
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
                                verbose_name="currency",
                            ),
                        ),
                        ("started_on", models.DateField(blank=True, null=True)),
                        ("renews_on", models.DateField(blank=True, null=True)),
                        ("left_on", models.DateField(blank=True, null=True)),
                        (
                            "people_total",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="people who can be asked"
                            ),
                        ),
                        ("archived_at", models.DateTimeField(blank=True, editable=False, null=True)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
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
                        "ordering": ["name", "external_reference", "pk"],
                    },
                ),
                migrations.AddField(
                    model_name="contact",
                    name="account",
                    field=models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="customer_voice.customeraccount",
                    ),
                ),
                migrations.CreateModel(
                    name="AccountTag",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=40)),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="tags",
                                to="customer_voice.customeraccount",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name"],
                    },
                ),
                migrations.CreateModel(
                    name="AccountReference",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reference", models.CharField(max_length=120)),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="former_references",
                                to="customer_voice.customeraccount",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="CustomerFile",
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
                                choices=[("accounts", "Customer accounts"), ("contacts", "Contacts")],
                                max_length=10,
                            ),
                        ),
                        ("filename", models.CharField(max_length=200)),
                        ("content", models.BinaryField()),
                        (
                            "date_format",
                            models.CharField(
                                choices=[
                                    ("auto", "Detect from the whole file"),
                                    ("iso", "Year first: 2026-03-14"),
                                    ("day_first", "Day first: 14.03.2026 or 14/03/2026"),
                                    ("month_first", "Month first: 03/14/2026"),
                                ],
                                default="auto",
                                max_length=12,
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
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
                        "ordering": ["-created_at"],
                    },
                ),
                migrations.CreateModel(
                    name="CustomerSurvey",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=120, verbose_name="name of the survey")),
                        ("public_id", models.CharField(max_length=22, unique=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("open", "Open"),
                                    ("closed", "Closed"),
                                    ("archived", "Archived"),
                                ],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        ("content", models.JSONField()),
                        ("words", models.JSONField(default=dict)),
                        (
                            "privacy_url",
                            models.URLField(
                                blank=True, max_length=500, verbose_name="address of your privacy notice"
                            ),
                        ),
                        ("first_day", models.DateField(blank=True, null=True, verbose_name="first day")),
                        ("last_day", models.DateField(blank=True, null=True, verbose_name="last day")),
                        ("embed_hosts", models.JSONField(default=list)),
                        (
                            "half_answers",
                            models.CharField(
                                choices=[
                                    ("none", "Not kept"),
                                    ("apart", "Kept and named apart; never in a score"),
                                    (
                                        "scored",
                                        "Kept and named apart; the score counts if its question was answered",
                                    ),
                                ],
                                default="apart",
                                max_length=6,
                                verbose_name="answers that were not sent",
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "channel",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customer_voice.channel",
                            ),
                        ),
                        (
                            "follows",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customer_voice.customersurvey",
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
                            "touchpoint",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="journeys.touchpoint",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "pk"],
                    },
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
                ),
                migrations.CreateModel(
                    name="FormerMerge",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("gone", models.JSONField()),
                        ("filled", models.JSONField(default=dict)),
                        ("moved", models.JSONField(default=dict)),
                        ("merged_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "account",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customer_voice.customeraccount",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customer_voice.contact",
                            ),
                        ),
                        (
                            "merged_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
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
                        "ordering": ["-merged_at", "-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="ImportBatch",
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
                        ("filename", models.CharField(max_length=200)),
                        ("file", models.FileField(upload_to="imports/%Y/%m/")),
                        ("file_digest", models.CharField(max_length=64)),
                        ("file_bytes", models.BigIntegerField()),
                        (
                            "encoding",
                            models.CharField(
                                choices=[
                                    ("auto", "Detect from the file"),
                                    ("utf-8", "UTF-8 (most systems)"),
                                    ("utf-16", "UTF-16 (Unicode text from Excel)"),
                                    ("cp1252", "Windows-1252 (older Excel, Western Europe)"),
                                    ("gb18030", "GB 18030 (Chinese)"),
                                ],
                                default="utf-8",
                                max_length=12,
                            ),
                        ),
                        ("delimiter", models.CharField(blank=True, default="", max_length=1)),
                        ("sheet", models.CharField(blank=True, default="", max_length=255)),
                        ("header_row", models.PositiveIntegerField(default=0)),
                        (
                            "date_format",
                            models.CharField(
                                choices=[
                                    ("auto", "Detect from the whole file"),
                                    ("iso", "Year first: 2026-03-14"),
                                    ("day_first", "Day first: 14.03.2026 or 14/03/2026"),
                                    ("month_first", "Month first: 03/14/2026"),
                                ],
                                default="auto",
                                max_length=12,
                            ),
                        ),
                        ("mapping", models.JSONField(default=dict)),
                        ("defaults", models.JSONField(default=dict)),
                        ("reading", models.JSONField(default=dict)),
                        ("is_dry_run", models.BooleanField(default=True)),
                        (
                            "creates_touchpoints",
                            models.BooleanField(
                                default=False, verbose_name="add touchpoints that do not exist yet"
                            ),
                        ),
                        (
                            "skips_bad_rows",
                            models.BooleanField(
                                default=False, verbose_name="import the valid rows, leave out the others"
                            ),
                        ),
                        (
                            "asks_about_tickets",
                            models.BooleanField(default=False, verbose_name="ask about tickets"),
                        ),
                        ("tickets_recent", models.PositiveIntegerField(default=0)),
                        (
                            "replaces_known",
                            models.BooleanField(default=False, verbose_name="replace existing answers"),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        ("rows_total", models.PositiveIntegerField(default=0)),
                        ("rows_created", models.PositiveIntegerField(default=0)),
                        ("rows_updated", models.PositiveIntegerField(default=0)),
                        ("rows_replaced", models.PositiveIntegerField(default=0)),
                        ("rows_unchanged", models.PositiveIntegerField(default=0)),
                        ("rows_rejected", models.PositiveIntegerField(default=0)),
                        ("rows_superseded", models.PositiveIntegerField(default=0)),
                        ("rows_erased", models.PositiveIntegerField(default=0)),
                        ("aside", models.JSONField(default=dict)),
                        ("columns_unread", models.JSONField(default=list)),
                        ("clock_changes", models.JSONField(default=dict)),
                        ("words_read", models.JSONField(default=dict)),
                        ("doubts", models.JSONField(default=list)),
                        ("changes", models.JSONField(default=dict)),
                        ("left_out", models.JSONField(default=dict)),
                        ("touchpoints_new", models.JSONField(default=list)),
                        ("imported_at", models.DateTimeField(blank=True, null=True)),
                        ("keeps_former", models.BooleanField(default=False)),
                        ("is_undo", models.BooleanField(default=False)),
                        ("figures", models.JSONField(default=list)),
                        ("undone", models.JSONField(default=dict)),
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
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "undone_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at"],
                    },
                ),
                migrations.CreateModel(
                    name="Feedback",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("metric_key", models.CharField(blank=True, default="", max_length=40)),
                        ("occurred_at", models.DateTimeField()),
                        (
                            "score",
                            customer_voice.columns.NumberField(
                                blank=True, decimal_places=4, max_digits=15, null=True
                            ),
                        ),
                        (
                            "exposure",
                            customer_voice.columns.NumberField(
                                blank=True, decimal_places=4, max_digits=15, null=True
                            ),
                        ),
                        ("resolved_at", models.DateTimeField(blank=True, null=True)),
                        ("reopened_count", models.PositiveSmallIntegerField(default=0)),
                        ("merged_into", models.CharField(blank=True, default="", max_length=120)),
                        ("text", models.TextField(blank=True)),
                        ("segment", models.CharField(blank=True, max_length=60)),
                        ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "account",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="customer_voice.customeraccount",
                            ),
                        ),
                        (
                            "channel",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customer_voice.channel",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="customer_voice.contact",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "touchpoint",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="journeys.touchpoint",
                            ),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customer_voice.importbatch",
                            ),
                        ),
                    ],
                ),
                migrations.AddField(
                    model_name="customeraccount",
                    name="came_with",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customer_voice.importbatch",
                    ),
                ),
                migrations.AddField(
                    model_name="contact",
                    name="came_with",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customer_voice.importbatch",
                    ),
                ),
                migrations.AddField(
                    model_name="contact",
                    name="placed_with",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customer_voice.importbatch",
                    ),
                ),
                migrations.AddField(
                    model_name="channel",
                    name="came_with",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customer_voice.importbatch",
                    ),
                ),
                migrations.CreateModel(
                    name="ImportRowError",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row_number", models.PositiveIntegerField()),
                        ("column", models.CharField(blank=True, max_length=120)),
                        ("code", models.CharField(max_length=40)),
                        ("field", models.CharField(blank=True, default="", max_length=40)),
                        ("params", models.JSONField(default=dict)),
                        ("message", models.CharField(blank=True, default="", max_length=300)),
                        ("value", models.CharField(blank=True, max_length=200)),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="row_errors",
                                to="customer_voice.importbatch",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["row_number", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="MetricDefinition",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.SlugField(max_length=40)),
                        ("version", models.PositiveSmallIntegerField(default=1)),
                        ("series", models.PositiveSmallIntegerField(default=0)),
                        (
                            "change_note",
                            models.CharField(blank=True, max_length=200, verbose_name="what changed"),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("nps", "Net Promoter Score®"),
                                    ("csat", "Customer satisfaction (CSAT)"),
                                    ("ces", "Customer effort (CES)"),
                                    ("osat", "Overall satisfaction (OSAT)"),
                                    ("ttr", "Time to resolution (TTR)"),
                                    ("frt", "First response time (FRT)"),
                                    ("first_res", "Time to first resolution"),
                                    ("custom", "Own metric"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("name", models.CharField(max_length=80, verbose_name="name")),
                        ("wording", models.CharField(blank=True, max_length=300, verbose_name="question")),
                        (
                            "population",
                            models.CharField(blank=True, max_length=200, verbose_name="who is asked"),
                        ),
                        (
                            "rule",
                            models.CharField(
                                choices=customer_voice.rules.registry.rule_choices,
                                max_length=10,
                                verbose_name="rule",
                            ),
                        ),
                        ("scale_low", models.SmallIntegerField(default=0, verbose_name="lowest answer")),
                        ("scale_high", models.SmallIntegerField(default=10, verbose_name="highest answer")),
                        (
                            "scale_step",
                            customer_voice.columns.NumberField(
                                decimal_places=4,
                                default=1,
                                max_digits=15,
                                verbose_name="step between answers",
                            ),
                        ),
                        (
                            "bottom_box_high",
                            customer_voice.columns.NumberField(
                                blank=True, decimal_places=4, max_digits=15, null=True
                            ),
                        ),
                        (
                            "top_box_low",
                            customer_voice.columns.NumberField(
                                blank=True, decimal_places=4, max_digits=15, null=True
                            ),
                        ),
                        (
                            "per",
                            customer_voice.columns.NumberField(
                                decimal_places=4,
                                default=1,
                                max_digits=15,
                                verbose_name="per so much exposure",
                            ),
                        ),
                        (
                            "amount_name",
                            models.CharField(
                                blank=True, default="", max_length=60, verbose_name="what is counted"
                            ),
                        ),
                        (
                            "exposure_name",
                            models.CharField(
                                blank=True, default="", max_length=60, verbose_name="what it is counted on"
                            ),
                        ),
                        ("higher_is_better", models.BooleanField(default=True)),
                        (
                            "calendar",
                            models.SlugField(
                                blank=True, default="", max_length=40, verbose_name="counted in"
                            ),
                        ),
                        ("is_retired", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("data_until", models.DateTimeField(blank=True, null=True)),
                        ("counted_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "counted_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customer_voice.calendarversion",
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
                        "ordering": ["name", "version"],
                    },
                ),
                migrations.AddField(
                    model_name="importbatch",
                    name="metric",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customer_voice.metricdefinition",
                    ),
                ),
                migrations.CreateModel(
                    name="FormerAnswer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("occurred_at", models.DateTimeField()),
                        (
                            "score",
                            customer_voice.columns.NumberField(decimal_places=4, max_digits=15, null=True),
                        ),
                        (
                            "exposure",
                            customer_voice.columns.NumberField(decimal_places=4, max_digits=15, null=True),
                        ),
                        ("resolved_at", models.DateTimeField(null=True)),
                        ("reopened_count", models.PositiveSmallIntegerField(default=0)),
                        ("merged_into", models.CharField(blank=True, default="", max_length=120)),
                        ("text", models.TextField(blank=True)),
                        ("segment", models.CharField(blank=True, max_length=60)),
                        (
                            "account",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customer_voice.customeraccount",
                            ),
                        ),
                        (
                            "answer",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="former",
                                to="customer_voice.feedback",
                            ),
                        ),
                        (
                            "channel",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customer_voice.channel",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customer_voice.contact",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "touchpoint",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="journeys.touchpoint",
                            ),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="former",
                                to="customer_voice.importbatch",
                            ),
                        ),
                        (
                            "came_with",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customer_voice.importbatch",
                            ),
                        ),
                        (
                            "metric",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customer_voice.metricdefinition",
                            ),
                        ),
                    ],
                ),
                migrations.AddField(
                    model_name="feedback",
                    name="metric",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customer_voice.metricdefinition",
                    ),
                ),
                migrations.CreateModel(
                    name="DurationPoint",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("day", models.DateField()),
                        ("segment", models.CharField(blank=True, max_length=60)),
                        ("duration_bin", models.SmallIntegerField()),
                        ("n", models.PositiveIntegerField(default=0)),
                        (
                            "channel",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customer_voice.channel",
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
                            "touchpoint",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="journeys.touchpoint",
                            ),
                        ),
                        (
                            "metric",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customer_voice.metricdefinition",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="AccountTotalPoint",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("day", models.DateField()),
                        ("n", models.PositiveIntegerField(default=0)),
                        ("amount", customer_voice.columns.NumberField(decimal_places=4, max_digits=20)),
                        ("exposure", customer_voice.columns.NumberField(decimal_places=4, max_digits=20)),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "touchpoint",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="journeys.touchpoint",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customer_voice.customeraccount",
                            ),
                        ),
                        (
                            "metric",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customer_voice.metricdefinition",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="AccountStepPoint",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("day", models.DateField()),
                        ("step", models.SmallIntegerField()),
                        ("n", models.PositiveIntegerField(default=0)),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "touchpoint",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="journeys.touchpoint",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customer_voice.customeraccount",
                            ),
                        ),
                        (
                            "metric",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customer_voice.metricdefinition",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="AccountMetricPoint",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("day", models.DateField()),
                        ("n", models.PositiveIntegerField(default=0)),
                        ("answers_0", models.PositiveIntegerField(default=0)),
                        ("answers_1", models.PositiveIntegerField(default=0)),
                        ("answers_2", models.PositiveIntegerField(default=0)),
                        ("answers_3", models.PositiveIntegerField(default=0)),
                        ("answers_4", models.PositiveIntegerField(default=0)),
                        ("answers_5", models.PositiveIntegerField(default=0)),
                        ("answers_6", models.PositiveIntegerField(default=0)),
                        ("answers_7", models.PositiveIntegerField(default=0)),
                        ("answers_8", models.PositiveIntegerField(default=0)),
                        ("answers_9", models.PositiveIntegerField(default=0)),
                        ("answers_10", models.PositiveIntegerField(default=0)),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "touchpoint",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="journeys.touchpoint",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customer_voice.customeraccount",
                            ),
                        ),
                        (
                            "metric",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customer_voice.metricdefinition",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="AccountDurationPoint",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("day", models.DateField()),
                        ("duration_bin", models.SmallIntegerField()),
                        ("n", models.PositiveIntegerField(default=0)),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "touchpoint",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="journeys.touchpoint",
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customer_voice.customeraccount",
                            ),
                        ),
                        (
                            "metric",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customer_voice.metricdefinition",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="MetricPoint",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("day", models.DateField()),
                        ("segment", models.CharField(blank=True, max_length=60)),
                        ("n", models.PositiveIntegerField(default=0)),
                        ("answers_0", models.PositiveIntegerField(default=0)),
                        ("answers_1", models.PositiveIntegerField(default=0)),
                        ("answers_2", models.PositiveIntegerField(default=0)),
                        ("answers_3", models.PositiveIntegerField(default=0)),
                        ("answers_4", models.PositiveIntegerField(default=0)),
                        ("answers_5", models.PositiveIntegerField(default=0)),
                        ("answers_6", models.PositiveIntegerField(default=0)),
                        ("answers_7", models.PositiveIntegerField(default=0)),
                        ("answers_8", models.PositiveIntegerField(default=0)),
                        ("answers_9", models.PositiveIntegerField(default=0)),
                        ("answers_10", models.PositiveIntegerField(default=0)),
                        (
                            "channel",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customer_voice.channel",
                            ),
                        ),
                        (
                            "metric",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customer_voice.metricdefinition",
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
                            "touchpoint",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="journeys.touchpoint",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="MetricTarget",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("metric_key", models.SlugField(max_length=40)),
                        ("value", models.FloatField()),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "touchpoint",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="journeys.touchpoint",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="NoMoreSurveys",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("digest", models.CharField(max_length=64)),
                        ("said_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="RecipientList",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("people", models.JSONField()),
                        ("unread", models.JSONField(default=list)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customer_voice.customersurvey",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="RecountNote",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("first", models.DateTimeField()),
                        ("last", models.DateTimeField()),
                        ("noted_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "metric",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customer_voice.metricdefinition",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "touchpoint",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="journeys.touchpoint",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="ServiceLevel",
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
                        ("metric_key", models.SlugField(max_length=40)),
                        ("seconds", models.PositiveIntegerField()),
                        ("wanted_share", models.FloatField(blank=True, null=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                        "ordering": ["metric_key", "seconds"],
                    },
                ),
                migrations.CreateModel(
                    name="Source",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=60, verbose_name="name")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("file", "File"),
                                    ("api", "API"),
                                    ("survey", "Survey"),
                                    ("webhook", "Webhook"),
                                    ("mailbox", "Mailbox"),
                                    ("other", "Other"),
                                ],
                                default="other",
                                max_length=10,
                            ),
                        ),
                        ("recipe", models.JSONField(default=dict)),
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
                        "ordering": ["name"],
                    },
                ),
                migrations.CreateModel(
                    name="Mailbox",
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
                            "channel",
                            models.CharField(blank=True, default="", max_length=40, verbose_name="channel"),
                        ),
                        ("host", models.CharField(max_length=253, verbose_name="host")),
                        ("port", models.PositiveIntegerField(default=993, verbose_name="port")),
                        (
                            "security",
                            models.CharField(
                                choices=[
                                    ("tls", "TLS from the start (usual port 993)"),
                                    ("starttls", "STARTTLS (usual port 143)"),
                                ],
                                default="tls",
                                max_length=8,
                            ),
                        ),
                        ("username", models.CharField(max_length=254, verbose_name="user name")),
                        ("sealed_password", models.TextField()),
                        ("folder", models.CharField(default="INBOX", max_length=200, verbose_name="folder")),
                        ("begins_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("is_on", models.BooleanField(default=True)),
                        ("uid_validity", models.BigIntegerField(blank=True, null=True)),
                        ("last_uid", models.BigIntegerField(default=0)),
                        ("checked_at", models.DateTimeField(blank=True, null=True)),
                        ("succeeded_at", models.DateTimeField(blank=True, null=True)),
                        ("failures_in_row", models.PositiveSmallIntegerField(default=0)),
                        ("wrong_passwords", models.PositiveSmallIntegerField(default=0)),
                        ("taken", models.PositiveIntegerField(default=0)),
                        ("left_out", models.JSONField(default=dict)),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "touchpoint",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="journeys.touchpoint",
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customer_voice.source",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "mailboxes",
                        "ordering": ["username", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="IncomingWebhook",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=80, verbose_name="name")),
                        ("public_id", models.CharField(max_length=32, unique=True)),
                        ("sealed_secret", models.TextField()),
                        ("is_secret_seen", models.BooleanField(default=False)),
                        ("sealed_former", models.TextField(blank=True, default="")),
                        ("former_until", models.DateTimeField(blank=True, null=True)),
                        ("is_on", models.BooleanField(default=True)),
                        ("is_live", models.BooleanField(default=False)),
                        ("mapping", models.JSONField(default=dict)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customer_voice.customersurvey",
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customer_voice.source",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "pk"],
                    },
                ),
                migrations.AddField(
                    model_name="importbatch",
                    name="source",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customer_voice.source",
                    ),
                ),
                migrations.AddField(
                    model_name="customersurvey",
                    name="source",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customer_voice.source",
                    ),
                ),
                migrations.CreateModel(
                    name="StepPoint",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("day", models.DateField()),
                        ("segment", models.CharField(blank=True, max_length=60)),
                        ("step", models.SmallIntegerField()),
                        ("n", models.PositiveIntegerField(default=0)),
                        (
                            "channel",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customer_voice.channel",
                            ),
                        ),
                        (
                            "metric",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customer_voice.metricdefinition",
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
                            "touchpoint",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="journeys.touchpoint",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Submission",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("external_id", models.CharField(max_length=120)),
                        ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("language", models.CharField(blank=True, max_length=12)),
                        (
                            "batch",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customer_voice.importbatch",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customer_voice.source",
                            ),
                        ),
                    ],
                ),
                migrations.AddField(
                    model_name="feedback",
                    name="submission",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="customer_voice.submission",
                    ),
                ),
                migrations.CreateModel(
                    name="SurveyEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("event_id", models.CharField(max_length=120)),
                        ("ticket", models.BigIntegerField(blank=True, null=True)),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("name", models.CharField(blank=True, max_length=150)),
                        ("language", models.CharField(blank=True, max_length=12)),
                        ("happened_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("sent", "Sent"),
                                    ("quiet", "Left out: asked within the quiet period"),
                                    ("too_old", "Left out: too old"),
                                    ("unsubscribed", "Left out: unsubscribed"),
                                    ("no_address", "Left out: no e-mail address"),
                                    ("canceled", "Canceled"),
                                    ("reopened", "Left out: the ticket was reopened, merged or taken back"),
                                ],
                                default="waiting",
                                max_length=12,
                            ),
                        ),
                        ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("settled_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "contact",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="customer_voice.contact",
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="events",
                                to="customer_voice.customersurvey",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["due_at", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="SurveyEventRule",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "delay_hours",
                            models.PositiveSmallIntegerField(default=24, verbose_name="delay, hours"),
                        ),
                        (
                            "age_days",
                            models.PositiveSmallIntegerField(default=7, verbose_name="oldest event, days"),
                        ),
                        (
                            "tickets",
                            models.CharField(
                                choices=[
                                    ("none", "None: only what is sent as an event"),
                                    ("touchpoint", "Tickets of the touchpoint of this survey"),
                                    ("all", "All tickets"),
                                ],
                                default="none",
                                max_length=10,
                                verbose_name="tickets that are resolved",
                            ),
                        ),
                        ("is_paused", models.BooleanField(default=False)),
                        (
                            "survey",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="event_rule",
                                to="customer_voice.customersurvey",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="SurveyMailing",
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
                                choices=[("invite", "Invitations"), ("remind", "Reminders")], max_length=8
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="mailings",
                                to="customer_voice.customersurvey",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="SurveyMetric",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("question", models.CharField(max_length=60)),
                        (
                            "metric",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customer_voice.metricdefinition",
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="metrics",
                                to="customer_voice.customersurvey",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                    },
                ),
                migrations.CreateModel(
                    name="SurveyReply",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "way",
                            models.CharField(
                                choices=[
                                    ("link", "Link"),
                                    ("qr", "QR code"),
                                    ("embed", "Widget"),
                                    ("email", "E-mail"),
                                ],
                                max_length=6,
                            ),
                        ),
                        ("language", models.CharField(max_length=12)),
                        ("day", models.DateField()),
                        ("is_half", models.BooleanField(default=False)),
                        (
                            "submission",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="reply",
                                to="customer_voice.submission",
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="replies",
                                to="customer_voice.customersurvey",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                    },
                ),
                migrations.CreateModel(
                    name="SurveyMark",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("question", models.CharField(max_length=60)),
                        ("value", models.CharField(blank=True, max_length=60)),
                        (
                            "reply",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="marks",
                                to="customer_voice.surveyreply",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                    },
                ),
                migrations.CreateModel(
                    name="SurveyInvitation",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("email", models.EmailField(blank=True, max_length=254)),
                        ("name", models.CharField(blank=True, max_length=150)),
                        ("language", models.CharField(blank=True, max_length=12)),
                        ("secret_digest", models.CharField(max_length=64, unique=True)),
                        ("letters", models.PositiveSmallIntegerField(default=0)),
                        ("invited_at", models.DateTimeField(blank=True, null=True)),
                        ("handed_over_at", models.DateTimeField(blank=True, null=True)),
                        ("bounced_at", models.DateTimeField(blank=True, null=True)),
                        ("stopped_at", models.DateTimeField(blank=True, null=True)),
                        ("is_answered", models.BooleanField(default=False)),
                        ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "contact",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="customer_voice.contact",
                            ),
                        ),
                        (
                            "event",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="invitation",
                                to="customer_voice.surveyevent",
                            ),
                        ),
                        (
                            "letter",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.letter",
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="invitations",
                                to="customer_voice.customersurvey",
                            ),
                        ),
                        (
                            "reply",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="invitation",
                                to="customer_voice.surveyreply",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["email", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="HalfAnswer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.CharField(max_length=60)),
                        ("language", models.CharField(max_length=12)),
                        (
                            "way",
                            models.CharField(
                                choices=[
                                    ("link", "Link"),
                                    ("qr", "QR code"),
                                    ("embed", "Widget"),
                                    ("email", "E-mail"),
                                ],
                                max_length=6,
                            ),
                        ),
                        ("typed", models.JSONField(default=dict)),
                        ("answered", models.JSONField(default=list)),
                        ("began_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("saved_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                        (
                            "survey",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="half",
                                to="customer_voice.customersurvey",
                            ),
                        ),
                        (
                            "invitation",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="half",
                                to="customer_voice.surveyinvitation",
                            ),
                        ),
                        (
                            "reply",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="half",
                                to="customer_voice.surveyreply",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["pk"],
                    },
                ),
                migrations.CreateModel(
                    name="SurveyVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("content", models.JSONField()),
                        ("words", models.JSONField(default=dict)),
                        ("digest", models.CharField(max_length=64)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="versions",
                                to="customer_voice.customersurvey",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["number"],
                    },
                ),
                migrations.AddField(
                    model_name="surveyreply",
                    name="version",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customer_voice.surveyversion",
                    ),
                ),
                migrations.CreateModel(
                    name="TakenList",
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
                                choices=[("accounts", "Customer accounts"), ("contacts", "Contacts")],
                                max_length=10,
                            ),
                        ),
                        ("filename", models.CharField(max_length=200)),
                        ("taken_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "taken_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-taken_at", "-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="FormerCustomer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("is_new", models.BooleanField(default=False)),
                        ("before", models.JSONField(default=dict)),
                        ("after", models.JSONField(default=dict)),
                        (
                            "account",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customer_voice.customeraccount",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customer_voice.contact",
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
                            "taken_list",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="former",
                                to="customer_voice.takenlist",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="TotalPoint",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("day", models.DateField()),
                        ("segment", models.CharField(blank=True, max_length=60)),
                        ("n", models.PositiveIntegerField(default=0)),
                        ("amount", customer_voice.columns.NumberField(decimal_places=4, max_digits=20)),
                        ("exposure", customer_voice.columns.NumberField(decimal_places=4, max_digits=20)),
                        (
                            "channel",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customer_voice.channel",
                            ),
                        ),
                        (
                            "metric",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="customer_voice.metricdefinition",
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
                            "touchpoint",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="journeys.touchpoint",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="WatchedFolder",
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
                        ("path", models.CharField(max_length=200, verbose_name="folder")),
                        ("replaces_known", models.BooleanField(default=True)),
                        ("moves_done", models.BooleanField(default=False)),
                        ("is_on", models.BooleanField(default=True)),
                        ("seen", models.JSONField(default=dict)),
                        ("checked_at", models.DateTimeField(blank=True, null=True)),
                        ("succeeded_at", models.DateTimeField(blank=True, null=True)),
                        ("failures_in_row", models.PositiveSmallIntegerField(default=0)),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "source",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customer_voice.source",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["path", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="WatchedFile",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=255)),
                        ("digest", models.CharField(max_length=64)),
                        ("size", models.BigIntegerField()),
                        ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "state",
                            models.CharField(
                                choices=[("taken", "Taken in"), ("unreadable", "Could not be opened")],
                                default="taken",
                                max_length=10,
                            ),
                        ),
                        ("reason", models.TextField(blank=True)),
                        ("is_moved", models.BooleanField(default=False)),
                        (
                            "batch",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="customer_voice.importbatch",
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
                            "folder",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="files",
                                to="customer_voice.watchedfolder",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-seen_at", "-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="WebhookCall",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("message_id", models.CharField(blank=True, max_length=200)),
                        ("is_verified", models.BooleanField(default=True)),
                        ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting: not live yet"),
                                    ("stored", "Taken in"),
                                    ("left_out", "Left out"),
                                    ("failed", "Could not be read"),
                                    ("refused", "Refused"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("status", models.PositiveSmallIntegerField()),
                        ("code", models.CharField(blank=True, max_length=40)),
                        ("reasons", models.JSONField(default=dict)),
                        ("body", models.TextField(blank=True)),
                        ("body_digest", models.CharField(blank=True, max_length=64)),
                        ("answers_created", models.PositiveIntegerField(default=0)),
                        ("answers_updated", models.PositiveIntegerField(default=0)),
                        ("answers_removed", models.PositiveIntegerField(default=0)),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "webhook",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="calls",
                                to="customer_voice.incomingwebhook",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-received_at", "-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="WorkingSpan",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("before", models.BigIntegerField()),
                        (
                            "version",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="spans",
                                to="customer_voice.calendarversion",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="AskingRules",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "quiet_days",
                            models.PositiveSmallIntegerField(default=30, verbose_name="quiet period"),
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
                        "constraints": [
                            models.UniqueConstraint(fields=("organization",), name="asking_rules_once")
                        ],
                    },
                ),
                migrations.AddConstraint(
                    model_name="businesscalendar",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "key"), name="calendar_key_unique"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="businesscalendar",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "name"), name="calendar_name_unique"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="businesscalendar",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "id"), name="calendar_of_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="calendarversion",
                    constraint=models.UniqueConstraint(
                        fields=("calendar", "number"), name="calendar_version_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="calendarversion",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "id"), name="calendar_version_of_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="calendarversion",
                    constraint=accounts.constraints.SameOrganization(
                        field="calendar", name="calendar_version_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="contactreference",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "reference"), name="contact_reference_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="contactreference",
                    constraint=accounts.constraints.SameOrganization(
                        field="contact", name="contact_reference_same_organization"
                    ),
                ),
                migrations.AddIndex(
                    model_name="accounttag",
                    index=models.Index(fields=["organization", "name"], name="account_tag_name"),
                ),
                migrations.AddConstraint(
                    model_name="accounttag",
                    constraint=models.UniqueConstraint(fields=("account", "name"), name="account_tag_once"),
                ),
                migrations.AddConstraint(
                    model_name="accounttag",
                    constraint=accounts.constraints.SameOrganization(
                        field="account", name="account_tag_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="accountreference",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "reference"), name="account_reference_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="accountreference",
                    constraint=accounts.constraints.SameOrganization(
                        field="account", name="account_reference_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="erasedfeedback",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "digest"), name="feedback_erased_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="formermerge",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("account__isnull", False), ("contact__isnull", False), _connector="XOR"
                        ),
                        name="former_merge_is_one",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="formermerge",
                    constraint=accounts.constraints.SameOrganization(
                        field="account", name="former_merge_account_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="formermerge",
                    constraint=accounts.constraints.SameOrganization(
                        field="contact", name="former_merge_contact_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="customeraccount",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "external_reference"),
                        name="customer_account_reference_unique",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="customeraccount",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("external_reference", ""), _negated=True),
                        name="customer_account_reference_not_empty",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="customeraccount",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "id"), name="customer_account_of_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="customeraccount",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("yearly_value__isnull", True),
                            models.Q(("yearly_value__gte", 0), models.Q(("currency", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="customer_account_value_has_currency",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="customeraccount",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("left_on__isnull", True),
                            ("started_on__isnull", True),
                            ("left_on__gte", models.F("started_on")),
                            _connector="OR",
                        ),
                        name="customer_account_left_after_start",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="customeraccount",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("erased_at__isnull", True),
                            models.Q(("external_reference__isnull", True), ("name", "")),
                            _connector="OR",
                        ),
                        name="customer_account_erased_is_empty",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="customeraccount",
                    constraint=accounts.constraints.SameOrganization(
                        field="came_with", name="customer_account_came_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="contact",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "external_reference"), name="contact_reference_unique"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="contact",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("external_reference", ""), _negated=True),
                        name="contact_reference_not_empty",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="contact",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "id"), name="contact_of_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="contact",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("consent", "unknown"), ("consent_changed_at__isnull", False), _connector="OR"
                        ),
                        name="contact_consent_has_a_date",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="contact",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("erased_at__isnull", True),
                            models.Q(
                                ("account__isnull", True),
                                ("consent", "unknown"),
                                ("email", ""),
                                ("external_reference__isnull", True),
                                ("language", ""),
                                ("name", ""),
                                ("segment", ""),
                            ),
                            _connector="OR",
                        ),
                        name="contact_erased_is_empty",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="contact",
                    constraint=accounts.constraints.SameOrganization(
                        field="account", name="contact_account_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="contact",
                    constraint=accounts.constraints.SameOrganization(
                        field="came_with", name="contact_came_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="contact",
                    constraint=accounts.constraints.SameOrganization(
                        field="placed_with", name="contact_placed_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="channel",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "name"), name="channel_name_unique"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="channel",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "id"), name="channel_of_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="channel",
                    constraint=accounts.constraints.SameOrganization(
                        field="came_with", name="channel_came_same_organization"
                    ),
                ),
                migrations.AddIndex(
                    model_name="importrowerror",
                    index=models.Index(fields=["batch", "row_number"], name="customer_vo_batch_i_3dc6a6_idx"),
                ),
                migrations.AddConstraint(
                    model_name="metricdefinition",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "key", "version"), name="metric_version_unique"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="metricdefinition",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "id"), name="metric_of_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="metricdefinition",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("series__gte", 1), ("series__lte", models.F("version"))),
                        name="metric_series_began_before",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="metricdefinition",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("per__gt", 0), ("scale_low__lte", models.F("scale_high")), ("scale_step__gt", 0)
                        ),
                        name="metric_scale_in_order",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="metricdefinition",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "nps"), _negated=True),
                            models.Q(
                                ("bottom_box_high", 6),
                                ("scale_high", 10),
                                ("scale_low", 0),
                                ("top_box_low", 9),
                            ),
                            _connector="OR",
                        ),
                        name="metric_nps_is_nps",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="metricdefinition",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("calendar", ""), ("counted_by", None)),
                            models.Q(
                                models.Q(("calendar", ""), _negated=True), ("counted_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="metric_calendar_has_version",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="metricdefinition",
                    constraint=accounts.constraints.SameOrganization(
                        field="counted_by", name="metric_calendar_same_organization"
                    ),
                ),
                migrations.AddIndex(
                    model_name="formeranswer",
                    index=models.Index(
                        condition=models.Q(("contact__isnull", False)),
                        fields=["contact"],
                        name="former_answer_of_contact",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="formeranswer",
                    constraint=models.UniqueConstraint(
                        fields=("batch", "answer"), name="former_answer_once_in_import"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="formeranswer",
                    constraint=accounts.constraints.SameOrganization(
                        field="batch", name="former_batch_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="formeranswer",
                    constraint=accounts.constraints.SameOrganization(
                        field="answer", name="former_answer_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="formeranswer",
                    constraint=accounts.constraints.SameOrganization(
                        field="came_with", name="former_came_with_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="formeranswer",
                    constraint=accounts.constraints.SameOrganization(
                        field="metric", name="former_metric_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="formeranswer",
                    constraint=accounts.constraints.SameOrganization(
                        field="contact", name="former_contact_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="formeranswer",
                    constraint=accounts.constraints.SameOrganization(
                        field="account", name="former_account_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="formeranswer",
                    constraint=accounts.constraints.SameOrganization(
                        field="channel", name="former_channel_same_organization"
                    ),
                ),
                migrations.AddIndex(
                    model_name="durationpoint",
                    index=models.Index(fields=["metric", "day"], name="duration_point_days"),
                ),
                migrations.AddConstraint(
                    model_name="durationpoint",
                    constraint=models.UniqueConstraint(
                        models.F("organization"),
                        models.F("metric"),
                        models.F("touchpoint"),
                        models.F("day"),
                        models.F("segment"),
                        django.db.models.functions.comparison.Coalesce("channel", models.Value(0)),
                        models.F("duration_bin"),
                        name="duration_point_once",
                    ),
                ),
                migrations.AddIndex(
                    model_name="accounttotalpoint",
                    index=models.Index(fields=["account", "metric", "day"], name="account_total_days"),
                ),
                migrations.AddConstraint(
                    model_name="accounttotalpoint",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "metric", "touchpoint", "day", "account"),
                        name="account_total_point_once",
                    ),
                ),
                migrations.AddIndex(
                    model_name="accountsteppoint",
                    index=models.Index(fields=["account", "metric", "day"], name="account_step_days"),
                ),
                migrations.AddConstraint(
                    model_name="accountsteppoint",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "metric", "touchpoint", "day", "account", "step"),
                        name="account_step_point_once",
                    ),
                ),
                migrations.AddIndex(
                    model_name="accountmetricpoint",
                    index=models.Index(fields=["account", "metric", "day"], name="account_metric_days"),
                ),
                migrations.AddConstraint(
                    model_name="accountmetricpoint",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "metric", "touchpoint", "day", "account"),
                        name="account_metric_point_once",
                    ),
                ),
                migrations.AddIndex(
                    model_name="accountdurationpoint",
                    index=models.Index(fields=["account", "metric", "day"], name="account_duration_days"),
                ),
                migrations.AddConstraint(
                    model_name="accountdurationpoint",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "metric", "touchpoint", "day", "account", "duration_bin"),
                        name="account_duration_point_once",
                    ),
                ),
                migrations.AddIndex(
                    model_name="metricpoint",
                    index=models.Index(fields=["metric", "day"], name="metric_point_days"),
                ),
                migrations.AddConstraint(
                    model_name="metricpoint",
                    constraint=models.UniqueConstraint(
                        models.F("organization"),
                        models.F("metric"),
                        models.F("touchpoint"),
                        models.F("day"),
                        models.F("segment"),
                        django.db.models.functions.comparison.Coalesce("channel", models.Value(0)),
                        name="metric_point_once",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="metrictarget",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("touchpoint", None)),
                        fields=("organization", "metric_key"),
                        name="metric_target_one_over_all",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="metrictarget",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "metric_key", "touchpoint"),
                        name="metric_target_one_per_touchpoint",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="nomoresurveys",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "digest"), name="no_more_surveys_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="recountnote",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("last__gte", models.F("first"))), name="recount_in_order"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="servicelevel",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "metric_key", "seconds"), name="service_level_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="servicelevel",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("seconds__gt", 0),
                            models.Q(
                                ("wanted_share__isnull", True),
                                models.Q(("wanted_share__gt", 0), ("wanted_share__lte", 1)),
                                _connector="OR",
                            ),
                        ),
                        name="service_level_in_range",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="source",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "name"), name="source_name_unique"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="source",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "id"), name="source_of_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="mailbox",
                    constraint=accounts.constraints.SameOrganization(
                        field="source", name="mailbox_source_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="incomingwebhook",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "id"), name="webhook_of_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="incomingwebhook",
                    constraint=accounts.constraints.SameOrganization(
                        field="source", name="webhook_source_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="incomingwebhook",
                    constraint=accounts.constraints.SameOrganization(
                        field="survey", name="webhook_survey_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="importbatch",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "id"), name="import_of_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="importbatch",
                    constraint=accounts.constraints.SameOrganization(
                        field="source", name="import_source_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="customersurvey",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "open", "closed", "archived"])),
                        name="survey_state_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="customersurvey",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("half_answers__in", ["none", "apart", "scored"])),
                        name="survey_half_answers_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="customersurvey",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("first_day__isnull", True),
                            ("last_day__isnull", True),
                            ("last_day__gte", models.F("first_day")),
                            _connector="OR",
                        ),
                        name="survey_ends_after_it_begins",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="customersurvey",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "id"), name="survey_of_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="customersurvey",
                    constraint=accounts.constraints.SameOrganization(
                        field="source", name="survey_source_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="customersurvey",
                    constraint=accounts.constraints.SameOrganization(
                        field="channel", name="survey_channel_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="customersurvey",
                    constraint=accounts.constraints.SameOrganization(
                        field="follows", name="survey_follows_same_organization"
                    ),
                ),
                migrations.AddIndex(
                    model_name="steppoint",
                    index=models.Index(fields=["metric", "day"], name="step_point_days"),
                ),
                migrations.AddConstraint(
                    model_name="steppoint",
                    constraint=models.UniqueConstraint(
                        models.F("organization"),
                        models.F("metric"),
                        models.F("touchpoint"),
                        models.F("day"),
                        models.F("segment"),
                        django.db.models.functions.comparison.Coalesce("channel", models.Value(0)),
                        models.F("step"),
                        name="step_point_once",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="submission",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "source", "external_id"), name="submission_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="submission",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "id"), name="submission_of_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="submission",
                    constraint=accounts.constraints.SameOrganization(
                        field="source", name="submission_source_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="submission",
                    constraint=accounts.constraints.SameOrganization(
                        field="batch", name="submission_batch_same_organization"
                    ),
                ),
                migrations.AddIndex(
                    model_name="feedback",
                    index=models.Index(
                        fields=["organization", "metric", "touchpoint", "-occurred_at"],
                        name="feedback_of_place",
                    ),
                ),
                migrations.AddIndex(
                    model_name="feedback",
                    index=models.Index(fields=["organization", "-occurred_at"], name="feedback_latest"),
                ),
                migrations.AddIndex(
                    model_name="feedback",
                    index=models.Index(
                        condition=models.Q(("contact__isnull", False)),
                        fields=["contact", "-occurred_at"],
                        name="feedback_of_contact",
                    ),
                ),
                migrations.AddIndex(
                    model_name="feedback",
                    index=models.Index(
                        condition=models.Q(("account__isnull", False)),
                        fields=["organization", "account", "metric", "-occurred_at"],
                        name="feedback_of_account",
                    ),
                ),
                migrations.AddIndex(
                    model_name="feedback",
                    index=models.Index(
                        condition=models.Q(("resolved_at__isnull", False)),
                        fields=["organization", "metric", "-resolved_at"],
                        name="feedback_resolved",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="feedback",
                    constraint=models.UniqueConstraint(
                        fields=("submission", "metric_key"), name="answer_once_in_submission"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="feedback",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "id"), name="feedback_of_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="feedback",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("exposure__isnull", True), ("exposure__gt", 0), _connector="OR"),
                        name="feedback_exposure_above_0",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="feedback",
                    constraint=accounts.constraints.SameOrganization(
                        field="submission", name="feedback_submission_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="feedback",
                    constraint=accounts.constraints.SameOrganization(
                        field="contact", name="feedback_contact_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="feedback",
                    constraint=accounts.constraints.SameOrganization(
                        field="account", name="feedback_account_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="feedback",
                    constraint=accounts.constraints.SameOrganization(
                        field="channel", name="feedback_channel_same_organization"
                    ),
                ),
                migrations.AddIndex(
                    model_name="surveyevent",
                    index=models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["due_at"],
                        name="survey_event_waiting",
                    ),
                ),
                migrations.AddIndex(
                    model_name="surveyevent",
                    index=models.Index(
                        condition=models.Q(("email", ""), _negated=True),
                        fields=["email"],
                        name="survey_event_email",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="surveyevent",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "waiting",
                                    "sent",
                                    "quiet",
                                    "too_old",
                                    "unsubscribed",
                                    "no_address",
                                    "canceled",
                                    "reopened",
                                ],
                            )
                        ),
                        name="survey_event_state_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="surveyevent",
                    constraint=models.UniqueConstraint(
                        fields=("survey", "event_id"), name="survey_event_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="surveyeventrule",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            (
                                "delay_hours__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("age_days"), "*", models.Value(24)
                                ),
                            )
                        ),
                        name="survey_event_delay_within_age",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="surveyeventrule",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("tickets__in", ["none", "touchpoint", "all"])),
                        name="survey_event_tickets_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="surveymailing",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("job_state__in", ["queued", "running"])),
                        fields=("survey",),
                        name="survey_mailing_one_at_a_time",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="surveymetric",
                    constraint=models.UniqueConstraint(
                        fields=("survey", "question"), name="survey_metric_one_per_question"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="surveymetric",
                    constraint=models.UniqueConstraint(
                        fields=("survey", "metric"), name="survey_metric_asked_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="surveymark",
                    constraint=models.UniqueConstraint(
                        fields=("reply", "question", "value"), name="survey_mark_once"
                    ),
                ),
                migrations.AddIndex(
                    model_name="surveyinvitation",
                    index=models.Index(
                        condition=models.Q(("email", ""), _negated=True),
                        fields=["email"],
                        name="survey_invitation_email",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="surveyinvitation",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(models.Q(("email", ""), _negated=True), ("event__isnull", True)),
                        fields=("survey", "email"),
                        name="survey_invitation_once",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="halfanswer",
                    constraint=models.UniqueConstraint(fields=("survey", "key"), name="half_answer_once"),
                ),
                migrations.AddConstraint(
                    model_name="surveyversion",
                    constraint=models.UniqueConstraint(
                        fields=("survey", "number"), name="survey_version_once"
                    ),
                ),
                migrations.AddIndex(
                    model_name="surveyreply",
                    index=models.Index(fields=["survey", "day"], name="survey_reply_of_day"),
                ),
                migrations.AddConstraint(
                    model_name="surveyreply",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("way__in", ["link", "qr", "embed", "email"])),
                        name="survey_reply_way_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="takenlist",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "id"), name="taken_list_of_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="formercustomer",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("account__isnull", False), ("contact__isnull", False), _connector="XOR"
                        ),
                        name="former_customer_is_one",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="formercustomer",
                    constraint=accounts.constraints.SameOrganization(
                        field="taken_list", name="former_customer_list_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="formercustomer",
                    constraint=accounts.constraints.SameOrganization(
                        field="account", name="former_customer_account_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="formercustomer",
                    constraint=accounts.constraints.SameOrganization(
                        field="contact", name="former_customer_contact_same_organization"
                    ),
                ),
                migrations.AddIndex(
                    model_name="totalpoint",
                    index=models.Index(fields=["metric", "day"], name="total_point_days"),
                ),
                migrations.AddConstraint(
                    model_name="totalpoint",
                    constraint=models.UniqueConstraint(
                        models.F("organization"),
                        models.F("metric"),
                        models.F("touchpoint"),
                        models.F("day"),
                        models.F("segment"),
                        django.db.models.functions.comparison.Coalesce("channel", models.Value(0)),
                        name="total_point_once",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="watchedfolder",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "path"), name="watched_folder_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="watchedfolder",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "id"), name="watched_folder_of_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="watchedfolder",
                    constraint=accounts.constraints.SameOrganization(
                        field="source", name="watched_source_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="watchedfile",
                    constraint=models.UniqueConstraint(fields=("folder", "digest"), name="watched_file_once"),
                ),
                migrations.AddConstraint(
                    model_name="watchedfile",
                    constraint=accounts.constraints.SameOrganization(
                        field="folder", name="watched_file_folder_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="watchedfile",
                    constraint=accounts.constraints.SameOrganization(
                        field="batch", name="watched_file_batch_same_organization"
                    ),
                ),
                migrations.AddIndex(
                    model_name="webhookcall",
                    index=models.Index(fields=["webhook", "-received_at"], name="webhook_call_latest"),
                ),
                migrations.AddIndex(
                    model_name="webhookcall",
                    index=models.Index(
                        condition=models.Q(("body", ""), _negated=True),
                        fields=["received_at"],
                        name="webhook_call_kept",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="webhookcall",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("is_verified", True)),
                        fields=("webhook", "message_id"),
                        name="webhook_call_once",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="webhookcall",
                    constraint=accounts.constraints.SameOrganization(
                        field="webhook", name="call_webhook_same_organization"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="workingspan",
                    constraint=models.UniqueConstraint(
                        fields=("version", "starts_at"), name="working_span_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="workingspan",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("before__gte", 0), ("ends_at__gt", models.F("starts_at"))),
                        name="working_span_in_order",
                    ),
                ),
            ],
        ),
    ]
