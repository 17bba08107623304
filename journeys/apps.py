from django.apps import AppConfig

from common.registry import merge_parts, names_kept, trail_words


class JourneysConfig(AppConfig):
    name = "journeys"

    def ready(self) -> None:
        merge_parts.register("journeys.maps.services.merged.touchpoints_merged")
        names_kept.register("journeys.maps.selectors.names_on_maps")
        trail_words.register("journeys.trail_words.words")
