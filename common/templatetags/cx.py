"""Template tags used on every page: icons, active links, figures in the reader's format."""

import re
from decimal import Decimal
from functools import lru_cache
from math import floor, log10
from typing import Any
from urllib.parse import quote, urlencode

from django import template
from django.conf import settings
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context, RequestContext
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from common import rows
from wording.formats import reader
from wording.joining import ROOMY, closed_up
from wording.joining import bracketed as bracketed_text
from wording.joining import clauses as clauses_text
from wording.joining import listed as listed_text

register = template.Library()
register.filter("moment_mark", rows.moment_mark)


@lru_cache(maxsize=256)
def _icon_body(name: str) -> str:
    file = settings.ICON_DIR / "outline" / f"{name}.svg"
    text = file.read_text(encoding="utf-8")
    return text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")].strip()


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An outline icon. Decorative unless `label` is given. An unknown name raises FileNotFoundError."""
    described = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon {}" {} width="24" height="24" viewBox="0 0 24 24" fill="none" '
        'stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">{}</svg>',
        css,
        described,
        mark_safe(_icon_body(name)),  # noqa: S308  # our own package's drawing
    )


@register.simple_tag(takes_context=True)
def here(context: RequestContext, *namespaces: str) -> str:
    """`active` when the present page belongs to one of these URL namespaces or names."""
    match = getattr(context.get("request"), "resolver_match", None)
    if match is None:
        return ""
    return "active" if set(namespaces) & {*match.namespaces, match.url_name or "", match.view_name} else ""


@register.filter
def listed(names: Any) -> str:
    """One after the other, as the reader's language separates them."""
    return listed_text(str(name) for name in names or ())


@register.filter
def bracketed(first: Any, second: Any) -> str:
    """A thing, and in the brackets of the reader's language what belongs to it."""
    return bracketed_text(first, second)


@register.simple_tag
def clauses(*parts: Any) -> str:
    """A thing and what names it more closely, with the comma of the reader's language."""
    return clauses_text(str(part) for part in parts if part)


@register.filter
def signed(value: Any, digits: int = 1) -> str:
    """A difference with its sign and a real minus: +3.2, −1.0, 0.0."""
    return "" if value is None else reader().signed(float(value), int(digits))


@register.filter
def figure(value: Any, digits: int = 1) -> str:
    """A figure in the reader's format, with a real minus; empty for None."""
    return "" if value is None else reader().number(float(value), int(digits))


@register.filter
def figure_short(value: Any) -> str:
    """A figure with three significant digits and no empty decimals: 0.0012, 42.1, 58,000."""
    if value is None:
        return ""
    number = float(value)
    if number == 0:
        return "0"
    digits = max(0, 2 - floor(log10(abs(number))))
    return reader().shortest(round(number, digits))


@register.filter
def figure_full(value: Any) -> str:
    """A figure as somebody gave it, without empty decimals: 36 000, 12.55, 0.0012."""
    return reader().shortest(round(float(value), 6))


@register.filter
def percent(share: Any, digits: int = 0) -> str:
    """A share 0-1 as a percentage: 57 % or 57%."""
    return "" if share is None else reader().percent(float(share), int(digits))


@register.filter
def percents(number: Any, digits: int = 0) -> str:
    """A number of percents, such as a progress or a rate, as a percentage."""
    return "" if number is None else reader().percent(Decimal(str(number)) / 100, int(digits))


@register.filter
def money(value: Any, currency: str = "") -> str:
    """An amount, grouped, with its currency code; with cents where there are some."""
    return "" if value is None else reader().money(value, currency)


_HALF_A_NUMBER = re.compile(r"[\d.,\u00a0\u202f’]+$")


@register.filter
def shortened(value: Any, most: int) -> str:
    """At most so many letters, and no number cut in two: 25,00… would be read as another one."""
    text = str(value)
    return text if len(text) <= most else f"{_HALF_A_NUMBER.sub('', text[: most - 1]).rstrip()}…"


@register.filter
def lookup(mapping: Any, key: Any) -> Any:
    """`mapping[key]`, or None: for tables whose columns are data."""
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.tag
def set_close(parser: Parser, token: Token) -> "SetCloseNode":
    """`{% set_close %}…{% endset_close %}`: Chinese without the blanks that a template's lines leave.

    Two sentences that stand in two lines of a template are set with a blank between them, which Chinese has
    not. What people typed into a field, code and attributes stay as they are.
    """
    nodes = parser.parse(("endset_close",))
    parser.delete_first_token()
    return SetCloseNode(nodes)


