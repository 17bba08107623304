from django.apps import AppConfig

from common.registry import trail_words


class JourneysConfig(AppConfig):
    name = "journeys"

    def ready(self) -> None:
        trail_words.register("journeys.trail_words.words")
