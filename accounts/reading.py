"""In which language and format somebody reads: the person's own, else the organization's."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.utils import timezone, translation

from accounts.models import Membership, Organization
from wording.formats import Territory, writing_for


def format_of(member: Membership) -> Territory:
    """The format that a member reads."""
    own, there = member.user.territory, member.organization.format
    return replace(there, code=own, is_chosen=True) if own else there


@contextmanager
def written_to(member: Membership) -> Iterator[str]:
    """What is said inside is said to this member: language (which is handed out), format, time zone."""
    language = member.user.language or member.organization.language
    with (
        translation.override(language),
        writing_for(format_of(member)),
        timezone.override(member.organization.time_zone),
    ):
        yield language


@contextmanager
def written_for(organization: Organization, language: str = "") -> Iterator[None]:
    """What is said inside is kept for everybody in the organization."""
    with (
        translation.override(language or organization.language),
        writing_for(organization.format),
        timezone.override(organization.time_zone),
    ):
        yield
