from django.apps import AppConfig

from common.dates import date_kinds, dates_ahead
from common.registry import digests_kept, goodbyes, names_kept, trail_words


class EmployeeVoiceConfig(AppConfig):
    name = "employee_voice"

    def ready(self) -> None:
        date_kinds.register("employee_voice.selectors.dates.kinds_of_dates")
        dates_ahead.register("employee_voice.selectors.dates.dates_ahead")
        trail_words.register("employee_voice.trail_words.words")
        names_kept.register("employee_voice.selectors.kept.names_in_waves")
        digests_kept.register("employee_voice.services.lists.forget_person")
        goodbyes.register("employee_voice.services.destroying.goodbyes_of")
