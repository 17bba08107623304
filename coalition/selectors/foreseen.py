"""What a plan could show, computed once for the same plan and the same answers.

Where touchpoints start one after another, the engine averages over many noise models, which takes seconds.
"""

from hashlib import sha256

from django.core.cache import cache

from cxstats import ENGINE_VERSION
from cxstats.codec import canonical_text, encoded
from cxstats.design import EvaluationDesign, MetricPanel
from cxstats.evaluate import PlannedPower, smallest_detectable_effect

KEPT_SECONDS = 24 * 3600


def foreseen(design: EvaluationDesign, panel: MetricPanel, *, planned: int) -> PlannedPower:
    """As `smallest_detectable_effect`; kept for a day by all that enters it and the engine's version."""
    asked = canonical_text([encoded(design), encoded(panel), planned, ENGINE_VERSION])
    name = f"coalition.foreseen.{sha256(asked.encode()).hexdigest()}"
    known: PlannedPower | None = cache.get(name)
    if known is None:
        known = smallest_detectable_effect(design, panel, planned_periods=planned)
        cache.set(name, known, KEPT_SECONDS)
    return known
