"""What a source had where it was turned on entry: its scale runs the other way."""

from decimal import Decimal

from customer_voice.choices import ImportField
from customer_voice.models import Feedback


def figure_given(answer: Feedback) -> Decimal | None:
    """The figure of its file that counts as this answer's score, where it was turned; else None. One query,
    none for what came by another door.

    The import that an answer last came with says how its columns were read, so nothing of it is lost.
    """
    metric, score = answer.metric, answer.score
    if metric is None or score is None or answer.batch_id is None or answer.batch is None:
        return None
    batch = answer.batch
    further = {one["metric"]: one.get("score", "") for one in batch.reading.get("also", ())}
    column = further.get(metric.key) or batch.mapping.get(ImportField.SCORE.value, "")
    if column not in batch.reading.get("reversed", ()):
        return None
    return Decimal(metric.scale_low + metric.scale_high) - Decimal(str(score))
