"""What members may have the server reach: nightly files, hosts of private networks. Nothing by default."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from cxprogram import env


def reached(var: Path) -> tuple[str, str, dict[str, Any], bool]:
    """The root of nightly files, or their bucket and its storage (which needs django-storages[s3]), and
    whether members may name private hosts.
    """
    root, bucket = env.text("CXPROGRAM_WATCH_ROOT", ""), env.text("CXPROGRAM_WATCH_BUCKET", "")
    if root and bucket:
        raise ImproperlyConfigured("Set CXPROGRAM_WATCH_ROOT or CXPROGRAM_WATCH_BUCKET, not both.")
    if root:
        root = str(env.folder("CXPROGRAM_WATCH_ROOT", var))
    options = {
        "bucket_name": bucket,
        "endpoint_url": env.text("CXPROGRAM_WATCH_ENDPOINT", "") or None,
        "file_overwrite": False,
    }
    store = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    may_be_private = env.boolean("CXPROGRAM_PRIVATE_HOSTS", default=False)
    return root, bucket, {"watched": store} if bucket else {}, may_be_private
