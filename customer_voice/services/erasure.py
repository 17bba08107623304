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
from accounts.services import record_event
from customer_voice.choices import Consent, EventState, ImportStage
from customer_voice.errors import NothingToErase
from customer_voice.importers import Staging
from customer_voice.models import (
    Contact,
    ErasedFeedback,
    Feedback,
    FormerAnswer,
    HalfAnswer,
    ImportBatch,
    ImportRowError,
    RecipientList,
    Source,
    Submission,
    SurveyEvent,
    SurveyInvitation,
)
from customer_voice.services.refusals import keep_no
from customer_voice.services.rollup import hold_rollup, refresh_rollup


@dataclass(frozen=True, kw_only=True, slots=True)
class Erased:
    """How many answers lost their words, and how many of them are gone altogether."""

    rows: int
    removed: int


@transaction.atomic
def erase_answer(*, by: Membership, answer: Feedback, removes_rows: bool = False) -> Erased:
    """Erase the words and the customer reference of one answer; see `erase_customer`."""
    rows = Feedback.objects.of(by.organization).filter(pk=answer.pk)
    return _erase(by, rows, removes_rows=removes_rows, what="answer")


@transaction.atomic
def erase_customer(*, by: Membership, customer: str, removes_rows: bool = False) -> Erased:
    """Erase the words and the reference of one customer in every answer.

    Scores and times stay and go on counting, unless `removes_rows`; an answer of words alone goes altogether.
    The contact is emptied too: what is left says that there was one, not who. Files that hold the words on
    this server go as well, and what keeps the answers out of later files is a digest. The trail says how
    many, and neither who nor what. Raises NothingToErase.
    """
    contacts = Contact.objects.of(by.organization).filter(external_reference=customer.strip() or None)
    known = list(contacts.exclude(external_reference=None).values_list("pk", flat=True))
    rows = Feedback.objects.of(by.organization).filter(contact__in=known)
    return _erase(by, rows, removes_rows=removes_rows, what="customer", contacts=known)


def erased_digests(organization: Organization) -> frozenset[str]:
    """What stays out of this organization's files. One query."""
    return frozenset(ErasedFeedback.objects.of(organization).values_list("digest", flat=True))


def identity_digest(source: str, metric_key: str, external_id: str) -> str:
    """One answer's identity, of which nothing can be read."""
    return sha256("\x00".join((source, metric_key, external_id)).encode()).hexdigest()


def leave_out_erased(
    table: Staging, organization: Organization, source: Source, metric_key: str
) -> list[int]:
    """Take out of the staged rows what was erased here; gives their numbers. Counts are held meanwhile."""
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
    held = hold_rollup(by.organization)
    answers = list(rows.select_related("metric", "submission__source").order_by("pk"))
    if not answers and not contacts:
        raise NothingToErase(_("There is no answer to erase."))
    gone = [answer for answer in answers if removes_rows or _is_words_alone(answer)]
    cells = {
        (answer.metric_id, answer.touchpoint_id, held.clock.day_of(answer.occurred_at))
        for answer in gone
        if answer.metric_id is not None
    }
    former = FormerAnswer.objects.of(held).filter(
        Q(answer__in=[answer.pk for answer in answers]) | Q(contact__in=contacts)
    )
    sources = {answer.submission.source_id for answer in answers}
    _keep_out(held, answers)
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
    if cells:
        refresh_rollup(organization=held, cells=cells)
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
    keys = list(SurveyInvitation.objects.filter(about).values_list("pk", flat=True))
    HalfAnswer.objects.filter(Q(invitation__in=keys) | Q(reply__submission__in=submissions)).delete()
    events = SurveyEvent.objects.filter(Q(invitation__in=keys) | Q(contact__in=contacts))
    events.filter(state=EventState.WAITING).update(state=EventState.CANCELED, settled_at=timezone.now())
    events.update(email="", name="", contact=None)
    SurveyInvitation.objects.filter(pk__in=keys).update(email="", name="", contact=None)
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
    """Nothing of the person stays, the account neither: who is one of three can be guessed."""
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
