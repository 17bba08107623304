"""A head signs in as she does every day and tries everything: each address of the room with each filter that
somebody could think of, the API, the files, the document, three waves. What she gets is put together.

She knows who was given a credential, who left and who came. See `test_three_waves` for the elimination.
"""

import re
from itertools import combinations, product

import pytest
from django.urls import NoReverseMatch, reverse

from accounts.services import FunctionPlace, save_function
from cxstats.anonymity import Telling
from employee_voice import urls
from employee_voice.models import Comment, Wave, WaveFunction
from reports.models import Report
from tests.employee_voice.test_three_waves import Played, attacked, rows_of, through
from tests.employee_voice.test_three_waves import names_of_lines as names_of

pytestmark = pytest.mark.django_db
PASSWORD = "follow the customer"
WAVES = [
    {"service": 7, "care": 14, "field": 9, "finance": 24},
    {"service": 7, "care": 13, "field": 15, "finance": 24},  # one left Care, six came to Field
    {"service": 13, "care": 13, "field": 3, "finance": 20},
]
LINE = {"Northwind Telecom", "Service", "Care", "Field"}
HERS = "what nobody but its writer knows"
FILTERS = {
    "driver": "tools", "measure": "enps", "question": "tools-have", "minimum": "1", "n": "1", "wave": "1",
    "before": "1", "after": "2", "compare": "1", "q": "a", "page": "2", "show": "all", "all": "1",
    "line": "0", "group": "1", "depth": "9", "role": "cx_leader", "exact": "1", "told": "exact",
    "hidden": "0", "was_fast": "true", "was_straight": "true", "limit": "1", "offset": "1",
    "ordering": "answered", "fields": "answers", "expand": "answers", "kiosk": "1",
}  # fmt: skip
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')
MAIN = re.compile(rb"<main.*</main>", re.DOTALL)  # the frame around it repeats the address, to come back to


@pytest.fixture
def played(ada, ben, tree):
    save_function(by=ada, function=tree["service"], name="Service", place=FunctionPlace(head=ben))
    tree["service"].refresh_from_db()
    given = [{name: through(range(size), name) for name, size in wave.items()} for wave in WAVES]
    return Played(ada, tree, given)


@pytest.fixture
def head(ben, client):
    """Signed in by the page, with a password."""
    ben.user.set_password(PASSWORD)
    ben.user.save()
    client.post("/accounts/login/", {"login": ben.user.email, "password": PASSWORD})
    assert client.get(reverse("home", args=["northwind"])).status_code == 200
    return client


def filters_for(wave):
    """Each filter by itself, each pair of one with a function, and all at once."""
    functions = list(WaveFunction.objects.filter(wave=wave).values_list("pk", flat=True))
    single = [{name: value} for name, value in FILTERS.items()]
    single += [{"function": str(pk)} for pk in functions]
    both = [{"function": str(pk), **one} for pk in functions[:2] for one in single[:8]]
    pairs = [{**dict(pair)} for pair in combinations(list(FILTERS.items())[:6], 2)]
    return [*single, *both, *pairs, FILTERS]


def same_bytes(response):
    main = MAIN.search(response.content)
    return response.status_code, TOKEN.sub(b"", main[0] if main else response.content)


def addresses(wave):
    """What there is to read of a wave: the organization, each function, and what is decided on."""
    functions = WaveFunction.objects.filter(wave=wave).order_by("pk")
    return [
        reverse("employee_voice:wave_results", args=["northwind", wave.pk]),
        reverse("employee_voice:wave_detail", args=["northwind", wave.pk]),
        *(
            reverse("employee_voice:function_results", args=["northwind", wave.pk, row.pk])
            for row in functions
        ),
        f"/api/v1/o/northwind/employee-waves/{wave.pk}/results/",
        f"/api/v1/o/northwind/employee-waves/{wave.pk}/actions/",
        f"/api/v1/o/northwind/employee-waves/{wave.pk}/",
    ]


def test_no_filter_changes_what_a_head_is_told(played, head):
    """There is nothing to filter by: the same bytes come back, or a refusal that says so. So no combination
    of filters can be subtracted from another."""
    wave = played.waves[1]
    for number, address in enumerate(addresses(wave)):
        plain = same_bytes(head.get(address))
        assert plain[0] in {200, 403}
        for query in filters_for(wave) if number == 0 else [FILTERS]:
            answer = same_bytes(head.get(address, query))
            assert answer == plain or answer[0] in {400, 422}, (address, query)
    for ending in ("csv", "xlsx"):
        address = reverse("employee_voice:results_file", args=["northwind", wave.pk, ending])
        plain = rows_of(head.get(address).content, ending)
        for query in [{"function": "1"}, FILTERS]:
            answer = head.get(address, query)
            assert answer.status_code in {400, 422} or rows_of(answer.content, ending) == plain, query


