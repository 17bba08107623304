from django.apps import AppConfig

from common.registry import currency_bounds, trail_words


class ImpactConfig(AppConfig):
    name = "impact"

    def ready(self) -> None:
        currency_bounds.register("impact.selectors.currency.models_and_values")
        trail_words.register("impact.trail_words.words")
