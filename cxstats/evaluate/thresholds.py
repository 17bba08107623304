"""Every judgement that decides about refusals and verdicts, as a setting with its default."""

from dataclasses import dataclass, field

from cxstats.codec import ADDED_LATER


@dataclass(frozen=True, kw_only=True, slots=True)
class Thresholds:
    """Settings of the engine; part of the digest of every finding.

    Periods: `minimum_side_periods` on each side for any answer at all, `comparison_pre_periods` for grade B,
    `series_pre_periods` and `series_post_periods` for grade C, `season_cycles` full seasons where a season
    is plausible. Counts: `minimum_answers` in every shown period (below: joined with the next),
    `comfortable_answers` (below: noted), `minimum_unit_share` of periods a unit must have,
    `maximum_open_share` of unresolved cases in a side of a duration metric. Groups: `minimum_clusters` in all
    for inference between clusters, `minimum_side_clusters` on each side, `donors_for_synthetic` control
    units from which one treated unit gets a synthetic control. Limits: `maximum_phi` of the latent mean,
    `maximum_condition` of initiative columns, `maximum_estimate_gap` in standard errors between least
    squares and the main estimate, `maximum_fit_excess` of the synthetic control's pre-period error as
    a share of the outcome's standard deviation. Levels: `level` of intervals, `suggestive_level`,
    `pre_trend_level`, `break_level`, `power` and `placebo_share` of earlier dates that may look as strong.
    Unusual periods: `outage_deviations` robust standard deviations from its neighbors make one an outage.
    """

    minimum_side_periods: int = 3
    comparison_pre_periods: int = 8
    series_pre_periods: int = 12
    series_post_periods: int = 6
    season_cycles: float = 2.0
    minimum_answers: int = 5
    comfortable_answers: int = 30
    minimum_unit_share: float = 0.8
    maximum_open_share: float = 0.05
    minimum_clusters: int = 5
    minimum_side_clusters: int = 2
    donors_for_synthetic: int = 19
    maximum_phi: float = 0.9
    maximum_condition: float = 30.0
    maximum_estimate_gap: float = 2.0
    maximum_fit_excess: float = 0.25
    level: float = 0.95
    suggestive_level: float = 0.80
    pre_trend_level: float = 0.95
    break_level: float = field(default=0.99, metadata={ADDED_LATER: True})
    outage_deviations: float = field(default=6.0, metadata={ADDED_LATER: True})
    placebo_share: float = 0.20
    power: float = 0.80


DEFAULTS = Thresholds()
