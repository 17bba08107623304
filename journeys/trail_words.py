"""What the entries about touchpoints and journey maps say."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.details import Word, choice, names, number, yes_no
from journeys.choices import Channel, Phase
from journeys.maps.choices import OPERATION_NAMES, MapState


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
            "maps": Word(_("Journey maps"), names),
        },
    )
    yield (
        "map",
        {
            "persona": Word(_("Persona")),
            "purpose": Word(_("Purpose")),
            "map_state": Word(_("State"), choice(MapState)),
            "today": Word(_("Map of today")),
            "version": Word(_("Version"), number),
            "steps": Word(_("Steps"), number),
            "operation": Word(_("What was done"), choice(OPERATION_NAMES)),
            "part": Word(_("Step, stage or lane")),
            "mentioned": Word(_("People mentioned"), names),
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
