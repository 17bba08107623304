"""Channels and phases of the customer decision journey. Pure data."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    WEB = "web", _("Website")
    APP = "app", _("App")
    EMAIL = "email", _("E-mail")
    CHAT = "chat", _("Chat")
    PHONE = "phone", _("Phone")
    STORE = "store", _("Store or branch")
    FIELD = "field", _("Visit or field service")
    POST = "post", _("Post and parcels")
    PRODUCT = "product", _("The product itself")
    PARTNER = "partner", _("Partner")
    OTHER = "other", _("Other")


DIGITAL_CHANNELS = frozenset({Channel.WEB, Channel.APP, Channel.EMAIL, Channel.CHAT})


class Phase(models.TextChoices):
    """The customer decision journey is a loop: after `renew` comes `consider` again."""

    CONSIDER = "consider", _("Consider")
    EVALUATE = "evaluate", _("Evaluate")
    BUY = "buy", _("Buy")
    ONBOARD = "onboard", _("Get started")
    USE = "use", _("Use")
    SUPPORT = "support", _("Get help")
    RENEW = "renew", _("Renew or leave")
    ADVOCATE = "advocate", _("Recommend")
