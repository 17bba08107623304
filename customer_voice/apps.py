from django.apps import AppConfig

from common.registry import trail_words, zone_moves


class CustomerVoiceConfig(AppConfig):
    name = "customer_voice"

    def ready(self) -> None:
        trail_words.register("customer_voice.trail_words.words")
        zone_moves.register("customer_voice.selectors.zones.figures_moved")
