"""People and organizations."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.choices import Role
from accounts.models import BusinessFunction, Event, EventDelivery, Letter, Membership, Organization, User
from common.jobs import JobState

PASSWORD = "correct horse battery"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda number: f"person{number}@example.org")
    name = factory.Sequence(lambda number: f"Person {number}")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        password = kwargs.pop("password", None)
        user = model_class(*args, **kwargs)
        if password:
            user.set_password(password)
        else:
            user.set_unusable_password()
        user.save()
        return user


class OrganizationFactory(DjangoModelFactory):
    class Meta:
        model = Organization

    name = factory.Sequence(lambda number: f"Organization {number}")
    slug = factory.Sequence(lambda number: f"organization-{number}")


class BusinessFunctionFactory(DjangoModelFactory):
    class Meta:
        model = BusinessFunction

    organization = factory.SubFactory(OrganizationFactory)
    key = factory.Sequence(lambda number: f"function-{number}")
    name = factory.Sequence(lambda number: f"Function {number}")


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    organization = factory.SubFactory(OrganizationFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.CX_LEADER


class LetterFactory(DjangoModelFactory):
    """A letter that the mail server refused."""

    class Meta:
        model = Letter

    sender = "cx@example.org"
    recipient = factory.Sequence(lambda number: f"person{number}@example.org")
    subject = "Please vote"
    body = "Please vote on INI-1."
    job_state = JobState.FAILED
    failure = "The mail server answered: 550 No such user"


class EventFactory(DjangoModelFactory):
    class Meta:
        model = Event

    organization = factory.SubFactory(OrganizationFactory)
    kind = "tests.happened"
    subject = factory.Sequence(lambda number: f"tests.thing:{number}")


class EventDeliveryFactory(DjangoModelFactory):
    """An event that its reader was given up on."""

    class Meta:
        model = EventDelivery

    event = factory.SubFactory(EventFactory)
    reader = "tests.events.note"
    subject = factory.SelfAttribute("event.subject")
    attempts = 8
    failure = "ValueError: not today"
    stuck_at = factory.LazyFunction(timezone.now)
