"""Typed readers of environment variables. A bad value stops the start with one clear line.

Every reader also accepts `NAME_FILE`: the path of a file that holds the value (for secrets).
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def text(name: str, default: str | None = None) -> str:
    """The value of `name`, or the content of the file named by `name_FILE`."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        if name in os.environ:
            raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE: cannot read {file} ({error.strerror}).") from error
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is required. Set it, or {name}_FILE.")
    return value


def boolean(name: str, *, default: bool) -> bool:
    value = text(name, str(default)).lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be one of true, false, yes, no, 1, 0; got {value!r}.")


def integer(name: str, *, default: int, minimum: int = 0, maximum: int | None = None) -> int:
    value = text(name, str(default))
    try:
        number = int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number; got {value!r}.") from error
    if number < minimum or (maximum is not None and number > maximum):
        limit = f"at least {minimum}" + (f" and at most {maximum}" if maximum is not None else "")
        raise ImproperlyConfigured(f"{name} must be {limit}; got {number}.")
    return number


def listing(name: str, default: str | None = None) -> list[str]:
    """Comma-separated values, blanks dropped."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def choice(name: str, *, default: str, allowed: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}; got {value!r}.")
    return value


def next_redis_database(url: str) -> str:
    """The database after the one of `url` on the same server: `redis://host/0` gives `redis://host/1`."""
    parts = urlsplit(url)
    number = parts.path.strip("/") or "0"
    if parts.scheme not in {"redis", "rediss"} or not number.isdecimal():
        raise ImproperlyConfigured("CXPROGRAM_REDIS_URL must read redis://host:6379/0 (or rediss://).")
    return parts._replace(path=f"/{int(number) + 1}").geturl()
