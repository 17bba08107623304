from django.apps import AppConfig

from common.registry import trail_words, uses


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        trail_words.register("reports.trail_words.words")
        uses.register("reports.selectors.documents_of")
