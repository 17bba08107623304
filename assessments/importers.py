"""Framework files: YAML -> validated, frozen content. Every refusal names the path and what is expected.

The same reading serves files of the product, uploads of an organization and content kept in the
database, so nothing can be scored that was not checked.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from assessments.choices import LEVELS, FrameworkKind
from assessments.content import (
    FALLBACK_LANGUAGE,
    Dimension,
    Framework,
    LevelBand,
    NextStep,
    Perspective,
    Practice,
    PrerequisiteRule,
    VersionMapping,
)
from assessments.errors import FrameworkInvalid
from questionnaires.loading import join, load_yaml, plain
from questionnaires.reading import ContentReader

BUILTIN_FOLDER = Path(__file__).parent / "frameworks"
MOST_PRACTICES = 200
MOST_BUILT = 64  # contents kept per process
TOP = {"key", "version", "kind", "name", "summary", "levels", "bands", "perspectives", "dimensions"}
PRACTICE = {"key", "title", "question", "levels", "evidence", "next_steps", "weight", "feasibility"}

_BUILT: dict[str, Framework] = {}  # by digest


def read_yaml(text: str) -> Any:
    """The plain values of a YAML text. Raises FrameworkInvalid with the line of what cannot be read."""
    return load_yaml(text, FrameworkInvalid).content


def builtin_files() -> Iterator[tuple[str, str, Path]]:
    """(key, version, file) of the frameworks that come with the product, named `<key>-<version>.yaml`."""
    for file in sorted(BUILTIN_FOLDER.glob("*.yaml")):
        key, _dash, version = file.stem.rpartition("-")
        yield key, version, file


def framework_content(raw: Any) -> Framework:
    """The content as frozen objects. Raises FrameworkInvalid with every problem found."""
    reader = _Reader()
    framework = reader.framework(raw)
    if reader.problems:
        raise FrameworkInvalid(reader.problems)
    return framework


def published_content(digest: str, content: Any) -> Framework:
    """The content of a published version; built once per process: the same digest is the same content."""
    found = _BUILT.get(digest)
    if found is None:
        if len(_BUILT) >= MOST_BUILT:
            _BUILT.clear()
        found = _BUILT[digest] = framework_content(content)
    return found


def canonical_content(raw: Any) -> dict[str, Any]:
    """The content as it is stored and digested."""
    stored: dict[str, Any] = json.loads(json.dumps(plain(raw), ensure_ascii=False, allow_nan=False))
    return stored


class _Reader(ContentReader):
    """Reads a framework; every text has English."""

    def __init__(self) -> None:
        super().__init__(language=FALLBACK_LANGUAGE)

    def needed_text(self) -> str:
        return _("an English text; it is missing")

    def level(self, values: Mapping[str, Any], path: str, name: str) -> int:
        value = values.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value in LEVELS:
            return value
        if name in values:
            self.refuse(join(path, name), _("a whole number from 1 to 5"))
        return LEVELS[0]

    def by_level[T](
        self, raw: Any, path: str, read: Callable[[Any, str], T], *, all_levels: bool
    ) -> dict[int, T]:
        if not isinstance(raw, Mapping):
            self.refuse(path, _("entries by level, 1 to 5"))
            return {}
        found: dict[int, T] = {}
        for number, value in raw.items():
            if str(number) not in {str(level) for level in LEVELS}:
                self.refuse(join(path, str(number)), _("a level from 1 to 5"))
            else:
                found[int(number)] = read(value, join(path, str(number)))
        if all_levels:
            for level in LEVELS:
                if str(level) not in {str(number) for number in raw}:
                    self.refuse(join(path, str(level)), _("a value; it is missing"))
        return dict(sorted(found.items()))

    # --- the framework ------------------------------------------------------------------------

    def framework(self, raw: Any) -> Framework:
        values = self.mapping(raw, "", TOP, frozenset({"license", "mappings"}))
        kind = values.get("kind")
        if "kind" in values and kind not in FrameworkKind.values:
            self.refuse("kind", _("one of: %(known)s") % {"known": ", ".join(FrameworkKind.values)})
        named = self.by_level(values.get("levels", {}), "levels", self.words, all_levels="levels" in values)
        perspectives = [
            self.perspective(item, f"perspectives[{place}]")
            for place, item in enumerate(self.listed(values, "perspectives", least=0))
        ]
        dimensions = [
            self.dimension(item, f"dimensions[{place}]")
            for place, item in enumerate(self.listed(values, "dimensions"))
        ]
        framework = Framework(
            key=self.key(values, ""),
            version=self.version(values, ""),
            kind=str(kind),
            license=str(values.get("license", "")),
            name=self.text(values, "", "name"),
            summary=self.text(values, "", "summary"),
            levels=tuple(named.values()),
            bands=self.bands(values),
            perspectives=tuple(perspectives),
            dimensions=tuple(dimensions),
            mappings=self.mappings(values),
        )
        if not self.problems:
            self.whole(framework)
        return framework

    def bands(self, top: Mapping[str, Any]) -> tuple[LevelBand, ...]:
        found = []
        for place, raw in enumerate(self.listed(top, "bands")):
            path = f"bands[{place}]"
            values = self.mapping(raw, path, {"key", "low", "high", "name"})
            found.append(
                LevelBand(
                    key=self.key(values, path),
                    low=self.number(values, path, "low", 0),
                    high=self.number(values, path, "high", 0),
                    name=self.text(values, path, "name"),
                )
            )
        self.unique([(f"bands[{place}].key", band.key) for place, band in enumerate(found)], _("key"))
        for place, band in enumerate(found):
            if not band.low < band.high:
                self.refuse(f"bands[{place}]", _("low below high"))
        for place, (left, right) in enumerate(pairwise(found), start=1):
            if left.high != right.low:
                self.refuse(
                    f"bands[{place}].low", _("the high of the band before, %(high)g") % {"high": left.high}
                )
        if found and (found[0].low > LEVELS[0] or found[-1].high <= LEVELS[-1]):
            self.refuse("bands", _("bands that cover 1 to 5, both included (the last ends above 5)"))
        return tuple(found)

    def perspective(self, raw: Any, path: str) -> Perspective:
        values = self.mapping(raw, path, {"key", "name"})
        return Perspective(key=self.key(values, path), name=self.text(values, path, "name"))

    def dimension(self, raw: Any, path: str) -> Dimension:
        values = self.mapping(raw, path, {"key", "name", "why", "weight", "practices"})
        rows = self.rows(values["practices"], f"{path}.practices") if "practices" in values else []
        return Dimension(
            key=self.key(values, path),
            name=self.text(values, path, "name"),
            why=self.text(values, path, "why"),
            weight=self.number(values, path, "weight", 0),
            practices=tuple(
                self.practice(item, f"{path}.practices[{place}]") for place, item in enumerate(rows)
            ),
        )

    def practice(self, raw: Any, path: str) -> Practice:
        values = self.mapping(raw, path, PRACTICE, frozenset({"prerequisites"}))
        levels = self.by_level(
            values.get("levels", {}), f"{path}.levels", self.words, all_levels="levels" in values
        )
        rules = self.rows(values.get("prerequisites", []), f"{path}.prerequisites", least=0)
        return Practice(
            key=self.key(values, path),
            title=self.text(values, path, "title"),
            question=self.text(values, path, "question"),
            levels=tuple(levels.values()),
            evidence=self.text(values, path, "evidence"),
            next_steps=self.by_level(
                values.get("next_steps", {}), f"{path}.next_steps", self.next_step, all_levels=False
            ),
            weight=self.number(values, path, "weight", 0),
            feasibility=self.number(values, path, "feasibility", 0, 1),
            prerequisites=tuple(
                self.prerequisite(item, f"{path}.prerequisites[{place}]") for place, item in enumerate(rules)
            ),
        )

    def next_step(self, raw: Any, path: str) -> NextStep:
        values = self.mapping(raw, path, {"title", "description"})
        return NextStep(
            title=self.text(values, path, "title"), description=self.text(values, path, "description")
        )

    def prerequisite(self, raw: Any, path: str) -> PrerequisiteRule:
        values = self.mapping(raw, path, {"level", "practice", "requires_level", "reason"})
        return PrerequisiteRule(
            level=self.level(values, path, "level"),
            practice=self.key(values, path, "practice"),
            requires_level=self.level(values, path, "requires_level"),
            reason=self.text(values, path, "reason"),
        )

    def mappings(self, top: Mapping[str, Any]) -> tuple[VersionMapping, ...]:
        found = []
        for place, raw in enumerate(self.rows(top.get("mappings", []), "mappings", least=0)):
            path = f"mappings[{place}]"
            values = self.mapping(raw, path, {"version", "practices"})
            pairs = values.get("practices", {})
            if not isinstance(pairs, Mapping):
                self.refuse(f"{path}.practices", _("pairs of practice here: practice there"))
                pairs = {}
            found.append(
                VersionMapping(
                    version=self.version(values, path),
                    practices=tuple((str(here), str(there)) for here, there in pairs.items()),
                )
            )
        return tuple(found)

    def whole(self, framework: Framework) -> None:
        """Rules that need more than one place: unique keys, known practices, something to weigh."""
        dimensions = framework.dimensions
        places = [
            (f"dimensions[{d}].practices[{p}]", practice)
            for d, dimension in enumerate(dimensions)
            for p, practice in enumerate(dimension.practices)
        ]
        self.unique([(f"dimensions[{d}].key", item.key) for d, item in enumerate(dimensions)], _("key"))
        self.unique([(f"{path}.key", practice.key) for path, practice in places], _("key"))
        self.unique(
            [(f"perspectives[{place}].key", item.key) for place, item in enumerate(framework.perspectives)],
            _("key"),
        )
        if len(places) > MOST_PRACTICES:
            self.refuse("dimensions", _("at most %(count)d practices") % {"count": MOST_PRACTICES})
        if dimensions and not any(item.weight > 0 for item in dimensions):
            self.refuse("dimensions", _("at least one weight above 0"))
        for place, dimension in enumerate(dimensions):
            counts = dimension.practices and dimension.weight > 0
            if counts and not any(item.weight > 0 for item in dimension.practices):
                self.refuse(f"dimensions[{place}].practices", _("at least one weight above 0"))
        known = {practice.key for _path, practice in places}
        for path, practice in places:
            for number, rule in enumerate(practice.prerequisites):
                if rule.practice and (rule.practice not in known or rule.practice == practice.key):
                    self.refuse(
                        f"{path}.prerequisites[{number}].practice", _("another practice of this framework")
                    )
        for number, mapping in enumerate(framework.mappings):
            for here, _there in mapping.practices:
                if here not in known:
                    self.refuse(f"mappings[{number}].practices.{here}", _("a practice of this framework"))
