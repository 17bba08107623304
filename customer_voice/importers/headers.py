"""Which column is which, guessed from its name."""

import re
from collections.abc import Mapping, Sequence

from customer_voice.choices import ImportField, MetricKind
from customer_voice.importers.readings import known_words
from tabular.headers import guess_columns, plain_name

_RECOMMENDS = re.compile(
    r"recommend|how likely|weiterempf|empfehl|wie wahrscheinlich|recomend|recomand|quelle probabilité|"
    r"qué probabilidad|consigli|aanbevel|hoe waarschijnlijk|poleci|推荐|推薦|有多大可能|\bnps\b",
    re.IGNORECASE,
)
_SATISFIED = re.compile(r"satisf|zufried|soddisf|tevreden|zadowol|满意|滿意|\bcsat\b", re.IGNORECASE)
_EASY = re.compile(
    r"\b(?:easy|effort|einfach|aufwand|facile|effort|fácil|esfuerzo)\b|容易|费力|\bces\b", re.IGNORECASE
)
_OVERALL = re.compile(r"\boverall\b|insgesamt|总体|整体|\bosat\b", re.IGNORECASE)
_WHY = re.compile(
    r"^(?:and |und |et |y )?(?:why\b|warum|wieso|pourquoi|por qué|perch[eé]|为什么|原因)|what made you|"
    r"please say why|anything else|tell us more|main reason|was können wir|was war der grund|"
    r"noch etwas|comment|kommentar",
    re.IGNORECASE,
)
_GROUP_OF_NPS = "_NPS_GROUP"  # what Qualtrics calls the column beside a score
_OF_GROUP = re.compile(r"(?:group|gruppe|groupe|grupo)\s*$", re.IGNORECASE)


def guess_mapping(header: Sequence[str], labels: Sequence[str] = ()) -> dict[str, str]:
    """Field -> column name, for the columns whose names say what they are. No column twice.

    `labels` say of each column what a second row of heads does; a question is known by its words.
    """
    said = dict(zip(header, labels, strict=False)) if labels else dict(zip(header, header, strict=True))
    names = known_words().columns
    found = guess_columns(header, names)
    by_label = guess_columns([said[name] for name in header], names)
    for field, label in by_label.items():
        column = next(name for name in header if said[name] == label)
        if field not in found and column not in found.values():
            found[field] = column
    grouped = [name.removesuffix(_GROUP_OF_NPS) for name in header if name.endswith(_GROUP_OF_NPS)]
    if ImportField.SCORE.value not in found and grouped and grouped[0] in header:
        found[ImportField.SCORE.value] = grouped[0]
    for field, pattern in ((ImportField.SCORE, _ASKS), (ImportField.TEXT, _WHY)):
        asked = [
            name
            for name in header
            if name not in found.values()
            and _is_said(pattern, name, said)
            and not _is_said(_OF_GROUP, name, said)
        ]
        if field.value not in found and asked:
            found[field.value] = asked[0]
    return found


def _is_said(pattern: re.Pattern[str], name: str, said: Mapping[str, str]) -> bool:
    """By the name or by what the second row of heads says, which may say "Response" and no more."""
    return pattern.search(said[name]) is not None or pattern.search(name) is not None


def guess_metric(column: str, header: Sequence[str], labels: Sequence[str] = ()) -> MetricKind | None:
    """What kind of metric a score column asks for by its name or its question; None where it does not say."""
    said = dict(zip(header, labels, strict=False)).get(column, "") if labels else ""
    if f"{column}{_GROUP_OF_NPS}" in header:
        return MetricKind.NPS
    text = f"{plain_name(column)} {column} {said}"
    for kind, pattern in _KINDS:
        if pattern.search(text):
            return kind
    return None


_KINDS = (
    (MetricKind.NPS, _RECOMMENDS),
    (
        MetricKind.OSAT,
        re.compile(rf"(?=.*(?:{_OVERALL.pattern}))(?=.*(?:{_SATISFIED.pattern}))|\bosat\b", re.IGNORECASE),
    ),
    (MetricKind.CSAT, _SATISFIED),
    (MetricKind.CES, _EASY),
)
_ASKS = re.compile("|".join(pattern.pattern for pattern in (_RECOMMENDS, _SATISFIED, _EASY)), re.IGNORECASE)
