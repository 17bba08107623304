"""A customer's words are erased on request, and a file that is sent again does not bring them back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from accounts.services import erase_letters, one_at_a_time, record_event
from common.collisions import done_again
from common.jobs import JobState
from common.named_locks import hold, share
from customer_voice.choices import Consent, EventState, ImportStage
from customer_voice.errors import NothingToErase
from customer_voice.importers import Staging, rows_where
from customer_voice.models import (
    Contact,
    ContactReference,
    CustomerFile,
    ErasedFeedback,
    Feedback,
    FormerAnswer,
    FormerCustomer,
    FormerMerge,
    HalfAnswer,
    ImportBatch,
    ImportRowError,
    RecipientList,
    Source,
    Submission,
    SurveyEvent,
    SurveyInvitation,
)
from customer_voice.selectors.customers import contact_named
from customer_voice.selectors.kept_calls import whom
from customer_voice.services.kept_calls import forget_calls_about
from customer_voice.services.recounts import note_changes
from customer_voice.services.refusals import keep_no


@dataclass(frozen=True, kw_only=True, slots=True)
class Erased:
    """How many answers lost their words, and how many of them are gone altogether."""

    rows: int
    removed: int


@done_again
@transaction.atomic
def erase_answer(*, by: Membership, answer: Feedback, removes_rows: bool = False) -> Erased:
    """Erase the words and the customer reference of one answer; see `erase_customer`."""
    wait_for_writers(by.organization)
    rows = Feedback.objects.of(by.organization).filter(pk=answer.pk)
    return _erase(by, rows, removes_rows=removes_rows, what="answer")


@done_again
@transaction.atomic
def erase_customer(*, by: Membership, customer: str, removes_rows: bool = False) -> Erased:
    """Erase the words and the reference of one customer in every answer.

    Scores and times stay and go on counting, unless `removes_rows`; an answer of words alone goes altogether.
    The contact is emptied too: what is left says that there was one, not who. Files that hold the words on
    this server go as well, and what keeps the answers out of later files is a digest. The trail says how
    many, and neither who nor what. Raises NothingToErase.
    """
    wait_for_writers(by.organization)
    contact = contact_named(by.organization, customer.strip()) if customer.strip() else None
    known = [] if contact is None else [contact.pk]
    rows = Feedback.objects.of(by.organization).filter(contact__in=known)
    return _erase(by, rows, removes_rows=removes_rows, what="customer", contacts=known)


@done_again
@transaction.atomic
def erase_contact(*, by: Membership, contact: Contact, removes_rows: bool = False) -> Erased:
    """The same of one contact, with a reference or without. Raises NothingToErase where it was done before.

    That the person said no to surveys stays known, as a digest of the address: whoever comes back by another
    list stays out.
    """
    wait_for_writers(by.organization)
    held = Contact.objects.select_for_update().get(pk=contact.pk)
    if held.erased_at is not None:
        raise NothingToErase(_("This person's data were erased before."))
    rows = Feedback.objects.of(by.organization).filter(contact=held)
    return _erase(by, rows, removes_rows=removes_rows, what="customer", contacts=[held.pk])


def erase_nothing_meanwhile(organization: Organization) -> None:
    """Whoever writes answers calls it first: an erasure waits until they are in, and is waited for.

    Else words could come back that were erased between the look for digests and the writing. Writers share it
    and do not wait for one another.
    """
    share(_erasing(organization))


def wait_for_writers(organization: Organization) -> None:
    """Wait for whoever writes answers, and let nobody begin; nor change contacts and accounts meanwhile."""
    hold(_erasing(organization))
    one_at_a_time(organization)


def _erasing(organization: Organization) -> str:
    return f"customer_voice.erasing:{organization.pk}"


def erased_digests(organization: Organization) -> frozenset[str]:
    """What stays out of this organization's files. One query."""
    return frozenset(ErasedFeedback.objects.of(organization).values_list("digest", flat=True))


