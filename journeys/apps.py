from django.apps import AppConfig

from common.registry import departures, journeys_touched, merge_parts, names_kept, trail_words


class JourneysConfig(AppConfig):
    name = "journeys"

    def ready(self) -> None:
        departures.register("journeys.selectors.owners_lost")
        names_kept.register("journeys.selectors.names_in_changes")
        journeys_touched.register("journeys.maps.selectors.journeys_at")
        merge_parts.register("journeys.maps.services.merged.touchpoints_merged")
        names_kept.register("journeys.maps.selectors.names_on_maps")
        trail_words.register("journeys.trail_words.words")
