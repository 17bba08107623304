from django.apps import AppConfig

from common.registry import trail_words


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        trail_words.register("reports.trail_words.words")
