"""What the entries about touchpoints say."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.details import Word, choice, names, number, yes_no
from journeys.choices import Channel, Phase


def words(_question: None) -> Iterator[tuple[str, Mapping[str, Word]]]:
    yield (
        "touchpoint",
        {
            "channel": Word(_("Channel"), choice(Channel)),
            "phase": Word(_("Phase of the customer's journey"), choice(Phase)),
            "purpose": Word(_("Purpose")),
            "is_intended": Word(_("Designed on purpose"), yes_no),
            "owner_function": Word(pgettext_lazy("touchpoint", "Owner")),
            "owner_person": Word(_("Responsible person")),
            "operational_metric": Word(_("Operational metric")),
            "side_effects": Word(_("Side effects")),
            "merged": Word(_("Merged touchpoint")),
            "answers": Word(_("Answers that moved"), number),
            "surveys": Word(_("Surveys"), names),
            "mailboxes": Word(_("Mailboxes"), names),
            "webhooks": Word(_("Incoming webhooks"), names),
            "recipes": Word(_("Sources"), names),
            "targets": Word(_("Targets that moved"), names),
            "targets_removed": Word(_("Targets that were removed"), names),
            "initiatives": Word(_("Initiatives"), names),
            "seats": Word(_("Seats"), names),
            "suggestions": Word(_("Suggestions"), number),
            "lowered": Word(_("Plans changed by it"), names),
        },
    )
    yield (
        "touchpoints",
        {
            "filename": Word(_("File")),
            "added": Word(_("Touchpoints added"), number),
            "changed": Word(_("Touchpoints changed"), number),
            "kept": Word(_("Touchpoints left as they are"), number),
        },
    )
