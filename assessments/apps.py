from django.apps import AppConfig

from common.registry import trail_words


class AssessmentsConfig(AppConfig):
    name = "assessments"

    def ready(self) -> None:
        trail_words.register("assessments.trail_words.words")
