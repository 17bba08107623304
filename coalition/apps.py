from django.apps import AppConfig

from common.dates import date_kinds, dates_ahead
from common.registry import (
    archivals,
    axis_marks,
    currency_bounds,
    departures,
    merge_parts,
    names_kept,
    trail_words,
    uses,
)


class CoalitionConfig(AppConfig):
    name = "coalition"

    def ready(self) -> None:
        date_kinds.register("coalition.selectors.dates.kinds_of_dates")
        dates_ahead.register("coalition.selectors.dates.dates_ahead")
        archivals.register("coalition.selectors.measured.evaluations_ended")
        axis_marks.register("coalition.selectors.marks.go_lives")
        currency_bounds.register("coalition.selectors.currency.initiatives_with_money")
        departures.register("coalition.selectors.losing.consequences_for")
        merge_parts.register("coalition.services.merged_touchpoints.moved_by_merge")
        names_kept.register("coalition.selectors.names.decisions_with_names")
        trail_words.register("coalition.trail_words.words")
        uses.register("coalition.selectors.uses.initiatives_from")
