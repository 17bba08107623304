"""Files as people send them: how they are written is found, and what is no table is refused in words."""

import io
from collections.abc import Sequence
from dataclasses import replace

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
    refusal = refused(content, encoding="utf-8")
    assert refusal.code == "wrong_encoding"
    assert str(Encoding(encoding).label) in str(refusal.message)
    header = text.split("\n")[0].split(",")
    for facts in (
        look(content, encoding=encoding),
        look(content, known=[KnownLayout(layout=Layout(encoding=encoding), header=header)]),
    ):
        assert facts.layout.encoding == encoding
        assert facts.sample[0][1] == text.split("\n")[1].split(",")[1]


@pytest.mark.parametrize(("text", "encoding"), [(WESTERN, "cp1252"), (CHINESE, "gb18030")])
def test_an_encoding_that_the_letters_read_as_is_found(text, encoding):
    facts = look(text.encode(encoding))
    assert facts.layout.encoding == encoding
    assert facts.sample[0][1] == text.split("\n")[1].split(",")[1]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("id;c\n1;Monter był na czas, żółta łata\n2;Czekaliśmy dwie godziny\n", "cp1250"),
        ("id;c\n1;Příliš žluťoučký kůň\n2;děkuji, všechno v pořádku\n".replace("ť", "t"), "cp1250"),
        ("id;c\n1;őszintén szólva hűvös\n2;köszönöm\n", "cp1250"),
        ("id;c\n1;foarte mulţumit, vă mulţumesc\n", "cp1250"),
        ("id;c\n1;Всё хорошо\n2;Долго ждали\n", "cp1251"),
        ("id;c\n1;Πολύ καλά\n2;Αργή εξυπηρέτηση\n", "cp1253"),
        ("id;c\n1;çok iyi, teşekkürler\n2;ığdır\n", "cp1254"),
        ("id,c\n1,とても親切でした\n2,二時間待ちました\n", "shift_jis"),
        ("id,c\n1,服務很好，謝謝\n2,等了兩個小時\n", "big5"),
        ("id,c\n1,아주 친절했습니다\n2,두 시간 기다렸어요\n", "euc_kr"),
    ],
)
def test_an_encoding_that_only_could_be_is_not_advised(text, encoding):
    """Advice that is wrong turns names into nonsense, and nobody sees it before the import."""
    refusal = refused(text.encode(encoding))
    assert refusal.code == "wrong_encoding"
    assert "Windows-1252" not in str(refusal.message)
    assert "GB 18030" not in str(refusal.message)
    assert "cannot be told" in str(refusal.message)


@pytest.mark.parametrize(
    "text",
    [
        "id;c\n1;größtenteils gut – danke\n2;Straße, mäßig\n",
        "id;c\n1;l’été à l’hôtel, c’est l’œuvre créée\n2;¿Qué tal? Nº 1, 25 m², 1½ €\n",
        "id;c\n1;Smørrebrød på ærø\n2;åben\n",
        "id;c\n1;não, põe a mão, coração\n2;já\n",
        "id;c\n1;Þetta er mjög gott, ágætt\n2;já, öll önnur\n",
        "id;c\n1;col·legi, Òmnium\n",
    ],
)
def test_words_of_western_europe_are_still_advised_as_such(text):
    refusal = refused(text.encode("cp1252"), encoding="utf-8")
    assert "It looks like Windows-1252" in str(refusal.message)
    assert look(text.encode("cp1252")).layout.encoding == "cp1252"


def test_a_file_of_two_encodings_is_said_to_be_that():
    content = "id,date,score,comment\n1,2026-03-14,9,Grüße\n".encode() + "2,2026-03-15,6,mäßig\n".encode(
        "cp1252"
    )
    refusal = refused(content)
    assert "Line 3 is not written in UTF-8" in str(refusal.message)
    assert "mixes two encodings" in str(refusal.message)
    assert "looks like" not in str(refusal.message)


