"""Who works at Aurelia Telecom, a regional provider of broadband and mobile that does not exist."""

from dataclasses import dataclass

from django.contrib.auth.hashers import Argon2PasswordHasher

from accounts import services
from accounts.choices import Role
from accounts.models import BusinessFunction, Membership, User

ORGANIZATION, SLUG, DOMAIN = "Aurelia Telecom", "aurelia", "aurelia.example"
FUNCTIONS = ("Customer Service", "Digital", "Field Operations", "Billing", "Marketing and Sales", "Finance")
# name, role, function, job title, perspective in assessments
PEOPLE: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "Maya Lindqvist",
        Role.CX_LEADER,
        "Marketing and Sales",
        "Director of Customer Experience",
        "management",
    ),
    ("Tomas Herrera", Role.COALITION_MEMBER, "Customer Service", "Head of Customer Service", "management"),
    ("Ines Duarte", Role.COALITION_MEMBER, "Digital", "Head of Digital", "management"),
    ("Rahul Mehta", Role.COALITION_MEMBER, "Field Operations", "Head of Field Operations", "management"),
    ("Sophie Laurent", Role.COALITION_MEMBER, "Billing", "Head of Billing", "support_function"),
    ("Henrik Olsen", Role.EXECUTIVE, "Finance", "Chief Operating Officer", "executive"),
    ("Grace Kim", Role.FINANCE_REVIEWER, "Finance", "Finance Business Partner", "support_function"),
    ("Leo Brandt", Role.CONTRIBUTOR, "Customer Service", "Service agent", "front_line"),
    ("Aisha Bello", Role.CONTRIBUTOR, "Field Operations", "Installation technician", "front_line"),
    ("Anton Novak", Role.AUDITOR, "Finance", "Internal audit", "support_function"),
    ("Paula Weiss", Role.ADMINISTRATOR, "Digital", "Workplace systems", "support_function"),
)


class QuickHasher(Argon2PasswordHasher):
    """For a password that everybody may know; the first sign-in hashes it anew, as slowly as others."""

    time_cost, memory_cost, parallelism = 1, 1024, 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Cast:
    """Members by first name, functions by name, and each member's perspective."""

    members: dict[str, Membership]
    functions: dict[str, BusinessFunction]
    perspectives: dict[str, str]

    def __getitem__(self, first_name: str) -> Membership:
        return self.members[first_name]


def email_of(name: str) -> str:
    return f"{name.split(' ', maxsplit=1)[0].lower()}@{DOMAIN}"


def make_people(password: str) -> Cast:
    """The organization with its functions and members; Paula, the administrator, founds it."""
    founder = User.objects.create_user(email_of("Paula"), password, name="Paula Weiss")
    paula = services.create_organization(
        name=ORGANIZATION, slug=SLUG, founder=founder, currency="EUR", time_zone="Europe/Berlin", is_demo=True
    )
    functions = {name: services.save_function(by=paula, name=name) for name in FUNCTIONS}
    members: dict[str, Membership] = {}
    for name, role, function, title, _perspective in PEOPLE:
        first = name.split(" ", maxsplit=1)[0]
        if role == Role.ADMINISTRATOR:
            member = paula
        else:
            _invitation, secret = services.invite_person(
                by=paula, email=email_of(name), role=role, function=functions[function]
            )
            member = services.accept_invitation(secret=secret, user=None, name=name, password=password)
        members[first] = services.change_member(
            by=paula, member=member, role=role, function=functions[function], job_title=title
        )
    members["Grace"] = services.confirm_member(by=members["Maya"], member=members["Grace"])
    perspectives = {name.split(" ", maxsplit=1)[0]: perspective for name, *_rest, perspective in PEOPLE}
    return Cast(members=members, functions=functions, perspectives=perspectives)
