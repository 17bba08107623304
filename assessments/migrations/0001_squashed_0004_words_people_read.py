"""All tables of this room, made at once as migrations 0001 to 0004 leave them. Those stay for older databases."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import common.made_at_once


class Migration(migrations.Migration):
    replaces = [
        ("assessments", "0001_initial"),
        ("assessments", "0002_rounds_keep_people_apart"),
        ("assessments", "0003_quick_checks_are_private"),
        ("assessments", "0004_words_people_read"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0014_weeks_and_fiscal_years"),
    ]

    operations = [
        common.made_at_once.MadeAtOnce(
            operations=[
                migrations.CreateModel(
                    name="FrameworkVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.SlugField(max_length=60)),
                        ("version", models.CharField(max_length=20)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("full", "Full assessment"), ("quick", "Quick check")], max_length=10
                            ),
                        ),
                        ("name", models.JSONField()),
                        ("content", models.JSONField()),
                        ("digest", models.CharField(max_length=64)),
                        ("published_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "organization",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Assessment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title", models.CharField(blank=True, max_length=120, verbose_name="title")),
                        (
                            "state",
                            models.CharField(
                                choices=[("open", "Open"), ("closed", "Closed")],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        (
                            "target_level",
                            models.DecimalField(
                                decimal_places=1,
                                default=4,
                                max_digits=2,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(5),
                                ],
                                verbose_name="target level",
                            ),
                        ),
                        ("due_on", models.DateField(blank=True, null=True, verbose_name="answers due by")),
                        (
                            "minimum_group",
                            models.PositiveSmallIntegerField(
                                default=3,
                                validators=[
                                    django.core.validators.MinValueValidator(2),
                                    django.core.validators.MaxValueValidator(50),
                                ],
                                verbose_name="smallest group shown",
                            ),
                        ),
                        ("is_private", models.BooleanField(default=False)),
                        ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "opened_by",
                            models.ForeignKey(
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
                            "previous",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="assessments.assessment",
                            ),
                        ),
                        (
                            "framework",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="assessments.frameworkversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-opened_at", "-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="MaturityResult",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("sequence", models.PositiveSmallIntegerField(default=1)),
                        ("profile", models.JSONField()),
                        ("inputs", models.JSONField(default=dict)),
                        ("overall_level", models.FloatField(null=True)),
                        ("respondents", models.PositiveIntegerField()),
                        ("engine_version", models.CharField(max_length=20)),
                        ("input_digest", models.CharField(max_length=64)),
                        ("computed_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("is_superseded", models.BooleanField(default=False)),
                        (
                            "assessment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="results",
                                to="assessments.assessment",
                            ),
                        ),
                    ],
                    options={
                        "ordering": [models.OrderBy(models.F("sequence"), descending=True)],
                    },
                ),
                migrations.CreateModel(
                    name="Response",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("perspective", models.CharField(blank=True, max_length=40)),
                        ("invited_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("started_at", models.DateTimeField(blank=True, null=True)),
                        ("submitted_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "assessment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="responses",
                                to="assessments.assessment",
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
                            "member",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="assessment_responses",
                                to="accounts.membership",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Answer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("practice", models.CharField(max_length=80)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("answered", "Answered"),
                                    ("dont_know", "Don't know"),
                                    ("not_applicable", "Not applicable"),
                                    ("blank", "Not answered yet"),
                                ],
                                default="answered",
                                max_length=15,
                            ),
                        ),
                        ("level", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "confidence",
                            models.CharField(
                                blank=True,
                                choices=[("low", "A guess"), ("medium", "Fairly sure"), ("high", "Sure")],
                                max_length=6,
                            ),
                        ),
                        ("comment", models.TextField(blank=True, max_length=4000, verbose_name="comment")),
                        (
                            "evidence_url",
                            models.CharField(blank=True, max_length=500, verbose_name="link to evidence"),
                        ),
                        ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "response",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="answers",
                                to="assessments.response",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="ConsensusLevel",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("practice", models.CharField(max_length=80)),
                        (
                            "level",
                            models.PositiveSmallIntegerField(
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(5),
                                ]
                            ),
                        ),
                        ("reason", models.TextField(verbose_name="reason")),
                        ("agreed_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "agreed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "assessment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="consensus_levels",
                                to="assessments.assessment",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("assessment", "practice"), name="consensus_one_per_practice"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("level__gte", 1), ("level__lte", 5)),
                                name="consensus_level_known",
                            ),
                        ],
                    },
                ),
                migrations.AddConstraint(
                    model_name="frameworkversion",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("organization__isnull", False)),
                        fields=("organization", "key", "version"),
                        name="framework_version_own_unique",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="frameworkversion",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("organization__isnull", True)),
                        fields=("key", "version"),
                        name="framework_version_builtin_unique",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="assessment",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("minimum_group__gte", 2)),
                        name="assessment_minimum_group_protects",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="maturityresult",
                    constraint=models.UniqueConstraint(
                        fields=("assessment", "sequence"), name="result_sequence_unique"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="response",
                    constraint=models.UniqueConstraint(
                        fields=("assessment", "member"), name="response_one_per_member"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="answer",
                    constraint=models.UniqueConstraint(
                        fields=("response", "practice"), name="answer_one_per_practice"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="answer",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("level__gte", 1), ("level__lte", 5), ("status", "answered")),
                            models.Q(
                                models.Q(("status", "answered"), _negated=True), ("level__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="answer_level_matches_status",
                    ),
                ),
            ],
        ),
    ]
