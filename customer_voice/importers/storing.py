"""From the staged rows into the tables of answers, set by set: what would change, and then the change.

An answer points at records (submission, customer, account, channel) where a row names them; a name that
nobody knew becomes a record just before the answers are stored.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import connection

from common.collisions import Collision
from customer_voice.importers.outcomes import Outcome, Replaced, Target
from customer_voice.importers.staging import UPDATABLE, WORDS, Staging
from customer_voice.models import (
    AccountReference,
    Channel,
    Contact,
    ContactReference,
    CustomerAccount,
    Feedback,
    FormerAnswer,
    RecountNote,
    Submission,
)
from journeys.models import Touchpoint

# staged names of records -> alias of the record that an answer points at, and what it is called there
NAMED = {
    "customer": ("c", "contact_id", "external_reference"),
    "account": ("a", "account_id", "external_reference"),
    "channel": ("w", "channel_id", "name"),
}
# what else a new record needs, as SQL
_BLANK = {
    "customer": {"name": "''", "email": "''", "segment": "''", "language": "''", "consent": "'unknown'"},
    "account": {"name": "''", "segment": "''", "currency": "''"},
    "channel": {},
}
# columns of an answer that an import may change, and that are kept when it does
FORMER = (
    "metric_id", "touchpoint_id", "occurred_at", "score", "exposure", "resolved_at", "reopened_count",
    "merged_into", "waits", "counted_from", "waits_from", "text", "contact_id", "account_id", "segment",
    "channel_id",
)  # fmt: skip
type _Span = tuple[int, int, datetime, datetime]

DEFINITION = "metric_id"  # among replaced columns: the answer moves to another definition of its metric


class Storing:
    """The staged rows against what one organization knows under one source and metric."""

    def __init__(self, staged: Staging, target: Target) -> None:
        self.staged, self.target = staged, target
        self.cursor, self.rows = staged.cursor, staged.table
        self.unlike, self.join = staged.differs, staged.join
        quote = connection.ops.quote_name
        self.feedback, self.submissions, self.former, *tables = (
            quote(model._meta.db_table)
            for model in (Feedback, Submission, FormerAnswer, Contact, CustomerAccount, Channel)
        )
        self.records = dict(zip(NAMED, tables, strict=True))
        self._rename_merged()
        self._place_merged()

    def compare(self) -> Outcome:
        """What an upsert would do."""
        self.cursor.execute(f"SELECT COUNT(*) FROM {self.rows}")  # noqa: S608
        total = self.cursor.fetchone()[0]
        sent = Submission.objects.filter(organization_id=self.target.organization_id)
        if not sent.filter(source_id=self.target.source_id).exists():
            return Outcome(created=total, updated=0, unchanged=0)
        losses = self._losses()
        wanted = [self._difference(), " OR ".join(losses.values()), *losses.values()]
        sums = ", ".join(f"COALESCE(SUM(CASE WHEN {one} THEN 1 ELSE 0 END), 0)" for one in wanted)
        self.cursor.execute(
            f"SELECT COUNT(*), {sums} FROM {self._known()}",  # noqa: S608
            self._identity(),
        )
        there, changed, replaced, *by_column = self.cursor.fetchone()
        return Outcome(
            created=total - there,
            updated=changed,
            unchanged=there - changed,
            replaced=replaced,
            replaced_by={name: rows for name, rows in zip(losses, by_column, strict=True) if rows},
        )

    def replaced(self, most: int) -> list[Replaced]:
        """The first rows by which something known would go, with what goes and what comes."""
        losses = self._losses()
        names = [name for name in losses if name != DEFINITION]
        columns = ", ".join(f"{_stored(name)}, s.{name}, {losses[name]}" for name in names)
        self.cursor.execute(
            f"SELECT s.row_number, s.external_id, f.metric_id, ({losses[DEFINITION]}), {columns} "  # noqa: S608
            f"FROM {self._known()} WHERE {' OR '.join(losses.values())} "
            f"ORDER BY s.row_number LIMIT {int(most)}",
            self._identity(),
        )
        found = []
        for number, external_id, metric_id, is_moved, *cells in self.cursor.fetchall():
            changes: dict[str, tuple[Any, Any]] = {
                name: (self.staged.read(name, cells[3 * index]), self.staged.read(name, cells[3 * index + 1]))
                for index, name in enumerate(names)
                if cells[3 * index + 2]
            }
            if is_moved:
                changes[DEFINITION] = (metric_id, self.target.metric_id)
            found.append(Replaced(row_number=number, external_id=external_id, columns=changes))
        return found

    def compare_and_hold(self) -> Outcome:
        """The same, and nobody else changes or deletes meanwhile what an upsert would change."""
        outcome = self.compare()
        if not outcome.updated or not connection.features.has_select_for_update:
            return outcome
        self.cursor.execute(
            f"SELECT COUNT(*) FROM (SELECT f.id FROM {self._known()} "  # noqa: S608
            f"WHERE {self._difference()} ORDER BY f.id FOR UPDATE OF f) held",
            self._identity(),
        )
        return self.compare()  # whoever held them was waited for

    def touched_spans(self, *, changes_any: bool) -> tuple[set[_Span], set[_Span]]:
        """(metric, touchpoint, earliest, latest moment) of rows to come, and of those they change, day by
        day in UTC: first those in which accounts may change, then the others. Call before `upsert`."""
        found: tuple[set[_Span], set[_Span]] = (set(), set())
        for sql, parameters in self._touched(changes_any):
            self.cursor.execute(sql, parameters)
            for metric, touchpoint, *moments, reaches_accounts in self.cursor.fetchall():
                first, last = (self.staged.read("occurred_at", moment) for moment in moments)
                found[0 if reaches_accounts else 1].add((metric, touchpoint, first, last))
        return found

    def note_spans(self, *, changes_any: bool) -> None:
        """The same, noted to be counted anew: `services.note_changes` for many rows."""
        table = connection.ops.quote_name(RecountNote._meta.db_table)
        columns = "organization_id, noted_at, metric_id, touchpoint_id, first, last, reaches_accounts"
        for sql, parameters in self._touched(changes_any):
            self.cursor.execute(
                f"INSERT INTO {table} ({columns}) "  # noqa: S608
                f"SELECT {int(self.target.organization_id)}, {self.staged.typed('received_at')}, spans.* "
                f"FROM ({sql}) spans",
                [self.staged.adapt(self.target.received_at), *parameters],
            )

    def _touched(self, changes_any: bool) -> Iterator[tuple[str, list[Any]]]:
        if self.target.metric_id is None:
            return
        # an answer that names a customer may be one of the customer's account
        yield (
            f"SELECT {int(self.target.metric_id)}, touchpoint_id, MIN(occurred_at), MAX(occurred_at), "  # noqa: S608
            "MAX(CASE WHEN account <> '' OR customer <> '' THEN 1 ELSE 0 END) > 0 "
            f"FROM {self.rows} GROUP BY touchpoint_id, {self.staged.day_in_utc('occurred_at')}",
            [],
        )
        # a changed answer leaves one day, and may reach another one of the version that it was given to
        for place in ("f", "s") if changes_any else ():
            moment = f"{place}.occurred_at"
            yield (
                f"SELECT f.metric_id, {place}.touchpoint_id, MIN({moment}), MAX({moment}), TRUE "  # noqa: S608
                f"FROM {self._known()} WHERE f.metric_id IS NOT NULL AND ({self._difference()}) "
                f"GROUP BY f.metric_id, {place}.touchpoint_id, {self.staged.day_in_utc(moment)}",
                self._identity(),
            )

    def upsert(self, outcome: Outcome) -> None:
        """New answers in, changed ones updated, equal ones not written at all; `outcome` is what to expect.

        What the rows name and nobody knew yet (submissions, customers, accounts, channels) is added before.
        Compare with `compare_and_hold` first. Raises Collision where somebody else has written some of it
        since it was compared.
        """
        self._add_named()
        written = 0
        if outcome.updated:
            self._keep_former()
            written += self._update()
        if outcome.created:
            self._add_submissions()
            written += self._insert()
        if written != outcome.updated + outcome.created:
            raise Collision

    def _rename_merged(self) -> None:
        """Who is sent under a reference from before a merge is the one who was kept. Two queries a name."""
        quote = connection.ops.quote_name
        former: tuple[tuple[str, Any, str], ...] = (
            ("customer", ContactReference, "contact_id"),
            ("account", AccountReference, "account_id"),
        )
        owner = self.target.organization_id
        for column, model, kept in former:
            known = model.objects.filter(organization_id=owner)
            if column not in self.target.columns or not known.exists():
                continue
            names, records = quote(model._meta.db_table), self.records[column]
            self.cursor.execute(
                f"UPDATE {self.rows} SET {column} = ("  # noqa: S608
                f"SELECT k.external_reference FROM {names} r JOIN {records} k ON k.id = r.{kept} "
                f"WHERE r.organization_id = %s AND r.reference = {self.rows}.{column}) "
                f"WHERE {column} IN (SELECT r.reference FROM {names} r JOIN {records} k ON k.id = r.{kept} "
                "WHERE r.organization_id = %s AND k.external_reference IS NOT NULL)",
                [owner, owner],
            )

    def _place_merged(self) -> None:
        """Rows that were read before their touchpoint was merged belong to the one that is kept. One query,
        two where some were."""
        owner = self.target.organization_id
        merged = Touchpoint.objects.filter(organization_id=owner, merged_into__isnull=False)
        for gone, kept in merged.values_list("pk", "merged_into_id"):
            self.cursor.execute(
                f"UPDATE {self.rows} SET touchpoint_id = %s WHERE touchpoint_id = %s",  # noqa: S608
                [kept, gone],
            )

    def _add_named(self) -> None:
        """Customers, accounts and channels that are named for the first time."""
        for column in self._named():
            _alias, _key, called = NAMED[column]
            blank, owner = {**_BLANK[column], "came_with_id": self._batch()}, str(self.target.organization_id)
            self.cursor.execute(
                f"INSERT INTO {self.records[column]} "  # noqa: S608
                f"({', '.join(['organization_id', called, *blank])}) "
                f"SELECT {', '.join([owner, f's.{column}', *blank.values()])} "
                f"FROM {self.rows} s WHERE s.{column} <> '' GROUP BY s.{column} ORDER BY MIN(s.row_number) "
                f"ON CONFLICT (organization_id, {called}) DO NOTHING"
            )
        if {"customer", "account"} <= set(self.target.columns):
            self._place_contacts()

    def _place_contacts(self) -> None:
        """A customer of whom no account was known belongs to that of the latest answer."""
        contacts, accounts = self.records["customer"], self.records["account"]
        self.cursor.execute(
            f"UPDATE {contacts} SET account_id = latest.account_id, placed_with_id = {self._batch()} FROM ("  # noqa: S608
            "SELECT c.id AS contact_id, a.id AS account_id, ROW_NUMBER() OVER ("
            "PARTITION BY c.id ORDER BY s.occurred_at DESC, s.row_number DESC) AS place "
            f"FROM {self.rows} s "
            f"JOIN {contacts} c ON c.organization_id = %s AND c.external_reference = s.customer "
            f"JOIN {accounts} a ON a.organization_id = %s AND a.external_reference = s.account "
            "WHERE c.account_id IS NULL) latest "
            f"WHERE latest.place = 1 AND {contacts}.id = latest.contact_id",
            [self.target.organization_id, self.target.organization_id],
        )

    def _add_submissions(self) -> None:
        fixed = {
            "organization_id": self.target.organization_id,
            "source_id": self.target.source_id,
            "received_at": self.staged.adapt(self.target.received_at),
            "language": "",
            "batch_id": self.target.batch_id,
        }
        self.cursor.execute(
            f"INSERT INTO {self.submissions} ({', '.join(fixed)}, external_id) "  # noqa: S608
            f"SELECT {', '.join(self.staged.typed(name) for name in fixed)}, s.external_id "
            f"FROM {self.rows} s WHERE true "
            "ON CONFLICT (organization_id, source_id, external_id) DO NOTHING",
            list(fixed.values()),
        )

    def _insert(self) -> int:
        """Answers that are not there yet; gives how many. Without an account it has that of its customer."""
        fixed = {
            "organization_id": self.target.organization_id,
            "metric_id": self.target.metric_id,
            "metric_key": self.target.metric_key,
            "batch_id": self.target.batch_id,
            "received_at": self.staged.adapt(self.target.received_at),
        }
        named = self._named()
        points = {NAMED[name][1]: f"{NAMED[name][0]}.id" for name in named}
        if "customer" in named:
            points["account_id"] = "COALESCE(a.id, c.account_id)" if "account" in named else "c.account_id"
        plain = [name for name in UPDATABLE if name not in NAMED]
        self.cursor.execute(
            f"INSERT INTO {self.feedback} ({', '.join([*fixed, 'submission_id', *points, *plain])}) "  # noqa: S608
            f"SELECT {', '.join(self.staged.typed(name) for name in fixed)}, b.id, "
            f"{', '.join([*points.values(), *(f's.{name}' for name in plain)])} "
            f"FROM {self._sent()} {self._spoken_of()} WHERE true "
            "ON CONFLICT (submission_id, metric_key) DO NOTHING",
            [
                *fixed.values(),
                self.target.organization_id,
                self.target.source_id,
                *[self.target.organization_id] * len(named),
            ],
        )
        return int(self.cursor.rowcount)

    def _keep_former(self) -> None:
        """What the answers that an import changes were until now, so that it can be taken back."""
        if self.target.batch_id is None:
            return
        owner = str(int(self.target.organization_id))
        self.cursor.execute(
            f"INSERT INTO {self.former} "  # noqa: S608
            f"(organization_id, batch_id, answer_id, came_with_id, {', '.join(FORMER)}) "
            f"SELECT {owner}, {self._batch()}, f.id, f.batch_id, "
            f"{', '.join(f'f.{name}' for name in FORMER)} "
            f"FROM {self._known()} WHERE {self._difference()}",
            self._identity(),
        )

    def _batch(self) -> str:
        """The import as SQL; what comes by another door has none."""
        batch = self.target.batch_id
        return "CAST(NULL AS bigint)" if batch is None else str(int(batch))

    def _update(self) -> int:
        """Answers that are there and differ; gives how many. Only what the rows give is written."""
        named = self._named()
        moves = self._moves()
        new = {name: f"s.{name}" for name in self.target.columns if name not in NAMED}
        new |= {NAMED[name][1]: f"n{NAMED[name][0]}.id" for name in named}
        if "customer" in named:
            # another customer brings the account along; an account that is named goes before it
            of_customer = (
                f"CASE WHEN f.contact_id {self.unlike} nc.id "
                "THEN COALESCE(nc.account_id, f.account_id) ELSE f.account_id END"
            )
            new["account_id"] = f"COALESCE(na.id, {of_customer})" if "account" in named else of_customer
        elif "account" in named:
            new["account_id"] = "COALESCE(na.id, f.account_id)"
        new["batch_id"] = self.staged.typed("batch_id")
        new["metric_id"] = f"CASE WHEN {moves} THEN {self.staged.typed('metric_id')} ELSE f.metric_id END"
        self.cursor.execute(
            f"UPDATE {self.feedback} SET {', '.join(f'{name} = fresh.{name}' for name in new)} FROM ("  # noqa: S608
            f"SELECT f.id, {', '.join(f'{value} AS {name}' for name, value in new.items())} "
            f"FROM {self._known()} {self._spoken_of(prefix='n')} "
            f"WHERE {self._difference()}) fresh WHERE {self.feedback}.id = fresh.id",
            [
                self.target.batch_id,
                self.target.metric_id,
                *self._identity(),
                *[self.target.organization_id] * len(named),
            ],
        )
        return int(self.cursor.rowcount)

    def _named(self) -> list[str]:
        """Which records the rows name at all."""
        return [name for name in NAMED if name in self.target.columns]

    def _sent(self) -> str:
        """Staged rows with their submissions: organization and source are parameters."""
        return (
            f"{self.rows} s {self.join} {self.submissions} b ON b.organization_id = %s "
            "AND b.source_id = %s AND b.external_id = s.external_id"
        )

    def _known(self) -> str:
        """Staged rows with the answers that are there, and the records that these point at."""
        records = " ".join(
            f"LEFT JOIN {self.records[name]} {alias} ON {alias}.id = f.{key}"
            for name, (alias, key, _called) in NAMED.items()
            if name in self._named()
        )
        return (
            f"{self._sent()} {self.join} {self.feedback} f ON f.submission_id = b.id "
            f"AND f.metric_key = %s {records}"
        )

    def _identity(self) -> list[Any]:
        return [self.target.organization_id, self.target.source_id, self.target.metric_key]

    def _spoken_of(self, *, prefix: str = "") -> str:
        """The records that staged rows name; the organization is a parameter of each."""
        return " ".join(
            f"LEFT JOIN {self.records[name]} {prefix}{alias} ON {prefix}{alias}.organization_id = %s "
            f"AND {prefix}{alias}.{called} = s.{name}"
            for name, (alias, _key, called) in NAMED.items()
            if name in self._named()
        )

    def _moves(self) -> str:
        """Whether a known answer stands under a definition that is not read together with the present one."""
        together = ", ".join(str(int(pk)) for pk in self.target.series_ids)
        return f"f.metric_id NOT IN ({together})" if together else "1 = 0"

    def _difference(self) -> str:
        parts = [self._differs(name) for name in self.target.columns]
        return " OR ".join([*parts, self._moves()])

    def _differs(self, name: str) -> str:
        """Whether the row says something else. A row without an account says nothing about it."""
        difference = f"{_stored(name)} {self.unlike} s.{name}"
        return f"({difference} AND s.account <> '')" if name == "account" else difference

    def _losses(self) -> dict[str, str]:
        """Column -> whether a value that was known would go; filling in what was empty loses nothing."""
        said = [name for name in self.target.columns if name not in _DERIVED]
        losses = {name: f"({self._differs(name)}{_KNOWN.get(name, '')})" for name in said}
        return {**losses, DEFINITION: f"({self._moves()})"}


def _stored(name: str) -> str:
    """SQL of what is stored for a staged column; for the name of a record, what that record is called."""
    if name not in NAMED:
        return f"f.{name}"
    alias, _key, called = NAMED[name]
    return f"COALESCE({alias}.{called}, '')"


_DERIVED = {"counted_from", "waits_from"}  # from other columns, which say what would go
# how a column says that it holds something; dates and touchpoints always do
_KNOWN = {
    "score": " AND f.score IS NOT NULL",
    "exposure": " AND f.exposure IS NOT NULL",
    "resolved_at": " AND f.resolved_at IS NOT NULL",
    "reopened_count": " AND f.reopened_count > 0",
    **{name: f" AND {_stored(name)} <> ''" for name in WORDS if name != "external_id"},
}
