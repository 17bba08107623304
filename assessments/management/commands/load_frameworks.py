"""Publishes the maturity frameworks that come with the product. Running it again changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from assessments.services import install_builtin_frameworks


class Command(BaseCommand):
    help = "Publish the maturity frameworks that come with the product (idempotent)."

    def handle(self, *args: Any, **options: Any) -> None:
        published = install_builtin_frameworks()
        for version in published:
            self.stdout.write(f"published {version}")
        if not published:
            self.stdout.write("nothing to do: all frameworks are published")
