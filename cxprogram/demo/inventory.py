"""Who is responsible, what is counted, and two touchpoints that nobody designed."""

from datetime import date, timedelta

import numpy as np

from customer_voice.models import MetricDefinition
from customer_voice.services import define_metric, record_feedback
from cxprogram.demo.people import Cast
from journeys.models import Touchpoint
from journeys.services import save_touchpoint

DAYS = 2 * 365
VISIT = "installation-visit"
# function -> who looks after its touchpoints and those of its teams; the renewal waits for somebody
RESPONSIBLE = {
    "Customer Service": "Tomas",
    "Digital": "Ines",
    "Field Operations": "Rahul",
    "Billing": "Sophie",
    "Marketing and Sales": "Maya",
}
WITHOUT_PERSON = "contract-renewal"
SIDE_EFFECTS = {
    "monthly-bill": "Every line that nobody understands becomes a call to the hotline.",
    VISIT: "A second visit takes a slot from another customer's first.",
}
# name, channel, phase, purpose, comments
UNINTENDED: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    (
        "Review sites",
        "reviews",
        "evaluate",
        "Hear from others whether it works before signing.",
        (
            "Fast line, but plan a week for the installation.",
            "Support is friendly. The bill is a riddle.",
            "Three neighbors have it, all happy since the new appointment windows.",
            "Cheaper elsewhere, but here somebody answers the phone.",
        ),
    ),
    ("Neighbors and friends", "talk", "consider", "Ask somebody who has it.", ()),
)


def complete_inventory(cast: Cast, touchpoints: dict[str, Touchpoint], today: date) -> dict[str, Touchpoint]:
    """Responsible people, an operational metric with its figures, side effects, unintended touchpoints."""
    repeat = _count_repeat_visits(cast, today)
    counted = {VISIT: repeat.key, "service-hotline": "ttr"}
    found = {}
    for key, row in touchpoints.items():
        function = row.owner_function and (row.owner_function.parent or row.owner_function)
        person = RESPONSIBLE.get(function.name) if function and key != WITHOUT_PERSON else None
        found[key] = _with(
            cast,
            row,
            owner_person=cast[person] if person else None,
            operational_metric=counted.get(key, ""),
            side_effects=SIDE_EFFECTS.get(key, ""),
        )
    for name, channel, phase, purpose, comments in UNINTENDED:
        row = save_touchpoint(
            by=cast["Maya"], name=name, channel=channel, phase=phase, purpose=purpose, is_intended=False
        )
        found[row.key] = row
        _comments(cast, row, comments, today)
    return found


def _with(cast: Cast, row: Touchpoint, **values: object) -> Touchpoint:
    stored: dict[str, object] = {
        "name": row.name,
        "channel": row.channel,
        "phase": row.phase,
        "purpose": row.purpose,
        "is_intended": row.is_intended,
        "owner_function": row.owner_function,
    }
    return save_touchpoint(by=cast["Maya"], touchpoint=row, **{**stored, **values})  # type: ignore[arg-type]


def _count_repeat_visits(cast: Cast, today: date) -> MetricDefinition:
    """Second visits per 100 visits, every other day, which became fewer with the appointment windows."""
    values = {
        "kind": "custom",
        "name": "Repeat visits",
        "rule": "rate",
        "per": 100,
        "amount_name": "second visits",
        "exposure_name": "visits",
        "higher_is_better": False,
        "population": "All installation visits of two days",
    }
    metric = define_metric(by=cast["Maya"], values=values)
    rng, items = np.random.default_rng([20261121, 55]), []
    for number in range(DAYS // 2):
        day = today - timedelta(days=DAYS - 2 * number)
        visits = int(rng.integers(45, 75))
        share = 0.17 if (today - day).days > 270 else 0.115
        items.append(
            {
                "external_id": f"repeat-{number:03}",
                "touchpoint": VISIT,
                "occurred_at": day.isoformat(),
                "score": str(int(rng.binomial(visits, share))),
                "exposure": str(visits),
            }
        )
    record_feedback(
        organization=cast["Maya"].organization, metric=metric, source="field-service", items=items
    )
    return metric


def _comments(cast: Cast, row: Touchpoint, comments: tuple[str, ...], today: date) -> None:
    items = [
        {
            "external_id": f"review-{number}",
            "touchpoint": row.key,
            "occurred_at": (today - timedelta(days=4 + 9 * number)).isoformat(),
            "text": text,
        }
        for number, text in enumerate(comments)
    ]
    if items:
        record_feedback(organization=cast["Maya"].organization, metric=None, source="reviews", items=items)
