"""`manage.py create_organization`: the first organization of a server, or another one."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email, validate_slug
from django.db import transaction

from accounts import services
from accounts.choices import Currency
from accounts.models import User
from common.errors import DomainError


class Command(BaseCommand):
    help = (
        "Make an organization with its first administrator. A person who has no account yet gets one; the "
        "password is asked for, or read from standard input where there is no terminal."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="as people write it")
        parser.add_argument("--slug", required=True, help="short name in addresses: letters, digits, hyphens")
        parser.add_argument("--email", required=True, help="of the first administrator")
        parser.add_argument("--person", default="", help="name of the first administrator")
        parser.add_argument("--currency", default=Currency.USD, choices=Currency.values)
        parser.add_argument("--time-zone", default="UTC")
        parser.add_argument(
            "--language",
            default=settings.LANGUAGE_CODE,
            choices=[code for code, _name in settings.LANGUAGES],
            help="of its documents, mail and standard metrics",
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"])
            validate_slug(options["slug"])
        except ValidationError as error:
            raise CommandError(error.messages[0]) from error
        founder = User.objects.filter(email__iexact=options["email"]).first() or self._person(options)
        try:
            member = services.create_organization(
                name=options["name"],
                slug=options["slug"],
                founder=founder,
                currency=options["currency"],
                time_zone=options["time_zone"],
                language=options["language"],
            )
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(
            f"{member.organization.name}: /o/{member.organization.slug}/, administrator {founder.email}"
        )

    def _person(self, options: dict[str, Any]) -> User:
        is_asked = sys.stdin.isatty()
        password = getpass.getpass("Password: ") if is_asked else sys.stdin.readline().rstrip("\n")
        if not password and not is_asked:
            raise CommandError(
                f"{options['email']} has no account yet and needs a password. There is no terminal to "
                "ask at: send it as one line on standard input, or use an address that has an account."
            )
        try:
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        return User.objects.create_user(options["email"], password, name=options["person"])
