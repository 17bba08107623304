"""How long the texts of a row may be: as long as the columns that hold them."""

from typing import Any

from customer_voice.models import Channel, Contact, CustomerAccount, Feedback, Submission

_HELD_IN: tuple[tuple[str, Any], ...] = (
    ("external_id", Submission.external_id),
    ("merged_into", Feedback.merged_into),
    ("customer", Contact.external_reference),
    ("account", CustomerAccount.external_reference),
    ("segment", Feedback.segment),
    ("channel", Channel.name),
)
LONGEST: dict[str, int] = {name: column.field.max_length for name, column in _HELD_IN}
