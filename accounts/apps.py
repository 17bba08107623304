from django.apps import AppConfig

from common.registry import trail_words


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        trail_words.register("accounts.trail_words.words")
