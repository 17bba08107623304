"""Can the templates be read? `python -m scripts.templates` names what cannot; `make check` runs it.

A line has at most 120 characters, two blanks for a step of indentation, no tab and no blank at its end.
A template opens with a comment that says what it needs; a component lists its parameters in it, each with its
meaning:

    {% comment %}
    One figure with its range and n.
    Parameters:
      label    what the figure is
      unit     optional: what it is counted in, behind the figure
    {% endcomment %}

Where a component takes none, the comment says "Parameters: none."
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "templates"
LONGEST = 120
COMPONENTS = "components"
# Words inside tags that are no parameter.
OWN_WORDS = {"forloop", "True", "False", "None", "_", "not", "and", "or", "in", "is", "as", "with", "only"}

_COMMENT = re.compile(r"\{% comment %\}(.*?)\{% endcomment %\}|\{#(.*?)#\}", re.DOTALL)
_AS_IT_STANDS = re.compile(r"<(pre|textarea)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"\{%\s*(\w+)(.*?)%\}|\{\{(.*?)\}\}", re.DOTALL)
_TEXT = re.compile(r"\"[^\"]*\"|'[^']*'")
_FILTER = re.compile(r"\|\w+")
_NAME = re.compile(r"(?<![\w.])([A-Za-z_]\w*)(?!\w*=)")
_PARAMETER = re.compile(r"^  (\w+) +\S", re.MULTILINE)
_SET = re.compile(r"\bas(?:var)? (\w+)")
_GIVEN = re.compile(r"(\w+)=([A-Za-z_]\w*)")  # a name and where its value comes from
# Tags all of whose words are names; blocktranslate and include read only what is given to them.
_READING = {None, "if", "elif", "for", "with", "icon", "query", "firstof"}


def main() -> int:
    faults = list(faults_of(FOLDER))
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    return 1 if faults else 0


def faults_of(folder: Path) -> Iterator[str]:
    """One sentence for each fault of the templates in `folder`, beginning with file and line."""
    for path in sorted(path for path in folder.rglob("*") if path.suffix in {".html", ".txt"}):
        text, name = path.read_text(encoding="utf-8"), path.relative_to(folder)
        for line, words in _lines(text):
            yield f"{name}:{line}: {words}"
        if path.suffix == ".html" and "allauth" not in name.parts and not _opening(text):
            yield f"{name}:1: opens with no comment that says what it needs"
        if name.parts[0] == COMPONENTS:
            for words in _parameters(text):
                yield f"{name}:1: {words}"


def _lines(text: str) -> Iterator[tuple[int, str]]:
    as_it_stands = (*_AS_IT_STANDS.finditer(text), *_COMMENT.finditer(text))
    free = {number for found in as_it_stands for number in _span(text, found)}
    for number, line in enumerate(text.splitlines(), start=1):
        if len(line) > LONGEST:
            yield number, f"{len(line)} characters; at most {LONGEST}"
        if "\t" in line or line != line.rstrip():
            yield number, "a tab, or a blank at the end"
        if number not in free and (len(line) - len(line.lstrip(" "))) % 2:
            yield number, "indented by an odd number of blanks"


def _span(text: str, found: re.Match[str]) -> range:
    """The lines after the first one of what was found: they stand as they are."""
    first = text.count("\n", 0, found.start()) + 1
    return range(first + 1, text.count("\n", 0, found.end()) + 2)


def _opening(text: str) -> str:
    """The comment at the head, before anything that is shown; empty where there is none."""
    found = _COMMENT.search(text)
    if found is None or re.sub(r"\{% (extends|load) [^%]*%\}", "", text[: found.start()]).strip():
        return ""
    return found[1] or found[2] or ""


def _parameters(text: str) -> Iterator[str]:
    """What the comment of a component leaves out, and what it names without need."""
    comment = _opening(text)
    if "Parameters:" not in comment:
        yield 'documents no parameters: a line "Parameters:", then one line each'
        return
    said, used = set(_PARAMETER.findall(comment.split("Parameters:")[1])), _names(text)
    if not said and "Parameters: none." not in comment:
        yield 'names no parameter; where there are none it says "Parameters: none."'
    for name in sorted(used - said):
        yield f"uses {name}, which its comment does not document"
    for name in sorted(said - used):
        yield f"documents {name}, which it does not use"


def _names(text: str) -> set[str]:
    """Names that a template reads and does not set itself."""
    used, own = set[str](), set(OWN_WORDS)
    for found in _TAG.finditer(_COMMENT.sub("", text)):
        tag, words = found[1], _FILTER.sub("", _TEXT.sub("", found[2] if found[1] else found[3]))
        given = _GIVEN.findall(words)
        own.update(_SET.findall(words))
        if tag in {"blocktranslate", "with"}:
            own.update(name for name, source in given if name != source)
        if tag == "for":
            loop, words = words.split(" in ", 1)
            own.update(re.findall(r"\w+", loop))
        if tag in _READING:
            used.update(_NAME.findall(words))
        elif tag in {"blocktranslate", "include"}:
            used.update(source for _name, source in given)
    return used - own


if __name__ == "__main__":
    sys.exit(main())
