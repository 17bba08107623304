"""Typed readers of environment variables. A bad value stops the start with one clear line.

Every reader also accepts `NAME_FILE`: the path of a file that holds the value (for secrets).
"""

import os
import re
import tempfile
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

LEAST_LETTERS, LEAST_KINDS_OF_LETTERS = 50, 10  # of a secret
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_HOST = re.compile(r"\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\]", re.IGNORECASE)
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
REDIS = "redis://host:6379/0"
# What may stand after `?` of the database's address: how the connection is protected, which server is meant.
POSTGRES_OPTIONS = (
    "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "channel_binding", "target_session_attrs",
)  # fmt: skip
POSTGRES_CHOICES = {
    "sslmode": ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "channel_binding": ("disable", "prefer", "require"),
    "target_session_attrs": ("any", "read-write", "primary"),  # the product writes
}
_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def text(name: str, default: str | None = None) -> str:
    """The value of `name`, or the content of the file named by `name_FILE`. An empty one counts as
    missing."""
    value, file = os.environ.get(name, ""), os.environ.get(f"{name}_FILE")
    value = value if value.strip() else ""
    if file:
        if value:
            raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
        try:
            value = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "no text in UTF-8"
            raise ImproperlyConfigured(f"{name}_FILE: cannot read {file} ({reason}).") from error
    if value:
        return value
    if default is None:
        empty = f" {file} is empty." if file else ""
        raise ImproperlyConfigured(f"{name} is required. Set it, or {name}_FILE.{empty}")
    return default


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


def log_level(name: str, default: str) -> str:
    """One of the levels of the log, in capital letters whatever is given."""
    value = text(name, default).upper()
    if value not in LOG_LEVELS:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(LOG_LEVELS)}; got {value!r}.")
    return value


def folder(name: str, default: Path) -> Path:
    """A folder that is there and may be entered, or can be made: where it is not there yet this is tried, by
    a folder beside it that is gone at once. Leaves nothing."""
    path = Path(text(name, str(default)))
    try:
        there = next(place for place in (path, *path.absolute().parents) if place.exists())
        reason = "" if there.is_dir() else f"{there} is no folder"
        if not reason and there != path:
            os.rmdir(tempfile.mkdtemp(prefix=".cxprogram-", dir=there))
        elif not reason and not os.access(path, os.R_OK | os.X_OK):
            reason = "this account may not enter it"
    except OSError as error:  # a name too long too
        reason = f"it cannot be made: {error.strerror}"
    except ValueError:  # a character that no path has
        reason = "it cannot be made"
    if reason:
        raise ImproperlyConfigured(
            f"{name} must be a folder, or the path of one that can be made; got {path} ({reason})."
        )
    return path


def secret(name: str) -> str:
    """A required key that nobody guesses; stricter than the framework's own check."""
    value = text(name)
    _require_unguessable(name, value)
    return value


def former_secrets(name: str) -> list[str]:
    """Keys of before, between commas or on lines of their own; none by default. As strong as `secret`."""
    found = re.split(r"[,\s]+", text(name, ""))
    keys = [value for value in found if value]
    for value in keys:
        _require_unguessable(name, value)
    return keys


def _require_unguessable(name: str, value: str) -> None:
    if len(value) < LEAST_LETTERS or len(set(value)) < LEAST_KINDS_OF_LETTERS:
        raise ImproperlyConfigured(
            f"{name} must be a random text of at least {LEAST_LETTERS} characters, "
            f"{LEAST_KINDS_OF_LETTERS} of them different; got {len(value)}, {len(set(value))} different."
        )


def hosts(name: str, default: str | None = None) -> list[str]:
    """Host names without scheme, port or path; one with a leading dot stands for all below it."""
    found = listing(name, default)
    for host in found:
        if host != "*" and not _HOST.fullmatch(host):
            raise ImproperlyConfigured(
                f"{name} must name hosts alone, without https:// or port; got {host!r}."
            )
    return found


def site(name: str, default: str) -> str:
    """The address that links begin with: scheme and host, and no slash at the end."""
    value = text(name, default)
    parts = _split(name, value, "https://cx.example.org")
    is_bare = parts.path in {"", "/"} and not (parts.query or parts.fragment or parts.username)
    host = str(parts.hostname or "")
    is_one_host = not host.startswith(".") and bool(_HOST.fullmatch(f"[{host}]" if ":" in host else host))
    if parts.scheme not in {"http", "https"} or not is_bare or not is_one_host:
        raise ImproperlyConfigured(
            f"{name} must read https://cx.example.org: a scheme and one host, without a path; got {value!r}."
        )
    return f"{parts.scheme}://{parts.netloc}"


def is_served(address: str, served: list[str]) -> bool:
    """Whether the host of an address is one of those that are served: by name, or below one with a dot."""
    host = (urlsplit(address).hostname or "").rstrip(".")
    host = f"[{host}]" if ":" in host else host
    for name in served:
        known = name.lower().rstrip(".")
        if name == "*" or host == known or (known.startswith(".") and f".{host}".endswith(known)):
            return True
    return False


def refuse_unserved(name: str, address: str, served: list[str], *, is_always_asked: bool) -> None:
    """An address of links that this installation would not answer stops the start; without `is_always_asked`
    only one that somebody has set."""
    if (is_always_asked or text(name, "")) and not is_served(address, served):
        raise ImproperlyConfigured(
            f"{name} is {address}, whose host is not among CXPROGRAM_HOSTS ({', '.join(served)}): every link "
            "in mail would be refused. Add the host there, or correct the address."
        )


