"""Surveys of employees, their waves, and answers that point at nobody.

What joins a person to an answer is nowhere: `SealedAnswer`, `Answer` and `Comment` know a wave and a group,
have random keys, and no column of them holds a time, an address, an order or a person
(`tests/architecture/test_unjoinable.py`).
"""

import uuid
from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import BusinessFunction, Letter, Membership, OrganizationModel
from common.columns import LineField, ProseField
from common.jobs import Job
from employee_voice.choices import (
    COMMENT_MINIMUM,
    DEFAULT_MINIMUM,
    LEAST_MINIMUM,
    ActionState,
    CommentState,
    Rhythm,
    WaveState,
    WorkKind,
)
from employee_voice.querysets import InvitedQuerySet, SurveyQuerySet, WaveQuerySet, WorkQuerySet


class Survey(OrganizationModel):
    """One row is a questionnaire for employees, asked in one wave or in many."""

    title = LineField(_("name of the survey"), max_length=120)
    content = models.JSONField()  # `questionnaires.stored.plain_questionnaire`
    bank = models.CharField(max_length=80, blank=True)  # "employee-voice 1.0": what it was made from
    is_archived = models.BooleanField(default=False)

    objects = SurveyQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title


class KeysToDestroy(models.Model):
    """One row is a wave that was deleted with its organization, by what its key files are called: the worker
    destroys what there is of them, for a day, so that neither a crash nor an opening on its way leaves any.
    """

    public_id = models.CharField(max_length=22, unique=True)
    since = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.public_id


class Wave(models.Model):
    """One row is one time that a survey is asked. No time in it is finer than a day."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="waves")
    number = models.PositiveIntegerField()
    public_id = models.CharField(max_length=22, unique=True)  # in the addresses of respondents
    state = models.CharField(max_length=10, choices=WaveState, default=WaveState.DRAFT)
    opens_on = models.DateField(_("first day"))
    closes_on = models.DateField(_("last day"))
    opened_on = models.DateField(null=True)  # the day on which it was opened, by hand or by the calendar
    closed_on = models.DateField(null=True)  # the last day on which anybody could answer
    opens_alone = models.BooleanField(_("open by the calendar"), default=False)
    reminders = models.JSONField(default=list)  # days before the last day, the earliest reminder first
    rhythm = models.CharField(_("repeat"), max_length=10, choices=Rhythm, default=Rhythm.ONCE)
    sample_pct = models.PositiveSmallIntegerField(_("share of people asked, %"), default=100)
    minimum = models.PositiveSmallIntegerField(_("smallest group shown"), default=DEFAULT_MINIMUM)
    comment_minimum = models.PositiveSmallIntegerField(default=COMMENT_MINIMUM)
    comment_reader = models.ForeignKey(
        Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    slip_place = LineField(_("where printed slips are available"), max_length=200, blank=True)
    content = models.JSONField(null=True)  # as it was at opening
    content_digest = models.CharField(max_length=64, blank=True)
    sealing_public = models.TextField(blank=True)
    keys_digest = models.CharField(max_length=64, blank=True)
    is_lost = models.BooleanField(default=False)  # its key was lost, and with it every answer
    unreadable = models.PositiveIntegerField(default=0)  # answers that did not open at closing

    objects = WaveQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="wave_number_unique"),
            models.CheckConstraint(condition=models.Q(state__in=WaveState.values), name="wave_state_known"),
            models.CheckConstraint(
                condition=models.Q(closes_on__gte=models.F("opens_on")), name="wave_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=models.Q(minimum__gte=LEAST_MINIMUM), name="wave_minimum_protects"
            ),
            models.CheckConstraint(
                condition=models.Q(comment_minimum__gte=models.F("minimum")),
                name="wave_comments_need_more_people",
            ),
            models.CheckConstraint(
                condition=models.Q(sample_pct__gte=1, sample_pct__lte=100), name="wave_sample_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey.title} · {self.number}"

    @property
    def is_open(self) -> bool:
        return self.state == WaveState.OPEN

    @property
    def first_day(self) -> date:
        """As it happened; as planned, before."""
        return self.opened_on or self.opens_on

    @property
    def last_day(self) -> date:
        """As it happened; as planned, before."""
        return self.closed_on or self.closes_on


class WaveWork(Job):
    """One row is one piece of long work on a wave: opening, letters, closing."""

    task = "employee_voice.tasks.do_work"

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="work")
    kind = models.CharField(max_length=10, choices=WorkKind)
    number = models.PositiveSmallIntegerField(default=1)  # of letters: 1 the invitation, 2 the first reminder

    objects = WorkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["wave", "kind", "number"],
                condition=models.Q(job_state__in=["queued", "running"]),
                name="wave_work_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.wave_id} {self.kind}"


class KeyGroup(models.Model):
    """One row is one signing key: the people of one function, or of several small ones together."""

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="groups")
    number = models.PositiveIntegerField()  # from 1; in links and in what is signed
    people = models.PositiveIntegerField()  # invited, and slips printed, when the key was made
    public_key = models.TextField()
    slips_printed = models.PositiveIntegerField(default=0)  # codes that were made last
    slips_used = models.PositiveIntegerField(
        default=0
    )  # counted when codes are withdrawn: at closing at the latest

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["wave", "number"], name="key_group_number_unique")]

    def __str__(self) -> str:
        return f"{self.wave_id}/{self.number}"


class WaveFunction(models.Model):
    """One row is a business function as it was when the wave opened.

    `group` is none where nobody of it was asked. `came_from`: what it was in the wave before, after a
    reorganization. `joined` and `left`: how many of those who could answer came and went since then, its
    parts included; written at publication, when the lists are compared for the last time.
    """

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="functions")
    function = models.ForeignKey(
        BusinessFunction, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = LineField(max_length=120)
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="parts")
    head = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    group = models.ForeignKey(
        KeyGroup, on_delete=models.CASCADE, null=True, blank=True, related_name="functions"
    )
    asked = models.PositiveIntegerField(default=0)
    slips = models.PositiveIntegerField(default=0)
    came_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="became"
    )
    joined = models.PositiveIntegerField(null=True)
    left = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["wave", "function"], name="wave_function_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """One row is an address on the list of a wave. Whether a credential was given is known, when is not.

    Rows are written anew, in an order drawn by chance, when the wave closes, and deleted when the next wave
    is published; `KeptList` is what stays. `letters` counts what was written to the address.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="invitations")
    wave_function = models.ForeignKey(
        WaveFunction, on_delete=models.CASCADE, null=True, blank=True, related_name="invitations"
    )
    group = models.ForeignKey(KeyGroup, on_delete=models.CASCADE, null=True, related_name="+")
    email = models.EmailField(max_length=254)
    language = models.CharField(max_length=12, blank=True)
    is_drawn = models.BooleanField(default=True)  # false: left out of a sample
    secret_digest = models.CharField(max_length=64, blank=True, db_index=True)
    was_given_credential = models.BooleanField(default=False)
    blinded_digest = models.CharField(max_length=64, blank=True)  # so that a lost answer can be given again
    letters = models.PositiveSmallIntegerField(default=0)
    letter = models.ForeignKey(Letter, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = InvitedQuerySet.as_manager()

    class Meta:
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(fields=["wave", "email"], name="invitation_once_in_a_wave"),
        ]

    def __str__(self) -> str:
        return self.email


