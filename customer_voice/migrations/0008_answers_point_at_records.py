"""Answers point at their submission, contact and channel instead of naming them.

The table is made anew beside the old one and filled by one statement: with millions of answers that is faster
than changing each row in place, and leaves no dead rows behind. Every answer keeps its id.
"""

import django.db.models.deletion
from django.db import migrations, models

import accounts.constraints


def point_at_records(apps, schema_editor):
    """Texts become rows, each spelling one; then every answer with its id into the new table."""
    old, new, source, channel, contact, submission = _tables(
        apps, schema_editor, "NamedFeedback", "Feedback", "Source", "Channel", "Contact", "Submission"
    )
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {channel} (organization_id, name) SELECT DISTINCT organization_id, channel "
            f"FROM {old} WHERE channel <> '' ORDER BY organization_id, channel "
            "ON CONFLICT DO NOTHING"
        )
        cursor.execute(
            f"INSERT INTO {contact} "
            "(organization_id, external_reference, name, email, segment, language, consent) "
            "SELECT organization_id, customer, '', '', '', '', 'unknown' "
            f"FROM {old} WHERE customer <> '' GROUP BY organization_id, customer ORDER BY MIN(id) "
            "ON CONFLICT DO NOTHING"
        )
        cursor.execute(
            f"INSERT INTO {submission} "
            "(organization_id, source_id, external_id, received_at, language, batch_id) "
            "SELECT f.organization_id, s.id, f.external_id, MIN(f.received_at), MAX(f.language), "
            f"MIN(f.batch_id) FROM {old} f "
            f"JOIN {source} s ON s.organization_id = f.organization_id AND s.name = f.source "
            "WHERE true GROUP BY f.organization_id, s.id, f.external_id ORDER BY MIN(f.id) "
            "ON CONFLICT DO NOTHING"
        )
        _settle(cursor, contact, submission)
        cursor.execute(
            f"INSERT INTO {new} (id, submission_id, contact_id, channel_id, {', '.join(KEPT)}) "
            f"SELECT f.id, b.id, c.id, w.id, {', '.join(f'f.{name}' for name in KEPT)} FROM {old} f "
            f"JOIN {source} s ON s.organization_id = f.organization_id AND s.name = f.source "
            f"JOIN {submission} b ON b.organization_id = f.organization_id AND b.source_id = s.id "
            "AND b.external_id = f.external_id "
            f"LEFT JOIN {contact} c ON c.organization_id = f.organization_id "
            "AND c.external_reference = f.customer "
            f"LEFT JOIN {channel} w ON w.organization_id = f.organization_id "
            "AND w.name = f.channel AND f.channel <> '' ORDER BY f.id"
        )
        _go_on_counting(cursor, apps, "NamedFeedback", "Feedback")
        _settle(cursor)


def name_again(apps, schema_editor):
    """Back to texts in each answer. The records stay until the migration before this one is undone too."""
    old, new, source, channel, contact, submission = _tables(
        apps, schema_editor, "NamedFeedback", "Feedback", "Source", "Channel", "Contact", "Submission"
    )
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {old} (id, source, external_id, language, customer, channel, {', '.join(KEPT)}) "
            "SELECT f.id, s.name, b.external_id, b.language, COALESCE(c.external_reference, ''), "
            f"COALESCE(w.name, ''), {', '.join(f'f.{name}' for name in KEPT)} FROM {new} f "
            f"JOIN {submission} b ON b.id = f.submission_id JOIN {source} s ON s.id = b.source_id "
            f"LEFT JOIN {contact} c ON c.id = f.contact_id LEFT JOIN {channel} w ON w.id = f.channel_id "
            "ORDER BY f.id"
        )
        _go_on_counting(cursor, apps, "Feedback", "NamedFeedback")
        _settle(cursor)


def _tables(apps, schema_editor, *names):
    quote = schema_editor.connection.ops.quote_name
    return [quote(apps.get_model("customer_voice", name)._meta.db_table) for name in names]


def _settle(cursor, *tables):
    """Check foreign keys now: PostgreSQL changes no table that has checks waiting. And count the new rows."""
    if cursor.db.vendor == "postgresql":
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    for table in tables:
        cursor.execute(f"ANALYZE {table}")


def _go_on_counting(cursor, apps, before, after):
    """New answers get ids above all that ever were: an id of a removed answer does not come back."""
    before, after = (apps.get_model("customer_voice", name)._meta.db_table for name in (before, after))
    if cursor.db.vendor == "postgresql":
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [before])
        (counter,) = cursor.fetchone()
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, 'id'), last_value, is_called) FROM {counter}", [after]
        )
    else:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [before])
        for (last,) in cursor.fetchall():
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [after])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [after, last])


KEPT = (
    "organization_id", "metric_key", "metric_id", "touchpoint_id", "occurred_at", "score", "resolved_at",
    "reopened_count", "text", "segment", "batch_id", "received_at",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_format_of_dates_and_numbers"),
        ("customer_voice", "0007_customers_sources_and_submissions"),
        ("journeys", "0001_initial"),
    ]

    operations = [
        # the state alone is renamed, and the table beside it: a renamed content type would stay behind
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.AlterModelTable("Feedback", "customer_voice_namedfeedback")],
            state_operations=[migrations.RenameModel("Feedback", "NamedFeedback")],
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
                    "submission",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="customer_voice.submission",
                    ),
                ),
                ("metric_key", models.CharField(blank=True, default="", max_length=40)),
                (
                    "metric",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customer_voice.metricdefinition",
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
                ("occurred_at", models.DateTimeField()),
                ("score", models.SmallIntegerField(blank=True, null=True)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                ("reopened_count", models.PositiveSmallIntegerField(default=0)),
                ("text", models.TextField(blank=True)),
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
                ("segment", models.CharField(blank=True, max_length=60)),
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
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "metric", "touchpoint", "-occurred_at"],
                        name="feedback_of_place",
                    ),
                    models.Index(fields=["organization", "-occurred_at"], name="feedback_latest"),
                    models.Index(
                        condition=models.Q(("contact__isnull", False)),
                        fields=["contact", "-occurred_at"],
                        name="feedback_of_contact",
                    ),
                    models.Index(
                        condition=models.Q(("account__isnull", False)),
                        fields=["organization", "account", "metric", "-occurred_at"],
                        name="feedback_of_account",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("submission", "metric_key"), name="answer_once_in_submission"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("score__isnull", True),
                            models.Q(("score__gte", 0), ("score__lte", 10)),
                            _connector="OR",
                        ),
                        name="feedback_score_0_to_10",
                    ),
                    accounts.constraints.SameOrganization(
                        field="submission", name="feedback_submission_same_organization"
                    ),
                    accounts.constraints.SameOrganization(
                        field="contact", name="feedback_contact_same_organization"
                    ),
                    accounts.constraints.SameOrganization(
                        field="account", name="feedback_account_same_organization"
                    ),
                    accounts.constraints.SameOrganization(
                        field="channel", name="feedback_channel_same_organization"
                    ),
                ],
            },
        ),
        migrations.RunPython(point_at_records, name_again),
        migrations.DeleteModel(name="NamedFeedback"),
    ]
