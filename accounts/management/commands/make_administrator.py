"""`manage.py make_administrator`: where the only administrator of an organization is gone for good."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import services
from accounts.models import Membership
from common.errors import ConsequencesNotAccepted, DomainError


class Command(BaseCommand):
    help = "Give a member of an organization the administrator role. It stands in the audit trail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--slug", required=True, help="short name of the organization")
        parser.add_argument("--email", required=True, help="of the member")
        parser.add_argument(
            "--accept-consequences",
            action="store_true",
            help="also where open votes end or lose a voter with it: administrators do not vote",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        member = (
            Membership.objects.filter(
                organization__slug=options["slug"], user__email__iexact=options["email"]
            )
            .select_related("organization", "user", "function")
            .first()
        )
        if member is None:
            raise CommandError(f"{options['email']} is no member of an organization {options['slug']}.")
        try:
            services.make_administrator(member=member, accepts_consequences=options["accept_consequences"])
        except ConsequencesNotAccepted as error:
            raise CommandError(f"{error.message} Say --accept-consequences to go on.") from error
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(f"{member.organization.name}: administrator {member.user.email}")
