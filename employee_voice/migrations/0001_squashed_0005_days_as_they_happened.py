"""All tables of this room, made at once as migrations 0001 to 0005 leave them. Those stay for older databases."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import common.made_at_once


class Migration(migrations.Migration):
    replaces = [
        ("employee_voice", "0001_initial"),
        ("employee_voice", "0002_results_and_actions"),
        ("employee_voice", "0003_keys_to_destroy"),
        ("employee_voice", "0004_kept_lists"),
        ("employee_voice", "0005_days_as_they_happened"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0014_weeks_and_fiscal_years"),
    ]

    operations = [
        common.made_at_once.MadeAtOnce(
            operations=[
                migrations.CreateModel(
                    name="KeyGroup",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("people", models.PositiveIntegerField()),
                        ("public_key", models.TextField()),
                        ("slips_printed", models.PositiveIntegerField(default=0)),
                        ("slips_used", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ["number"],
                    },
                ),
                migrations.CreateModel(
                    name="KeysToDestroy",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.CharField(max_length=22, unique=True)),
                        ("since", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                ),
                migrations.CreateModel(
                    name="Survey",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title", models.CharField(max_length=120, verbose_name="name of the survey")),
                        ("content", models.JSONField()),
                        ("bank", models.CharField(blank=True, max_length=80)),
                        ("is_archived", models.BooleanField(default=False)),
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
                        "ordering": ["title", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="Wave",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("public_id", models.CharField(max_length=22, unique=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "Being set up"),
                                    ("opening", "Opening"),
                                    ("open", "Open"),
                                    ("closing", "Closing"),
                                    ("closed", "Closed"),
                                    ("published", "Published"),
                                ],
                                default="draft",
                                max_length=10,
                            ),
                        ),
                        ("opens_on", models.DateField(verbose_name="first day")),
                        ("closes_on", models.DateField(verbose_name="last day")),
                        ("opened_on", models.DateField(null=True)),
                        ("closed_on", models.DateField(null=True)),
                        (
                            "opens_alone",
                            models.BooleanField(default=False, verbose_name="open by the calendar"),
                        ),
                        ("reminders", models.JSONField(default=list)),
                        (
                            "rhythm",
                            models.CharField(
                                choices=[
                                    ("once", "Once"),
                                    ("monthly", "Every month"),
                                    ("quarterly", "Every quarter"),
                                    ("yearly", "Every year"),
                                ],
                                default="once",
                                max_length=10,
                                verbose_name="repeat",
                            ),
                        ),
                        (
                            "sample_pct",
                            models.PositiveSmallIntegerField(
                                default=100, verbose_name="share of people asked, %"
                            ),
                        ),
                        (
                            "minimum",
                            models.PositiveSmallIntegerField(default=5, verbose_name="smallest group shown"),
                        ),
                        ("comment_minimum", models.PositiveSmallIntegerField(default=10)),
                        (
                            "slip_place",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="where printed slips are available"
                            ),
                        ),
                        ("content", models.JSONField(null=True)),
                        ("content_digest", models.CharField(blank=True, max_length=64)),
                        ("sealing_public", models.TextField(blank=True)),
                        ("keys_digest", models.CharField(blank=True, max_length=64)),
                        ("is_lost", models.BooleanField(default=False)),
                        ("unreadable", models.PositiveIntegerField(default=0)),
                        (
                            "comment_reader",
                            models.ForeignKey(
                                blank=True,
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
                                related_name="waves",
                                to="employee_voice.survey",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-opens_on", "-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="Slip",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("code_digest", models.CharField(max_length=64)),
                        (
                            "group",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="slip_rows",
                                to="employee_voice.keygroup",
                            ),
                        ),
                        (
                            "wave",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="slip_rows",
                                to="employee_voice.wave",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="SealedAnswer",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("credential", models.CharField(max_length=64)),
                        ("sealed", models.BinaryField()),
                        (
                            "group",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sealed_answers",
                                to="employee_voice.keygroup",
                            ),
                        ),
                        (
                            "wave",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="sealed_answers",
                                to="employee_voice.wave",
                            ),
                        ),
                    ],
                ),
                migrations.AddField(
                    model_name="keygroup",
                    name="wave",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="groups",
                        to="employee_voice.wave",
                    ),
                ),
                migrations.CreateModel(
                    name="Comment",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("question", models.CharField(max_length=60)),
                        ("text", models.TextField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Not read yet"),
                                    ("released", "Released"),
                                    ("held_back", "Held back"),
                                ],
                                default="waiting",
                                max_length=10,
                            ),
                        ),
                        (
                            "group",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="comments",
                                to="employee_voice.keygroup",
                            ),
                        ),
                        (
                            "wave",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="comments",
                                to="employee_voice.wave",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Answer",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("scores", models.JSONField(default=dict)),
                        ("was_fast", models.BooleanField(default=False)),
                        ("was_straight", models.BooleanField(default=False)),
                        (
                            "group",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="answers",
                                to="employee_voice.keygroup",
                            ),
                        ),
                        (
                            "wave",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="answers",
                                to="employee_voice.wave",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="WaveFunction",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=120)),
                        ("asked", models.PositiveIntegerField(default=0)),
                        ("slips", models.PositiveIntegerField(default=0)),
                        ("joined", models.PositiveIntegerField(null=True)),
                        ("left", models.PositiveIntegerField(null=True)),
                        (
                            "came_from",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="became",
                                to="employee_voice.wavefunction",
                            ),
                        ),
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
                            "group",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="functions",
                                to="employee_voice.keygroup",
                            ),
                        ),
                        (
                            "head",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="parts",
                                to="employee_voice.wavefunction",
                            ),
                        ),
                        (
                            "wave",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="functions",
                                to="employee_voice.wave",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["name", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="KeptList",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("addresses", models.JSONField(default=list)),
                        ("names", models.JSONField(default=list)),
                        ("people", models.PositiveIntegerField()),
                        ("forgotten", models.PositiveIntegerField(default=0)),
                        (
                            "wave",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="kept_lists",
                                to="employee_voice.wave",
                            ),
                        ),
                        (
                            "wave_function",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="employee_voice.wavefunction",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Invitation",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("email", models.EmailField(max_length=254)),
                        ("language", models.CharField(blank=True, max_length=12)),
                        ("is_drawn", models.BooleanField(default=True)),
                        ("secret_digest", models.CharField(blank=True, db_index=True, max_length=64)),
                        ("was_given_credential", models.BooleanField(default=False)),
                        ("blinded_digest", models.CharField(blank=True, max_length=64)),
                        ("letters", models.PositiveSmallIntegerField(default=0)),
                        (
                            "letter",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.letter",
                            ),
                        ),
                        (
                            "group",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="employee_voice.keygroup",
                            ),
                        ),
                        (
                            "wave",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="invitations",
                                to="employee_voice.wave",
                            ),
                        ),
                        (
                            "wave_function",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="invitations",
                                to="employee_voice.wavefunction",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["email"],
                    },
                ),
                migrations.CreateModel(
                    name="FunctionAction",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("driver", models.CharField(max_length=60)),
                        ("text", models.TextField(max_length=1000, verbose_name="what we will do")),
                        ("due_on", models.DateField(verbose_name="by when")),
                        (
                            "state",
                            models.CharField(
                                choices=[("planned", "Planned"), ("done", "Done"), ("dropped", "Dropped")],
                                default="planned",
                                max_length=10,
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "wave",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="actions",
                                to="employee_voice.wave",
                            ),
                        ),
                        (
                            "wave_function",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="actions",
                                to="employee_voice.wavefunction",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["due_on", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="WaveResults",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("content", models.JSONField()),
                        ("digest", models.CharField(max_length=64)),
                        (
                            "wave",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="results",
                                to="employee_voice.wave",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="WaveWork",
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
                                    ("open", "Opening the wave"),
                                    ("invite", "Writing the invitations"),
                                    ("remind", "Writing the reminders"),
                                    ("close", "Closing the wave"),
                                    ("give_up", "Closing the wave without its answers"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField(default=1)),
                        (
                            "wave",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="work",
                                to="employee_voice.wave",
                            ),
                        ),
                    ],
                ),
                migrations.AddConstraint(
                    model_name="wave",
                    constraint=models.UniqueConstraint(
                        fields=("survey", "number"), name="wave_number_unique"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="wave",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "opening", "open", "closing", "closed", "published"])
                        ),
                        name="wave_state_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="wave",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("closes_on__gte", models.F("opens_on"))),
                        name="wave_ends_after_it_begins",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="wave",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("minimum__gte", 3)), name="wave_minimum_protects"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="wave",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("comment_minimum__gte", models.F("minimum"))),
                        name="wave_comments_need_more_people",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="wave",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("sample_pct__gte", 1), ("sample_pct__lte", 100)),
                        name="wave_sample_is_a_share",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="slip",
                    constraint=models.UniqueConstraint(
                        fields=("wave", "code_digest"), name="slip_code_unique"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="sealedanswer",
                    constraint=models.UniqueConstraint(
                        fields=("wave", "credential"), name="credential_lets_in_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="keygroup",
                    constraint=models.UniqueConstraint(
                        fields=("wave", "number"), name="key_group_number_unique"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="wavefunction",
                    constraint=models.UniqueConstraint(
                        fields=("wave", "function"), name="wave_function_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="keptlist",
                    constraint=models.UniqueConstraint(
                        fields=("wave", "wave_function"), name="kept_list_of_a_function_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="keptlist",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("wave_function__isnull", True)),
                        fields=("wave",),
                        name="kept_list_of_the_whole_once",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="invitation",
                    constraint=models.UniqueConstraint(
                        fields=("wave", "email"), name="invitation_once_in_a_wave"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="functionaction",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("state__in", ["planned", "done", "dropped"])),
                        name="function_action_state_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="wavework",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("job_state__in", ["queued", "running"])),
                        fields=("wave", "kind", "number"),
                        name="wave_work_once_at_a_time",
                    ),
                ),
            ],
        ),
    ]
