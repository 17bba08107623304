"""A list of customers, or a merge, taken back: what has changed since stays and is named, and nobody who said
no to surveys is switched on.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import batched
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from accounts.services import record_event
from common.errors import InvalidValues
from common.rows import locked
from customer_voice.choices import Consent, CustomerKind
from customer_voice.models import (
    AccountTag,
    Contact,
    CustomerAccount,
    FormerCustomer,
    FormerMerge,
    SurveyInvitation,
    TakenList,
)
from customer_voice.services.customer_lists import Customer, ListPlan
from customer_voice.services.customers import OF_A_CONTACT, OF_AN_ACCOUNT, TAGS
from customer_voice.services.erasure import wait_for_writers

KEPT_DAYS = 30
MOST_NAMED = 10
AT_ONCE = 500
# columns that go back together or not at all
_TOGETHER = (("yearly_value", "currency"), ("started_on", "left_on"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Undo:
    """What taking a list or a merge back does now. `named`: some of those that stay as they are."""

    removed: int = 0  # records that the list added
    restored: int = 0  # records that become what they were, in what nobody has changed since
    stay: int = 0  # records, or parts of them, that stay: changed or used since
    returned: int = 0  # rows that a merge had moved
    is_merge: bool = False
    named: tuple[str, ...] = ()
    reason: str = ""  # why nothing can be taken back

    @property
    def does_something(self) -> bool:
        return not self.reason

    @property
    def mark(self) -> str:
        """What somebody has seen who confirms it."""
        return f"{self.removed}-{self.restored}-{self.stay}-{self.returned}"


# --- lists ----------------------------------------------------------------------------------------------


def remember_list(*, by: Membership, filename: str, plan: ListPlan) -> TakenList:
    """Keep what a list has just done, in its transaction."""
    taken: TakenList = TakenList.objects.create(
        organization=by.organization, kind=plan.kind, filename=filename, taken_by=by
    )
    tags = {row.pk: sorted(names) for row, names in plan.tags.values()}
    added = [*plan.new, *plan.accounts_new]
    rows = [_former(taken, row, is_new=True, after=_told(row, tags)) for row in added]
    for one in plan.changed:
        before = {name: _stored(one.row, name, old) for name, (old, _new) in one.values.items()}
        after = {name: _stored(one.row, name, new) for name, (_old, new) in one.values.items()}
        rows.append(_former(taken, one.row, before=before, after=after))
    FormerCustomer.objects.bulk_create(rows, batch_size=AT_ONCE)
    return taken


def list_undo(taken: TakenList) -> Undo:
    """What taking it back would do now. Queries by lots of records."""
    return _plan(taken).told


@transaction.atomic
def undo_list(*, by: Membership, taken: TakenList, seen: str = "") -> Undo:
    """Take a list back: records that it added and nobody uses go, columns that nobody has changed since
    become what they were. Tags too. Raises InvalidValues where nothing is left of it, or more or less would
    happen than was `seen`; Gone.
    """
    wait_for_writers(by.organization)
    taken = locked(taken)
    plan = _plan(taken)
    require_as_seen(plan.told, seen)
    model: Any = CustomerAccount if taken.kind == CustomerKind.ACCOUNTS else Contact
    for row, values in plan.restored:
        for name, value in values.items():
            if name == TAGS:
                _set_tags(row, value)
            else:
                setattr(row, attribute_of(row, name), value)
        row.save()
    model.objects.filter(pk__in=[row.pk for row in plan.removed if isinstance(row, model)]).delete()
    others = [row.pk for row in plan.removed if not isinstance(row, model)]
    CustomerAccount.objects.filter(pk__in=others).delete()
    taken.delete()
    record_event(
        organization=by.organization,
        actor=by.user,
        verb="customers.taken_back",
        subject=by.organization,
        after={
            "list": taken.kind,
            "removed": plan.told.removed,
            "restored": plan.told.restored,
            "kept": plan.told.stay,
        },
    )
    return plan.told


@dataclass(frozen=True, kw_only=True, slots=True)
class _Plan:
    removed: list[Customer]
    restored: list[tuple[Customer, dict[str, Any]]]
    told: Undo


def _plan(taken: TakenList) -> _Plan:
    former = list(
        FormerCustomer.objects.filter(taken_list=taken)
        .select_related("account", "contact", "contact__account")
        .order_by("pk")
    )
    tags = _tags_of([one.account_id for one in former if one.account_id is not None])
    unchanged, stay = list[Customer](), list[str]()
    for one in former:
        row = _record(one)
        if one.is_new:
            is_as_it_came = _told(row, tags) == one.after and not row.erased_at and not row.archived_at
            unchanged += [row] if is_as_it_came else []
            stay += [] if is_as_it_came else [str(row)]
    removed = _unused(unchanged, taken)
    going = {id(row) for row in removed}
    stay += [str(row) for row in unchanged if id(row) not in going]
    restored: list[tuple[Customer, dict[str, Any]]] = []
    for one in former:
        if not one.is_new:
            row = _record(one)
            values = _still(row, one, tags)
            if values:
                restored.append((row, values))
            if len(values) < len(one.after):
                stay.append(str(row))
    told = Undo(
        removed=len(removed),
        restored=len(restored),
        stay=len(stay),
        named=tuple(name for name in stay[:MOST_NAMED] if name),
        reason="" if removed or restored else _("There is nothing left to undo."),
    )
    return _Plan(removed=removed, restored=restored, told=told)


def _still(row: Customer, one: FormerCustomer, tags: Mapping[int, list[str]]) -> dict[str, Any]:
    """Column -> former value, of the columns that still hold what the list wrote. A no to surveys stays."""
    if row.erased_at:
        return {}
    now = _told(row, tags)
    kept = {name for name, value in one.after.items() if now.get(name) == value}
    if one.after.get("consent") == Consent.WITHDRAWN:
        kept.discard("consent")
    for pair in _TOGETHER:
        if any(name in one.after and name not in kept for name in pair):
            kept -= set(pair)
    account = one.before.get("account")
    if "account" in kept and account and not CustomerAccount.objects.filter(pk=account).exists():
        kept.discard("account")
    return {name: one.before[name] for name in kept}


def _unused(rows: Iterable[Customer], taken: TakenList) -> list[Customer]:
    """Those at which nothing points, contacts that go along left out. A query a relation and lot.

    Invitations that the list itself has sent hold nobody: they stay, with the address alone.
    """
    wanted = list(rows)
    contacts = [row for row in wanted if isinstance(row, Contact)]
    used = _pointed_at(Contact, [row.pk for row in contacts], going=set(), since=taken.taken_at)
    going = {row.pk for row in contacts} - used
    accounts = [row for row in wanted if isinstance(row, CustomerAccount)]
    used_accounts = _pointed_at(CustomerAccount, [row.pk for row in accounts], going=going)
    free_contacts: list[Customer] = [row for row in contacts if row.pk in going]
    return free_contacts + [row for row in accounts if row.pk not in used_accounts]


def _pointed_at(
    model: type[Any], wanted: Collection[int], *, going: Collection[int], since: datetime | None = None
) -> set[int]:
    found: set[int] = set()
    for other, name in relations_to(model):
        if other in {FormerCustomer, AccountTag}:
            continue
        for lot in batched(wanted, AT_ONCE, strict=False):
            rows = other._default_manager.filter(**{f"{name}__in": lot}).order_by()
            if other is SurveyInvitation and since is not None:
                rows = rows.filter(added_at__gt=since)
            users = rows.values_list("pk", name)
            found |= {used for pk, used in users if other is not Contact or pk not in going}
    return found


def forget_former_customers(*, now: datetime) -> int:
    """What can no longer be taken back is deleted: it holds names and addresses. How many rows."""
    limit = now - timedelta(days=KEPT_DAYS)
    lists, _by_model = TakenList.objects.filter(taken_at__lt=limit).delete()
    merges, _by_model = FormerMerge.objects.filter(merged_at__lt=limit).delete()
    return lists + merges


# --- small parts ----------------------------------------------------------------------------------------


def require_as_seen(found: Undo, seen: str) -> None:
    """Raise InvalidValues where nothing can be taken back, or something else than was `seen`."""
    if found.reason:
        raise InvalidValues(found.reason)
    if seen and seen != found.mark:
        raise InvalidValues(_("Something has changed since: read what would happen now, and confirm again."))


def _former(
    taken: TakenList,
    row: Customer,
    *,
    is_new: bool = False,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any],
) -> FormerCustomer:
    return FormerCustomer(
        organization_id=taken.organization_id,
        taken_list=taken,
        is_new=is_new,
        before=dict(before or {}),
        after=dict(after),
        **{side_of(row): row},
    )


def _record(one: FormerCustomer) -> Customer:
    row: Customer | None = one.account or one.contact
    assert row is not None
    return row


def side_of(row: Customer) -> str:
    """The column that names it: "account" or "contact"."""
    return "account" if isinstance(row, CustomerAccount) else "contact"


def _told(row: Customer, tags: Mapping[int, list[str]]) -> dict[str, Any]:
    """Every column that a list writes, and tags, as plain values."""
    names = OF_AN_ACCOUNT if isinstance(row, CustomerAccount) else OF_A_CONTACT
    found = {name: plain_value(getattr(row, attribute_of(row, name))) for name in names}
    if isinstance(row, CustomerAccount):
        found[TAGS] = sorted(tags.get(row.pk, []))
    return found


def _tags_of(accounts: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for lot in batched(accounts, AT_ONCE, strict=False):
        for pk, name in AccountTag.objects.filter(account__in=lot).values_list("account", "name"):
            found.setdefault(pk, []).append(name)
    return found


def attribute_of(row: Customer, name: str) -> str:
    """Where the value of a column stands: the key of a relation, not its row."""
    return row._meta.get_field(name).attname  # type: ignore[union-attr]


def plain_value(value: Any) -> Any:
    """As JSON keeps it, the same for the same value whatever it was read from."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return sorted(map(str, value))
    return str(value) if isinstance(value, str) else value


