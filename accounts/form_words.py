"""What a form that was sent says in words: read from the page that it stands on.

What was kept of a form are names and keys; its page has the labels and the words of its choices. The page is
made for whoever is signed in now, by its own view, so nobody reads more than she may.
"""

import json
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from common.errors import DomainError

_CONTROLS = ("input", "select", "textarea", "button")
_VOID = ("input", "br", "img", "hr", "meta", "link")
_CHOICES = ("radio", "checkbox")


@dataclass(frozen=True, kw_only=True, slots=True)
class FormWords:
    """The heading of the page, and each field that is sent: its label and what was entered or chosen."""

    heading: str = ""
    lines: tuple[tuple[str, str], ...] = ()


@dataclass(kw_only=True, slots=True)
class _Control:
    name: str
    kind: str
    value: str
    label: str = ""
    group: str = ""
    options: dict[str, str] = field(default_factory=dict)


@dataclass(kw_only=True, slots=True)
class _Form:
    path: str
    controls: list[_Control] = field(default_factory=list)


def words_of_form(
    request: HttpRequest, *, page: str, path: str, fields: Sequence[tuple[str, str]]
) -> FormWords:
    """The words of the form on `page` that goes to `path`; empty where the page or the form is not there."""
    html = _page(request, page)
    if html is None:
        return FormWords()
    reader = _Reader(page=urlsplit(page).path)
    reader.feed(html)
    target = urlsplit(path).path
    names = {name for name, _value in fields}
    forms = [form for form in reader.forms if form.path == target]
    if not forms:
        return FormWords()
    form = max(forms, key=lambda one: _likeness(one, names, set(fields)))
    return FormWords(heading=reader.heading, lines=tuple(_lines(form, fields)))


def _likeness(form: _Form, names: set[str], fields: set[tuple[str, str]]) -> tuple[int, int]:
    """How well this is the form that was sent: by its fields, then by what its hidden ones say, since a page
    may have the same form for several things."""
    hidden = {(control.name, control.value) for control in form.controls if control.kind == "hidden"}
    return len(names & {control.name for control in form.controls}), len(hidden & fields)


def _page(request: HttpRequest, address: str) -> str | None:
    """The page as its own view makes it for this person, or None."""
    parts = urlsplit(address)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    inner = copy(request)
    inner.method = "GET"
    inner.path = inner.path_info = parts.path
    inner.GET = QueryDict(parts.query)
    inner.POST = QueryDict()
    inner.resolver_match = match
    try:
        answer = match.func(inner, *match.args, **match.kwargs)
    except (Http404, PermissionDenied, DomainError):
        return None
    is_page = isinstance(answer, HttpResponse) and answer.status_code == 200
    return answer.text if is_page and answer.headers["Content-Type"].startswith("text/html") else None


def _lines(form: _Form, fields: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    by_name: dict[str, list[_Control]] = {}
    for control in form.controls:
        by_name.setdefault(control.name, []).append(control)
    for name, value in fields:
        controls = by_name.get(name, [])
        chosen = next((item for item in controls if item.value == value), None)
        if not controls or not value.strip():
            continue
        first = controls[0]
        if first.kind == "hidden":
            if value in first.options:
                yield first.label, first.options[value]
            continue
        if first.kind in _CHOICES:
            one = chosen or first
            yield (one.group, one.label) if one.group else (one.label, _("yes"))
        elif first.kind == "button":
            yield "", chosen.label if chosen else value
        else:
            yield first.label, first.options.get(value, value)


def _hidden_words(given: dict[str, str]) -> dict[str, str]:
    """What a hidden field says, by its value: `data-words` for the value that it has, `data-choices` (JSON)
    for each that it may have. Without them it decides nothing that a person would want to know."""
    words = dict(json.loads(given.get("data-choices") or "{}"))
    return words | ({given.get("value", ""): given["data-words"]} if given.get("data-words") else {})


class _Reader(HTMLParser):
    """Collects the heading, and of each form its controls with their labels."""

    def __init__(self, *, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.page, self.heading, self.forms = page, "", list[_Form]()
        self._labels: dict[str, str] = {}
        self._ids: list[tuple[str, _Control]] = []
        self._open: list[tuple[str, list[str]]] = []  # elements whose text is wanted
        self._legend = ""
        self._wrapped: list[_Control] = []  # controls inside the label that is open
        self._label_for: str | None = None
        self._option = ""
        self._quiet = 0  # depth inside a note such as "optional"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if self._quiet or (tag == "span" and "optional" in given.get("class", "").split()):
            self._quiet += tag not in _VOID
            return
        if tag == "form":
            self.forms.append(_Form(path=urlsplit(given.get("action", "")).path or self.page))
        elif tag == "fieldset":
            self._legend = ""
        elif tag in ("h1", "legend", "label", "option") or (tag == "button" and given.get("name")):
            self._open.append((tag, []))
        if tag == "label":
            self._label_for, self._wrapped = given.get("for"), []
        if tag == "option":
            self._option = given.get("value", "")
        if tag in _CONTROLS and given.get("name") and self.forms:
            self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text") if tag == "input" else tag
        control = _Control(name=given["name"], kind=kind, value=given.get("value", ""))
        if kind in _CHOICES:
            control.group = self._legend
        if kind == "hidden":
            control.label, control.options = given.get("data-label", ""), _hidden_words(given)
        self.forms[-1].controls.append(control)
        if any(name == "label" for name, _texts in self._open):
            self._wrapped.append(control)
        if given.get("id"):
            self._ids.append((given["id"], control))

    def handle_data(self, data: str) -> None:
        if self._open and not self._quiet:
            self._open[-1][1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._quiet:
            self._quiet -= tag not in _VOID
            return
        if tag == "fieldset":
            self._legend = ""
        if not self._open or self._open[-1][0] != tag:
            return
        text = " ".join("".join(self._open.pop()[1]).split())
        if tag == "h1":
            self.heading = self.heading or text
        elif tag == "legend":
            self._legend = text
        elif tag == "label":
            for control in self._wrapped:
                control.label = text
            if self._label_for:
                self._labels[self._label_for] = text
            self._wrapped = []
        elif self.forms and self.forms[-1].controls:
            control = self.forms[-1].controls[-1]
            if tag == "option":
                control.options[self._option] = text
            else:
                control.label = text

    def feed(self, data: str) -> None:
        super().feed(data)
        for name, control in self._ids:
            control.label = control.label or self._labels.get(name, "")
