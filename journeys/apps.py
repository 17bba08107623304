from django.apps import AppConfig

from common.registry import departures, names_kept, trail_words


class JourneysConfig(AppConfig):
    name = "journeys"

    def ready(self) -> None:
        departures.register("journeys.selectors.owners_lost")
        names_kept.register("journeys.selectors.names_in_changes")
        trail_words.register("journeys.trail_words.words")
