"""All tables of this room, made at once as migrations 0001 to 0012 leave them. Those stay for older databases."""

from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import common.made_at_once


class Migration(migrations.Migration):
    replaces = [
        ("coalition", "0001_initial"),
        ("coalition", "0002_vote_endings_and_amendments"),
        ("coalition", "0003_seats_say_when_they_begin"),
        ("coalition", "0004_words_people_read"),
        ("coalition", "0005_a_seat_is_a_seat"),
        ("coalition", "0006_votes_stand_as_opened"),
        ("coalition", "0007_open_votes_keep_what_holds_now"),
        ("coalition", "0008_alternates_speak_for_one_seat"),
        ("coalition", "0009_initiatives_from_waves"),
        ("coalition", "0010_scores_that_chose_touchpoints"),
        ("coalition", "0011_proposers_and_independent_voters"),
        ("coalition", "0012_recorded_afterwards"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0014_weeks_and_fiscal_years"),
        ("assessments", "0004_words_people_read"),
        ("customer_voice", "0026_open_cases_by_their_minute"),
        ("employee_voice", "0005_days_as_they_happened"),
        ("journeys", "0002_touchpoints_can_be_merged"),
    ]

    operations = [
        common.made_at_once.MadeAtOnce(
            operations=[
                migrations.CreateModel(
                    name="ApprovalRound",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("quorum_share", models.DecimalField(decimal_places=2, max_digits=3)),
                        ("majority_share", models.DecimalField(decimal_places=2, max_digits=3)),
                        ("proposer_ids", models.JSONField(default=list)),
                        ("independent_ids", models.JSONField(blank=True, null=True)),
                        (
                            "early_end",
                            models.CharField(
                                choices=[
                                    (
                                        "all_voted",
                                        "No: it ends when everyone has voted, or after its last day",
                                    ),
                                    ("chair", "The chair may end it once enough have voted"),
                                    (
                                        "certain",
                                        "As soon as no open vote can change the outcome; the chair may end it too",
                                    ),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("due_on", models.DateField(blank=True, null=True)),
                        ("opened_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "closed_by",
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
                        "ordering": ["-opened_at"],
                    },
                ),
                migrations.CreateModel(
                    name="Coalition",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("charter", models.TextField(blank=True, verbose_name="charter")),
                        (
                            "quorum_share",
                            models.DecimalField(
                                decimal_places=2,
                                default=Decimal("0.50"),
                                max_digits=3,
                                validators=[
                                    django.core.validators.MinValueValidator(Decimal("0.01")),
                                    django.core.validators.MaxValueValidator(Decimal("1")),
                                ],
                                verbose_name="quorum, share of voting seats",
                            ),
                        ),
                        (
                            "majority_share",
                            models.DecimalField(
                                decimal_places=2,
                                default=Decimal("0.50"),
                                max_digits=3,
                                validators=[
                                    django.core.validators.MinValueValidator(Decimal("0.50")),
                                    django.core.validators.MaxValueValidator(Decimal("0.99")),
                                ],
                                verbose_name="approval needs more than this share of the votes for or against",
                            ),
                        ),
                        (
                            "voting_days",
                            models.PositiveSmallIntegerField(
                                default=7,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(60),
                                ],
                                verbose_name="days to vote",
                            ),
                        ),
                        (
                            "early_end",
                            models.CharField(
                                choices=[
                                    (
                                        "all_voted",
                                        "No: it ends when everyone has voted, or after its last day",
                                    ),
                                    ("chair", "The chair may end it once enough have voted"),
                                    (
                                        "certain",
                                        "As soon as no open vote can change the outcome; the chair may end it too",
                                    ),
                                ],
                                default="all_voted",
                                max_length=10,
                                verbose_name="may a vote end early?",
                            ),
                        ),
                        ("founded_on", models.DateField(blank=True, null=True)),
                        (
                            "organization",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Initiative",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("title", models.CharField(max_length=140, verbose_name="title")),
                        ("problem", models.TextField(blank=True, verbose_name="problem and its evidence")),
                        ("proposal", models.TextField(blank=True, verbose_name="what we will do")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("submitted", "Waiting for the vote"),
                                    ("changes_requested", "Changes requested"),
                                    ("no_decision", "No decision"),
                                    ("approved", "Approved"),
                                    ("rejected", "Rejected"),
                                    ("in_progress", "In progress"),
                                    ("live", "Live"),
                                    ("completed", "Completed"),
                                    ("evaluated", "Evaluated"),
                                    ("on_hold", "On hold"),
                                    ("cancelled", "Canceled"),
                                ],
                                default="draft",
                                max_length=20,
                            ),
                        ),
                        (
                            "one_off_cost",
                            models.DecimalField(
                                decimal_places=2, default=0, max_digits=14, verbose_name="one-off cost"
                            ),
                        ),
                        (
                            "yearly_cost",
                            models.DecimalField(
                                decimal_places=2, default=0, max_digits=14, verbose_name="cost a year"
                            ),
                        ),
                        (
                            "expected_benefit",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=14,
                                null=True,
                                verbose_name="expected benefit a year",
                            ),
                        ),
                        (
                            "effort_days",
                            models.PositiveIntegerField(
                                blank=True, null=True, verbose_name="effort, person-days"
                            ),
                        ),
                        ("practice", models.CharField(blank=True, max_length=80)),
                        ("driver", models.CharField(blank=True, max_length=60)),
                        ("lock_version", models.PositiveIntegerField(default=1)),
                        (
                            "planned_go_live_on",
                            models.DateField(blank=True, null=True, verbose_name="planned go-live"),
                        ),
                        (
                            "already_live_on",
                            models.DateField(blank=True, null=True, verbose_name="live already since"),
                        ),
                        (
                            "went_live_on",
                            models.DateField(blank=True, null=True, verbose_name="went live on"),
                        ),
                        (
                            "completed_on",
                            models.DateField(blank=True, null=True, verbose_name="completed on"),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "former_owners",
                            models.ManyToManyField(blank=True, related_name="+", to="accounts.membership"),
                        ),
                        (
                            "maturity_result",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
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
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="initiatives",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "touchpoints",
                            models.ManyToManyField(
                                blank=True, related_name="initiatives", to="journeys.touchpoint"
                            ),
                        ),
                        (
                            "wave",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="employee_voice.wave",
                            ),
                        ),
                        (
                            "wave_function",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="employee_voice.wavefunction",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-number"],
                    },
                ),
                migrations.CreateModel(
                    name="EvaluationPlan",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "segment",
                            models.CharField(blank=True, max_length=60, verbose_name="only this segment"),
                        ),
                        (
                            "period",
                            models.CharField(
                                choices=[
                                    ("day", "Day"),
                                    ("week", "Week"),
                                    ("month", "Month"),
                                    ("quarter", "Quarter"),
                                ],
                                default="week",
                                max_length=8,
                                verbose_name="measured by",
                            ),
                        ),
                        (
                            "baseline_from",
                            models.DateField(blank=True, null=True, verbose_name="baseline from"),
                        ),
                        (
                            "lag_periods",
                            models.PositiveSmallIntegerField(
                                default=0, verbose_name="periods until an effect can show"
                            ),
                        ),
                        ("review_on", models.DateField(blank=True, null=True, verbose_name="review on")),
                        (
                            "direction",
                            models.CharField(
                                choices=[("up", "Up"), ("down", "Down")],
                                default="up",
                                max_length=4,
                                verbose_name="expected direction",
                            ),
                        ),
                        (
                            "expected_effect",
                            models.DecimalField(
                                blank=True,
                                decimal_places=2,
                                max_digits=8,
                                null=True,
                                verbose_name="expected effect",
                            ),
                        ),
                        (
                            "smallest_worthwhile_effect",
                            models.DecimalField(
                                decimal_places=2,
                                default=0,
                                max_digits=8,
                                verbose_name="smallest worthwhile effect",
                            ),
                        ),
                        (
                            "selection",
                            models.CharField(
                                choices=[
                                    ("chance", "At random"),
                                    ("everyone", "All touchpoints are included"),
                                    ("practical", "For practical reasons, not because of their scores"),
                                    ("worst_scores", "Because their scores were the worst"),
                                    ("unknown", "Not known"),
                                ],
                                default="unknown",
                                max_length=15,
                                verbose_name="how the touchpoints were chosen",
                            ),
                        ),
                        (
                            "selected_from",
                            models.DateField(blank=True, null=True, verbose_name="chosen by the scores from"),
                        ),
                        (
                            "selected_until",
                            models.DateField(
                                blank=True, null=True, verbose_name="chosen by the scores until"
                            ),
                        ),
                        (
                            "is_seasonal",
                            models.BooleanField(default=False, verbose_name="the metric has a yearly season"),
                        ),
                        (
                            "decision_rule",
                            models.TextField(blank=True, verbose_name="what we will do with the result"),
                        ),
                        ("fixed_digest", models.CharField(blank=True, max_length=64)),
                        ("fixed_content", models.JSONField(blank=True, null=True)),
                        ("fixed_at", models.DateTimeField(blank=True, null=True)),
                        ("changed_after_approval_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "comparison_touchpoints",
                            models.ManyToManyField(blank=True, related_name="+", to="journeys.touchpoint"),
                        ),
                        (
                            "metric",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="customer_voice.metricdefinition",
                            ),
                        ),
                        (
                            "initiative",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="plan",
                                to="coalition.initiative",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="Decision",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("approved", "Approved"),
                                    ("rejected", "Rejected"),
                                    ("changes_requested", "Changes requested"),
                                    ("withdrawn", "Withdrawn"),
                                    ("no_decision", "No decision"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("content_digest", models.CharField(max_length=64)),
                        (
                            "ending",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("all_voted", "everyone who could vote has voted"),
                                    ("certain", "no open vote could change the outcome"),
                                    ("chair", "the chair ended it"),
                                    ("day_over", "its last day is over"),
                                    ("too_few_left", "too few seats are left to decide"),
                                ],
                                max_length=15,
                            ),
                        ),
                        ("tally", models.JSONField()),
                        ("decided_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "round",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="decision",
                                to="coalition.approvalround",
                            ),
                        ),
                        (
                            "initiative",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="decisions",
                                to="coalition.initiative",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-decided_at"],
                    },
                ),
                migrations.AddField(
                    model_name="approvalround",
                    name="initiative",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rounds",
                        to="coalition.initiative",
                    ),
                ),
                migrations.CreateModel(
                    name="InitiativeAmendment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "field",
                            models.CharField(
                                choices=[
                                    ("owner", "Owner"),
                                    ("planned_go_live_on", "Planned go-live"),
                                    ("milestone", "Milestone"),
                                    ("went_live_on", "Went live"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("before", models.CharField(blank=True, max_length=200)),
                        ("after", models.CharField(blank=True, max_length=200)),
                        ("reason", models.TextField()),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "initiative",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="amendments",
                                to="coalition.initiative",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="InitiativeRevision",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("content", models.JSONField()),
                        ("digest", models.CharField(max_length=64)),
                        ("submitted_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "initiative",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="revisions",
                                to="coalition.initiative",
                            ),
                        ),
                        (
                            "submitted_by",
                            models.ForeignKey(
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
                migrations.AddField(
                    model_name="approvalround",
                    name="revision",
                    field=models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="round",
                        to="coalition.initiativerevision",
                    ),
                ),
                migrations.CreateModel(
                    name="InitiativeStateChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "from_state",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("draft", "Draft"),
                                    ("submitted", "Waiting for the vote"),
                                    ("changes_requested", "Changes requested"),
                                    ("no_decision", "No decision"),
                                    ("approved", "Approved"),
                                    ("rejected", "Rejected"),
                                    ("in_progress", "In progress"),
                                    ("live", "Live"),
                                    ("completed", "Completed"),
                                    ("evaluated", "Evaluated"),
                                    ("on_hold", "On hold"),
                                    ("cancelled", "Canceled"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "to_state",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("submitted", "Waiting for the vote"),
                                    ("changes_requested", "Changes requested"),
                                    ("no_decision", "No decision"),
                                    ("approved", "Approved"),
                                    ("rejected", "Rejected"),
                                    ("in_progress", "In progress"),
                                    ("live", "Live"),
                                    ("completed", "Completed"),
                                    ("evaluated", "Evaluated"),
                                    ("on_hold", "On hold"),
                                    ("cancelled", "Canceled"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("note", models.TextField(blank=True)),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "initiative",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="state_changes",
                                to="coalition.initiative",
                            ),
                        ),
                    ],
                    options={
                        "ordering": [models.OrderBy(models.F("at")), "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="InitiativeUpdate",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "color",
                            models.CharField(
                                choices=[("green", "On track"), ("amber", "At risk"), ("red", "Off track")],
                                max_length=5,
                                verbose_name="state",
                            ),
                        ),
                        ("text", models.TextField(verbose_name="what happened")),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "initiative",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="updates",
                                to="coalition.initiative",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at"],
                    },
                ),
                migrations.CreateModel(
                    name="Milestone",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title", models.CharField(max_length=140, verbose_name="milestone")),
                        ("due_on", models.DateField(verbose_name="due on")),
                        ("done_on", models.DateField(blank=True, null=True, verbose_name="done on")),
                        (
                            "initiative",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="milestones",
                                to="coalition.initiative",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["due_on", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="Seat",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("title", models.CharField(max_length=120, verbose_name="seat")),
                        ("is_chair", models.BooleanField(default=False, verbose_name="chairs the coalition")),
                        ("alternate_named_at", models.DateTimeField(blank=True, null=True)),
                        ("has_vote", models.BooleanField(default=True, verbose_name="has a vote")),
                        ("starts_on", models.DateField(verbose_name="from")),
                        ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
                        (
                            "alternate",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="alternate_seats",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "alternate_named_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "coalition",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="seats",
                                to="coalition.coalition",
                            ),
                        ),
                        (
                            "function",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="seats",
                                to="accounts.businessfunction",
                            ),
                        ),
                        (
                            "membership",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="seats",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "touchpoints",
                            models.ManyToManyField(
                                blank=True, related_name="seats", to="journeys.touchpoint"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["title"],
                    },
                ),
                migrations.AddField(
                    model_name="approvalround",
                    name="chair",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="coalition.seat",
                    ),
                ),
                migrations.AddField(
                    model_name="approvalround",
                    name="seats",
                    field=models.ManyToManyField(related_name="+", to="coalition.seat"),
                ),
                migrations.CreateModel(
                    name="Approval",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "choice",
                            models.CharField(
                                choices=[
                                    ("approve", "Approve"),
                                    ("request_changes", "Ask for changes"),
                                    ("reject", "Reject"),
                                    ("abstain", "Abstain"),
                                    ("recuse", "Recuse myself"),
                                ],
                                max_length=15,
                            ),
                        ),
                        ("comment", models.TextField(blank=True, verbose_name="comment")),
                        ("cast_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("earlier", models.JSONField(default=list)),
                        (
                            "cast_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "round",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="approvals",
                                to="coalition.approvalround",
                            ),
                        ),
                        (
                            "seat",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="coalition.seat",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="StandIn",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("spoke_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "membership",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.membership",
                            ),
                        ),
                        (
                            "round",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="stand_ins",
                                to="coalition.approvalround",
                            ),
                        ),
                        (
                            "seat",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="coalition.seat",
                            ),
                        ),
                    ],
                ),
                migrations.AddConstraint(
                    model_name="coalition",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("quorum_share__gt", 0), ("quorum_share__lte", 1)),
                        name="coalition_quorum_share",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="coalition",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("majority_share__gte", Decimal("0.5")), ("majority_share__lt", 1)
                        ),
                        name="coalition_majority_share",
                    ),
                ),
                migrations.AddIndex(
                    model_name="initiative",
                    index=models.Index(fields=["organization", "state"], name="initiative_by_state"),
                ),
                migrations.AddConstraint(
                    model_name="initiative",
                    constraint=models.UniqueConstraint(
                        fields=("organization", "number"), name="initiative_number_unique"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="initiative",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("one_off_cost__gte", 0), ("yearly_cost__gte", 0)),
                        name="initiative_cost_not_negative",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="initiative",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("expected_benefit", None), ("expected_benefit__gte", 0), _connector="OR"
                        ),
                        name="initiative_benefit_not_negative",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="initiativerevision",
                    constraint=models.UniqueConstraint(
                        fields=("initiative", "number"), name="revision_number_unique"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="seat",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("ends_on", None)),
                        fields=("coalition", "membership"),
                        name="seat_one_per_person",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="approvalround",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("initiative",),
                        name="round_one_open_per_initiative",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="approval",
                    constraint=models.UniqueConstraint(
                        fields=("round", "seat"), name="approval_one_per_seat"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="standin",
                    constraint=models.UniqueConstraint(
                        fields=("round", "seat"), name="stand_in_one_per_seat"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="standin",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("spoke_at__isnull", False)),
                        fields=("round", "membership"),
                        name="stand_in_speaks_for_one_seat",
                    ),
                ),
            ],
        ),
    ]
