"""People, organizations and what ties them together."""

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from accounts.choices import Currency, Role, Theme, WeekStart
from accounts.querysets import (
    ApiTokenQuerySet,
    InvitationQuerySet,
    LetterQuerySet,
    MembershipQuerySet,
    OrganizationQuerySet,
)
from accounts.reminder_rows import Reminder as Reminder
from accounts.reminder_rows import ReminderLetter as ReminderLetter
from accounts.reminder_rows import ReminderWish as ReminderWish
from common.clock import Clock
from common.columns import LineField
from common.jobs import Job
from common.outbox import OutboxDelivery, OutboxEvent
from common.reckoning import Reckoning
from wording.formats import Territory, likely_territory


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """One row is one person who can sign in, whatever organizations they belong to."""

    email = models.EmailField(_("e-mail address"), max_length=254)
    name = LineField(_("name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    territory = models.CharField(_("format of dates and numbers"), max_length=2, blank=True)
    theme = models.CharField(max_length=5, choices=Theme, default=Theme.AUTO)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email

    @property
    def initials(self) -> str:
        words = (self.name or self.email).replace("@", " ").split()
        return "".join(word[0] for word in words[:2]).upper()


class Organization(models.Model):
    """One row is one wall: nothing inside is ever seen from another organization."""

    name = LineField(_("name"), max_length=150)
    slug = models.SlugField(max_length=60, unique=True)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency, default=Currency.USD)
    time_zone = models.CharField(_("time zone"), max_length=50, default="UTC")
    language = models.CharField(_("language"), max_length=12, default="en")
    # CLDR territory whose format is used; empty: that of the time zone
    territory = models.CharField(_("format of dates and numbers"), max_length=2, blank=True)
    discount_rate_pct = models.DecimalField(
        _("discount rate, % a year"), max_digits=5, decimal_places=2, default=8
    )
    week_begins = models.PositiveSmallIntegerField(
        _("first day of the week"), choices=WeekStart, default=WeekStart.MONDAY
    )
    # 1 to 12; a fiscal year is called by the year in which it ends
    year_begins = models.PositiveSmallIntegerField(
        _("first month of the fiscal year"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    confirms_finance = models.BooleanField(
        _("a second administrator confirms finance reviewers"), default=True
    )
    is_demo = models.BooleanField(default=False)
    reminded_on = models.DateField(null=True, blank=True)  # the day whose reminders are written
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(week_begins__in=WeekStart.values, year_begins__gte=1, year_begins__lte=12),
                name="organization_reckoning_known",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def language_name(self) -> str:
        """The language of its e-mail and reports, as the reader calls it."""
        return str(dict(settings.LANGUAGES).get(self.language, self.language))

    @property
    def clock(self) -> Clock:
        """What day it is here. Every rule about days asks it."""
        return Clock(ZoneInfo(self.time_zone))

    @property
    def year_begins_in(self) -> str:
        """The month, as the reader calls it."""
        return str(MONTHS[self.year_begins])

    @property
    def reckoning(self) -> Reckoning:
        """When weeks, quarters and years begin here."""
        return Reckoning(week_begins=self.week_begins, year_begins=self.year_begins)

    @property
    def format(self) -> Territory:
        """How dates and numbers are written here. One that nobody chose never decides how input is read."""
        return Territory(
            code=self.territory or likely_territory(self.time_zone),
            is_chosen=bool(self.territory),
            year_begins=self.year_begins,
        )


class OrganizationModel(models.Model):
    """Abstract. Everything an organization owns, reached only through `.of(organization)`."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        abstract = True


class BusinessFunction(OrganizationModel):
    """One row is a department or business unit: what seats, touchpoints and people belong to.

    Functions form a tree: `parent` is the larger unit that this one is part of, `head` who leads it.
    """

    key = models.SlugField(max_length=60)
    name = LineField(_("name"), max_length=120)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts")
    head = models.ForeignKey(
        "accounts.Membership", on_delete=models.SET_NULL, null=True, blank=True, related_name="heads"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="function_key_unique"),
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")), name="function_is_not_part_of_itself"
            ),
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(OrganizationModel):
    """One row is one person in one organization, with one role."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    function = models.ForeignKey(
        BusinessFunction, on_delete=models.SET_NULL, null=True, blank=True, related_name="members"
    )
    job_title = LineField(_("job title"), max_length=120, blank=True)
    role_given_by = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)  # of a finance reviewer, in the present role
    confirmed_by = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)
    guide_hidden_at = models.DateTimeField(null=True, blank=True)  # put the guided start away

    objects = MembershipQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="membership_unique"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def has_access(self) -> bool:
        """Whether this person can still come in. No query where the user was selected."""
        return self.is_active and self.user.is_active


