from django.apps import AppConfig

from common.dates import date_kinds, dates_ahead
from common.registry import (
    added_later,
    currency_bounds,
    evidence_beside,
    first_results,
    merge_parts,
    shares_of_whole,
    trail_words,
    uses,
)


class ImpactConfig(AppConfig):
    name = "impact"

    def ready(self) -> None:
        date_kinds.register("impact.selectors.dates.kinds_of_dates")
        dates_ahead.register("impact.selectors.dates.dates_ahead")
        added_later.register("impact.selectors.later.added_later")
        currency_bounds.register("impact.selectors.currency.models_and_values")
        evidence_beside.register("impact.selectors.evidence.evidence_of")
        first_results.register("impact.selectors.go_lives.known_results")
        merge_parts.register("impact.selectors.merges.studies_under_way")
        uses.register("impact.selectors.uses.studies_and_returns")
        shares_of_whole.register("impact.selectors.contributions.shares_of_whole")
        trail_words.register("impact.trail_words.words")