def identity_digest(source: str, metric_key: str, external_id: str) -> str:
    """One answer's identity, of which nothing can be read."""
    return sha256("\x00".join((source, metric_key, external_id)).encode()).hexdigest()


def is_any_erased(
    organization: Organization, source: Source, metric_key: str, external_ids: Sequence[str]
) -> bool:
    """Whether one of a few answers was erased here. One query, which every answer by API pays for."""
    digests = {identity_digest(source.name, metric_key, name) for name in external_ids}
    return bool(rows_where(ErasedFeedback, ("id",), {"organization_id": organization.pk, "digest": digests}))


def leave_out_erased(
    table: Staging, organization: Organization, source: Source, metric_key: str
) -> list[int]:
    """Take out of the staged rows what was erased here; gives their numbers."""
    erased = erased_digests(organization)
    if not erased:
        return []
    numbers = [
        number
        for number, external_id in table.identities()
        if identity_digest(source.name, metric_key, external_id) in erased
    ]
    table.remove_rows(numbers)
    return numbers


def _erase(
    by: Membership,
    rows: "QuerySet[Feedback]",
    *,
    removes_rows: bool,
    what: str,
    contacts: Sequence[int] = (),
) -> Erased:
    held = by.organization
    answers = list(rows.select_related("metric", "submission__source").order_by("pk"))
    if not answers and not contacts:
        raise NothingToErase(_("There is no answer to erase."))
    gone = [answer for answer in answers if removes_rows or _is_words_alone(answer)]
    changed = {
        (answer.metric_id, answer.touchpoint_id, answer.occurred_at, answer.occurred_at)
        for answer in gone
        if answer.metric_id is not None
    }
    former = FormerAnswer.objects.of(held).filter(
        Q(answer__in=[answer.pk for answer in answers]) | Q(contact__in=contacts)
    )
    sources = {answer.submission.source_id for answer in answers}
    _keep_out(held, answers)
    forget_calls_about(held, whom(contacts, answers))
    _forget_files(held, sources.union(former.values_list("answer__submission__source", flat=True)))
    former.update(text="", contact=None)  # taking an import back must not bring the words back
    spoke = {answer.contact_id for answer in answers if answer.contact_id is not None}
    Feedback.objects.filter(pk__in=[answer.pk for answer in answers]).update(text="", contact=None)
    _forget_invitations(held, answers, contacts)
    _remove(gone)
    leaving = [*contacts, *_known_by_answers_alone(spoke)]
    said_no = Contact.objects.filter(pk__in=leaving, consent=Consent.WITHDRAWN).exclude(email="")
    keep_no(held, said_no.values_list("email", flat=True))
    emptied = _empty_contacts(leaving)
    note_changes(organization=held, spans=changed)
    record_event(
        organization=held,
        actor=by.user,
        verb="feedback.erased",
        subject=held,
        after={"by": what, "answers": len(answers), "removed": len(gone), "contacts": emptied},
    )
    return Erased(rows=len(answers), removed=len(gone))


def _forget_invitations(
    organization: Organization, answers: Sequence[Feedback], contacts: Sequence[int]
) -> None:
    """Who was asked by e-mail: address and name go, what is counted stays, and the link stays used."""
    submissions = {answer.submission_id for answer in answers}
    about = Q(reply__submission__in=submissions) | Q(contact__in=contacts)
    for email in Contact.objects.filter(pk__in=contacts).exclude(email="").values_list("email", flat=True):
        about |= Q(
            survey__organization=organization, email=email.lower()
        )  # asked before the contact was known
    rows = SurveyInvitation.objects.filter(
        pk__in=list(SurveyInvitation.objects.filter(about).values_list("pk", flat=True))
    )
    keys = list(rows.values_list("pk", flat=True))
    HalfAnswer.objects.filter(Q(invitation__in=keys) | Q(reply__submission__in=submissions)).delete()
    events = SurveyEvent.objects.filter(Q(invitation__in=keys) | Q(contact__in=contacts))
    events.filter(state=EventState.WAITING).update(state=EventState.CANCELED, settled_at=timezone.now())
    events.update(email="", name="", contact=None)
    # a letter that a mail server refused stays out of the base of the response rate
    rows.filter(letter__job_state=JobState.FAILED, bounced_at=None).update(bounced_at=timezone.now())
    erase_letters(list(rows.exclude(letter=None).values_list("letter_id", flat=True)))
    rows.update(email="", name="", contact=None)
    RecipientList.objects.filter(survey__organization=organization).delete()  # it may name the person


