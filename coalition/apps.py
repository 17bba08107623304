from django.apps import AppConfig

from common.registry import axis_marks


class CoalitionConfig(AppConfig):
    name = "coalition"

    def ready(self) -> None:
        axis_marks.register("coalition.selectors.marks.go_lives")
