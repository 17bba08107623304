"""Who wants no more surveys: said by a link or on the customer's record, and taken back by the person alone,
or by an administrator with a reason.
"""

from collections.abc import Iterable, Sequence
from itertools import batched

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from accounts.services import one_at_a_time, record_event
from common.digests import digest_of_secret
from common.errors import InvalidValues
from common.text import one_line
from customer_voice.choices import LEAST_REASON, MOST_REASON, Consent, EventState
from customer_voice.models import Contact, NoMoreSurveys, SurveyEvent, SurveyInvitation
from customer_voice.selectors.customers import unsubscribed

VALUES_AT_ONCE = 5_000


def lots(values: Sequence[str]) -> Iterable[tuple[str, ...]]:
    """As many as a statement takes on both databases."""
    return batched(values, VALUES_AT_ONCE, strict=False)


def is_unsubscribed(invitation: SurveyInvitation) -> bool:
    """Whether the person of a personal link wants no more surveys. Two queries."""
    return bool(invitation.email) and bool(unsubscribed(invitation.survey.organization, [invitation.email]))


@transaction.atomic
def stop_surveys(*, invitation: SurveyInvitation) -> None:
    """No more surveys of this organization to this address, by any list, survey, event or import. Every
    contact with the address is marked as well, and what waits for it is canceled. Twice does no harm.
    """
    organization, email = invitation.survey.organization, invitation.email
    if not email:
        return
    keep_no(organization, [email])
    now = timezone.now()
    SurveyInvitation.objects.filter(
        survey__organization=organization, email=email, stopped_at__isnull=True
    ).update(stopped_at=now)
    Contact.objects.of(organization).filter(email__iexact=email).exclude(consent=Consent.WITHDRAWN).update(
        consent=Consent.WITHDRAWN, consent_changed_at=now
    )


def keep_no(organization: Organization, emails: Iterable[str]) -> None:
    """Write the "no" of these addresses down where it outlives records, and cancel what waits for them."""
    wanted = sorted({email.strip().lower() for email in emails} - {""})
    rows = [NoMoreSurveys(organization=organization, digest=digest_of_secret(email)) for email in wanted]
    NoMoreSurveys.objects.bulk_create(rows, ignore_conflicts=True)
    SurveyEvent.objects.filter(
        survey__organization=organization, email__in=wanted, state=EventState.WAITING
    ).update(state=EventState.UNSUBSCRIBED, settled_at=timezone.now())


@transaction.atomic
def resume_surveys(*, invitation: SurveyInvitation) -> None:
    """The person takes the "no" back, by the personal link. Twice does no harm."""
    organization, email = invitation.survey.organization, invitation.email
    if email and _lift(organization, email):
        record_event(
            organization=organization,
            actor=None,
            verb="customer_survey.no_taken_back",
            subject=invitation.survey,
        )


@transaction.atomic
def lift_no(*, by: Membership, email: str, reason: str) -> None:
    """An administrator takes the "no" of an address back. The trail keeps the reason, and not the address.

    Raises InvalidValues where no reason is given, or the address has not said no.
    """
    one_at_a_time(by.organization)
    reason = one_line(reason)
    if not LEAST_REASON <= len(reason) <= MOST_REASON:
        text = _("Say why, in %(least)d to %(most)d characters.") % {
            "least": LEAST_REASON, "most": MOST_REASON,
        }  # fmt: skip
        raise InvalidValues(text, fields={"reason": text})
    if not _lift(by.organization, email.strip().lower()):
        text = _("This address has not unsubscribed.")
        raise InvalidValues(text, fields={"email": text})
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="customer_survey.no_lifted",
        subject=by.organization,
        after={"reason": reason},
    )


def _lift(organization: Organization, email: str) -> bool:
    """Whether there was a "no" to take back."""
    if not email or not unsubscribed(organization, [email]):
        return False
    NoMoreSurveys.objects.of(organization).filter(digest=digest_of_secret(email)).delete()
    SurveyInvitation.objects.filter(survey__organization=organization, email=email).update(stopped_at=None)
    Contact.objects.of(organization).filter(email__iexact=email, consent=Consent.WITHDRAWN).update(
        consent=Consent.GIVEN, consent_changed_at=timezone.now()
    )
    return True
