"""The group, its seats, its initiatives, the plans it fixes and the decisions it takes."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import BusinessFunction, Membership, Organization, OrganizationModel
from assessments.models import MaturityResult
from coalition.choices import (
    AmendedField,
    Choice,
    Direction,
    EarlyEnd,
    Ending,
    InitiativeState,
    Outcome,
    ReviewBy,
    RiskColor,
    UnitSelection,
)
from coalition.querysets import ApprovalRoundQuerySet, DecisionQuerySet, InitiativeQuerySet, SeatQuerySet
from coalition.review_rows import Review as Review
from coalition.review_rows import ReviewVote as ReviewVote
from coalition.suggestion_rows import Suggestion as Suggestion
from common.columns import LineField, ProseField
from customer_voice.choices import Period
from customer_voice.models import MetricDefinition
from journeys.models import Touchpoint


class Coalition(models.Model):
    """One row is the leadership coalition of one organization, with its charter's voting rules."""

    organization = models.OneToOneField(Organization, on_delete=models.CASCADE, related_name="+")
    charter = ProseField(_("charter"), blank=True)
    quorum_share = models.DecimalField(
        _("quorum, share of voting seats"),
        max_digits=3,
        decimal_places=2,
        default=Decimal("0.50"),
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal("1"))],
    )
    majority_share = models.DecimalField(
        _("approval needs more than this share of the votes for or against"),
        max_digits=3,
        decimal_places=2,
        default=Decimal("0.50"),
        validators=[MinValueValidator(Decimal("0.50")), MaxValueValidator(Decimal("0.99"))],
    )
    voting_days = models.PositiveSmallIntegerField(
        _("days to vote"), default=7, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    early_end = models.CharField(
        _("may a vote end early?"), max_length=10, choices=EarlyEnd, default=EarlyEnd.ALL_VOTED
    )
    review_by = models.CharField(
        _("who decides on a review day?"), max_length=5, choices=ReviewBy, default=ReviewBy.VOTE
    )
    founded_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quorum_share__gt=0, quorum_share__lte=1), name="coalition_quorum_share"
            ),
            models.CheckConstraint(
                condition=Q(majority_share__gte=Decimal("0.5"), majority_share__lt=1),
                name="coalition_majority_share",
            ),
        ]

    def __str__(self) -> str:
        return f"Coalition of {self.organization}"


class Seat(models.Model):
    """One row is one seat: a person who speaks for a function and its touchpoints, for a term."""

    coalition = models.ForeignKey(Coalition, on_delete=models.CASCADE, related_name="seats")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="seats")
    title = LineField(_("seat"), max_length=120)
    function = models.ForeignKey(
        BusinessFunction, on_delete=models.PROTECT, null=True, blank=True, related_name="seats"
    )
    touchpoints = models.ManyToManyField(Touchpoint, blank=True, related_name="seats")
    alternate = models.ForeignKey(
        Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="alternate_seats"
    )
    is_chair = models.BooleanField(_("chairs the coalition"), default=False)
    alternate_named_by = models.ForeignKey(
        Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    alternate_named_at = models.DateTimeField(null=True, blank=True)  # empty: before this was kept
    has_vote = models.BooleanField(_("has a vote"), default=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["coalition", "membership"], condition=Q(ends_on=None), name="seat_one_per_person"
            )
        ]
        ordering = ["title"]

    def __str__(self) -> str:
        return f"{self.title}: {self.membership}"


