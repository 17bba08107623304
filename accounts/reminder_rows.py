"""Rows of reminders: who wants to be reminded of what, and of what somebody was."""

from django.db import models

from common.dates import MOST_DAYS_BEFORE


class ReminderWish(models.Model):
    """One row is how one person wants to be reminded of one kind of day; without a row, as the kind says."""

    member = models.ForeignKey("accounts.Membership", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=30)
    days_before = models.PositiveSmallIntegerField(null=True, blank=True)  # none: not at all

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "kind"], name="reminder_wish_once"),
            models.CheckConstraint(
                condition=models.Q(days_before=None) | models.Q(days_before__lte=MOST_DAYS_BEFORE),
                name="reminder_wish_in_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.days_before}"


class ReminderLetter(models.Model):
    """One row is the one letter with reminders that a person gets on a day."""

    member = models.ForeignKey("accounts.Membership", on_delete=models.CASCADE, related_name="+")
    sent_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "sent_on"], name="reminder_letter_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.sent_on}"


class Reminder(models.Model):
    """One row is one day of which one person was reminded: never again of the same one."""

    member = models.ForeignKey("accounts.Membership", on_delete=models.CASCADE, related_name="+")
    letter = models.ForeignKey(ReminderLetter, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=30)
    subject = models.CharField(max_length=100)
    on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "kind", "subject", "on"], name="reminded_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} {self.on}"
