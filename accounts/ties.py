"""Who came in through whom in one organization: what the rule of four eyes goes by.

A person comes in through everybody who sent an accepted invitation or ever gave a role, and through those
through whom these came in: a later act adds a tie and takes none away. Who holds several addresses invites
the second with the first and the third with the second. People are user accounts, so that one person is one
whatever the membership.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from accounts.choices import Action, Role
from accounts.models import AuditEvent, Invitation, Membership, Organization
from accounts.permissions import may


@dataclass(frozen=True, kw_only=True, slots=True)
class Ties:
    """`inviters`: user -> those who brought the user in.

    Who confirmed a finance reviewer is not tied by that: a confirmer came in by another way
    (`confirmers_of`), and in an organization of one administrator, one CX leader and one reviewer a tie
    would leave nobody to sign what the leader computes.
    """

    inviters: dict[int, frozenset[int]]

    def above(self, user: int) -> frozenset[int]:
        """Those who brought the user in, those who brought them in, and so on."""
        found: set[int] = set()
        asked = {user}
        while asked:
            asked = {one for low in asked for one in self.inviters.get(low, ())} - found - {user}
            found |= asked
        return frozenset(found)

    def is_tied(self, one: int, other: int) -> bool:
        """Whether neither may stand for the other's work: one person, or one came in through the other."""
        return one == other or other in self.above(one) or one in self.above(other)

    def tied_to(self, user: int) -> frozenset[int]:
        """Everybody to whom the user is tied, the user included."""
        below = {one for one in self.inviters if user in self.above(one)}
        return frozenset({user, *self.above(user), *below})

    def confirmers_of(self, user: int, managers: Iterable[int], here: Iterable[int]) -> frozenset[int]:
        """Of those who manage people, who may confirm this finance reviewer.

        Never the person, nor who invited the person or gave the role. And nobody who came in through somebody
        through whom the person came in: such an address can be a second one of the first pair of eyes. Where
        this leaves nobody, those of the chain who have left count no more; where that leaves nobody either,
        any other manager of people confirms, else a small organization could never sign off anything.
        """
        chain = self.above(user)
        others = set(managers) - {user} - self.inviters.get(user, frozenset())
        for barring in (chain, chain & set(here)):
            free = {one for one in others if not self.above(one) & barring}
            if free:
                return frozenset(free)
        return frozenset(others)


def ties_of(organization_id: int) -> Ties:
    """The ties of one organization. Three queries.

    The member's row knows who gave the present role alone; those who gave the ones before are in the trail,
    which nobody can change.
    """
    inviters: defaultdict[int, set[int]] = defaultdict(set)
    accepted = Invitation.objects.filter(organization=organization_id).exclude(accepted_by=None)
    for user, by in accepted.exclude(accepted_at=None).values_list("accepted_by__user", "invited_by__user"):
        inviters[user].add(by)
    people = Membership.objects.filter(organization=organization_id)
    users = dict[int, int]()
    for member, user, by in people.values_list("pk", "user", "role_given_by__user"):
        users[member] = user
        inviters[user].add(by)
    for member, by in _roles_given(organization_id):
        if member in users:
            inviters[users[member]].add(by)
    return Ties(inviters={user: frozenset(found - {None, user}) for user, found in inviters.items()})


def _roles_given(organization_id: int) -> Iterator[tuple[int, int]]:
    """Every role that somebody gave: membership and the user who gave it. One query."""
    changes = AuditEvent.objects.filter(organization=organization_id, verb="person.changed")
    rows = changes.exclude(actor=None).values_list("subject_id", "actor", "before", "after")
    for member, by, before, after in rows:
        if before.get("role") != after.get("role"):
            yield int(member), by


def finance_reviewers(organization: Organization) -> dict[int, frozenset[int]]:
    """Users who review for finance, each with the users for whose work they may not stand (`Ties.tied_to`).

    One who waits for a second manager of people counts as long as somebody may confirm. One query where there
    is no finance reviewer, else four; with somebody unconfirmed six.
    """
    members = Membership.objects.of(organization).active()
    roles = [role for role in Role if may(role, Action.SIGN_OFF_VALUE)]
    confirmed = dict(members.filter(role__in=roles).values_list("user", "confirmed_at"))
    if not confirmed:
        return {}
    ties = ties_of(organization.pk)
    waiting = {user for user, at in confirmed.items() if at is None}
    if waiting and organization.confirms_finance:
        managers = set(Membership.objects.of(organization).who_manage_people().values_list("user", flat=True))
        here = set(members.values_list("user", flat=True))
        if len(managers) >= 2:
            for user in waiting:
                if not ties.confirmers_of(user, managers, here):
                    del confirmed[user]
    return {user: ties.tied_to(user) for user in confirmed}
