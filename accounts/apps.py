from django.apps import AppConfig

from common.dates import date_kinds, dates_ahead
from common.registry import trail_words


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        date_kinds.register("accounts.dates.kinds_of_dates")
        dates_ahead.register("accounts.dates.dates_ahead")
        trail_words.register("accounts.trail_words.words")
