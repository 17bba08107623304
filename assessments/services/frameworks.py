"""Publishing frameworks. A published version never changes."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from accounts.services import one_at_a_time, record_event
from assessments.content import Framework
from assessments.errors import FrameworkAlreadyPublished
from assessments.importers import (
    builtin_files,
    canonical_content,
    framework_content,
    published_content,
    read_yaml,
)
from assessments.models import FrameworkVersion
from cxstats.codec import digest_of


def publish_framework(*, content: Any, organization: Organization | None = None) -> FrameworkVersion:
    """Keep one version for good; the same content again returns the row that is there.

    Raises FrameworkInvalid with every problem, FrameworkAlreadyPublished when the same key and
    version exist with other content. `organization` None: for everybody on this server.
    """
    stored = canonical_content(content)
    framework = framework_content(stored)
    digest = digest_of(stored, version=1)  # what it says is versioned by the file itself
    try:
        with transaction.atomic():
            version, _created = FrameworkVersion.objects.get_or_create(
                organization=organization,
                key=framework.key,
                version=framework.version,
                defaults={
                    "kind": framework.kind,
                    "name": dict(framework.name),
                    "content": stored,
                    "digest": digest,
                },
            )
    except IntegrityError:  # somebody published it at the same moment
        version = FrameworkVersion.objects.get(
            organization=organization, key=framework.key, version=framework.version
        )
    if version.digest != digest:
        message = _(
            "Version %(version)s of “%(key)s” is published with other content. Use a new version number."
        ) % {"version": framework.version, "key": framework.key}
        raise FrameworkAlreadyPublished(message, fields={"version": message})
    return version


@transaction.atomic
def import_framework(*, by: Membership, text: str) -> FrameworkVersion:
    """Publish an organization's own framework from YAML text. Errors as in `publish_framework`."""
    content = read_yaml(text)
    one_at_a_time(by.organization)
    before = set(
        FrameworkVersion.objects.filter(organization=by.organization).values_list("digest", flat=True)
    )
    version = publish_framework(content=content, organization=by.organization)
    if version.digest not in before:
        record_event(
            organization=by.organization,
            actor=by.user,
            verb="framework.published",
            subject=version,
            after={"key": version.key, "version": version.version, "digest": version.digest},
        )
    return version


def install_builtin_frameworks() -> list[FrameworkVersion]:
    """Publish the frameworks that come with the product and are not there yet; returns the new ones.

    Costs one query when nothing is missing: file names carry key and version, so no file is read.
    """
    known = set(FrameworkVersion.objects.builtin().values_list("key", "version"))
    return [
        publish_framework(content=read_yaml(file.read_text(encoding="utf-8")))
        for key, version, file in builtin_files()
        if (key, version) not in known
    ]


def frameworks_on_offer(organization: Organization) -> QuerySet[FrameworkVersion]:
    """What a new round can use: the product's frameworks and the organization's own, newest first.

    Installs the product's own on first use, so that no set-up step can be forgotten; that is why a
    service lists them and not a selector. Two queries, content left out.
    """
    install_builtin_frameworks()
    return (
        FrameworkVersion.objects.on_offer_to(organization)
        .defer("content")
        .order_by("kind", "key", "-published_at", "-pk")
    )


def content_of(version: FrameworkVersion) -> Framework:
    """The content of a published version."""
    return published_content(version.digest, version.content)
