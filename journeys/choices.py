"""Channels and phases of the customer decision journey, and how the inventory is changed. Pure data."""

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
    REVIEWS = "reviews", _("Review sites")
    SOCIAL = "social", _("Social media")
    TALK = "talk", _("Word of mouth")
    PRESS = "press", _("Press and media")
    OTHER = "other", _("Other")


DIGITAL_CHANNELS = frozenset(
    {Channel.WEB, Channel.APP, Channel.EMAIL, Channel.CHAT, Channel.REVIEWS, Channel.SOCIAL}
)
# Where customers meet what others say of the organization: nobody designs these.
UNINTENDED_CHANNELS = frozenset({Channel.REVIEWS, Channel.SOCIAL, Channel.TALK, Channel.PRESS})


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


class ChangeKind(models.TextChoices):
    """Where a change of many touchpoints at once comes from."""

    FILE = "file", _("File")
    CHOICE = "choice", _("Chosen touchpoints")


class ChangeState(models.TextChoices):
    PROPOSED = "proposed", _("Checked, not applied")
    APPLIED = "applied", _("Applied")
    UNDONE = "undone", _("Undone")


MOST_ROWS = 300  # of one file, or chosen at once
# What a column of a file may be called, in lower case; the names of our own export come first.
COLUMNS: dict[str, tuple[str, ...]] = {
    "key": ("key", "touchpoint key", "id", "键", "导入用键"),
    "name": ("name", "touchpoint", "touchpoint name", "名称", "触点", "触点名称"),
    "phase": ("phase", "stage", "phase of the journey", "阶段"),
    "channel": ("channel", "渠道"),
    "owner_function": ("owner", "owner function", "function", "department", "负责方", "职能", "业务职能"),
    "owner_person": ("owner person", "responsible person", "person", "负责人"),
    "is_intended": ("designed", "designed on purpose", "intended", "是否有意设计", "有意设计"),
    "purpose": ("purpose", "goal", "目的"),
    "operational_metric": ("operational metric", "运营指标"),
    "side_effects": ("side effects", "副作用"),
}
NOT_READ = frozenset(
    {
        "archived",
        "已归档",
        "contribution",
        "contribution low",
        "contribution high",
        "contribution clear",
    }
)  # of our own export; archiving asks what would end
EMPTIES = frozenset({"–", "-", "—"})  # written into a cell that is to be emptied