class Initiative(OrganizationModel):
    """One row is one improvement, from its problem to its evaluation. `reference` is INI-<number>."""

    number = models.PositiveIntegerField()
    title = LineField(_("title"), max_length=140)
    problem = ProseField(_("problem and its evidence"), blank=True)
    proposal = ProseField(_("what we will do"), blank=True)
    state = models.CharField(max_length=20, choices=InitiativeState, default=InitiativeState.DRAFT)
    owner = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="initiatives")
    # who owned it before and worked on it, or handed it over: they propose it as well, and do not judge it
    former_owners = models.ManyToManyField(Membership, blank=True, related_name="+")
    touchpoints = models.ManyToManyField(Touchpoint, blank=True, related_name="initiatives")
    one_off_cost = models.DecimalField(_("one-off cost"), max_digits=14, decimal_places=2, default=0)
    yearly_cost = models.DecimalField(_("cost a year"), max_digits=14, decimal_places=2, default=0)
    expected_benefit = models.DecimalField(
        _("expected benefit a year"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    effort_days = models.PositiveIntegerField(_("effort, person-days"), null=True, blank=True)
    maturity_result = models.ForeignKey(
        MaturityResult, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    practice = models.CharField(max_length=80, blank=True)  # of the maturity gap it came from
    wave = models.ForeignKey(
        "employee_voice.Wave", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    wave_function = models.ForeignKey(
        "employee_voice.WaveFunction", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )  # of the wave it came from; none: the whole organization
    driver = models.CharField(max_length=60, blank=True)  # what employees said is weak there
    lock_version = models.PositiveIntegerField(default=1)  # grows with every change of content
    planned_go_live_on = models.DateField(_("planned go-live"), null=True, blank=True)
    already_live_on = models.DateField(_("live already since"), null=True, blank=True)  # recorded afterwards
    went_live_on = models.DateField(_("went live on"), null=True, blank=True)
    completed_on = models.DateField(_("completed on"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = InitiativeQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], name="initiative_number_unique"),
            models.CheckConstraint(
                condition=Q(one_off_cost__gte=0, yearly_cost__gte=0), name="initiative_cost_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(expected_benefit=None) | Q(expected_benefit__gte=0),
                name="initiative_benefit_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["organization", "state"], name="initiative_by_state")]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def reference(self) -> str:
        return f"INI-{self.number}"

    @property
    def is_look_back(self) -> bool:
        """Whether it was recorded after its go-live, without a vote, with the answers there already."""
        return self.already_live_on is not None

    @property
    def is_planned(self) -> bool:
        """Whether customers do not meet it yet, as far as is recorded."""
        return self.went_live_on is None and self.already_live_on is None

    @property
    def begins_on(self) -> date | None:
        """The day that its evaluation starts from: of the go-live, or planned as long as there is none."""
        return self.went_live_on or self.already_live_on or self.planned_go_live_on


class EvaluationPlan(models.Model):
    """One row is how we shall know whether one initiative worked; fixed by digest at the approval."""

    initiative = models.OneToOneField(Initiative, on_delete=models.CASCADE, related_name="plan")
    metric = models.ForeignKey(MetricDefinition, on_delete=models.PROTECT, related_name="+")
    comparison_touchpoints = models.ManyToManyField(Touchpoint, blank=True, related_name="+")
    # a metric that should stay as it is, and places that could be reached by accident: questions of their own
    unmoved_metric = models.ForeignKey(
        MetricDefinition, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    spillover_touchpoints = models.ManyToManyField(Touchpoint, blank=True, related_name="+")
    starts = models.JSONField(default=dict, blank=True)  # key of a touchpoint -> ISO day that a lot gave it
    segment = models.CharField(_("only this segment"), max_length=60, blank=True)
    period = models.CharField(_("measured by"), max_length=8, choices=Period, default=Period.WEEK)
    baseline_from = models.DateField(_("baseline from"), null=True, blank=True)
    lag_periods = models.PositiveSmallIntegerField(_("periods until an effect can show"), default=0)
    review_on = models.DateField(_("review on"), null=True, blank=True)
    direction = models.CharField(
        _("expected direction"), max_length=4, choices=Direction, default=Direction.UP
    )
    expected_effect = models.DecimalField(
        _("expected effect"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    smallest_worthwhile_effect = models.DecimalField(
        _("smallest worthwhile effect"), max_digits=8, decimal_places=2, default=0
    )
    selection = models.CharField(
        _("how the touchpoints were chosen"),
        max_length=15,
        choices=UnitSelection,
        default=UnitSelection.UNKNOWN,
    )
    selected_from = models.DateField(_("chosen by the scores from"), null=True, blank=True)
    selected_until = models.DateField(_("chosen by the scores until"), null=True, blank=True)
    is_seasonal = models.BooleanField(_("the metric has a yearly season"), default=False)
    decision_rule = ProseField(_("what we will do with the result"), blank=True)
    fixed_digest = models.CharField(max_length=64, blank=True)
    fixed_content = models.JSONField(null=True, blank=True)
    fixed_at = models.DateTimeField(null=True, blank=True)
    changed_after_approval_at = models.DateTimeField(null=True, blank=True)


class TouchpointLot(models.Model):
    """One row is one lot that was drawn over touchpoints. Rows are only ever added: none is drawn unseen."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="lots")
    number = models.PositiveSmallIntegerField(default=1)
    touchpoints = models.JSONField()  # [key, name] by key: the list that it was drawn from
    takes = models.PositiveSmallIntegerField()
    # [ISO day, how many start then] in order, where the lot gives starts; they are given in drawn order
    steps = models.JSONField(default=list, blank=True)
    list_digest = models.CharField(max_length=64)
    seed = models.CharField(max_length=64)
    drawn = models.JSONField()  # keys, in the order in which they were drawn
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["initiative", "number"], name="lot_number_unique")]
        ordering = ["-number"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("Lots are append-only.")
        super().save(*args, **kwargs)


class Milestone(models.Model):
    """One row is one step with a due date."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="milestones")
    title = LineField(_("milestone"), max_length=140)
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"), null=True, blank=True)

    class Meta:
        ordering = ["due_on", "pk"]


class InitiativeUpdate(models.Model):
    """One row is one report of progress."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="updates")
    color = models.CharField(_("state"), max_length=5, choices=RiskColor)
    text = ProseField(_("what happened"))
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]


class InitiativeRevision(models.Model):
    """One row is the exact content, with its plan, that was put to one vote. Never changes."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    submitted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["initiative", "number"], name="revision_number_unique")
        ]
        ordering = ["-number"]


class ApprovalRound(models.Model):
    """One row is one vote of the coalition on one revision; rules and seats are as at its opening."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="rounds")
    revision = models.OneToOneField(InitiativeRevision, on_delete=models.PROTECT, related_name="round")
    quorum_share = models.DecimalField(max_digits=3, decimal_places=2)
    majority_share = models.DecimalField(max_digits=3, decimal_places=2)
    seats = models.ManyToManyField(Seat, related_name="+")  # who has a vote; without the proposers' seats
    # memberships that propose it: owner, former owners, and who submitted it
    proposer_ids = models.JSONField(default=list)
    # memberships that could vote at the opening and are independent of all proposers; empty: nobody is. None:
    # opened before this was looked at
    independent_ids = models.JSONField(null=True, blank=True)
    chair = models.ForeignKey(  # who may end it early where the charter allows it; the chair at the opening
        Seat, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    early_end = models.CharField(max_length=10, choices=EarlyEnd)
    due_on = models.DateField(null=True, blank=True)  # the last day on which a vote is taken
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(  # the chair; empty when the votes themselves closed it
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ApprovalRoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["initiative"], condition=Q(closed_at=None), name="round_one_open_per_initiative"
            )
        ]
        ordering = ["-opened_at"]


class StandIn(models.Model):
    """One row is the alternate who may speak for one seat in one vote, as named when the vote was opened."""

    round = models.ForeignKey(ApprovalRound, on_delete=models.CASCADE, related_name="stand_ins")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    # the first vote as this alternate; stays when the holder replaces it
    spoke_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "seat"], name="stand_in_one_per_seat"),
            models.UniqueConstraint(
                fields=["round", "membership"],
                condition=Q(spoke_at__isnull=False),
                name="stand_in_speaks_for_one_seat",
            ),
        ]


class Approval(models.Model):
    """One row is the vote of one seat in one round; a changed mind replaces it and keeps what it was."""

    round = models.ForeignKey(ApprovalRound, on_delete=models.CASCADE, related_name="approvals")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    # by whom: the seated person or the alternate
    cast_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=15, choices=Choice)
    comment = ProseField(_("comment"), blank=True)
    cast_at = models.DateTimeField(default=timezone.now)
    earlier = models.JSONField(default=list)  # votes that this one replaced; in the trail with the decision

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "seat"], name="approval_one_per_seat")]


class Decision(models.Model):
    """One row is what was decided, on exactly which content. Rows are only ever added."""

    round = models.OneToOneField(ApprovalRound, on_delete=models.PROTECT, related_name="decision")
    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="decisions")
    outcome = models.CharField(max_length=20, choices=Outcome)
    content_digest = models.CharField(max_length=64)
    ending = models.CharField(
        max_length=15, choices=Ending, blank=True
    )  # why then; empty: withdrawn, or older
    tally = models.JSONField()  # coalition.rules.Tally as numbers; "votes" names each seat's choice
    decided_at = models.DateTimeField(default=timezone.now)
    is_sealed: bool  # annotated by `with_seal`, never a column

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_at"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("Decisions are append-only.")
        super().save(*args, **kwargs)

    @property
    def is_without_independent_vote(self) -> bool:
        """Approved, and nobody who could vote was independent of those who proposed it."""
        return self.outcome == Outcome.APPROVED and self.tally.get("independent") == 0

    @property
    def outcome_text(self) -> str:
        """The outcome in words, with what has to be known beside it."""
        if self.is_without_independent_vote:
            return gettext("Approved without an independent vote")
        return str(self.get_outcome_display())


class InitiativeAmendment(models.Model):
    """One row is one dated change beside the approved content, with its reason. Rows are only ever added."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="amendments")
    field = models.CharField(max_length=20, choices=AmendedField)
    before = LineField(max_length=200, blank=True)  # a name, an ISO day, or "<ISO day> <title or key>"
    after = LineField(max_length=200, blank=True)
    reason = ProseField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("Amendments are append-only.")
        super().save(*args, **kwargs)


class InitiativeStateChange(models.Model):
    """One row is one step of an initiative's life. Rows are only ever added."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="state_changes")
    from_state = models.CharField(max_length=20, choices=InitiativeState, blank=True)
    to_state = models.CharField(max_length=20, choices=InitiativeState)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    note = ProseField(blank=True)

    class Meta:
        ordering = [F("at").asc(), "pk"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("State changes are append-only.")
        super().save(*args, **kwargs)
