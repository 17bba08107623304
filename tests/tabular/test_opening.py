"""Files as people send them: how they are written is found, and what is no table is refused in words."""

import io
from collections.abc import Sequence

import pytest
from django.utils.translation import override

from tabular.choices import DateFormat, Encoding
from tabular.dates import DateOrder
from tabular.encodings import Code
from tabular.errors import FileRefused
from tabular.opening import FileFacts, KnownLayout, Layout, Limits, inspect_table, open_table

LIMITS = Limits(most_bytes=10_000_000)


def look(content: bytes, known: Sequence[KnownLayout] = (), limits: Limits = LIMITS, **layout) -> FileFacts:
    return inspect_table(io.BytesIO(content), layout=Layout(**layout), limits=limits, known=known)


def refused(content: bytes, **options) -> FileRefused:
    with pytest.raises(FileRefused) as refusal:
        look(content, **options)
    return refusal.value


def rows_of(content: bytes, **layout) -> list[tuple[int, list[str]]]:
    file = io.BytesIO(content)
    found = inspect_table(file, layout=Layout(**layout), limits=LIMITS)
    with open_table(file, layout=found.layout, limits=LIMITS) as table:
        return list(table.rows)


# --- encodings ---------------------------------------------------------------------------------------

CHINESE = "id,留言\n1,服务态度非常好，下次还来\n"
WESTERN = "id,comment\n1,très bien\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (CHINESE.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + CHINESE.encode(), "utf-8"),
        (b"\xff\xfe" + CHINESE.encode("utf-16-le"), "utf-16"),
        (b"\xfe\xff" + CHINESE.encode("utf-16-be"), "utf-16"),
    ],
)
def test_encodings_that_say_so_themselves_are_found(content, encoding):
    facts = look(content)
    assert facts.layout.encoding == encoding
    assert facts.header == ("id", "留言")
    assert facts.sample == (("1", "服务态度非常好，下次还来"),)


@pytest.mark.parametrize(("text", "encoding"), [(WESTERN, "cp1252"), (CHINESE, "gb18030")])
def test_another_encoding_is_suggested_and_read_when_chosen_or_when_the_source_had_it(text, encoding):
    content = text.encode(encoding)
    refusal = refused(content)
    assert refusal.code == "wrong_encoding"
    assert str(Encoding(encoding).label) in str(refusal.message)
    header = text.split("\n")[0].split(",")
    for facts in (
        look(content, encoding=encoding),
        look(content, known=[KnownLayout(layout=Layout(encoding=encoding), header=header)]),
    ):
        assert facts.layout.encoding == encoding
        assert facts.sample[0][1] == text.split("\n")[1].split(",")[1]


def test_a_remembered_encoding_does_not_spoil_a_file_that_is_utf_8():
    known = [KnownLayout(layout=Layout(encoding="cp1252"), header=["id", "comment"])]
    facts = look(WESTERN.encode(), known=known)
    assert (facts.layout.encoding, facts.sample[0][1]) == ("utf-8", "très bien")


def test_a_remembered_encoding_counts_only_for_the_same_columns():
    known = [KnownLayout(layout=Layout(encoding="cp1252"), header=["id", "date"])]
    assert refused(WESTERN.encode("cp1252"), known=known).code == "wrong_encoding"


def test_the_first_line_that_is_not_in_the_chosen_encoding_is_named():
    content = b"id,comment\n1,fine\n2,tr\xe8s bien\n"
    assert "Line 3 is not written in UTF-8" in str(refused(content, encoding="utf-8").message)


def test_utf_16_is_not_read_as_something_else():
    content = b"\xff\xfe" + WESTERN.encode("utf-16-le")
    assert "Detect from the file" in str(refused(content, encoding="cp1252").message)
    assert refused(b"id,a\n1,2", encoding="utf-16").code == "wrong_encoding"


