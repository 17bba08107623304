"""Documents that leave by a link, and what those who got them say."""

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import ORGANIZATION_HEADER, Action
from accounts.leftovers import Departure, left_behind
from accounts.models import Membership, User
from accounts.permissions import may
from accounts.reading import written_to
from accounts.services import acting, record_event
from common.derived import SecretLost, derived, handed_out
from common.digests import digest_of_secret
from common.errors import InvalidValues
from common.jobs import JobState
from common.rows import locked
from common.text import legible, one_line, unbroken
from reports.choices import LINK_DAYS, Answer
from reports.errors import LinkEnded, NotShared, ReportClosed, ReportNotReady
from reports.models import Report, ReportAnswer, ShareLink

MOST_LINKS = 200  # that work at the same time, of one document
DOUBLE_CLICK = timedelta(minutes=2)  # the same once more within it is the same
LONGEST_NAME, LONGEST_COMMENT = 120, 2_000
MOST_ANSWERS = 50  # by one link: what is typed by somebody without an account has an end


def secret_of(link: ShareLink) -> str:
    """The secret of a link: recoverable by the server, and by nobody who reads the database alone. Raises
    SecretLost where another key of the installation made it."""
    return handed_out(lambda key: _secret(link, key), digest=link.secret_digest)


def _secret(link: ShareLink, key: str | None = None) -> str:
    return derived("reports.share_link", link.nonce, key=key).hex()


def address_of(link: ShareLink) -> str:
    """Where the link leads, with its host; empty where it cannot be told any more, though it still opens."""
    try:
        secret = secret_of(link)
    except SecretLost:
        return ""
    return f"{settings.SITE_URL}{reverse('shared', args=[secret])}"


def refuse_sharing(report: Report) -> None:
    """NotShared for what employees said; ReportClosed; ReportNotReady. `report` with its `closure`."""
    if report.wave_id is not None:
        raise NotShared(
            _(
                "Documents of the employee survey are not shared by a link: who may see which figures "
                "depends on the person who looks."
            )
        )
    if report.closure:
        raise ReportClosed(_("This document is closed, so it cannot be shared. Share the newer one instead."))
    if report.job_state != JobState.DONE:
        raise ReportNotReady(_("This document is not ready yet."))


@transaction.atomic
def share_report(*, by: Membership, report: Report, recipient: str, days: int) -> ShareLink:
    """A new link to a document for one recipient; a second click gets the link of the first.

    Raises InvalidValues and what `refuse_sharing` raises.
    """
    by = acting(by, Action.MAKE_REPORT)
    refuse_sharing(report)
    name, wrong = one_line(unbroken(recipient)), {}
    if not name:
        wrong["recipient"] = _("Say who gets this link. It shows you later who opened the document.")
    elif len(name) > LONGEST_NAME:
        wrong["recipient"] = _("Write at most %(most)s letters.") % {"most": LONGEST_NAME}
    if days not in LINK_DAYS:
        wrong["days"] = _("Choose one of the answers.")
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)
    now = timezone.now()
    same = ShareLink.objects.open(now).filter(report=locked(report), recipient=name, created_by=by)
    for twin in same.filter(created_at__gt=now - DOUBLE_CLICK):
        if twin.expires_at - twin.created_at == timedelta(days=days) and address_of(twin):
            return twin
    if ShareLink.objects.open(now).filter(report=report).count() >= MOST_LINKS:
        message = _("This document has %(count)s links already. Revoke some of them first.")
        raise NotShared(message % {"count": MOST_LINKS})
    link = ShareLink(
        organization=report.organization,
        report=report,
        recipient=name,
        nonce=secrets.token_hex(16),
        created_by=by,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    link.secret_digest = digest_of_secret(_secret(link))
    link.save()
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="report.shared",
        subject=report,
        after={"recipient": name, "until": link.expires_at.isoformat()},
    )
    return link


@transaction.atomic
def revoke_share_link(*, by: Membership, link: ShareLink) -> None:
    """It opens nothing any more. Doing it twice does no harm and is one entry of the trail."""
    by = acting(by, Action.MAKE_REPORT)
    _revoke(link, actor=by.user)


def _revoke(link: ShareLink, *, actor: User, left_by: str = "") -> None:
    if not ShareLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now()):
        return
    record_event(
        organization=link.organization,
        actor=actor,
        verb="report.share_revoked",
        subject=link.report,
        before={"recipient": link.recipient},
        after={"left_by": left_by},
    )


