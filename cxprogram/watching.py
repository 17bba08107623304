"""Where files lie, and what members may have the server reach: nightly files, hosts of private networks.
Nothing but the folder of this machine by default.
"""

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
    store = _bucket(bucket, env.text("CXPROGRAM_WATCH_ENDPOINT", ""))
    may_be_private = env.boolean("CXPROGRAM_PRIVATE_HOSTS", default=False)
    return root, bucket, {"watched": store} if bucket else {}, may_be_private


def kept_files() -> dict[str, Any]:
    """The storage of uploads and documents: the folder of this machine, or a bucket that all nodes share."""
    bucket = env.text("CXPROGRAM_FILES_BUCKET", "")
    if not bucket:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    return _bucket(bucket, env.text("CXPROGRAM_FILES_ENDPOINT", ""))


def _bucket(name: str, endpoint: str) -> dict[str, Any]:
    """Files of the same name stand side by side, and none is readable by its address alone."""
    options = {
        "bucket_name": name,
        "endpoint_url": endpoint or None,
        "file_overwrite": False,
        "default_acl": None,
        "querystring_auth": True,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
