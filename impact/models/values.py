"""Value models and ROI cases: what an effect is worth."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, OrganizationModel
from coalition.models import Initiative
from common.columns import LineField, ProseField
from impact.choices import (
    Distribution,
    SignOff,
    SourceKind,
    ValueKind,
)
from impact.models.studies import Study
from impact.querysets import (
    RoiCaseQuerySet,
)
from wording.engines import is_of_other_engine


class ValueModel(models.Model):
    """One row says how a change of the metric becomes money for one initiative."""

    initiative = models.OneToOneField(Initiative, on_delete=models.CASCADE, related_name="value_model")
    kind = models.CharField(_("how it becomes money"), max_length=20, choices=ValueKind)
    horizon_years = models.PositiveSmallIntegerField(_("years counted"), default=3)
    discount_rate_pct = models.DecimalField(_("discount rate, % a year"), max_digits=5, decimal_places=2)
    first_year_share = models.DecimalField(
        _("share of the full year's benefit in year 1"), max_digits=3, decimal_places=2, default=1
    )
    is_hard = models.BooleanField(_("shows in the books (hard benefit)"), default=False)
    inflation_pct = models.DecimalField(
        _("rise of prices, % a year"), max_digits=5, decimal_places=2, default=0, blank=True
    )
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(horizon_years__gte=1, horizon_years__lte=10), name="value_model_horizon"
            ),
            models.CheckConstraint(
                condition=models.Q(first_year_share__gte=0, first_year_share__lte=1),
                name="value_model_first_year",
            ),
            models.CheckConstraint(
                condition=models.Q(inflation_pct__gte=0, inflation_pct__lte=100),
                name="value_model_inflation",
            ),
        ]

    def __str__(self) -> str:
        return str(ValueKind(self.kind).label)


class InputColumns(models.Model):
    """What is kept of one input, with its range, its source and who stands for it."""

    key = models.SlugField(max_length=60)
    label = LineField(_("input"), max_length=120)
    unit = LineField(_("unit"), max_length=40, blank=True)
    distribution = models.CharField(
        _("range"), max_length=20, choices=Distribution, default=Distribution.PERT
    )
    arguments = models.JSONField(default=list)  # numbers, in the order of the distribution's name
    source = LineField(_("source"), max_length=200, blank=True)
    source_kind = models.CharField(
        _("kind of source"), max_length=12, choices=SourceKind, default=SourceKind.ASSUMPTION
    )
    owner_name = LineField(_("responsible person"), max_length=120, blank=True)
    association = models.PositiveIntegerField(null=True, blank=True)  # its number, where it is the source
    # number and version of the library's figure that was taken, "3.2"; "" where it was typed
    library = models.CharField(max_length=21, blank=True, default="")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label


class ValueParameter(InputColumns):
    """One row is one input of a value model: of its first benefit, or a haircut on all of them."""

    value_model = models.ForeignKey(ValueModel, on_delete=models.CASCADE, related_name="parameters")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["value_model", "key"], name="value_parameter_unique")]
        ordering = ["position", "pk"]


class ValueLine(models.Model):
    """One row is one further benefit of a value model, beside the first, which stands in the model itself.

    `number` counts from 2 in the order of the lines.
    """

    value_model = models.ForeignKey(ValueModel, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveSmallIntegerField(default=2)
    label = LineField(_("benefit"), max_length=120)
    kind = models.CharField(_("how it becomes money"), max_length=20, choices=ValueKind)
    first_year_share = models.DecimalField(
        _("share of the full year's benefit in year 1"), max_digits=3, decimal_places=2, default=1
    )
    is_hard = models.BooleanField(_("shows in the books (hard benefit)"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["value_model", "number"], name="value_line_unique"),
            models.CheckConstraint(
                condition=models.Q(first_year_share__gte=0, first_year_share__lte=1),
                name="value_line_first_year",
            ),
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return self.label


class LineInput(InputColumns):
    """One row is one input of a further benefit."""

    line = models.ForeignKey(ValueLine, on_delete=models.CASCADE, related_name="parameters")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "key"], name="line_input_unique")]
        ordering = ["position", "pk"]


class CostLine(models.Model):
    """One row is one cost in one year (0 is before go-live): a range, and what was spent once known."""

    value_model = models.ForeignKey(ValueModel, on_delete=models.CASCADE, related_name="cost_lines")
    label = LineField(_("cost"), max_length=120)
    year = models.PositiveSmallIntegerField(_("year"), default=0)
    low = models.DecimalField(_("low"), max_digits=14, decimal_places=2)
    likely = models.DecimalField(_("likely"), max_digits=14, decimal_places=2)
    high = models.DecimalField(_("high"), max_digits=14, decimal_places=2)
    actual = models.DecimalField(_("spent"), max_digits=14, decimal_places=2, null=True, blank=True)
    source = LineField(_("source"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(low__gte=0, low__lte=models.F("likely"), likely__lte=models.F("high")),
                name="cost_line_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(actual=None) | models.Q(actual__gte=0), name="cost_line_actual"
            ),
        ]
        ordering = ["year", "pk"]

    def __str__(self) -> str:
        return self.label


class RoiCase(OrganizationModel):
    """One row is the money of one study under one state of the value model. Figures are never edited.

    `current_since`: when the inputs last came to just these. Inputs that return to earlier ones bring back
    the value that was computed from them, with finance's word on it. `sign_off` is the word on all of it: of
    several benefits, signed once each of them is, and disputed as long as one is.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="roi_cases")
    number = models.PositiveIntegerField(default=1)
    inputs = models.JSONField()
    result = models.JSONField()
    is_scenario_only = models.BooleanField(default=False)
    engine_version = models.CharField(max_length=20)
    input_digest = models.CharField(max_length=64)
    computed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    computed_at = models.DateTimeField(default=timezone.now)
    current_since = models.DateTimeField(default=timezone.now)
    sign_off = models.CharField(max_length=10, choices=SignOff, default=SignOff.OPEN)
    sign_off_comment = ProseField(_("comment"), blank=True)
    sign_off_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sign_off_at = models.DateTimeField(null=True, blank=True)
    # of a value of several benefits: number of the benefit -> finance's word on it, see services.by_line
    line_words = models.JSONField(default=dict, blank=True)

    # what it is worth without the benefits that finance disputes, where it does not dispute all of them:
    # `without`, their numbers, and `roi` as in `result`; the worker computes it, see services.undisputed
    undisputed = models.JSONField(null=True, blank=True)

    is_new = False  # set by the service that has just made the row

    objects = RoiCaseQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="roi_case_number_unique"),
            models.CheckConstraint(
                condition=models.Q(sign_off="open") | models.Q(sign_off_by__isnull=False),
                name="roi_case_signed_by_somebody",
            ),
        ]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.study} value {self.number}"

    def follows(self, model: ValueModel) -> bool:
        """Whether the model still is what this value was computed from. No query."""
        return model.changed_at <= self.current_since

    @property
    def has_returned(self) -> bool:
        """Whether other values counted in between, until the inputs came back to those of this one."""
        return self.current_since > self.computed_at

    @property
    def is_of_other_engine(self) -> bool:
        """Whether another version of the engine than today's computed it."""
        return is_of_other_engine(self.engine_version)
