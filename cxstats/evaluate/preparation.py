"""What is done to a panel before any value is read: young periods off, one question, thin periods joined."""

from dataclasses import dataclass

import numpy as np

from cxstats.design import EvaluationDesign, MetricPanel, UnitSelection
from cxstats.errors import NotEstimable, Reason
from cxstats.evaluate.plan import GradePlan, Shape, planned_grade, season_of
from cxstats.evaluate.rates import on_log_scale
from cxstats.evaluate.tables import Tables, settled, tables
from cxstats.evaluate.thin import thin_joined
from cxstats.evaluate.thresholds import Thresholds
from cxstats.evaluate.wording import one_question


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A panel that can be analyzed, the grade and method of its shape, and what was done to it.

    `whole` is None without a cell of a treated unit. `still_open` and `reworded` are refusals that wait until
    shorter reasons had their turn. `joined` counts thin periods, `alike` changes of the question on every
    unit.
    """

    whole: Tables | None
    plan: GradePlan
    still_open: NotEstimable | None = None
    reworded: NotEstimable | None = None
    joined: int = 0
    alike: int = 0
    notes: tuple[str, ...] = ()

    def laid_out(self) -> Tables:
        """The panel; refuses where there is none."""
        if self.whole is None:
            raise NotEstimable(Reason.NO_DATA)
        return self.whole


def prepared(*, design: EvaluationDesign, panel: MetricPanel, thresholds: Thresholds) -> Prepared:
    """Lay a panel out and make of it what can be analyzed; counts and definitions decide, never a value."""
    try:
        whole = tables(design=design, panel=panel)
    except NotEstimable:
        shape = shape_of(None, design, thresholds)
        return Prepared(whole=None, plan=planned_grade(design=design, shape=shape, thresholds=thresholds))
    followed = max((cell.horizon for cell in whole.cells), default=0.0)
    notes: tuple[str, ...] = (f"followed_for:{followed:.0f}",) if followed else ()
    still_open: NotEstimable | None = None
    try:
        rest = settled(table=whole, thresholds=thresholds)
    except NotEstimable as refusal:
        still_open = refusal
    else:
        young = whole.numbers.size - rest.numbers.size
        notes += (f"young_periods_left_out:{young}",) if young else ()
        whole = rest
    whole = on_log_scale(table=whole, season=season_of(design))
    whole, joined = thin_joined(table=whole, design=design, thresholds=thresholds)
    notes += (f"thin_periods_joined:{joined}",) if joined else ()
    plan = planned_grade(design=design, shape=shape_of(whole, design, thresholds), thresholds=thresholds)
    worded = one_question(table=whole, design=design, plan=plan, thresholds=thresholds)
    if worded.notes:
        whole = worded.table
        plan = planned_grade(design=design, shape=shape_of(whole, design, thresholds), thresholds=thresholds)
    return Prepared(
        whole=whole,
        plan=plan,
        still_open=still_open,
        reworded=worded.refusal,
        joined=joined,
        alike=worded.alike,
        notes=notes + worded.notes,
    )


def shape_of(whole: Tables | None, design: EvaluationDesign, thresholds: Thresholds) -> Shape:
    """Units and periods of a laid-out panel; no value is read."""
    if whole is None:
        return Shape(treated_units=0, control_units=0, pre_periods=0, post_periods=0)
    counted = whole.columns(whole.present[: whole.treated].any(axis=0))
    share = counted.present.mean(axis=1) if counted.numbers.size else np.zeros(len(whole.units))
    stays = share >= thresholds.minimum_unit_share
    starts = whole.starts[: whole.treated][stays[: whole.treated]]
    pre = int(counted.pre.sum()) - chosen_by(design)
    # A staggered design has periods after the first start although not every unit has started.
    staggered = len(set(starts.tolist())) > 1
    post = counted.numbers >= whole.after
    return Shape(
        treated_units=int(stays[: whole.treated].sum()),
        control_units=int(stays[whole.treated :].sum()),
        pre_periods=max(pre, 0),
        post_periods=int(post.sum()),
        staggered=staggered,
        cohorts=len(set(starts.tolist())),
    )


def chosen_by(design: EvaluationDesign) -> int:
    """How many of the last periods before the go-live chose the units."""
    if design.selection is not UnitSelection.WORST_SCORES or design.selection_periods is None:
        return 0
    return design.selection_periods
