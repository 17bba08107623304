"""`manage.py erase_person`: forget the name and address of somebody who has left."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import services
from accounts.models import User
from common.errors import DomainError


class Command(BaseCommand):
    help = (
        "Erase a person's name and address from the account, the invitations and the audit trail. What was "
        "done stays. The person must have no access any more; the erasure is recorded."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--by", required=True, help="who erases, for the record")
        parser.add_argument("--reason", required=True, help="why, for the record; without the person's name")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError("There is no account with this address.")
        try:
            services.erase_person(user=user, by_name=options["by"], reason=options["reason"])
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(f"{user.name}: erased.")