def _stored(row: Customer, name: str, value: Any) -> Any:
    """The same of a value that was not read from its column: 250 is 250.00 there."""
    is_value = name != TAGS and not isinstance(value, models.Model) and value is not None
    return plain_value(typed_value(row, name, value) if is_value else value)


def typed_value(row: Customer, name: str, value: Any) -> Any:
    """What `plain_value` has made of a value of this column, as the column takes it."""
    field: Any = row._meta.get_field(name)
    return field.target_field.to_python(value) if field.is_relation else field.to_python(value)


def _set_tags(row: Customer, names: Iterable[str]) -> None:
    AccountTag.objects.filter(account=row.pk).delete()
    AccountTag.objects.bulk_create(
        AccountTag(organization_id=row.organization_id, account_id=row.pk, name=name) for name in names
    )


def relations_to(model: type[Any]) -> Iterable[tuple[Any, str]]:
    """Model and field of whatever points at rows of `model`; counts of the roll-up are made, never moved."""
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and relation.one_to_many:
            other = relation.related_model
            if not other.__name__.endswith("Point"):
                yield other, relation.field.name


def taken_lists(organization: Organization) -> "models.QuerySet[TakenList]":
    """Lists that can still be taken back, the latest first."""
    return TakenList.objects.filter(organization=organization).select_related("taken_by__user")