class LeadNode(Node):
    """A figure as a link to what it was made from; the figure alone where nothing is known or it may not be
    opened. `site` of the context goes before the address: documents are read elsewhere."""

    def __init__(self, nodelist: NodeList, name: Any, parts: list[Any], options: dict[str, Any]) -> None:
        self.nodelist, self.name, self.parts, self.options = nodelist, name, parts, options

    def render(self, context: Context) -> SafeString:
        text = mark_safe(self.nodelist.render(context).strip())  # noqa: S308  # what the template wrote
        address = self._address(context)
        return format_html('<a class="trace" href="{}">{}</a>', address, text) if address else text

    def _address(self, context: Context) -> str:
        options = {key: value.resolve(context) for key, value in self.options.items()}
        parts = [part.resolve(context) for part in self.parts]
        if not options.get("may", True) or any(part in (None, "") for part in parts):
            return ""
        at = f"#{options['at']}" if options.get("at") else ""
        name = self.name.resolve(context)
        path = reverse(name, args=parts) if name else ""
        if not path and not at:
            return ""
        return f"{context.get('site', '') if path else ''}{path}{options.get('asked') or ''}{at}"


@register.tag
def lead(parser: Parser, token: Token) -> LeadNode:
    """`{% lead 'app:name' arguments at='fragment' asked=query may=condition %}figure{% endlead %}`; with ""
    as its name a place on the same page."""
    _tag, name, *rest = token.split_contents()
    parts, options = [], {}
    for one in rest:
        key, sign, value = one.partition("=")
        if sign and key in ("at", "asked", "may"):
            options[key] = parser.compile_filter(value)
        else:
            parts.append(parser.compile_filter(one))
    nodelist = parser.parse(("endlead",))
    parser.delete_first_token()
    return LeadNode(nodelist, parser.compile_filter(name), parts, options)


class OnceNode(Node):
    """What stands at two places of a page, as a table at a desk and as text on a phone, written once."""

    def __init__(self, nodelist: NodeList, parts: list[Any]) -> None:
        self.nodelist, self.parts = nodelist, parts

    def render(self, context: Context) -> SafeString:
        kept = context.get("once")
        if kept is None:
            return self.nodelist.render(context)
        key = tuple(part.resolve(context) for part in self.parts)
        if key not in kept:
            kept[key] = self.nodelist.render(context)
        found: SafeString = kept[key]
        return found


@register.tag
def once(parser: Parser, token: Token) -> OnceNode:
    """`{% once 'name' key %}...{% endonce %}`: rendered for the first of a name and key, and kept in the
    dictionary `once` of the page's context; where there is none, each time."""
    _tag, *parts = token.split_contents()
    nodelist = parser.parse(("endonce",))
    parser.delete_first_token()
    return OnceNode(nodelist, [parser.compile_filter(part) for part in parts])


class SetCloseNode(Node):
    """What is inside, closed up where the present language is Chinese."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        text = self.nodelist.render(context)
        return text if not (get_language() or "").startswith("zh") else mark_safe(_set_close(text))  # noqa: S308


_TAG = re.compile(r"(<(textarea|pre|code|script|style|svg)\b.*?</\2>|<[^>]*>)", re.DOTALL)


def _set_close(page: str) -> str:
    """HTML whose texts are closed up, across the tags that stand between them."""
    pieces: list[str] = []
    place, is_open = 0, False  # open: the last text ended in punctuation, and its blank is not written
    for tag in (*_TAG.finditer(page), None):
        text = page[place : tag.start() if tag else len(page)]
        plain = text.strip()
        if is_open and plain.startswith("·"):
            pieces.append(" ")
        if is_open:
            text = text.lstrip()
        if plain:
            is_open = plain[-1] in ROOMY
        pieces.append(closed_up(text.rstrip() if is_open else text))
        if tag:
            is_open = is_open and not tag[2]
            pieces.append(tag[0])
            place = tag.end()
    return "".join(pieces)


@register.simple_tag(takes_context=True)
def query(context: RequestContext, **changes: Any) -> str:
    """The present query string with some parameters changed; None removes one."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    text = parameters.urlencode()
    return f"?{text}" if text else "?"


@register.simple_tag
def asking(**parameters: Any) -> str:
    """A query string of the parameters that have a value; nothing where none has one."""
    text = urlencode(
        {name: value for name, value in parameters.items() if value not in (None, "")}, quote_via=quote
    )
    return f"?{text}" if text else ""
