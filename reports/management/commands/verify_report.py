"""`manage.py verify_report`: compute a document again from its own evidence, and name what differs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.pdf import UnreadableDocument
from reports.services import Outcome, verify_file
from reports.services.comparing import Step

_SHOWN = 20  # differences of a step; a changed cell moves hundreds of figures


class Command(BaseCommand):
    help = (
        "Compute effect and money of a document again from the evidence attached to its PDF, without "
        "database and network, and name what differs. Status 0: nothing was altered. 1: something differs. "
        "2: not a document that can be checked."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the PDF")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            found = verify_file(path)
        except UnreadableDocument as refusal:
            raise CommandError(f"{path} {refusal}.", returncode=2) from refusal
        self.stdout.write(f"{path}: {found.schema}, code {found.code}")
        for step in found.steps:
            self._tell(step)
        if found.outcome is Outcome.DIFFERS:
            names = ", ".join(step.name for step in found.steps if step.outcome is Outcome.DIFFERS)
            raise CommandError(f"{path} is not as it was created: {names}.", returncode=1)
        if found.outcome is Outcome.OTHER_ENGINE:
            self.stdout.write(
                "Nothing was altered. The document is of an older engine; its figures stay as they are."
            )
        else:
            self.stdout.write("Nothing was altered.")

    def _tell(self, step: Step) -> None:
        self.stdout.write(f"  {step.name:<8} {step.outcome:<13} {step.said}")
        for one in step.differences[:_SHOWN]:
            self.stdout.write(f"           {one.place}: the document says {one.stated}, it is {one.found}")
        if len(step.differences) > _SHOWN:
            self.stdout.write(f"           and {len(step.differences) - _SHOWN} more")