def is_this_machine(address: str) -> bool:
    return urlsplit(address).hostname in _THIS_MACHINE


def sender(name: str, default: str | None = None) -> str:
    """An address of mail, alone or as `Name <address>`."""
    value = text(name, default)
    if "@" in value:
        _require_sendable(name, value.strip().removesuffix(">").rpartition("@")[2])
    _name, address = parseaddr(value)
    try:
        if not value.strip().endswith(
            (address, f"<{address}>")
        ):  # read by dropping blanks: not what was meant
            raise ValidationError("blanks")
        validate_email(address)
    except ValidationError as error:
        raise ImproperlyConfigured(
            f"{name} must be an e-mail address, or Name <address>; got {value!r}."
        ) from error
    return value


def _require_sendable(name: str, domain: str) -> None:
    """Well-formed is not enough: servers refuse senders at a number, and other letters need their code."""
    if domain.startswith("["):
        raise ImproperlyConfigured(
            f"{name} must name a domain, such as example.org, behind the @; got the number {domain}. Use the "
            "domain that your mail server sends for, otherwise letters are refused."
        )
    if not domain.isascii():
        try:
            coded = domain.encode("idna").decode()
        except UnicodeError:
            coded = ""
        instead = f"; write {coded}" if coded else ""
        raise ImproperlyConfigured(
            f"{name} must have its domain as mail servers read it (xn--…); got {domain}{instead}."
        )


def mail_host(name: str) -> str:
    """The name of a mail server, without scheme or port."""
    value = text(name)
    if any(mark in value for mark in "/@ ") or (":" in value and value.count(":") == 1):
        raise ImproperlyConfigured(f"{name} must be the name of a mail server, without port; got {value!r}.")
    return value


def postgres(name: str, url: str) -> dict[str, str]:
    """The parts of `postgresql://user:password@host:port/name`, by Django's names for them."""
    pattern = "postgresql://user:password@host:5432/name"
    parts = _split(name, url, pattern)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/") or parts.port == 0:
        raise ImproperlyConfigured(f"{name} must read {pattern}.")
    return {
        "NAME": parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
    }


def postgres_options(name: str, url: str) -> dict[str, str]:
    """What stands after `?`, by libpq's names for it; refuses what is unknown, by its name alone."""
    parts = _split(name, url, "postgresql://user:password@host:5432/name")
    if parts.fragment:
        raise ImproperlyConfigured(f"{name}: # must be written %23.")
    found: dict[str, str] = {}
    for option, value in parse_qsl(parts.query, keep_blank_values=True):
        if option not in POSTGRES_OPTIONS or option in found:
            said = f"{option!r} is given twice" if option in found else _unknown(option)
            raise ImproperlyConfigured(f"{name}: after ? may stand {', '.join(POSTGRES_OPTIONS)}; {said}.")
        allowed = POSTGRES_CHOICES.get(option)
        if not value or (allowed and value not in allowed):
            right = f"one of {', '.join(allowed)}" if allowed else "the path of a file"
            raise ImproperlyConfigured(f"{name}: {option} must be {right}.")
        found[option] = value
    return found


def _unknown(option: str) -> str:
    """A name may be said; what looks otherwise may be part of a password whose `?` was not quoted."""
    return (
        f"{option!r} is unknown"
        if option.isidentifier() and option.islower()
        else "something else stands there"
    )


def redis(name: str, default: str | None = None) -> str:
    """The address of a Redis database; empty where none is needed."""
    value = text(name, default)
    if value and _split(name, value, REDIS).scheme not in {"redis", "rediss"}:
        raise ImproperlyConfigured(f"{name} must read {REDIS} (or rediss://).")
    return value


def next_redis_database(url: str) -> str:
    """The database after the one of `url` on the same server: `redis://host/0` gives `redis://host/1`."""
    parts = _split("CXPROGRAM_REDIS_URL", url, REDIS)
    number = parts.path.strip("/") or "0"
    if parts.scheme not in {"redis", "rediss"} or not number.isdecimal():
        raise ImproperlyConfigured(f"CXPROGRAM_REDIS_URL must read {REDIS} (or rediss://).")
    return parts._replace(path=f"/{int(number) + 1}").geturl()


def is_same_redis(one: str, other: str) -> bool:
    """Whether two addresses mean one database of one server, however they are written."""
    return _redis_place(one) == _redis_place(other)


def _redis_place(url: str) -> tuple[str, int, str]:
    parts = _split("CXPROGRAM_BROKER_URL", url, REDIS)
    host = (parts.hostname or "localhost").rstrip(".")
    asked = dict(parse_qsl(parts.query)).get("db")
    number = (asked or parts.path.strip("/") or "0").lstrip("0") or "0"
    return "localhost" if host in _THIS_MACHINE else host, parts.port or 6379, number


def _split(name: str, value: str, pattern: str) -> SplitResult:
    """The parts of an address, its port read; never says the address, which may hold a password."""
    try:
        parts = urlsplit(value)
        _port = parts.port
    except ValueError:
        # Without the error's words and without the error itself: they repeat what they could not read.
        raise ImproperlyConfigured(
            f"{name} must read {pattern}; marks like / ? # @ : in a password are written %2F %3F %23 %40 %3A."
        ) from None
    return parts
