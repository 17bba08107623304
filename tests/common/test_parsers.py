"""Bodies of the API: what no serializer, database or answer can deal with is refused when it is read."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict

from common.parsers import read_json, unstorable_field
from common.text import is_storable, one_line


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1, -2.5, "é", null, true]}', {"a": [1, -2.5, "é", None, True]}),
        ('"\\ud83d\\ude00"', "😀"),  # a whole pair is a character
        ("1e300", 1e300),
        ("9" * 18, 999_999_999_999_999_999),
        ("[" * 20 + "]" * 20, [[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]),
    ],
)
def test_what_json_can_say_is_read(text, value):
    assert read_json(text) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("NaN", "not a number"),
        ("[Infinity]", "not a number"),
        ("-Infinity", "not a number"),
        ("1e400", "too large"),
        ("[-1e999]", "too large"),
        ("9" * 19, "too large"),
        ("9" * 5000, "too large"),
        ('"a\\u0000b"', "not text"),
        ('"\\ud800"', "not text"),
        ('{"a": {"b": ["\\udc00"]}}', "not text"),
        ('{"a\\u0000": 1}', "not text"),
        ('[{"x": {"\\udfff": 1}}]', "not text"),
        ("[" * 21 + "]" * 21, "too deeply"),
        ("[" * 100_000 + "]" * 100_000, "too deeply"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "too deeply"),
        ("{", "Expecting"),
        ("", "Expecting"),
    ],
)
def test_what_nothing_can_deal_with_is_refused(text, reason):
    with pytest.raises(ValueError, match=reason):
        read_json(text)


def test_the_first_field_that_is_no_text_is_named():
    assert unstorable_field(QueryDict("a=1&b=2")) is None
    assert unstorable_field(QueryDict("a=1&b=2&b=%00")) == "b"
    assert unstorable_field(QueryDict("a%00=1")) == "a\x00"
    file = SimpleUploadedFile("a.csv", b"\x00")  # what is in a file is its reader's affair
    assert unstorable_field(QueryDict(), {"file": file}) is None
    file.name = "a\ud800"
    assert unstorable_field(QueryDict(), {"file": file}) == "file"


def test_text_is_everything_but_nul_and_half_pairs():
    assert is_storable("é 中 😀 \u202e \ufffd \n\t\x01")
    assert not any(map(is_storable, ("\x00", "\ud800", "\udbff", "\udc00", "\udfff", "a\x00b")))
    assert one_line(" Ada\r\n\tLovelace  ") == "Ada Lovelace"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b'{"name": "\\u0000"}', "application/json", "parse_error"),
        (b'{"name": NaN}', "application/json", "parse_error"),
        (b'{"name": "\xff"}', "application/json", "parse_error"),
        (b'{"name": "a"}', "application/json; charset=bz2_codec", "parse_error"),
        (b'{"name": "a"}', "application/json; charset=nonsense", "invalid_values"),
        (b"name=%00", "application/x-www-form-urlencoded", "parse_error"),
        (b"name", "text/plain", "unsupported_media_type"),
    ],
)
def test_a_refused_body_is_a_problem_with_its_code(ada, client_of, body, kind, code):
    answer = client_of(ada).generic("POST", "/api/v1/o/northwind/functions/", body, content_type=kind)
    if code == "invalid_values":  # a charset that is not known counts as UTF-8
        assert answer.status_code == 201
        return
    assert answer.status_code in {400, 415}
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == code
