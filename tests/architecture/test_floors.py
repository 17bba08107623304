"""The floors hold for imports and for relations between models."""

import subprocess
import sys
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent.parent
FLOORS = [
    {"common"},
    {"questionnaires", "tabular"},
    {"accounts"},
    {"assessments", "employee_voice", "journeys"},
    {"customer_voice"},
    {"coalition"},
    {"impact"},
    {"reports"},
    {"overview"},
]
OURS = {label for floor in FLOORS for label in floor}


def level(label: str) -> int:
    return next(number for number, floor in enumerate(FLOORS) if label in floor)


def test_import_contracts_hold():
    run = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout[-3000:]


def test_no_relation_points_up():
    upward = []
    for model in apps.get_models():
        if model._meta.app_label not in OURS:
            continue
        for field in [*model._meta.fields, *model._meta.many_to_many]:
            target = field.related_model
            if target is None or target._meta.app_label not in OURS:
                continue
            if level(target._meta.app_label) > level(model._meta.app_label):
                upward.append(f"{field} -> {target._meta.label}")
    assert not upward


def test_apps_on_one_floor_do_not_point_at_each_other():
    sideways = [
        str(field)
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for field in [*model._meta.fields, *model._meta.many_to_many]
        if field.related_model is not None
        and field.related_model._meta.app_label in OURS
        and field.related_model._meta.app_label != model._meta.app_label
        and level(field.related_model._meta.app_label) == level(model._meta.app_label)
    ]
    assert not sideways


def test_rooms_stay_readable():
    """A room over about 450 lines holds more than one thing."""
    long = [
        f"{path.relative_to(ROOT)}: {lines}"
        for label in [*OURS, "cxprogram", "cxstats", "cxcharts", "questionnaires", "tabular", "wording"]
        for path in (ROOT / label).rglob("*.py")
        if "migrations" not in path.parts
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > 450
    ]
    assert not long


def test_there_are_no_junk_drawers():
    names = {"utils.py", "helpers.py", "managers.py", "misc.py"}
    assert not [path for label in OURS for path in (ROOT / label).rglob("*.py") if path.name in names]
