from django.apps import AppConfig

from common.registry import axis_marks, currency_bounds, trail_words


class CoalitionConfig(AppConfig):
    name = "coalition"

    def ready(self) -> None:
        axis_marks.register("coalition.selectors.marks.go_lives")
        currency_bounds.register("coalition.selectors.currency.initiatives_with_money")
        trail_words.register("coalition.trail_words.words")
