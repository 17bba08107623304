"""One term for one thing, in both languages, as docs/words.md says; and no phrase that it bans."""

import re

import polib
import pytest

from cxcharts.labels import CHINESE, ENGLISH
from tests.architecture.test_floors import ROOT
from tests.architecture.test_translations import CATALOG

GLOSSARY = (ROOT / "docs" / "words.md").read_text(encoding="utf-8")
PLACEHOLDER = re.compile(r"%\([a-z_0-9]+\)[sdf]|\{[a-z_0-9]*\}|\{\{.*?\}\}")
NOT_WORDS = re.compile(
    r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}|\{%(?! *(?:translate|blocktranslate)).*?%\}|<[^>]*>",
    re.DOTALL,
)
CJK = "[\u4e00-\u9fff]"

BANNED = [
    "shall", "whoever", "mend", "anew", "heard of", "worth having", "evidence grade", "counts nothing twice",
    "the money", "stands for it", "stands at level", "gets it", "still to come", "can come in",
    "rows came in", "hand in", "handed in", "take back", "goes with", "can we even",
    "nobody owns", "good rows",
    "everybody", "somebody", "anybody", "cancelled",
    "forgotten your",
]  # fmt: skip
BANNED_CHINESE = [
    "证据等级", "担保人", "评估计划", "细分群体", "复核", "时段", "时期", "原话", "丢弃", "看得出来",
    "CX负责人",
]  # fmt: skip

# Where a term's English stands in another meaning.
OTHER_MEANING = {
    "score": {"Net Promoter", "Inputs of the score"},
}


def terms() -> dict[str, str]:
    rows = re.findall(r"^\| ([a-z][a-z -]+) \| (\S+) \| ", GLOSSARY, re.MULTILINE)
    return {english: chinese for english, chinese in rows if english != "English"}


def english_of(entry: polib.POEntry) -> str:
    return PLACEHOLDER.sub("", f"{entry.msgid} {entry.msgid_plural}")


def chinese_of(entry: polib.POEntry) -> str:
    return str(entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr)


@pytest.fixture(scope="module")
def entries() -> list[polib.POEntry]:
    return [entry for entry in polib.pofile(str(CATALOG)) if not entry.obsolete]


def banned_in(text: str) -> list[str]:
    return [phrase for phrase in BANNED if re.search(rf"(?<![\w-]){phrase}(?![\w-])", text, re.IGNORECASE)]


def test_the_search_finds_a_banned_phrase_and_nothing_inside_other_words():
    assert banned_in("What we shall see: Mend it, somebody.") == ["shall", "mend", "somebody"]
    assert banned_in("We recommend to amend it; marshalling cancels.") == []


def test_no_english_text_holds_a_banned_phrase(entries):
    wrong = {entry.msgid: found for entry in entries if (found := banned_in(english_of(entry)))}
    assert wrong == {}


def test_no_word_of_a_template_or_chart_is_a_banned_phrase():
    shown = {
        path.relative_to(ROOT).as_posix(): NOT_WORDS.sub(" ", path.read_text(encoding="utf-8"))
        for path in (ROOT / "templates").rglob("*.*")
        if path.suffix in {".html", ".txt"}
    }
    shown["charts"] = " ".join(str(getattr(ENGLISH, name)) for name in ENGLISH.__dataclass_fields__)
    assert {name: found for name, text in shown.items() if (found := banned_in(text))} == {}


def test_no_chinese_text_holds_a_banned_phrase(entries):
    texts = [chinese_of(entry) for entry in entries]
    texts += [str(getattr(CHINESE, name)) for name in CHINESE.__dataclass_fields__]
    assert [text for text in texts if any(phrase in text for phrase in BANNED_CHINESE)] == []


def test_banned_phrases_stand_in_the_words_that_people_read():
    """The list that writers read and the list that is checked do not drift apart."""
    written = GLOSSARY.split("## Phrases we do not write")[1]
    assert [p for p in [*BANNED, *BANNED_CHINESE] if p not in written.replace("\n", " ")] == []


def test_glossary_is_read_whole():
    found = terms()
    assert len(found) == 40
    assert found["design grade"] == "设计等级"
    assert found["evaluation plan"] == "评估方案"
    assert found["initiative"] == "举措"


def test_a_term_has_one_chinese_name(entries):
    """Where the English of a term stands, its Chinese does too."""
    wrong = []
    for english, chinese in terms().items():
        word = re.compile(rf"(?<![\w-]){english}s?(?![\w-])", re.IGNORECASE)
        for entry in entries:
            if any(part in entry.msgid for part in OTHER_MEANING.get(english, ())):
                continue
            if word.search(english_of(entry)) and chinese not in chinese_of(entry):
                wrong.append((english, entry.msgid, chinese_of(entry)))
    assert wrong == []


def test_chinese_stands_without_spaces_beside_figures_and_latin(entries):
    apart = re.compile(rf"{CJK} (?=[A-Za-z0-9%])|[A-Za-z0-9%)] (?={CJK})")
    sizes = re.compile(r"\d+ (?:MB|KB)")
    assert [t for entry in entries if apart.search(sizes.sub("", t := chinese_of(entry)))] == []


def test_chinese_has_full_width_punctuation(entries):
    """A comma, colon, semicolon, bracket, question or exclamation mark after Chinese is a Chinese one."""
    half = re.compile(rf"{CJK}[,;:?!()]|[(]{CJK}")
    assert [chinese_of(entry) for entry in entries if half.search(chinese_of(entry))] == []