class Invitation(OrganizationModel):
    """One row is one invitation. The link's secret is not stored: nonce and server key make it."""

    email = models.EmailField(_("e-mail address"))
    name = LineField(_("name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role)
    function = models.ForeignKey(
        BusinessFunction, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    invited_by = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+")
    nonce = models.CharField(max_length=32, blank=True)  # empty: made before links could be copied
    token_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="invitations"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()  # type: ignore[misc]

    def __str__(self) -> str:
        return self.email

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    def is_for(self, user: User) -> bool:
        """Whether it was sent to this person's address."""
        return self.email.lower() == user.email.lower()


class ApiToken(models.Model):
    """One row is a key for programs: acts as its member, never with more rights than the member."""

    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="api_tokens")
    name = LineField(_("name"), max_length=80)
    prefix = models.CharField(max_length=12)
    token_digest = models.CharField(max_length=64, unique=True)
    is_read_only = models.BooleanField(_("read-only"), default=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Letter(Job):
    """One row is one e-mail on its way out. Its words, which may hold a secret link, go when it is sent."""

    task = "accounts.tasks.send_letter"
    most_attempts = 60  # a mail server may be away for an hour or two
    lot_task = "accounts.tasks.send_letters"

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, null=True, blank=True, related_name="letters"
    )  # none: a letter about the account itself
    sender = models.CharField(max_length=320)
    recipient = models.EmailField(max_length=254, db_index=True)
    subject = models.CharField(max_length=998)
    body = models.TextField(blank=True)
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.subject


class Event(OrganizationModel, OutboxEvent):
    """One row is one thing that happened, for the apps above; see `common.outbox`."""

    class Meta:
        indexes = [models.Index(fields=["subject", "id"], name="event_subject")]


class EventDelivery(OutboxDelivery):
    """One row is one event for one reader, waiting, done or stuck."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "reader"], name="event_read_once")]
        indexes = [
            models.Index(
                fields=["reader", "subject"], name="delivery_waiting", condition=models.Q(done_at=None)
            )
        ]


class AuditEvent(OrganizationModel):
    """One row is one change somebody may have to answer for. Rows are only ever added.

    The database refuses UPDATE, DELETE and TRUNCATE (`accounts.append_only`), except within `erasing`.
    """

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    actor_name = LineField(max_length=254, blank=True)
    verb = models.CharField(max_length=60)  # "initiative.approved"
    subject = models.CharField(max_length=200)  # what it was about, in words
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["organization", "subject_type", "subject_id"])]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The audit trail is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("The audit trail is append-only.")


class Erasure(models.Model):
    """One row is one time that the trail itself was changed: a person's name erased, an organization deleted.

    `is_open` is true only inside the transaction that erases; the triggers look at it
    (`accounts.append_only`), and let nothing else of a row change.
    """

    at = models.DateTimeField(default=timezone.now)
    by_name = models.CharField(max_length=254)
    reason = models.CharField(max_length=300)
    subject = models.CharField(max_length=200)  # never the erased name itself
    is_open = models.BooleanField(default=True)
    transaction_id = models.CharField(
        max_length=20, blank=True, editable=False
    )  # PostgreSQL writes it itself

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.subject}: {self.reason}"


class FormReceipt(OrganizationModel):
    """One row is a form that has made something: the same form, sent again, leads to the same place.

    `digest` is that of the person, the page, its token and what was typed; nothing of it can be read back.
    """

    digest = models.CharField(max_length=64, unique=True)
    location = models.CharField(max_length=500)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.location


class Branding(OrganizationModel):
    """One row is how an organization looks in what it hands out: a logo, a color, or both.

    `public_id` stands in the addresses of logo and style sheet, which anybody may read who was asked by a
    survey; it is another one after every change. Files of former logos stay: documents were drawn with them.
    """

    accent = models.CharField(_("color"), max_length=7, blank=True)  # #rrggbb; empty: the product's own
    logo = models.FileField(upload_to="brand/", blank=True)  # a PNG of ours (`accounts.pictures`)
    logo_digest = models.CharField(max_length=64, blank=True)
    logo_width = models.PositiveSmallIntegerField(default=0)
    logo_height = models.PositiveSmallIntegerField(default=0)
    public_id = models.CharField(max_length=32, unique=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="one_branding_of_an_organization")
        ]

    def __str__(self) -> str:
        return self.accent or self.logo_digest[:12]


class Session(AbstractBaseSession):
    """One row is one browser that somebody is signed in with (or a visitor's); the person can end it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")

    class Meta:
        indexes = [models.Index(fields=["user", "expire_date"])]

    def __str__(self) -> str:
        return f"session of {self.user_id or 'a visitor'}"