def _remove(answers: Sequence[Feedback]) -> None:
    """Delete answers, and the submissions that hold no other one."""
    Feedback.objects.filter(pk__in=[answer.pk for answer in answers]).delete()
    submissions = {answer.submission_id for answer in answers}
    Submission.objects.filter(pk__in=submissions).exclude(
        pk__in=Feedback.objects.filter(submission__in=submissions).values("submission")
    ).delete()


def _known_by_answers_alone(contacts: Collection[int]) -> list[int]:
    """Contacts of whom there is a reference and nothing else, now that no answer points at them."""
    rows = Contact.objects.filter(pk__in=contacts, name="", email="", account=None)
    left = rows.exclude(pk__in=Feedback.objects.filter(contact__in=contacts).values("contact"))
    return list(left.values_list("pk", flat=True))


def _empty_contacts(contacts: Collection[int]) -> int:
    """Nothing of the person stays, the account neither: who is one of three can be guessed.

    Lists that wait to be taken in go too, where somebody is emptied: they may hold the name.
    """
    ContactReference.objects.filter(contact__in=contacts).delete()
    if contacts:
        owners = Contact.objects.filter(pk__in=contacts).values("organization")
        CustomerFile.objects.filter(organization__in=owners).delete()
        # taking a list or a merge back must not bring the person back
        FormerCustomer.objects.filter(contact__in=contacts).delete()
        FormerMerge.objects.filter(contact__in=contacts).delete()
    return Contact.objects.filter(pk__in=contacts, erased_at=None).update(
        external_reference=None,
        name="",
        email="",
        account=None,
        segment="",
        language="",
        consent=Consent.UNKNOWN,
        consent_changed_at=None,
        erased_at=timezone.now(),
    )


def _is_words_alone(answer: Feedback) -> bool:
    is_case = answer.metric is not None and answer.metric.calculation.counts_cases
    return answer.score is None and not is_case


def _keep_out(organization: Organization, answers: Sequence[Feedback]) -> None:
    """Write down the digests; the same words sent without their metric would be another answer, so both."""
    digests = {
        identity_digest(answer.submission.source.name, key, answer.submission.external_id)
        for answer in answers
        for key in (answer.metric_key, "")
    }
    ErasedFeedback.objects.bulk_create(
        [ErasedFeedback(organization=organization, digest=digest) for digest in sorted(digests)],
        ignore_conflicts=True,
    )


def _forget_files(organization: Organization, sources: Collection[int]) -> None:
    """Delete imported files of these sources, and what reports on files quote from them."""
    batches = ImportBatch.objects.of(organization).filter(source__in=sources)
    ImportRowError.objects.filter(batch__in=batches).update(value="")
    for batch in batches:
        batch.changes = {name: value for name, value in batch.changes.items() if name != "sample"}
        batch.words_read = {}  # somebody may have written a sentence behind a figure
        batch.undone = {name: value for name, value in batch.undone.items() if name != "named"}
        batch.save(update_fields=["changes", "words_read", "undone"])
        if batch.stage == ImportStage.IMPORTED:
            forget_file(batch)


def forget_file(batch: ImportBatch) -> None:
    """Delete an imported file, whose rows are in; it holds words that were erased."""
    if batch.file:
        storage, name = batch.file.storage, str(batch.file.name)
        batch.file = ""
        batch.save(update_fields=["file"])
        transaction.on_commit(partial(storage.delete, name))
