"""Product reviews in English and in Chinese: words without a score, kept, found and shown as written.

The files have no dates, so the day is made up. Ratings and labels stay outside: they are another person's
reading of the words, not the customer's answer.
"""

from html import escape, unescape

import pytest

from customer_voice.models import Feedback

pytestmark = pytest.mark.django_db


def as_read(text: str) -> str:
    """The words of a review: some sites wrote entities into their files, one of them twice."""
    return unescape(text.replace("&amp;#", "&#")).replace("\xa0", " ").strip()


DAY = "2026-03-02"
HEADER = ("id", "date", "touchpoint", "text")


@pytest.fixture
def reviews(read, written, imported):
    def bring_in(name: str, touchpoint: str) -> list[str]:
        texts = [row["text"] for row in read(name)]
        rows = [
            {"id": f"{touchpoint}-{number}", "date": DAY, "touchpoint": touchpoint, "text": text}
            for number, text in enumerate(texts)
        ]
        path = written(name, HEADER, rows)
        said = imported(path, source=touchpoint, create_touchpoints=True)
        assert f"new {len(rows)}" in said
        assert "rejected 0" in said
        assert f"known {len(rows)}" in imported(path, source=touchpoint)
        return [as_read(text) for text in texts]

    return bring_in


@pytest.fixture
def listed(client_of, ada, organization):
    """The drill-down, narrowed to words."""
    client = client_of(ada)

    def find(words: str) -> str:
        response = client.get(f"/o/{organization.slug}/listen/feedback/", {"q": words})
        assert response.status_code == 200
        return response.text

    return find


@pytest.mark.parametrize(
    ("name", "touchpoint", "words"),
    [
        ("review_sentences_en.csv", "reviews", ["battery", "Battery", "customer service", "picture quality"]),
        ("reviews_zh.csv", "评论", ["酒店", "屏幕", "质量 不错", "，"]),
    ],
)
def test_words_come_in_and_every_one_is_found(reviews, listed, name, touchpoint, words):
    texts = reviews(name, touchpoint)
    stored = dict(Feedback.objects.values_list("submission__external_id", "text"))
    assert [stored[f"{touchpoint}-{number}"] for number in range(len(texts))] == texts
    assert not Feedback.objects.exclude(score=None).exists()
    for asked in words:
        parts = asked.lower().split()
        number = sum(all(part in text.lower() for part in parts) for text in texts)
        assert number > 1
        assert f"{number} answers match." in listed(asked).replace(",", ""), asked


@pytest.mark.parametrize(
    ("name", "touchpoint", "sign"),
    [("review_sentences_en.csv", "reviews", "&"), ("reviews_zh.csv", "reviews-zh", "<")],
)
def test_words_that_look_like_markup_are_shown_as_written(reviews, listed, name, touchpoint, sign):
    texts = [text for text in reviews(name, touchpoint) if sign in text]
    html = listed(sign)
    assert texts
    beginnings = [text if len(text) <= 280 else f"{text[:279]}…" for text in texts]
    shown = sum(escape(text) in html for text in beginnings)
    assert shown == min(len(texts), 25)
    assert not any(text in html for text in texts)


def test_both_languages_stand_side_by_side(reviews, listed):
    reviews("review_sentences_en.csv", "reviews")
    reviews("reviews_zh.csv", "评论")
    assert Feedback.objects.count() == 2_546 + 6_000
    assert "评论" in listed("酒店")
    assert "酒店" not in listed("battery").split("</form>")[-1]
