import pytest
from django.core.exceptions import ImproperlyConfigured

from cxprogram import env


def test_a_missing_required_value_is_named(monkeypatch):
    monkeypatch.delenv("CX_THING", raising=False)
    with pytest.raises(ImproperlyConfigured, match="CX_THING is required"):
        env.text("CX_THING")


def test_a_secret_may_come_from_a_file(monkeypatch, tmp_path):
    file = tmp_path / "secret"
    file.write_text("s3cret\n")
    monkeypatch.delenv("CX_THING", raising=False)
    monkeypatch.setenv("CX_THING_FILE", str(file))
    assert env.text("CX_THING") == "s3cret"


def test_keys_of_before_stand_between_commas_or_on_lines_and_are_as_strong_as_todays(monkeypatch, tmp_path):
    first, second = "abcdefghij" * 5, "klmnopqrst" * 5
    monkeypatch.delenv("CX_THING", raising=False)
    assert env.former_secrets("CX_THING") == []
    monkeypatch.setenv("CX_THING", f"{first}, {second},")
    assert env.former_secrets("CX_THING") == [first, second]
    monkeypatch.setenv("CX_THING", f"{first},short")
    with pytest.raises(ImproperlyConfigured, match="CX_THING must be a random text of at least 50"):
        env.former_secrets("CX_THING")
    file = tmp_path / "secrets"
    file.write_text(f"{second}\n{first}\n")
    monkeypatch.delenv("CX_THING")
    monkeypatch.setenv("CX_THING_FILE", str(file))
    assert env.former_secrets("CX_THING") == [second, first]


def test_value_and_file_together_are_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("CX_THING", "a")
    monkeypatch.setenv("CX_THING_FILE", str(tmp_path / "secret"))
    with pytest.raises(ImproperlyConfigured, match="not both"):
        env.text("CX_THING")


def test_an_unreadable_file_is_named(monkeypatch, tmp_path):
    monkeypatch.delenv("CX_THING", raising=False)
    monkeypatch.setenv("CX_THING_FILE", str(tmp_path / "nothing"))
    with pytest.raises(ImproperlyConfigured, match="cannot read"):
        env.text("CX_THING")


@pytest.mark.parametrize(("typed", "value"), [("yes", True), ("0", False), ("ON", True), ("false", False)])
def test_booleans_as_people_write_them(monkeypatch, typed, value):
    monkeypatch.setenv("CX_THING", typed)
    assert env.boolean("CX_THING", default=not value) is value


def test_an_empty_value_counts_as_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("CX_THING", " ")
    assert env.boolean("CX_THING", default=True) is True
    assert env.integer("CX_THING", default=3) == 3
    assert env.listing("CX_THING", "a,b") == ["a", "b"]
    with pytest.raises(ImproperlyConfigured, match="CX_THING is required"):
        env.text("CX_THING")
    file = tmp_path / "secret"
    file.write_text("\n")
    monkeypatch.delenv("CX_THING")
    monkeypatch.setenv("CX_THING_FILE", str(file))
    assert env.text("CX_THING", "default") == "default"
    with pytest.raises(ImproperlyConfigured, match=r"CX_THING is required.*is empty"):
        env.text("CX_THING")


@pytest.mark.parametrize("typed", ["maybe", "2"])
def test_other_words_are_no_booleans(monkeypatch, typed):
    monkeypatch.setenv("CX_THING", typed)
    with pytest.raises(ImproperlyConfigured, match="CX_THING"):
        env.boolean("CX_THING", default=True)


@pytest.mark.parametrize("typed", ["12.5", "many", "-1", "99"])
def test_numbers_outside_their_range_are_refused(monkeypatch, typed):
    monkeypatch.setenv("CX_THING", typed)
    with pytest.raises(ImproperlyConfigured, match="CX_THING"):
        env.integer("CX_THING", default=3, minimum=0, maximum=10)


def test_lists_drop_blanks(monkeypatch):
    monkeypatch.setenv("CX_THING", "a, b,,c ")
    assert env.listing("CX_THING") == ["a", "b", "c"]


def test_an_unknown_choice_lists_the_known_ones(monkeypatch):
    monkeypatch.setenv("CX_THING", "blue")
    with pytest.raises(ImproperlyConfigured, match="red, green"):
        env.choice("CX_THING", default="red", allowed=("red", "green"))