def test_a_head_reads_her_line_and_the_whole_and_no_other_function(played, head):
    for wave in played.waves:
        finance = WaveFunction.objects.get(wave=wave, name="Finance").pk
        asked = {
            "page": reverse("employee_voice:function_results", args=["northwind", wave.pk, finance]),
            "file": reverse("employee_voice:function_file", args=["northwind", wave.pk, finance, "csv"]),
            "action": reverse("employee_voice:action_new", args=["northwind", wave.pk])
            + f"?function={finance}",
        }
        assert {name: head.get(address).status_code for name, address in asked.items()} == dict.fromkeys(
            asked, 403
        )
        for address in addresses(wave):
            answer = head.get(address)
            if answer.status_code == 200:
                assert b"Finance" not in answer.content, address


def test_nothing_that_a_head_gets_of_three_waves_rests_on_few_people(played, head):
    exact = [_exact_by_pages(head, wave) | _exact_by_api(head, wave) for wave in played.waves]
    files = [_exact_by_files(head, played.leader, wave) for wave in played.waves]
    documents = [_exact_by_document(head, wave) for wave in played.waves]
    for pages, rows, document in zip(exact, files, documents, strict=True):
        assert {function for function, _measure in pages} <= LINE
        assert rows <= pages
        assert document == pages
    assert sum(len(told) for told in exact) > 20
    assert attacked(played, exact) == {}
    # one cell more would be enough: three people of Field answered the last wave
    measure = next(measure for _function, measure in exact[2])
    assert ("Field", measure) not in exact[2]
    assert attacked(played, [*exact[:2], exact[2] | {("Field", measure)}])


def _exact_by_pages(head, wave):
    found = set()
    for address in addresses(wave):
        answer = head.get(address)
        page = (answer.context or {}).get("page") if answer.status_code == 200 else None
        for row in getattr(page, "rows", ()):
            found |= {
                (row.name, line.measure.key)
                for line in row.told
                if line.figure is not None and line.figure.how is Telling.EXACT
            }
    return found


def _exact_by_api(head, wave):
    answer = head.get(f"/api/v1/o/northwind/employee-waves/{wave.pk}/results/").json()
    return {
        (function["name"], figure["measure"])
        for function in answer["functions"]
        for figure in function["figures"]
        if figure["told"] == "exact" or figure["score"] is not None
    }


def _exact_by_files(head, leader, wave):
    names, found = names_of(leader, wave), set()
    places = [reverse("employee_voice:results_file", args=["northwind", wave.pk, "csv"])]
    for row in WaveFunction.objects.filter(wave=wave):
        places.append(reverse("employee_voice:function_file", args=["northwind", wave.pk, row.pk, "csv"]))
    for place in places:
        answer = head.get(place)
        if answer.status_code == 200:
            found |= {
                (row["function"], names[row["measure"]])
                for row in rows_of(answer.content, "csv")
                if row["told"] == "exact" or row["score"]
            }
    return found


def _exact_by_document(head, wave):
    """Asked for on the page: what the document is drawn from, and what is attached to it."""
    answer = head.post(
        reverse("reports:report_create", args=["northwind"]), {"kind": "employee_wave", "wave": str(wave.pk)}
    )
    assert answer.status_code == 302
    return {
        (function["name"], figure["measure"])
        for function in Report.objects.latest("pk").content["functions"]
        for figure in function["figures"]
        if figure["told"] == "exact"
    }


def test_no_address_of_the_room_gives_a_head_a_comment_a_list_or_an_answer(played, head):
    """Every address that can be read, filled with every key that there is. Comments wait for the leader."""
    wave = played.waves[2]
    group = WaveFunction.objects.get(wave=wave, name="Care").group
    Comment.objects.bulk_create(
        Comment(wave=wave, group=group, question="helps", text=f"{HERS} {number}") for number in range(12)
    )
    keys = {
        "pk": [*Wave.objects.values_list("pk", flat=True), played.survey.pk],
        "function": list(WaveFunction.objects.filter(wave=wave).values_list("pk", flat=True)),
        "number": [1, 2, group.number],
        "ending": ["csv", "xlsx"],
    }
    read = 0
    for pattern in urls.urlpatterns:
        for places in _filled(pattern.name, keys):
            answer = head.get(places)
            assert answer.status_code in {200, 302, 403, 404, 405}, places
            if answer.status_code == 200:
                read += 1
                body = answer.content.decode(errors="replace")
                assert HERS not in body, places
                assert "care3@northwind.example" not in body, places
    assert read > 20


def _filled(name, keys):
    """The address with every key that fits into it; nothing where it takes others."""
    for used in (
        ["pk"],
        ["pk", "function"],
        ["pk", "function", "ending"],
        ["pk", "ending"],
        ["pk", "number"],
    ):
        for values in product(*(keys[one] for one in used)):
            filled = {"organization": "northwind", **dict(zip(used, values, strict=True))}
            try:
                yield reverse(f"employee_voice:{name}", kwargs=filled)
            except NoReverseMatch:
                break
