"""People and organizations."""

import factory
from factory.django import DjangoModelFactory

from accounts.choices import Role
from accounts.models import BusinessFunction, Membership, Organization, User

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
