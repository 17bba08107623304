"""What a browser would send for a page that nobody has touched."""

from html.parser import HTMLParser


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._select, self._first, self._area = "", "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name, value = said.get("name") or "", said.get("value") or ""
        kind = said.get("type") or "text"
        if tag == "input" and name and kind not in {"submit", "button", "file"}:
            if kind not in {"checkbox", "radio"} or "checked" in said:
                self.sent.setdefault(name, []).append(value or ("on" if kind == "checkbox" else ""))
        elif tag == "select":
            self._select, self._first = name, ""
        elif tag == "option" and self._select:
            if "selected" in said:
                self.sent.setdefault(self._select, []).append(value)
            self._first = self._first or f"={value}"
        elif tag == "textarea":
            self._area = name
            self.sent[name] = [""]

    def handle_data(self, data: str) -> None:
        if self._area:
            self.sent[self._area] = [self.sent[self._area][0] + data]

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            if self._select and self._select not in self.sent and self._first:
                self.sent[self._select] = [self._first[1:]]
            self._select = ""
        if tag == "textarea":
            self._area = ""


def filled(page: str, **typed: str) -> dict[str, list[str]]:
    """Field -> values of all forms of the page, with what was typed."""
    parser = _Fields()
    parser.feed(page)
    return {**parser.sent, **{name: [value] for name, value in typed.items()}}
