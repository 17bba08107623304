"""A lower page asks, a higher room answers; starting imports nothing."""

from datetime import date

from django.apps import apps
from django.utils.module_loading import import_string

from common.registry import AxisQuestion, Mark, Registry, axis_marks, marks_of

GIVEN: list[AxisQuestion] = []


def autumn(question: AxisQuestion) -> list[Mark]:
    GIVEN.append(question)
    return [Mark(on=date(2026, 9, 1), label="B"), Mark(on=date(2026, 3, 1), label="C")]


def spring(question: AxisQuestion) -> list[Mark]:
    return [Mark(on=date(2026, 3, 1), label="A")]


HERE = "tests.common.test_registry"


def test_marks_of_all_rooms_come_oldest_first_and_nobody_is_asked_about_nothing(monkeypatch, organization):
    monkeypatch.setattr(axis_marks, "_paths", [f"{HERE}.autumn", f"{HERE}.spring"])
    GIVEN.clear()
    marks = marks_of(organization, organization, None)
    assert [mark.label for mark in marks] == ["A", "C", "B"]
    assert [AxisQuestion(organization=organization, subjects=(organization,))] == GIVEN


def test_a_provider_registered_twice_answers_once():
    registry: Registry[AxisQuestion, Mark] = Registry()
    registry.register(f"{HERE}.spring")
    registry.register(f"{HERE}.spring")
    assert registry.paths == (f"{HERE}.spring",)


def test_every_registered_provider_is_there_and_of_an_installed_app():
    assert axis_marks.paths == ("coalition.selectors.marks.go_lives",)
    for path in axis_marks.paths:
        assert callable(import_string(path))
        assert apps.is_installed(path.split(".")[0])
