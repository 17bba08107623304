"""Every template compiles, can be read, says what it needs, and carries no inline script or style sheet."""

import re

import pytest
from django.template import engines

from scripts.templates import faults_of
from tests.architecture.test_floors import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_template_compiles(path):
    engines["django"].from_string(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_template_has_nothing_inline(path):
    text = path.read_text(encoding="utf-8")
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag or 'type="application/json"' in tag or "nonce" in tag, tag
    if "pdf" not in path.parts and path.name != "chart.html":
        assert "<style" not in text
    assert not re.search(r"\son(click|change|submit|load|input)=", text)


def test_every_template_can_be_read():
    assert list(faults_of(ROOT / "templates")) == []


def component(folder, text):
    (folder / "components").mkdir()
    (folder / "components" / "line.html").write_text(text, encoding="utf-8")
    return list(faults_of(folder))


DOCUMENTED = """{% comment %}
One line.
Parameters:
  text    what it says
  url     optional: where it leads
{% endcomment %}
"""


def test_a_component_with_its_parameters_documented_passes(tmp_path):
    text = DOCUMENTED + '{% if url %}<a href="{{ url }}">{% endif %}{{ text|default:"" }}'
    assert component(tmp_path, text) == []


def test_a_parameter_that_is_used_and_not_documented_is_named(tmp_path):
    text = DOCUMENTED + '<a href="{{ url }}">{{ text }}</a>{% for one in lines %}{{ one }}{% endfor %}'
    assert component(tmp_path, text) == [
        "components/line.html:1: uses lines, which its comment does not document"
    ]


def test_a_parameter_that_is_documented_and_not_used_is_named(tmp_path):
    assert component(tmp_path, DOCUMENTED + "{{ text }}") == [
        "components/line.html:1: documents url, which it does not use"
    ]


def test_a_component_without_parameters_in_its_comment_is_named(tmp_path):
    assert component(tmp_path, "{# A line. #}\n{{ text }}") == [
        'components/line.html:1: documents no parameters: a line "Parameters:", then one line each'
    ]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("x" * 120, None),
        ("x" * 121, "121 characters; at most 120"),
        ("   <p>", "indented by an odd number of blanks"),
        ("<p> ", "a tab, or a blank at the end"),
        ("\t<p>", "a tab, or a blank at the end"),
    ],
)
def test_a_line_that_is_hard_to_read_is_named(tmp_path, line, fault):
    (tmp_path / "page.html").write_text(f"{{# A page. #}}\n{line}\n", encoding="utf-8")
    assert list(faults_of(tmp_path)) == ([f"page.html:2: {fault}"] if fault else [])


def test_a_page_that_does_not_say_what_it_needs_is_named(tmp_path):
    (tmp_path / "page.html").write_text("<p>A page.</p>\n{# Context: none. #}\n", encoding="utf-8")
    assert list(faults_of(tmp_path)) == ["page.html:1: opens with no comment that says what it needs"]
