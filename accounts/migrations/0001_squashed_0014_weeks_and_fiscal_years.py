"""All tables of this room, made at once as migrations 0001 to 0014 leave them. Those stay for older databases."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import common.made_at_once
from accounts.append_only import install, install_on_record, remove, remove_from_record


def begin(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    install(schema_editor)
    install_on_record(schema_editor)


def end(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    remove(schema_editor)
    remove_from_record(schema_editor)


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_outbox"),
        ("accounts", "0003_letters"),
        ("accounts", "0004_answer_for_people"),
        ("accounts", "0005_known_people_carry_over"),
        ("accounts", "0006_trail_is_append_only"),
        ("accounts", "0007_guide_can_be_hidden"),
        ("accounts", "0008_words_people_read"),
        ("accounts", "0009_format_of_dates_and_numbers"),
        ("accounts", "0010_the_record_of_erasures_is_append_only"),
        ("accounts", "0011_a_letter_knows_its_organization"),
        ("accounts", "0012_functions_form_a_tree"),
        ("accounts", "0013_a_form_that_made_something_leaves_a_receipt"),
        ("accounts", "0014_weeks_and_fiscal_years"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        common.made_at_once.MadeAtOnce(
            operations=[
                migrations.CreateModel(
                    name="Erasure",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("by_name", models.CharField(max_length=254)),
                        ("reason", models.CharField(max_length=300)),
                        ("subject", models.CharField(max_length=200)),
                        ("is_open", models.BooleanField(default=True)),
                        ("transaction_id", models.CharField(blank=True, editable=False, max_length=20)),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="Event",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(max_length=80)),
                        ("subject", models.CharField(max_length=100)),
                        ("content", models.JSONField(default=dict)),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                ),
                migrations.CreateModel(
                    name="User",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        (
                            "last_login",
                            models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                        ),
                        (
                            "is_superuser",
                            models.BooleanField(
                                default=False,
                                help_text="Designates that this user has all permissions without explicitly assigning them.",
                                verbose_name="superuser status",
                            ),
                        ),
                        ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                        ("name", models.CharField(blank=True, max_length=150, verbose_name="name")),
                        ("language", models.CharField(blank=True, max_length=12, verbose_name="language")),
                        (
                            "territory",
                            models.CharField(
                                blank=True, max_length=2, verbose_name="format of dates and numbers"
                            ),
                        ),
                        (
                            "theme",
                            models.CharField(
                                choices=[("auto", "Same as my device"), ("light", "Light"), ("dark", "Dark")],
                                default="auto",
                                max_length=5,
                            ),
                        ),
                        ("is_staff", models.BooleanField(default=False)),
                        ("is_active", models.BooleanField(default=True)),
                        ("joined_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "groups",
                            models.ManyToManyField(
                                blank=True,
                                help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.group",
                                verbose_name="groups",
                            ),
                        ),
                        (
                            "user_permissions",
                            models.ManyToManyField(
                                blank=True,
                                help_text="Specific permissions for this user.",
                                related_name="user_set",
                                related_query_name="user",
                                to="auth.permission",
                                verbose_name="user permissions",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="BusinessFunction",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.SlugField(max_length=60)),
                        ("name", models.CharField(max_length=120, verbose_name="name")),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="parts",
                                to="accounts.businessfunction",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name"],
                    },
                ),
                migrations.CreateModel(
                    name="EventDelivery",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("reader", models.CharField(max_length=120)),
                        ("subject", models.CharField(max_length=100)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("next_try_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("failure", models.CharField(blank=True, max_length=300)),
                        ("done_at", models.DateTimeField(blank=True, null=True)),
                        ("stuck_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="deliveries",
                                to="accounts.event",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Membership",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("administrator", "Administrator"),
                                    ("cx_leader", "CX leader"),
                                    ("coalition_member", "Coalition member"),
                                    ("executive", "Executive"),
                                    ("finance_reviewer", "Finance reviewer"),
                                    ("contributor", "Contributor"),
                                    ("auditor", "Auditor"),
                                ],
                                max_length=20,
                                verbose_name="role",
                            ),
                        ),
                        ("job_title", models.CharField(blank=True, max_length=120, verbose_name="job title")),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("is_active", models.BooleanField(default=True)),
                        ("joined_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("guide_hidden_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "confirmed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "function",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="members",
                                to="accounts.businessfunction",
                            ),
                        ),
                        (
                            "role_given_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="memberships",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.AddField(
                    model_name="businessfunction",
                    name="head",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="heads",
                        to="accounts.membership",
                    ),
                ),
                migrations.CreateModel(
                    name="ApiToken",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=80, verbose_name="name")),
                        ("prefix", models.CharField(max_length=12)),
                        ("token_digest", models.CharField(max_length=64, unique=True)),
                        ("is_read_only", models.BooleanField(default=True, verbose_name="read-only")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("last_used_at", models.DateTimeField(blank=True, null=True)),
                        ("expires_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="api_tokens",
                                to="accounts.membership",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Organization",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=150, verbose_name="name")),
                        ("slug", models.SlugField(max_length=60, unique=True)),
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
                                default="USD",
                                max_length=3,
                                verbose_name="currency",
                            ),
                        ),
                        (
                            "time_zone",
                            models.CharField(default="UTC", max_length=50, verbose_name="time zone"),
                        ),
                        ("language", models.CharField(default="en", max_length=12, verbose_name="language")),
                        (
                            "territory",
                            models.CharField(
                                blank=True, max_length=2, verbose_name="format of dates and numbers"
                            ),
                        ),
                        (
                            "discount_rate_pct",
                            models.DecimalField(
                                decimal_places=2,
                                default=8,
                                max_digits=5,
                                verbose_name="discount rate, % a year",
                            ),
                        ),
                        (
                            "week_begins",
                            models.PositiveSmallIntegerField(
                                choices=[(0, "Monday"), (6, "Sunday")],
                                default=0,
                                verbose_name="first day of the week",
                            ),
                        ),
                        (
                            "year_begins",
                            models.PositiveSmallIntegerField(
                                default=1,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(12),
                                ],
                                verbose_name="first month of the fiscal year",
                            ),
                        ),
                        (
                            "confirms_finance",
                            models.BooleanField(
                                default=True, verbose_name="a second administrator confirms finance reviewers"
                            ),
                        ),
                        ("is_demo", models.BooleanField(default=False)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("week_begins__in", [0, 6]),
                                    ("year_begins__gte", 1),
                                    ("year_begins__lte", 12),
                                ),
                                name="organization_reckoning_known",
                            )
                        ],
                    },
                ),
                migrations.AddField(
                    model_name="membership",
                    name="organization",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                migrations.CreateModel(
                    name="Letter",
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
                        ("sender", models.CharField(max_length=320)),
                        ("recipient", models.EmailField(db_index=True, max_length=254)),
                        ("subject", models.CharField(max_length=998)),
                        ("body", models.TextField(blank=True)),
                        ("html", models.TextField(blank=True)),
                        ("headers", models.JSONField(default=dict)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "organization",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="letters",
                                to="accounts.organization",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at", "-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="Invitation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                        ("name", models.CharField(blank=True, max_length=150, verbose_name="name")),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("administrator", "Administrator"),
                                    ("cx_leader", "CX leader"),
                                    ("coalition_member", "Coalition member"),
                                    ("executive", "Executive"),
                                    ("finance_reviewer", "Finance reviewer"),
                                    ("contributor", "Contributor"),
                                    ("auditor", "Auditor"),
                                ],
                                max_length=20,
                                verbose_name="role",
                            ),
                        ),
                        ("nonce", models.CharField(blank=True, max_length=32)),
                        ("token_digest", models.CharField(max_length=64, unique=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("expires_at", models.DateTimeField()),
                        ("accepted_at", models.DateTimeField(blank=True, null=True)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "function",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.businessfunction",
                            ),
                        ),
                        (
                            "accepted_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="invitations",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "invited_by",
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
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="FormReceipt",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("digest", models.CharField(max_length=64, unique=True)),
                        ("location", models.CharField(max_length=500)),
                        (
                            "created_at",
                            models.DateTimeField(db_index=True, default=django.utils.timezone.now),
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
                        "abstract": False,
                    },
                ),
                migrations.AddField(
                    model_name="event",
                    name="organization",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                migrations.AddField(
                    model_name="businessfunction",
                    name="organization",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                migrations.CreateModel(
                    name="AuditEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                        ("actor_name", models.CharField(blank=True, max_length=254)),
                        ("verb", models.CharField(max_length=60)),
                        ("subject", models.CharField(max_length=200)),
                        ("subject_type", models.CharField(max_length=60)),
                        ("subject_id", models.CharField(max_length=40)),
                        ("before", models.JSONField(default=dict)),
                        ("after", models.JSONField(default=dict)),
                        (
                            "actor",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                        "ordering": ["-at", "-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="Session",
                    fields=[
                        (
                            "session_key",
                            models.CharField(
                                max_length=40, primary_key=True, serialize=False, verbose_name="session key"
                            ),
                        ),
                        ("session_data", models.TextField(verbose_name="session data")),
                        ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                        (
                            "user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sessions",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.AddConstraint(
                    model_name="user",
                    constraint=models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"), name="user_email_unique"
                    ),
                ),
                migrations.AddIndex(
                    model_name="eventdelivery",
                    index=models.Index(
                        condition=models.Q(("done_at", None)),
                        fields=["reader", "subject"],
                        name="delivery_waiting",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="eventdelivery",
                    constraint=models.UniqueConstraint(fields=("event", "reader"), name="event_read_once"),
                ),
                migrations.AddConstraint(
                    model_name="membership",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "user"), name="membership_unique"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="membership",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "administrator",
                                    "cx_leader",
                                    "coalition_member",
                                    "executive",
                                    "finance_reviewer",
                                    "contributor",
                                    "auditor",
                                ],
                            )
                        ),
                        name="membership_role_known",
                    ),
                ),
                migrations.AddIndex(
                    model_name="event",
                    index=models.Index(fields=["subject", "id"], name="event_subject"),
                ),
                migrations.AddConstraint(
                    model_name="businessfunction",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "key"), name="function_key_unique"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="businessfunction",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("parent", models.F("id")), _negated=True),
                        name="function_is_not_part_of_itself",
                    ),
                ),
                migrations.AddIndex(
                    model_name="auditevent",
                    index=models.Index(
                        fields=["organization", "subject_type", "subject_id"],
                        name="accounts_au_organiz_fd8b6b_idx",
                    ),
                ),
                migrations.AddIndex(
                    model_name="session",
                    index=models.Index(fields=["user", "expire_date"], name="accounts_se_user_id_74c569_idx"),
                ),
            ],
        ),
        migrations.RunPython(begin, end),
    ]
