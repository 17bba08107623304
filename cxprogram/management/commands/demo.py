"""`manage.py demo`: a believable organization with two years of simulated data."""

import json
import time
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.test.utils import override_settings
from django.utils import translation

from accounts.models import Organization
from accounts.reading import written_for
from cxprogram.demo import (
    HERE,
    assessing,
    deciding,
    employing,
    feeding,
    inventory,
    listening,
    mapping,
    proving,
    reporting,
    scheduling,
    suggesting,
    surveying,
)
from cxprogram.demo.people import SLUG, email_of, make_people
from cxprogram.demo.truth import DRIVERS, TRUTH

PASSWORD = "follow the customer"  # noqa: S105
SILENT = {
    name: {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"} for name in ("default", "outgoing")
}
SLOW, QUICK = "django.contrib.auth.hashers.Argon2PasswordHasher", "cxprogram.demo.people.QuickHasher"


class Command(BaseCommand):
    help = "Make the demo organization, once."
    is_silent = False
    link = ""  # to the survey that is open

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The password of the demo people is public: not in production.")
        if Organization.objects.filter(slug=SLUG).exists():
            raise CommandError("The demo organization exists already: /o/" + SLUG + "/")
        self.is_silent = options["verbosity"] == 0
        started = time.monotonic()
        hashers = [QUICK if name == SLOW else name for name in settings.PASSWORD_HASHERS]
        quick_and_silent = override_settings(MAILERS=SILENT, PASSWORD_HASHERS=hashers)
        with translation.override("en"), quick_and_silent, transaction.atomic():
            lines = self._make()
        self._leave_notes()
        lines.append(
            f"Made in {time.monotonic() - started:.0f} s. Simulated data; "
            f"the truth: {settings.VAR_DIR / 'demo-truth.json'}"
        )
        for line in lines:
            self.stdout.write(f"  {line}")

    def _make(self) -> list[str]:
        self._show("  People and touchpoints\n")
        cast = make_people(PASSWORD)
        employing.add_parts(cast)
        today = cast["Paula"].organization.clock.today()
        touchpoints = listening.make_touchpoints(cast)
        self._show("  Two years of answers ")
        answers = listening.make_feedback(
            cast, today, deciding.go_lives(today), on_stored=lambda count: self._show(f" {count:,}")
        )
        touchpoints = inventory.complete_inventory(cast, touchpoints, today)
        self._show("\n  A customer survey\n")
        surveying.ask_customers(cast, today, touchpoints)
        feeding.wait_for_calls(cast, today, next(iter(touchpoints.values())).key)
        self._show("  Journey maps\n")
        maps = mapping.draw_maps(cast)
        self._show("  Assessments\n")
        result = assessing.make_assessments(cast, today)
        self._show("  Initiatives, votes and studies\n")
        deciding.seat_coalition(cast, touchpoints, today)
        with written_for(cast["Paula"].organization):  # a draft that opens from a gap says its level
            made = deciding.make_initiatives(cast, touchpoints, today, result)
            suggesting.suggest(cast, touchpoints, today)
        said = proving.prove(cast, made, today)
        self._show("  Documents\n")
        said.append(reporting.hand_out(cast, today))
        scheduling.follow_the_calendar(cast, made)
        self._show("  Waves of the employee survey\n")
        asked = employing.ask_employees(cast, today)
        self.link = asked.link
        return [
            f"{len(cast.members)} people, {len(touchpoints)} touchpoints, {answers:,} answers and cases",
            f"{maps} journey maps, 2 assessments, {len(made)} initiatives",
            asked.said,
            *said,
        ]

    def _show(self, text: str) -> None:
        """Progress, at once: on a slow machine this takes minutes."""
        if not self.is_silent:
            self.stdout.write(text, ending="")
            self.stdout.flush()

    def _leave_notes(self) -> None:
        link = self.link.removeprefix(settings.SITE_URL.rstrip("/"))
        lines = [
            "  Sign in with one of these (password for all: " + PASSWORD + ")",
            f"    {email_of('Maya'):26} CX leader: takes the assessment, runs the program",
            f"    {email_of('Tomas'):26} coalition member: one initiative waits for his vote",
            f"    {email_of('Rahul'):26} head of Field Operations: sees what his teams answered",
            f"    {email_of('Henrik'):26} executive: reads results, downloads the ROI report",
            f"    {email_of('Grace'):26} finance reviewer",
            f"    {email_of('Paula'):26} administrator",
            "  Answer the employee survey that is open, as somebody who was asked by letter",
            f"    {HERE}{link}",
            "",
        ]
        (settings.VAR_DIR / "demo-sign-ins.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        truth = {"effects": [asdict(item) for item in TRUTH], "drivers": [asdict(item) for item in DRIVERS]}
        (settings.VAR_DIR / "demo-truth.json").write_text(
            json.dumps(truth, indent=2) + "\n", encoding="utf-8"
        )
