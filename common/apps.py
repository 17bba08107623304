from django.apps import AppConfig
from django.db.models import fields
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from wording.formats import lead_django


class CommonConfig(AppConfig):
    name = "common"

    def ready(self) -> None:
        """Dates and numbers go one way; each app's `events.py` says what it does when something happens."""
        lead_django()
        # Django's own "- Select an option -" is not translated; forms read this when they are made
        fields.BLANK_CHOICE_LABEL = _("Choose one")
        autodiscover_modules("events")
