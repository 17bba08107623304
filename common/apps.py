from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from wording.formats import lead_django


class CommonConfig(AppConfig):
    name = "common"

    def ready(self) -> None:
        """Dates and numbers go one way; each app's `events.py` says what it does when something happens."""
        lead_django()
        autodiscover_modules("events")