@left_behind("reports.ShareLink.created_by")
def revoke_links_of(departure: Departure) -> None:
    """Links of who is gone, or may not create documents any more."""
    member = departure.member
    if not departure.is_gone and may(member.role, Action.MAKE_REPORT):
        return
    links = ShareLink.objects.open(timezone.now()).filter(created_by=member)
    for link in links.select_related("organization", "report"):
        _revoke(link, actor=departure.by.user, left_by=str(member))


def refuse_ended(link: ShareLink) -> None:
    """LinkEnded where it was revoked or its time is over; ReportClosed where the document is closed."""
    if link.is_over:
        raise LinkEnded(_("This link has ended. Ask the person who gave it to you for a new one."))
    if link.report.closure:
        raise ReportClosed(
            _("This document was replaced by a newer one. Ask the person who gave you the link for that one.")
        )


@transaction.atomic
def note_opening(*, link: ShareLink) -> None:
    """The file was handed out by this link. The first time stands in the trail, all are counted.

    Raises what `refuse_ended` raises.
    """
    refuse_ended(link)
    now = timezone.now()
    is_first = ShareLink.objects.filter(pk=link.pk, first_opened_at=None).update(first_opened_at=now)
    ShareLink.objects.filter(pk=link.pk).update(openings=F("openings") + 1, last_opened_at=now)
    if is_first:
        record_event(
            organization=link.organization,
            actor=None,
            verb="report.share_opened",
            subject=link.report,
            after={"recipient": link.recipient},
        )


@transaction.atomic
def answer_by_link(*, link: ShareLink, answer: str, comment: str = "") -> ReportAnswer:
    """What who was given the link says. Raises InvalidValues and what `refuse_ended` raises."""
    refuse_ended(link)
    if link.answers.count() >= MOST_ANSWERS:
        raise NotShared(_("You have answered many times already. Write to the person who gave you the link."))
    return _answer(link.report, answer, comment, {"link": link}, actor=None, name=link.recipient)


@transaction.atomic
def answer_report(*, by: Membership, report: Report, answer: str, comment: str = "") -> ReportAnswer:
    """What a member says who may open the document. Raises InvalidValues; ReportClosed; ReportNotReady."""
    by = acting(by, Action.MAKE_REPORT)
    if report.closure:
        raise ReportClosed(_("This document is closed. Answer in the newer one instead."))
    if report.job_state != JobState.DONE:
        raise ReportNotReady(_("This document is not ready yet."))
    return _answer(report, answer, comment, {"member": by}, actor=by.user, name=str(by))


def _answer(
    report: Report, answer: str, comment: str, author: dict[str, Any], *, actor: User | None, name: str
) -> ReportAnswer:
    said, wrong = legible(comment).strip(), {}
    if answer not in Answer.values:
        wrong["answer"] = _("Choose one of the answers.")
    if answer == Answer.QUESTION and not said:
        wrong["comment"] = _("Write your question.")
    if len(said) > LONGEST_COMMENT:
        wrong["comment"] = _("Write at most %(most)s letters.") % {"most": LONGEST_COMMENT}
    if wrong:
        raise InvalidValues(_("Some values cannot be used."), fields=wrong)
    twin: ReportAnswer | None = ReportAnswer.objects.filter(
        report=locked(report),
        answer=answer,
        comment=said,
        at__gt=timezone.now() - DOUBLE_CLICK,
        **author,
    ).first()
    if twin is not None:
        return twin
    row = ReportAnswer.objects.create(
        organization=report.organization, report=report, answer=answer, comment=said, **author
    )
    record_event(
        organization=report.organization,
        actor=actor,
        verb="report.answered",
        subject=report,
        after={"recipient": name, "answer": answer, "comment": said},
    )
    _tell(row, name)
    return row


def _tell(row: ReportAnswer, name: str) -> None:
    """Write to who gave the link, or had the document created, unless it is the one who answers."""
    owner = row.link.created_by if row.link else row.report.created_by
    if owner is None or owner.pk == row.member_id or not owner.has_access:
        return
    with written_to(owner):
        subject = {
            Answer.READ: _("%(name)s has read “%(title)s”"),
            Answer.AGREED: _("%(name)s agrees with “%(title)s”"),
        }.get(Answer(row.answer), _("%(name)s has a question about “%(title)s”"))
        path = reverse("reports:report_share", args=[row.report.organization.slug, row.report_id])
        context = {"person": owner, "row": row, "name": name, "link": f"{settings.SITE_URL}{path}"}
        letter = EmailMessage(
            subject=one_line(subject % {"name": name, "title": row.report.title}),
            body=render_to_string("reports/mail/answer.txt", context),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[owner.user.email],
            headers={ORGANIZATION_HEADER: str(owner.organization_id)},
        )
    mailers.default.send_messages([letter])
