"""Sources, channels and customers as records; submissions; the source of a file becomes one of them."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import accounts.constraints


def record_sources(apps, schema_editor):
    """One row for each name that answers or files came under. Whatever had a file is a source of files."""
    connection = schema_editor.connection
    source, feedback, batch = _tables(apps, schema_editor, "Source", "Feedback", "ImportBatch")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {source} (organization_id, name, kind, recipe, changed_at) "
            "SELECT organization_id, source, CASE WHEN MAX(of_file) = 1 THEN 'file' ELSE 'api' END, '{}', %s "
            "FROM ("
            "SELECT organization_id, source, MAX(CASE WHEN batch_id IS NULL THEN 0 ELSE 1 END) AS of_file "
            f"FROM {feedback} GROUP BY organization_id, source "
            f"UNION ALL SELECT organization_id, source, 1 FROM {batch}"
            ") named GROUP BY organization_id, source ORDER BY organization_id, source",
            [connection.ops.adapt_datetimefield_value(django.utils.timezone.now())],
        )
        cursor.execute(
            f"UPDATE {batch} SET source_record_id = (SELECT s.id FROM {source} s "
            f"WHERE s.organization_id = {batch}.organization_id AND s.name = {batch}.source)"
        )
        _settle(cursor)


def name_sources(apps, schema_editor):
    """Back to the name of the source, written into the file's row."""
    source, batch = _tables(apps, schema_editor, "Source", "ImportBatch")
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {batch} SET source = (SELECT s.name FROM {source} s "
            f"WHERE s.id = {batch}.source_record_id), source_record_id = NULL"
        )
        _settle(cursor)


def _tables(apps, schema_editor, *names):
    quote = schema_editor.connection.ops.quote_name
    return [quote(apps.get_model("customer_voice", name)._meta.db_table) for name in names]


def _settle(cursor):
    """Check foreign keys now: PostgreSQL changes no table that has checks waiting."""
    if cursor.db.vendor == "postgresql":
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_format_of_dates_and_numbers"),
        ("customer_voice", "0006_words_people_read"),
    ]

    operations = [
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "name"), name="source_name_unique"),
                    models.UniqueConstraint(fields=("organization", "id"), name="source_of_organization"),
                ],
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
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="name")),
                ("is_digital", models.BooleanField(blank=True, null=True)),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "name"), name="channel_name_unique"),
                    models.UniqueConstraint(fields=("organization", "id"), name="channel_of_organization"),
                ],
            },
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
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
                        blank=True, decimal_places=2, max_digits=16, null=True, verbose_name="value per year"
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
                ("erased_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["name", "external_reference", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "external_reference"),
                        name="customer_account_reference_unique",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("external_reference", ""), _negated=True),
                        name="customer_account_reference_not_empty",
                    ),
                    models.UniqueConstraint(
                        fields=("organization", "id"), name="customer_account_of_organization"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("yearly_value__isnull", True),
                            models.Q(("yearly_value__gte", 0), models.Q(("currency", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="customer_account_value_has_currency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("left_on__isnull", True),
                            ("started_on__isnull", True),
                            ("left_on__gte", models.F("started_on")),
                            _connector="OR",
                        ),
                        name="customer_account_left_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("erased_at__isnull", True),
                            models.Q(("external_reference__isnull", True), ("name", "")),
                            _connector="OR",
                        ),
                        name="customer_account_erased_is_empty",
                    ),
                ],
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
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "external_reference",
                    models.CharField(blank=True, max_length=120, null=True, verbose_name="reference"),
                ),
                ("name", models.CharField(blank=True, max_length=150, verbose_name="name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail address")),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="customer_voice.customeraccount",
                    ),
                ),
                ("segment", models.CharField(blank=True, max_length=60, verbose_name="segment")),
                ("language", models.CharField(blank=True, max_length=12, verbose_name="language")),
                (
                    "consent",
                    models.CharField(
                        choices=[("unknown", "Not known"), ("given", "Given"), ("withdrawn", "Withdrawn")],
                        default="unknown",
                        max_length=10,
                    ),
                ),
                ("consent_changed_at", models.DateTimeField(blank=True, null=True)),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["name", "external_reference", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "external_reference"), name="contact_reference_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("external_reference", ""), _negated=True),
                        name="contact_reference_not_empty",
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="contact_of_organization"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("consent", "unknown"), ("consent_changed_at__isnull", False), _connector="OR"
                        ),
                        name="contact_consent_has_a_date",
                    ),
                    models.CheckConstraint(
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
                    accounts.constraints.SameOrganization(
                        field="account", name="contact_account_same_organization"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="importbatch",
            name="source_record",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customer_voice.source",
            ),
        ),
        migrations.RunPython(record_sources, name_sources),
        migrations.RemoveField(model_name="importbatch", name="source"),
        migrations.RenameField(model_name="importbatch", old_name="source_record", new_name="source"),
        migrations.AlterField(
            model_name="importbatch",
            name="source",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customer_voice.source",
            ),
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=models.UniqueConstraint(fields=("organization", "id"), name="import_of_organization"),
        ),
        migrations.AddConstraint(
            model_name="importbatch",
            constraint=accounts.constraints.SameOrganization(
                field="source", name="import_source_same_organization"
            ),
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "source", "external_id"), name="submission_once"
                    ),
                    models.UniqueConstraint(fields=("organization", "id"), name="submission_of_organization"),
                    accounts.constraints.SameOrganization(
                        field="source", name="submission_source_same_organization"
                    ),
                    accounts.constraints.SameOrganization(
                        field="batch", name="submission_batch_same_organization"
                    ),
                ],
            },
        ),
    ]
