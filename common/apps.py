from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CommonConfig(AppConfig):
    name = "common"

    def ready(self) -> None:
        """Each app declares in its `events.py` what it does when something happens below it."""
        autodiscover_modules("events")
