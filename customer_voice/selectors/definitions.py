"""A definition in words, wherever its figure is shown."""

from django.utils.translation import gettext as _

from customer_voice.models import MetricDefinition


def definition_text(metric: MetricDefinition) -> str:
    """One sentence: how answers become this figure."""
    return metric.calculation.definition_text()


def definition_changes(before: MetricDefinition, after: MetricDefinition) -> list[str]:
    """What measures differently in the later version, a sentence each. Its name is a label and no change."""
    changes = []
    if before.wording != after.wording:
        changes.append(
            _("The question was “%(before)s” and is “%(after)s”.")
            % {"before": before.wording or "–", "after": after.wording or "–"}
        )
    if before.population != after.population:
        changes.append(
            _("The people asked were “%(before)s” and are now “%(after)s”.")
            % {"before": before.population or "–", "after": after.population or "–"}
        )
    if definition_text(before) != definition_text(after):
        changes.append(_("It was calculated as: %(before)s") % {"before": definition_text(before)})
    return changes


def interval_text(metric: MetricDefinition) -> str:
    """Which interval is drawn around it."""
    return metric.calculation.interval_text()
