"""Real files, reshaped where the product needs a column that they do not have."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import pytest
from django.core.management import call_command


@pytest.fixture
def read(shared_data) -> Callable[[str], list[dict[str, str]]]:
    def rows(name: str) -> list[dict[str, str]]:
        with (shared_data / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return rows


@pytest.fixture
def written(tmp_path) -> Callable[..., Path]:
    """A CSV file of these rows."""

    def write(name: str, header: Sequence[str], rows: Iterable[Mapping[str, object]]) -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, header)
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


@pytest.fixture
def imported(organization, ada, capsys) -> Callable[..., str]:
    """What `manage.py import_feedback` says about a file."""

    def bring_in(path: Path, **options: object) -> str:
        call_command("import_feedback", str(path), organization=organization.slug, **options)
        return capsys.readouterr().out

    return bring_in
