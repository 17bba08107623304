"""What stands in no log, whoever wrote the line."""

import logging

from django.conf import settings
from django.utils.module_loading import import_string

from cxprogram.logs import HidesPeople, HidesSecretLinks


def written(message: str, *args: object, error: BaseException | None = None) -> str:
    declared = dict(settings.LOGGING["formatters"]["line"])
    formatter = import_string(declared.pop("()"))(declared.pop("format"), style=declared.pop("style"))
    info = None if error is None else (type(error), error, error.__traceback__)
    record = logging.LogRecord("cxprogram", logging.ERROR, "", 0, message, args, info)
    return formatter.format(record)


def test_every_line_of_the_console_leaves_out_peoples_addresses():
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "line"
    assert settings.LOGGING["formatters"]["line"]["()"] == "cxprogram.logs.HidesPeople"
    assert issubclass(HidesPeople, logging.Formatter)
    line = written("refused: %s", "<mia.o'neil+cx@mail.example.org> is unknown")
    assert "refused: <…@mail.example.org> is unknown" in line


def test_errors_of_a_database_repeat_nobody():
    try:
        raise ValueError("Key (email)=(mia@example.org) already exists.")
    except ValueError as error:
        line = written("failed", error=error)
    assert "Traceback" in line
    assert "mia" not in line


def test_what_is_no_address_stays():
    assert written("at 10:30 @ home, a@b, ratio 3@4").endswith("at 10:30 @ home, a@b, ratio 3@4")


def test_links_with_a_secret_are_cut():
    paths = ("/join/abc123/", "/accounts/password/reset/key/1-d3adb33f/")
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Gone: %s %s", paths, None)
    assert HidesSecretLinks().filter(record)
    assert record.getMessage() == "Gone: /join/…/ /accounts/password/reset/key/…/"
