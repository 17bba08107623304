"""What people write into score cells where nobody answered, in their languages; one writer of numbers."""

import pytest
from django.urls import reverse

from accounts.choices import Role
from customer_voice.importers import is_no_answer
from customer_voice.models import Feedback
from tests.conftest import _member
from tests.customer_voice.conftest import csv_bytes

pytestmark = pytest.mark.django_db
GERMAN = ["k. A.", "k.A.", "K. A", "keine Angabe", "n. a.", "n.a.", "N. A.", "nicht zutreffend"]
OTHERS = [
    "sans réponse",
    "Sans réponse.",
    "NSP",
    "N/C",
    "sin respuesta",
    "ns/nc",
    "不适用",
    "无",
    "未填",
    "未回答",
]


@pytest.mark.parametrize("text", [*GERMAN, *OTHERS])
def test_it_is_known_as_no_answer(text):
    assert is_no_answer(text)


@pytest.mark.parametrize("text", ["kA", "s. o.", "Keine", "9", "无聊", "sans doute"])
def test_what_could_say_something_else_is_asked_for(text):
    assert not is_no_answer(text)


def test_in_a_score_cell_it_is_no_answer_and_in_a_comment_it_is_a_comment(bring_in, touchpoints):
    batch = bring_in(
        csv_bytes(
            [
                ["1", "2026-03-14", "web", "k. A.", "Sehr gut", ""],
                ["2", "2026-03-14", "web", "未填", "好", ""],
                ["3", "2026-03-14", "web", "9", "k. A.", ""],
            ]
        )
    )
    assert (batch.rows_created, batch.rows_rejected) == (3, 0)
    found = {one.submission.external_id: (one.score, one.text) for one in Feedback.objects.all()}
    assert found == {"1": (None, "Sehr gut"), "2": (None, "好"), "3": (9, "k. A.")}


def test_all_numbers_of_the_page_are_written_in_one_format(check, client_of, organization, touchpoints):
    wrong = [[str(n), "2026-03-14", "web", "77", "", ""] for n in range(1100)]
    right = [[str(n), "2026-03-14", "web", "9", "", ""] for n in range(1100, 2200)]
    batch = check(csv_bytes([*wrong, *right]))
    member = _member(organization, "Gerda", Role.CX_LEADER)
    member.user.territory = "DE"
    member.user.save()
    address = reverse("customer_voice:import_detail", args=["northwind", batch.pk])
    page = " ".join(client_of(member).get(address).content.decode().split())
    assert "1.100 of 2.200 rows cannot be imported" in page
    assert "1.100 of 2.200 rows (50" in page
    assert "1100" not in page.replace(f"imports/{batch.pk}", "")
    assert "2200" not in page