class KeptList(models.Model):
    """One row is who was given a credential in one function of which a published wave tells something (none:
    the organization), without the functions below it that it tells of, as digests under a key of the survey
    (`services.lists`): of addresses, and of what stands before the @. Both are sorted, so that neither order
    nor time is in them.

    They go when the survey is archived, or one by one when a person is erased (`forgotten` counts those).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="kept_lists")
    wave_function = models.ForeignKey(WaveFunction, on_delete=models.CASCADE, null=True, related_name="+")
    addresses = models.JSONField(default=list)
    names = models.JSONField(default=list)
    people = models.PositiveIntegerField()
    forgotten = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "wave_function"], name="kept_list_of_a_function_once"),
            models.UniqueConstraint(
                fields=["wave"],
                condition=models.Q(wave_function__isnull=True),
                name="kept_list_of_the_whole_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wave_id}/{self.wave_function_id}"


class Slip(models.Model):
    """One row is a printed code that has not been used; using it deletes the row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="slip_rows")
    group = models.ForeignKey(KeyGroup, on_delete=models.CASCADE, related_name="slip_rows")
    code_digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "code_digest"], name="slip_code_unique")]


class SealedAnswer(models.Model):
    """One row is an answer that nobody can read before the wave closes; then it is dropped."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="sealed_answers")
    group = models.ForeignKey(KeyGroup, on_delete=models.CASCADE, related_name="sealed_answers")
    credential = models.CharField(max_length=64)  # sha256 of the signed message, or of the slip's code
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            # the one place where "once" is decided, whatever happens at the same instant
            models.UniqueConstraint(fields=["wave", "credential"], name="credential_lets_in_once")
        ]


class Answer(models.Model):
    """One row is what one person answered: numbers and choices by question. Written at closing, in an order
    drawn by chance, under a random key.

    `scores`: {question: number as text, list of choices, or why there is none}.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="answers")
    group = models.ForeignKey(KeyGroup, on_delete=models.CASCADE, related_name="answers")
    scores = models.JSONField(default=dict)
    was_fast = models.BooleanField(default=False)
    was_straight = models.BooleanField(default=False)


class Comment(models.Model):
    """One row is one text. It cannot be joined to the numbers of the same person, nor to another text."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="comments")
    group = models.ForeignKey(KeyGroup, on_delete=models.CASCADE, related_name="comments")
    question = models.CharField(max_length=60)
    text = ProseField()
    state = models.CharField(max_length=10, choices=CommentState, default=CommentState.WAITING)


class WaveResults(models.Model):
    """One row is everything that a published wave says: figures with what is hidden, decided once.

    `content`: `employee_voice.results.Results` by `cxstats.codec`; `digest` is of that text.
    """

    wave = models.OneToOneField(Wave, on_delete=models.CASCADE, related_name="results")
    content = models.JSONField()
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.wave_id} {self.digest[:8]}"


class FunctionAction(models.Model):
    """One row is what a function does about a driver after a wave, with the wave's figure beside it."""

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="actions")
    wave_function = models.ForeignKey(
        WaveFunction, on_delete=models.CASCADE, null=True, blank=True, related_name="actions"
    )  # none: the whole organization
    driver = models.CharField(max_length=60)
    text = ProseField(_("what we will do"), max_length=1000)
    owner = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("by when"))
    state = models.CharField(max_length=10, choices=ActionState, default=ActionState.PLANNED)

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=ActionState.values), name="function_action_state_known"
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]
