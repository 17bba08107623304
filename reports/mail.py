"""Letters about scheduled documents: plain, short, one link."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import ORGANIZATION_HEADER
from accounts.models import Membership
from accounts.reading import written_for, written_to
from common.text import one_line
from reports.models import Report, Schedule, ScheduleRun, ShareLink
from reports.wording import data_until_text, missed_text, schedule_text
from wording.formats import reader


def tell_member(
    asked: ScheduleRun, schedule: Schedule, report: Report, member: Membership, *, is_unchanged: bool
) -> None:
    """That a scheduled document is there, with the page on which it is downloaded."""
    with written_to(member):
        context = _about(asked, schedule, report, is_unchanged=is_unchanged)
        path = reverse("reports:report_detail", args=[schedule.organization.slug, report.pk])
        context |= {"person": member, "link": f"{settings.SITE_URL}{path}"}
        subject = _("To read: %(title)s") % {"title": report.title}
        _send(schedule, member.user.email, subject, "reports/mail/scheduled.txt", context)


def tell_outside(
    asked: ScheduleRun, schedule: Schedule, link: ShareLink, *, leads_to: str, to: str, is_unchanged: bool
) -> None:
    """The same to somebody without an account: the link, until when it works, and how to get no more."""
    with written_for(schedule.organization, schedule.language):
        context = _about(asked, schedule, link.report, is_unchanged=is_unchanged)
        context |= {
            "link": leads_to,
            "until": reader().day(schedule.organization.clock.day_of(link.expires_at)),
            "owner": schedule.owner,
            "address": schedule.owner.user.email,
        }
        subject = _("To read: %(title)s") % {"title": link.report.title}
        _send(schedule, to, subject, "reports/mail/scheduled_outside.txt", context, replies=True)


def tell_heir(schedule: Schedule, left_by: str) -> None:
    """Who looks after a schedule from now on."""
    member = schedule.owner
    with written_to(member):
        path = reverse("reports:schedule_detail", args=[schedule.organization.slug, schedule.pk])
        context = {
            "person": member,
            "left_by": left_by,
            "schedule": schedule_text(schedule),
            "link": f"{settings.SITE_URL}{path}",
        }
        subject = _("You now look after a scheduled document: %(schedule)s") % context
        _send(schedule, member.user.email, subject, "reports/mail/schedule_inherited.txt", context)


def _about(asked: ScheduleRun, schedule: Schedule, report: Report, *, is_unchanged: bool) -> dict[str, Any]:
    return {
        "title": report.title,
        "schedule": schedule_text(schedule),
        "until_text": data_until_text(report),
        "missed": missed_text([date.fromisoformat(day) for day in asked.missed]),
        "is_unchanged": is_unchanged,
    }


def _send(
    schedule: Schedule,
    to: str,
    subject: str,
    template: str,
    context: dict[str, Any],
    *,
    replies: bool = False,
) -> None:
    headers = {ORGANIZATION_HEADER: str(schedule.organization_id)}
    if replies:
        headers["Reply-To"] = schedule.owner.user.email
    letter = EmailMessage(
        subject=one_line(subject),
        body=render_to_string(template, context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
        headers=headers,
    )
    mailers.default.send_messages([letter])
