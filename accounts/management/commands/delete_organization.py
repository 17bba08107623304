"""`manage.py delete_organization`: everything of one organization, for good."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import services
from accounts.models import Organization
from common.errors import DomainError


class Command(BaseCommand):
    help = (
        "Delete an organization with all its rows, files, keys and its trail; surveys that are open go too. "
        "There is no way back; it is recorded."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--slug", required=True)
        parser.add_argument("--confirm", required=True, help="the organization's name, letter by letter")
        parser.add_argument("--by", required=True, help="who deletes, for the record")
        parser.add_argument("--reason", required=True, help="why, for the record")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = Organization.objects.filter(slug=options["slug"]).first()
        if organization is None:
            raise CommandError("There is no such organization.")
        if organization.name != options["confirm"]:
            raise CommandError("--confirm must be the organization's name.")
        try:
            gone = services.delete_organization(
                organization=organization, by_name=options["by"], reason=options["reason"]
            )
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        for text in (f"{organization.name}: deleted.", *gone):
            self.stdout.write(text)
