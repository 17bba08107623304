from django.apps import AppConfig

from common.dates import date_kinds, dates_ahead
from common.registry import trail_words


class AssessmentsConfig(AppConfig):
    name = "assessments"

    def ready(self) -> None:
        date_kinds.register("assessments.selectors.dates.kinds_of_dates")
        dates_ahead.register("assessments.selectors.dates.dates_ahead")
        trail_words.register("assessments.trail_words.words")
