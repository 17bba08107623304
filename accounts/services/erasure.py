"""The named and recorded exceptions to a trail that only grows."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.files.storage import Storage
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.append_only import erasing
from accounts.errors import AccountInUse, StillActive
from accounts.models import AuditEvent, Invitation, Letter, Membership, Organization, Session, User
from accounts.services.trail import record_event
from common.errors import InvalidValues
from common.registry import NamesKept, PersonErased, digests_kept, goodbyes, names_kept

ERASED = "Erased person"


@transaction.atomic
def erase_person(*, user: User, by_name: str, reason: str) -> None:
    """Forget a person's name and address: in the account, in invitations, letters and the tallies of votes,
    and all over the trail.

    What was done stays, by "Erased person 12"; each organization's trail says that it happened. What people
    typed about the person into texts of their own is theirs to change; what a digest binds (versions that
    were voted on, inputs of studies and values, documents) stays as it was, or it could prove nothing.
    Raises StillActive while the person has access somewhere, InvalidValues without a name and a reason.
    """
    _require(by_name=by_name, reason=reason)
    if Membership.objects.active().filter(user=user).exists():
        raise StillActive(_("This person still has access. Remove it first, in every organization."))
    forget = _forgetter(_names_of(user), f"{ERASED} {user.pk}")
    address = f"erased-{user.pk}@erased.invalid"
    organizations = list(Organization.objects.filter(pk__in=user.memberships.values("organization")))
    known = frozenset({user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)})
    with erasing(by_name=by_name, reason=reason, subject=f"accounts.user {user.pk}"):
        for organization in organizations:
            for kept in (*_own_names(organization), *names_kept.ask(organization)):
                _forget_in(kept, forget)
            for _rows in digests_kept.ask(PersonErased(organization=organization, addresses=known)):
                pass  # each provider has acted by now
        Invitation.objects.filter(email__iexact=user.email).update(email=address, name="")
        EmailAddress.objects.filter(user=user).delete()
        Authenticator.objects.filter(user=user).delete()
        Session.objects.filter(user=user).delete()
        Letter.objects.filter(recipient__iexact=user.email).delete()
        user.name, user.email, user.is_active = f"{ERASED} {user.pk}", address, False
        user.set_unusable_password()
        user.save(update_fields=["name", "email", "is_active", "password"])
        for organization in organizations:
            record_event(
                organization=organization,
                actor=None,
                verb="person.erased",
                subject=user,
                after={"by": by_name, "reason": reason},
            )


def close_own_account(*, user: User, is_sure: bool) -> None:
    """Erase an account at the wish of its person, where no organization has it in its records any more. There
    is no way back; the record of it is in `Erasure`.

    Raises AccountInUse for a member, also a former one: what was done there is the organization's to answer
    for. And for who runs the installation. InvalidValues where it was not confirmed.
    """
    if user.is_staff or user.memberships.exists():
        raise AccountInUse(
            _("This account stands in the records of an organization. Ask its administrator to erase it.")
        )
    if not is_sure:
        message = _("Tick the box first: this cannot be undone.")
        raise InvalidValues(message, fields={"sure": message})
    erase_person(user=user, by_name="The person", reason="Closed by the person")


@transaction.atomic
def delete_organization(*, organization: Organization, by_name: str, reason: str) -> list[str]:
    """Everything of one organization, files, keys and trail included. People's accounts stay. There is no way
    back.

    The record of it stays in `Erasure`. Returns what goes beside rows and files, in sentences. Raises
    InvalidValues without a name and a reason.
    """
    _require(by_name=by_name, reason=reason)
    said = list(goodbyes.ask(organization))
    files = []
    with erasing(by_name=by_name, reason=reason, subject=f"{organization.name} ({organization.slug})"):
        for model, path in _owned_models():
            rows = model._base_manager.filter(**{path: organization})
            files += list(_files_of(rows))
            rows._raw_delete(rows.db)
        Organization.objects.filter(pk=organization.pk)._raw_delete(using="default")
    acts: list[Callable[[], object]] = [one.act for one in said]
    acts += [partial(storage.delete, name) for storage, name in files]
    for act in acts:
        transaction.on_commit(act, robust=True)  # one that fails keeps no other from going
    return [one.text for one in said if one.text]


def _own_names(organization: Organization) -> tuple[NamesKept, ...]:
    """The trail, and letters: the words of a sent one are gone, its subject names who invited."""
    return (
        NamesKept(
            rows=AuditEvent.objects.filter(organization=organization),
            fields=("actor_name", "subject", "before", "after"),
        ),
        NamesKept(
            rows=Letter.objects.filter(organization=organization),
            fields=("sender", "subject", "body", "html", "headers"),
        ),
    )


def _forget_in(kept: NamesKept, forget: Any) -> None:
    for row in kept.rows.iterator():
        known = {name: getattr(row, name) for name in kept.fields}
        changed = {name: forget(value) for name, value in known.items()}
        if changed != known:
            type(row)._base_manager.filter(pk=row.pk).update(**changed)


def _names_of(user: User) -> set[str]:
    """The address and every name that the person acted under."""
    names = set(AuditEvent.objects.filter(actor=user).values_list("actor_name", flat=True))
    for event in AuditEvent.objects.filter(actor=user, verb="person.renamed"):
        names |= {event.before.get("name", ""), event.after.get("name", "")}
    return names | {user.email, user.name}


def _require(**said: str) -> None:
    missing = {name: _("This field is required.") for name, text in said.items() if not text.strip()}
    if missing:
        raise InvalidValues(_("Say who is erasing, and why."), fields=missing)


def _forgetter(words: Iterable[str], stand_in: str) -> Any:
    """Replaces whole names in texts and in JSON values of any depth."""
    known = sorted((re.escape(word) for word in words if word.strip()), key=len, reverse=True)
    # a boundary only beside Latin letters: Chinese has none between words
    pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(known)})(?![A-Za-z0-9])", re.IGNORECASE)

    def forget(value: Any) -> Any:
        if isinstance(value, str):
            return pattern.sub(stand_in, value)
        if isinstance(value, dict):
            return {key: forget(item) for key, item in value.items()}
        if isinstance(value, list):
            return [forget(item) for item in value]
        return value

    return forget


def _owned_models() -> list[tuple[type[models.Model], str]]:
    """Every model of an organization with the path to it, the pointing one before the one pointed at."""
    paths: dict[type[models.Model], str] = {Organization: ""}
    while found := {
        model: path
        for model in apps.get_models(include_auto_created=True)
        if model not in paths and (path := _path_by(model, paths))
    }:
        paths |= found
    ordered: list[type[models.Model]] = []

    def place(model: type[models.Model], above: frozenset[type[models.Model]]) -> None:
        """Whatever points at a model comes first; a circle of relations is cut where it closes."""
        for pointing in paths:
            points = any(field.related_model is model for field in pointing._meta.fields)
            if points and pointing not in above and pointing not in ordered:
                place(pointing, above | {pointing})
        if model not in ordered:
            ordered.append(model)

    place(Organization, frozenset({Organization}))
    return [(model, paths[model]) for model in ordered if model is not Organization]


def _path_by(model: type[models.Model], paths: dict[type[models.Model], str]) -> str:
    """The shortest path: to the organization itself, else over a relation that every row has.

    A row without an organization where it may have one belongs to all (a framework of the product); a path
    over another optional relation would leave rows behind.
    """
    relations = [field for field in model._meta.fields if isinstance(field, models.ForeignKey)]
    for field in relations:
        if field.related_model is Organization:
            return field.name
    for field in relations:
        if not field.null and field.related_model in paths:
            return f"{field.name}__{paths[field.related_model]}"
    return ""


def _files_of(rows: models.QuerySet[Any]) -> Iterator[tuple[Storage, str]]:
    for field in rows.model._meta.fields:
        if isinstance(field, models.FileField):
            for name in rows.exclude(**{field.name: ""}).values_list(field.name, flat=True):
                if name:
                    yield field.storage, name
