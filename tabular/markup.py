"""Words out of a cell that was written for a web page: tags go, entities become the signs they stand for.

Only tags that say how words look or where a line ends are known, so that "a < b" and "<3" stay. A number
that was written twice (``&amp;#38;``, by one program after another) is followed to its sign, since nobody
types it; ``&amp;lt;`` may be what somebody wrote about and becomes ``&lt;``. What comes out is text, not
HTML: whoever shows it escapes it. Pure.
"""

import html
import re

_BREAKS = "br|p|div|li|ul|ol|tr|table|h[1-6]|blockquote"
_LOOKS = "a|b|i|u|em|strong|span|font|small|big|sub|sup|code|pre|img|td|th|tbody|thead|hr|body|html|head|meta"
_SPOKEN_BY_NOBODY = re.compile(r"<(script|style)\b[^<>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_REST = r"(?:\s[^<>=]*=[^<>]*|\s*/?)>"
"""What may follow the name of a tag: nothing, or attributes. "a<b, c>d" is no tag."""
_BREAK = re.compile(rf"(?<!\s)\s*<(?:/(?:{_BREAKS})|br){_REST}\s*", re.IGNORECASE)
_TAG = re.compile(rf"</?(?:{_BREAKS}|{_LOOKS}){_REST}|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_ENTITY = re.compile(r"&(?:(?:amp;)?#(?:\d{1,7}|[xX][0-9a-fA-F]{1,6})|[A-Za-z][A-Za-z0-9]{1,30});")


def words_of(text: str) -> str:
    """The words of a cell; a text without tags and entities as it is."""
    if "<" in text:
        text = _SPOKEN_BY_NOBODY.sub(" ", text)
        text = _TAG.sub("", _BREAK.sub("\n", text))
    if "&" in text:
        text = _ENTITY.sub(lambda match: _sign(match[0]), text)
    return text.strip()


def _sign(entity: str) -> str:
    return html.unescape(entity.replace("&amp;#", "&#")).replace("\xa0", " ")
