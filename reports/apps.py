from django.apps import AppConfig

from common.dates import date_kinds, dates_ahead
from common.registry import trail_words, uses


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        date_kinds.register("reports.dates.kinds_of_dates")
        dates_ahead.register("reports.dates.dates_ahead")
        trail_words.register("reports.trail_words.words")
        uses.register("reports.selectors.documents_of")