def test_a_chinese_line_that_is_utf_8_by_chance_takes_no_advice_away():
    lines = ["编号,意见", *["师傅很准时"] * 20, "谈"]  # the last one reads as UTF-8 too
    assert "谈".encode("gb18030").decode("utf-8")
    content = "\n".join(f"{line},x" for line in lines).encode("gb18030")
    assert "GB 18030" in str(refused(content, encoding="utf-8").message)
    assert look(content).layout.encoding == "gb18030"


def test_a_remembered_encoding_does_not_spoil_a_file_that_is_utf_8():
    known = [KnownLayout(layout=Layout(encoding="cp1252"), header=["id", "comment"])]
    facts = look(WESTERN.encode(), known=known)
    assert (facts.layout.encoding, facts.sample[0][1]) == ("utf-8", "très bien")


def test_a_remembered_encoding_counts_only_for_the_same_columns():
    known = [KnownLayout(layout=Layout(encoding="gb18030"), header=["id", "date"])]
    facts = look(WESTERN.encode("cp1252"), known=known)
    assert facts.layout.encoding == "cp1252"


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
    content = b"id;how likely, in points, are you\n1;9, in points, yes\n"
    assert look(content).header == ("id;how likely", "in points", "are you")
    known = [
        KnownLayout(
            layout=Layout(encoding="utf-8", delimiter=";"), header=["how likely, in points, are you", "id"]
        )
    ]
    facts = look(content, known=known)
    assert (facts.layout.delimiter, facts.sample) == (";", (("1", "9, in points, yes"),))


@pytest.mark.parametrize(
    ("content", "delimiter", "header"),
    [
        (b"id;how likely, in points, are you\n1;9\n", ";", ("id", "how likely, in points, are you")),
        (b'"id";"a, b, c, d"\n"1";"9"\n"2";"8, or 7"\n', ";", ("id", "a, b, c, d")),
        (b"sep=;\nid;a,b\n1;2,5\n", ";", ("id", "a,b")),
        (b"\xef\xbb\xbfsep=|\r\nid|a\r\n1|2\r\n", "|", ("id", "a")),
        (b"SEP=,\nid,a\n1,2\n", ",", ("id", "a")),
        (
            b"Answers; of March, all\nid\tscore\tcomment\n1\t9\tgood, quick\n2\t8\tno\n",
            "\t",
            ("id", "score", "comment"),
        ),
    ],
)
def test_the_delimiter_is_the_one_that_cuts_the_rows_alike(content, delimiter, header):
    facts = look(content)
    assert (facts.layout.delimiter, facts.header) == (delimiter, header)


def test_the_line_that_names_the_delimiter_counts_as_a_line():
    assert rows_of(b"sep=;\nid;a\n1;2\n") == [(3, ["1", "2"])]


def test_line_breaks_and_delimiters_stand_inside_quotes_and_blank_rows_are_passed_over():
    content = b'id,comment\n1,"two\nlines, one cell"\n\n2,"she said ""no"""\n'
    assert rows_of(content) == [(2, ["1", "two\nlines, one cell"]), (4, ["2", 'she said "no"'])]


def test_a_title_above_the_header_is_no_header():
    content = b"Answers of March\n\nid,score\n1,9\n"
    assert look(content).header == ("id", "score")
    assert rows_of(content) == [(4, ["1", "9"])]


@pytest.mark.parametrize(
    "above",
    [
        b"NPS answers,,,\nExported on,2026-03-20,,\n,,,\n",
        b"Report,Answers\n",
        b"Report;2026\n\n\n",
        b"Lumenfeld\nAnswers of March\nfrom,01.03.2026,to,31.03.2026\n",
    ],
)
def test_what_stands_above_the_header_is_passed_over_however_many_cells_it_has(above):
    content = above + b"id,date,score,comment\n1,2026-03-14,9,ok\n2,2026-03-15,6,\n3,2026-03-16,6,\n"
    lines = above.count(b"\n")
    assert (look(content).header, look(content).header_row) == (("id", "date", "score", "comment"), lines + 1)
    assert rows_of(content)[0] == (lines + 2, ["1", "2026-03-14", "9", "ok"])


