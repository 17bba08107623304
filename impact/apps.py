from django.apps import AppConfig

from common.registry import currency_bounds


class ImpactConfig(AppConfig):
    name = "impact"

    def ready(self) -> None:
        currency_bounds.register("impact.selectors.currency.models_and_values")
