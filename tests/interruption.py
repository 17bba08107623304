"""A use case that breaks off at its last statement leaves nothing behind."""

from collections.abc import Callable
from pkgutil import resolve_name
from typing import Any

import pytest
from django.apps import apps


class BrokenOff(Exception):
    """Power went out, the database closed: nothing that the code knows."""


def stored(*labels: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of these apps, as it stands in the database."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for label in labels
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    }


def left_behind(
    monkeypatch: pytest.MonkeyPatch, last: str, use_case: Callable[[], object], *labels: str, at: int = 1
) -> list[str]:
    """Run the use case until the call of `last` with the number `at` breaks off; which tables changed."""
    before, calls = stored(*labels), iter(range(1, at + 1))
    monkeypatch.setattr(last, _breaking(resolve_name(last), calls, at))
    with pytest.raises(BrokenOff):
        use_case()
    after = stored(*labels)
    return [label for label, rows in after.items() if rows != before[label]]


def _breaking(call: Callable[..., Any], calls: Any, at: int) -> Callable[..., Any]:
    def break_off(*args: Any, **kwargs: Any) -> Any:
        if next(calls) == at:
            raise BrokenOff
        return call(*args, **kwargs)

    return break_off