# --- delimiters, quotes, header ------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter):
    facts = look(delimiter.join(["id", "score"]).encode() + b"\n" + delimiter.join("19").encode())
    assert (facts.layout.delimiter, facts.header, facts.sample) == (delimiter, ("id", "score"), (("1", "9"),))


def test_a_remembered_delimiter_reads_a_header_that_could_be_cut_in_two_ways():
    content = b"id;how likely, in points, are you\n1;9\n"
    assert look(content).header == ("id;how likely", "in points", "are you")
    known = [
        KnownLayout(
            layout=Layout(encoding="utf-8", delimiter=";"), header=["how likely, in points, are you", "id"]
        )
    ]
    facts = look(content, known=known)
    assert (facts.layout.delimiter, facts.sample) == (";", (("1", "9"),))


def test_line_breaks_and_delimiters_stand_inside_quotes_and_blank_rows_are_passed_over():
    content = b'id,comment\n1,"two\nlines, one cell"\n\n2,"she said ""no"""\n'
    assert rows_of(content) == [(2, ["1", "two\nlines, one cell"]), (4, ["2", 'she said "no"'])]


def test_a_title_above_the_header_is_no_header():
    content = b"Answers of March\n\nid,score\n1,9\n"
    assert look(content).header == ("id", "score")
    assert rows_of(content) == [(4, ["1", "9"])]


def test_a_column_without_a_name_gets_its_number_and_one_named_twice_is_refused():
    assert look(b"id,,score\n1,2,3\n").header == ("id", "Column 2", "score")
    assert "Two columns are named “id”" in str(refused(b"id,id\n1,2\n").message)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"only\n1\n", "one_column"),
        (b"id,score\n", "no_rows"),
        (b"1,2026-03-14\n2,2026-03-15\n", "no_header"),
        (b"%PDF-1.7\nid,date\n", "binary_file"),
        (b"id,date\n\x00,2026\n", "binary_file"),
        (b"\x1f\x8b\x08id,date\n", "binary_file"),
        (b"id," + b"x" * 1001 + b"\n1,2\n", "long_header"),
        (b",".join(b"c%d" % number for number in range(501)) + b"\n1\n", "too_many_columns"),
        (b'id,text\n1,"' + b"x" * 1_000_001 + b'"\n', "broken_quotes"),
        (b'id,text\n1,"never closed\n', "broken_quotes"),
    ],
)
def test_what_is_no_table_is_refused(content, code):
    assert refused(content).code == code


def test_refusals_come_in_the_language_of_the_moment():
    with override("zh-hans"):
        assert str(refused(b"id,id\n1,2\n").message) == "有两列都名为“id”。"


def test_limits_of_bytes_and_rows_hold():
    content = b"id,score\n" + b"1,9\n" * 20
    assert refused(content, limits=Limits(most_bytes=50)).code == "too_large"
    limits = Limits(most_bytes=1000, most_rows=19)
    with (
        pytest.raises(FileRefused, match="more than 19 rows"),
        open_table(io.BytesIO(content), layout=Layout(encoding="utf-8"), limits=limits) as table,
    ):
        list(table.rows)


def test_a_long_file_is_read_in_parts():
    """The share of the file that has been read grows with the rows: nothing takes in all of it at once."""
    content = b"id,comment\n" + b"".join(b"%d,%s\n" % (number, b"x" * 1000) for number in range(5000))
    file = io.BytesIO(content)
    with open_table(file, layout=Layout(encoding="utf-8"), limits=LIMITS) as table:
        shares = [table.share_at(number) for number, _cells in table.rows]
    assert shares[10] < 0.4 < shares[2500] < 0.7 < shares[-1]


# --- the words and the values of the core -----------------------------------------------------------------


def test_every_encoding_and_order_of_the_core_has_words():
    assert Encoding.values == ["auto", *(code.value for code in Code)]
    assert DateFormat.values == ["auto", *(order.value for order in DateOrder)]
