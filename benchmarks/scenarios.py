"""The scenarios of the calibration bench: kinds of simulated initiatives, each with the effect put in."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.cxstats.simulated import (
    Case,
    chosen_worst,
    drifting_pair,
    few_answers_above_donors,
    groups,
    leaning_groups,
    mix_shifts,
    overlapping,
    reworded,
    single,
)
from tests.cxstats.simulated_troubles import counted, reworded_alike, segments, tickets, weeks


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """`line`: a line of the sensitivity set whose interval is judged instead of the headline's."""

    key: str
    make: Callable[[np.random.Generator, float], Case]
    effect: float = 8.0
    line: str = ""


SCENARIOS = (
    Scenario(key="series_phi_0", make=single(phi=0.0)),
    Scenario(key="series_phi_0.4", make=single(phi=0.4)),
    Scenario(key="series_phi_0.6", make=single(phi=0.6)),
    Scenario(key="series_phi_0.8", make=single(phi=0.8)),
    Scenario(key="series_phi_0.8_long", make=single(phi=0.8, length=104, start=70)),
    Scenario(key="series_noise_only", make=single(sd=0.0)),
    Scenario(key="series_short", make=single(length=18, start=12), effect=12.0),
    Scenario(key="series_season", make=single(season=6.0, length=48, start=32)),
    Scenario(key="series_slope", make=single(slope=0.3)),
    Scenario(key="series_drift", make=single(drift=1.5), effect=12.0),
    Scenario(key="series_few_answers", make=single(answers=25), effect=15.0),
    Scenario(key="series_D", make=single(length=14, start=8), effect=12.0),
    Scenario(key="control_series_1v1", make=groups(treated=1, controls=1, answers=200), effect=10.0),
    Scenario(key="control_series_2v2", make=groups(treated=2, controls=2, answers=100), effect=10.0),
    Scenario(key="control_series_long", make=drifting_pair(), effect=10.0),
    Scenario(key="control_series_walk_0.3", make=drifting_pair(walk=0.3), effect=12.0),
    Scenario(key="control_series_walk_0.6", make=drifting_pair(walk=0.6), effect=16.0),
    Scenario(key="control_series_walk_1", make=drifting_pair(walk=1.0), effect=20.0),
    Scenario(key="control_series_line", make=drifting_pair(line=0.08), effect=14.0),
    Scenario(key="donors_few_answers", make=few_answers_above_donors(), effect=25.0),
    Scenario(key="donors_1v20", make=groups(treated=1, controls=20, answers=200), effect=10.0),
    Scenario(key="clusters_3v3", make=groups(treated=3, controls=3), effect=10.0),
    Scenario(key="clusters_4v6", make=groups(treated=4, controls=6), effect=8.0),
    Scenario(key="clusters_10v10", make=groups(), effect=5.0),
    Scenario(key="clusters_10v10_phi_0.8", make=groups(phi=0.8), effect=6.0),
    Scenario(key="clusters_25v25", make=groups(treated=25, controls=25), effect=3.0),
    Scenario(key="clusters_few_answers", make=groups(answers=10), effect=10.0),
    Scenario(key="clusters_leaning", make=leaning_groups(slope=1.5), effect=15.0),
    Scenario(key="clusters_leaning_fades", make=leaning_groups(slope=1.5, fades=True), effect=15.0),
    Scenario(key="clusters_leaning_unseen", make=leaning_groups(slope=0.3), effect=8.0),
    Scenario(key="chance_10v10", make=groups(chance=True), effect=5.0),
    Scenario(key="staggered_12v12", make=groups(treated=12, controls=12, wave=2), effect=5.0),
    Scenario(key="staggered_growing", make=groups(treated=12, controls=12, wave=2, growth=0.3), effect=3.0),
    Scenario(key="staggered_3v4", make=groups(treated=3, controls=4, wave=2), effect=10.0),
    Scenario(key="staggered_no_controls", make=groups(treated=12, controls=0, wave=3), effect=8.0),
    Scenario(key="worst_last_1", make=chosen_worst(recent=1)),
    Scenario(key="worst_last_3", make=chosen_worst(recent=3)),
    Scenario(key="worst_all_14", make=chosen_worst(recent=14)),
    Scenario(key="worst_few_units", make=chosen_worst(recent=3, units=12), effect=12.0),
    Scenario(key="worst_last_3_told", make=chosen_worst(recent=3, told=True)),
    Scenario(key="overlap_far", make=overlapping(other_start=14), effect=10.0),
    Scenario(key="overlap_near", make=overlapping(other_start=25), effect=10.0),
    Scenario(key="overlap_untold_before", make=overlapping(other_start=12, told=False), effect=10.0),
    Scenario(key="mix_shift", make=mix_shifts()),
    Scenario(key="wording_changed", make=reworded()),
    Scenario(key="wording_long_before", make=weeks(changes=((20, 10.0),)), effect=10.0),
    Scenario(key="wording_shortly_before", make=weeks(changes=((44, 10.0),)), effect=12.0),
    Scenario(key="wording_long_after", make=weeks(changes=((66, 10.0),)), effect=12.0),
    Scenario(key="wording_alike_1v1", make=reworded_alike(units=1), effect=10.0),
    Scenario(key="wording_alike_5v5", make=reworded_alike(), effect=6.0),
    Scenario(key="mix_empty_segment", make=segments(), effect=8.0),
    Scenario(key="mix_stable", make=segments(shift=0.0), effect=8.0),
    Scenario(key="counts_30", make=counted(), effect=0.4),
    Scenario(key="counts_30_phi_0.8", make=counted(phi=0.8), effect=0.4),
    Scenario(key="counts_2", make=counted(mean=2.0), effect=0.8),
    Scenario(key="counts_poisson", make=counted(sd=0.0), effect=0.3),
    Scenario(key="counts_1v1", make=counted(controls=1), effect=0.4),
    Scenario(key="counts_5v5", make=counted(mean=8.0, controls=5, units=5), effect=0.3),
    Scenario(key="tickets_open_8", make=tickets(), effect=0.25),
    Scenario(key="tickets_open_20", make=tickets(never=0.2), effect=0.25),
    Scenario(key="tickets_weibull", make=tickets(shape=1.3), effect=0.25),
    Scenario(key="weeks_thin_10", make=weeks(thin=0.1), effect=10.0),
    Scenario(key="weeks_thin_all", make=weeks(answers=6.0), effect=20.0),
    Scenario(key="weeks_outage_1", make=weeks(outages=1, outage=-100.0), effect=10.0),
    Scenario(key="weeks_outage_3", make=weeks(outages=3, outage=-100.0), effect=10.0),
    Scenario(key="weeks_plain", make=weeks(), effect=10.0),
    Scenario(key="weeks_break_untold", make=weeks(break_at=26, break_by=15.0), effect=10.0),
)