def test_the_header_is_the_first_row_where_the_rows_below_are_as_full_as_words():
    content = b"email,name\na@x.org,Ann\nb@x.org,Bo\n"
    assert look(content).header == ("email", "name")
    assert [cells for _number, cells in rows_of(content)] == [["a@x.org", "Ann"], ["b@x.org", "Bo"]]


def test_a_column_without_a_name_gets_its_number_and_one_named_again_too():
    assert look(b"id,,score\n1,2,3\n").header == ("id", "Column 2", "score")
    names = ("Comments", "Comments (3)", "Comments (2)", "Comments (4)")
    assert look(b"Comments,Comments,Comments (2),Comments\n1,2,3,4\n").header == names


def test_empty_columns_and_rows_at_the_end_are_none():
    content = b"id;score;;\n1;9;;\n;;;\n2;8;;x\n;;;\n"
    assert look(content).header == ("id", "score", "Column 3", "Column 4")  # one holds something
    content = content.replace(b"x", b"")
    assert look(content).header == ("id", "score")
    assert rows_of(content) == [(2, ["1", "9"]), (4, ["2", "8"])]


MARKS = b'"{""ImportId"": ""startDate""}","{""ImportId"": ""_recordId""}","{""ImportId"": ""QID1""}"\n'
LABELS = b"Start Date,Response ID,How likely are you to tell a neighbour?\n"


@pytest.mark.parametrize(
    ("heads", "labels", "first"),
    [
        (LABELS + MARKS, ("Start Date", "Response ID", "How likely are you to tell a neighbour?"), 4),
        (LABELS, ("Start Date", "Response ID", "How likely are you to tell a neighbour?"), 3),
        (MARKS, ("StartDate", "ResponseId", "Q1"), 3),
        (b",,Response\n", ("StartDate", "ResponseId", "Response"), 3),
        (b"", ("StartDate", "ResponseId", "Q1"), 2),
    ],
)
def test_labels_below_the_header_are_heads_and_no_data(heads, labels, first):
    content = b"StartDate,ResponseId,Q1\n" + heads + b"2026-03-02,R_1,9\n2026-03-03,R_2,6\n"
    facts = inspect_table(io.BytesIO(content), layout=Layout(), limits=replace(LIMITS, finds_labels=True))
    assert (facts.header, facts.labels) == (("StartDate", "ResponseId", "Q1"), labels)
    assert facts.heads == tuple(range(2, first))
    assert facts.sample == (("2026-03-02", "R_1", "9"), ("2026-03-03", "R_2", "6"))


def test_a_column_without_a_name_is_called_by_its_label():
    content = b"Date,How likely?,\n,Response,Please say why\n03/14/2026 09:15:22 AM,9,ok\n03/15/2026,3,no\n"
    facts = inspect_table(io.BytesIO(content), layout=Layout(), limits=replace(LIMITS, finds_labels=True))
    assert (facts.header, facts.heads) == (("Date", "How likely?", "Please say why"), (2,))


@pytest.mark.parametrize("row", [b"r1,yesterday,nine\n", b"1,2026-03-14,nine\n", b"r1,,9\n"])
def test_a_row_that_is_wrong_is_no_label(row):
    content = b"id,date,score\n" + row + b"r2,2026-03-14,9\nr3,2026-03-15,8\n"
    facts = inspect_table(io.BytesIO(content), layout=Layout(), limits=replace(LIMITS, finds_labels=True))
    assert (facts.heads, len(facts.sample)) == ((), 3)


def test_labels_are_looked_for_only_where_every_row_holds_a_value():
    content = b"StartDate,ResponseId,Q1\n" + LABELS + b"2026-03-02,R_1,9\n"
    assert look(content).heads == ()


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
        assert str(refused(b"id,score\n").message) == "文件有表头，但没有数据行。"


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
