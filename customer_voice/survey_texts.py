"""Ready-made texts of customer surveys, in the languages in which the product has them.

Fixed texts (thanks, closed, letters) and the wording of standard metrics are content, as in
`questionnaires.phrases`: a customer's language need not be one of the program's own.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from customer_voice.standard_metrics import STANDARD_METRICS
from questionnaires.phrases import LANGUAGES
from questionnaires.wording import Said, Text, said_in

FOLDER = Path(__file__).parent / "content"
# key of a standard metric -> its wording, what its lowest and its highest answer mean
_WORDING: Mapping[str, tuple[str, str, str]] = {
    "nps": ("nps", "not_likely", "very_likely"),
    "csat_5": ("satisfied", "not_satisfied", "very_satisfied"),
    "csat_7": ("satisfied", "not_satisfied", "very_satisfied"),
    "csat_yes_no": ("was_satisfied", "no", "yes"),
    "ces_mean_7": ("made_easy", "disagree", "agree"),
    "ces_agree_7": ("made_easy", "disagree", "agree"),
    "ces_easy_5": ("how_easy", "difficult", "easy"),
    "ces_net_5": ("how_easy", "difficult", "easy"),
    "osat": ("all_in_all", "not_satisfied", "very_satisfied"),
}
READY_LANGUAGES = LANGUAGES


@cache
def _file(name: str) -> Mapping[str, Text]:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def phrase(name: str, language: str, **values: str) -> Said:
    """A fixed text in a language, else in English. `values` stand where it has places for them."""
    said = said_in(_file("phrases")[name], language, default="en")
    return Said(text=said.text % values if values else said.text, language=said.language)


def phrases() -> Mapping[str, Text]:
    """Every fixed text by its name."""
    return _file("phrases")


def wording() -> Mapping[str, Text]:
    """Every ready-made text of a question by its name."""
    return _file("wording")


def question_words(name: str, languages: tuple[str, ...]) -> dict[str, str]:
    """A ready-made text in those of the languages in which there is one."""
    text = _file("wording")[name]
    found = {code: said_in(text, code, default="") for code in languages}
    return {code: said.text for code, said in found.items() if said.language in _near(code)}


def metric_words(
    key: str, wording: str, *, languages: tuple[str, ...]
) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Question, low end and high end of a metric's scale, by language.

    The organization's own wording stands for every language (as the default one) unless it is the standard's
    in one of the languages: then the others are ready.
    """
    default = languages[0]
    if key not in _WORDING:
        return {default: wording}, {}, {}
    name, low, high = _WORDING[key]
    is_standard = wording in {*_file("wording")[name].values(), str(STANDARD_METRICS[key]["wording"]), ""}
    question = question_words(name, languages) if is_standard else {}
    question.setdefault(default, wording)
    return question, question_words(low, languages), question_words(high, languages)


def ready_made(text: str, language: str, languages: tuple[str, ...]) -> dict[str, str]:
    """The same in other languages, where it is a ready-made text in its own."""
    names = [name for name, words in _file("wording").items() if text and words.get(language) == text]
    return question_words(names[0], languages) if names else {}


def _near(code: str) -> set[str]:
    """Which languages may be given as this one: itself, and its own forms."""
    parts = code.split("-")
    found = {"-".join(parts[:length]) for length in range(1, len(parts) + 1)}
    if parts[0] == "zh":
        found |= {"zh-hant"} if code in {"zh-tw", "zh-hk", "zh-mo", "zh-hant"} else {"zh-hans"}
    return found
