from django.apps import AppConfig

from common.registry import merge_parts, merge_waits, operational_metrics, trail_words, zone_moves


class CustomerVoiceConfig(AppConfig):
    name = "customer_voice"

    def ready(self) -> None:
        merge_parts.register("customer_voice.services.merged_touchpoints.moved_by_merge")
        merge_waits.register("customer_voice.services.merged_touchpoints.wait_for_answers")
        operational_metrics.register("customer_voice.selectors.operational.operational_choices")
        trail_words.register("customer_voice.trail_words.words")
        zone_moves.register("customer_voice.selectors.zones.figures_moved")
