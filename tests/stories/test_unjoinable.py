"""The browser's half of unjoinable answers: the standard's vectors, both sides together, the wire."""

import gzip
import hashlib
import json
import time
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from employee_voice.credentials import blind, contents, key_list, sealing, wire
from employee_voice.credentials.key_list import ListedKey
from tests.employee_voice import pages
from tests.employee_voice.little_server import GROUP, SCRIPTS, WAVE, Wave, serving
from tests.employee_voice.respondent import VECTORS, key_of, sealing_key, signing_key

STATIC = "/static/employee_voice"
PACKAGE = "/static/npm/@cloudflare/blindrsa-ts/lib/src"
SECRET = "s3cr3t-of-ada"

# The library's random numbers, in the order in which it asks for them
VECTOR = f"""async (vector) => {{
  const {{ BlindRSA }} = await import("{PACKAGE}/blindrsa.js");
  const {{ finish }} = await import("{STATIC}/credential.js");
  const {{ fromText, toText }} = await import("{STATIC}/wire.js");
  const sizes = {{ saltLength: vector.salt_bytes, prepareType: vector.prefix_bytes }};
  const suite = new BlindRSA({{ hash: "SHA-384", ...sizes }});
  const kind = {{ name: "RSA-PSS", hash: "SHA-384" }};
  const key = await crypto.subtle.importKey("spki", fromText(vector.key), kind, true, ["verify"]);
  const drawn = vector.random.map(fromText);
  crypto.getRandomValues = (place) => {{ if (place.length) place.set(drawn.shift()); return place; }};
  const prepared = suite.prepare(fromText(vector.msg));
  const {{ blindedMsg, inv }} = await suite.blind(key, prepared);
  const signature = await suite.finalize(key, prepared, fromText(vector.blind_sig), inv);
  const started = {{ prepared: toText(prepared), inverse: toText(inv) }};
  const ours = vector.salt_bytes ? await finish(vector.key, started, vector.blind_sig) : {{}};
  return [toText(prepared), toText(blindedMsg), toText(inv), toText(signature), ours.signature];
}}"""


@pytest.fixture
def wave() -> Iterator[Wave]:
    with serving() as served:
        yield served


@pytest.fixture
def tab(open_browser, wave, watch) -> Page:
    """A window whose site has set cookies before; lost connections are part of the tales here."""
    page: Page = open_browser()
    page.goto(f"{wave.url}/blank/")
    page.context.add_cookies([{"name": "session", "value": "ada", "url": wave.url}])
    return page


def wait_until_it_gives_up(tab: Page) -> None:
    """The page's clock is moved on; what it waits for from the server takes the time it takes."""
    said = tab.get_by_role("status")
    for _try in range(100):
        tab.clock.run_for(1_000)
        if said.text_content():
            break
        time.sleep(0.1)
    expect(said).to_have_text("No connection.")


def text_of(number: str) -> str:
    return wire.to_text(bytes.fromhex(number))


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_the_vectors_of_the_standard_in_a_browser(vector, tab):
    modulus = int(vector["n"], 16)
    drawn = pow(int(vector["inv"], 16), -1, modulus).to_bytes(512)
    random = [vector["msg_prefix"], vector["salt"], drawn.hex()]
    given = {
        "key": wire.to_text(blind.spki(blind.public_pem(key_of(vector)))),
        "salt_bytes": int(vector["sLen"], 16),
        "prefix_bytes": len(vector["msg_prefix"]) // 2,
        "random": [text_of(number) for number in random if number],
        "msg": text_of(vector["msg"]),
        "blind_sig": text_of(vector["blind_sig"]),
    }
    found = tab.evaluate(VECTOR, given)
    inverse = vector["inv"].rjust(1024, "0")
    assert found[:3] == [text_of(number) for number in (vector["input_msg"], vector["blinded_msg"], inverse)]
    assert found[3] == text_of(vector["sig"])
    assert found[4] == (text_of(vector["sig"]) if given["salt_bytes"] else None)


def test_what_the_browser_finishes_the_server_lets_in(tab):
    key = wire.to_text(blind.spki(blind.public_pem(signing_key())))
    load = f'const {{ start, finish }} = await import("{STATIC}/credential.js");'
    one, other = (tab.evaluate(f"async (key) => {{ {load} return start(key); }}", key) for _twice in range(2))
    assert not set(one.values()) & set(other.values())  # nothing of two credentials is the same
    signed = wire.to_text(blind.blind_sign(signing_key(), wire.from_text(one["blinded"])))
    finish = f"async ([key, started, signed]) => {{ {load} return finish(key, started, signed); }}"
    done = tab.evaluate(finish, [key, one, signed])
    prepared, signature = wire.from_text(done["prepared"]), wire.from_text(done["signature"])
    assert blind.is_valid(blind.public_pem(signing_key()), prepared, signature)
    for begun, answered in ((other, signed), (one, one["blinded"]), (one, "")):
        refused = tab.evaluate(
            f"([key, started, signed]) => ({finish})([key, started, signed]).catch((error) => error.code)",
            [key, begun, answered],
        )
        assert refused == "wrong-signature"


@pytest.mark.parametrize("length", [0, 1, 1020, 1021, 40_000])
def test_what_the_browser_seals_the_worker_opens(length, tab):
    sealed = wire.from_text(
        tab.evaluate(
            f"""async ([length, sealing]) => {{
              const {{ seal }} = await import("{STATIC}/seal.js");
              const {{ toText }} = await import("{STATIC}/wire.js");
              const content = new Uint8Array(length).fill(7);
              return toText(await seal(content, {{ sealing, wave: "{WAVE}", group: 2 }}));
            }}""",
            [length, wire.to_text(sealing.spki(sealing.public_pem(sealing_key())))],
        )
    )
    assert sealing.is_sealed(sealed)
    assert len(sealed) == 82 + 1024 * -(-(length + 4) // 1024)
    opened = sealing.open_sealed(sealed, private_pem=sealing_key(), wave=WAVE, group=2)
    assert opened == b"\7" * length
    for other_wave, other_group in (("other", 2), (WAVE, 1)):
        with pytest.raises(sealing.SealError):
            sealing.open_sealed(sealed, private_pem=sealing_key(), wave=other_wave, group=other_group)


def changed(sent: key_list.SentList, **group) -> dict[str, object]:
    return {**sent, "groups": [sent["groups"][0], {**sent["groups"][1], **group}]}


def test_a_list_of_keys_is_used_only_when_everybody_has_the_same(tab, wave):
    sent = key_list.sent_list(wave.keys, sealing_public=wave.sealing_public)
    other = wire.to_text(blind.spki(blind.public_pem(signing_key(2))))
    injected = f"7 {blind.key_id(wave.keys[1].public_pem)}\ngroup 3 9"

    def answer(sent, *, group: int = GROUP, digest: str = wave.digest):
        return tab.evaluate(
            f"""async ([list, digest, group]) => {{
              const {{ checkedKeys }} = await import("{STATIC}/credential.js");
              return checkedKeys(list, {{ digest, group }}).catch((error) => error.code);
            }}""",
            [sent, digest, group],
        )

    good = {"sealing": sent["sealing"], "signing": sent["groups"][1]["key"]}
    assert answer(sent) == good
    assert answer({**sent, "groups": sent["groups"][::-1]}) == good
    for wrong in (
        changed(sent, key=other),
        changed(sent, people=8),
        changed(sent, people="7"),
        changed(sent, number="2"),
        changed(sent, people=injected),
        {**sent, "sealing": other},
        {**sent, "groups": sent["groups"][1:]},
        {**sent, "groups": [*sent["groups"], {"number": 3, "people": 9, "key": other}]},
        {},
        None,
    ):
        assert answer(wrong) == "wrong-keys"
    assert answer(sent, group=3) == "wrong-keys"
    assert answer(sent, digest="") == "wrong-keys"


def test_a_group_of_two_is_refused_by_the_browser_itself(tab, wave):
    wave.keys[1] = ListedKey(number=GROUP, people=2, public_pem=wave.keys[1].public_pem)
    tab.goto(wave.link())
    tab.get_by_role("button", name="Begin").click()
    expect(tab.get_by_role("status")).to_have_text("Do not answer here.")
    assert not wave.of("/sign")


def begin(tab: Page, wave: Wave) -> None:
    tab.goto(wave.link())
    tab.get_by_role("button", name="Begin").click()
    expect(tab.get_by_role("heading", name="First")).to_be_visible()


def answer_all(tab: Page) -> None:
    tab.get_by_label("high").check()
    tab.get_by_label("a", exact=True).check()
    tab.get_by_role("button", name="Next 1").click()
    expect(tab.get_by_role("heading", name="Third")).to_be_focused()  # the second has nothing to show
    tab.get_by_label("always").check()
    tab.get_by_role("button", name="Send").click()


def opened(sealed: str) -> contents.Contents:
    text = sealing.open_sealed(wire.from_text(sealed), private_pem=sealing_key(), wave=WAVE, group=GROUP)
    return contents.read(text)


def test_from_an_invitation_to_a_counted_answer_and_nothing_on_the_wire_joins_them(tab, wave):
    begin(tab, wave)
    assert "#" not in tab.url  # the secret is gone from the address
    answer_all(tab)
    expect(tab.get_by_text("Thank you.")).to_be_visible()
    [(prepared, sealed)] = wave.counted.items()
    assert opened(sealed) == contents.Contents(
        answers={"q1": ("5",), "q2": ("a",), "q3": ("5",)}, was_fast=True, was_straight=True
    )
    # as long as the longest answer: three kibibytes for the 3,000 bytes that the page names
    assert len(wire.from_text(sealed)) == 82 + 3 * 1024
    assert tab.evaluate("[sessionStorage.length, localStorage.length]") == [0, 0]

    [signing], [handed_in] = wave.of("/sign"), wave.of("/answer")
    assert signing.data.keys() == {"secret", "group", "blinded"}
    assert handed_in.data.keys() == {"group", "prepared", "signature", "sealed"}
    for request in (signing, handed_in, *wave.of("/keys")):
        assert "cookie" not in request.headers
        assert "referer" not in request.headers
    digest = hashlib.sha256(SECRET.encode()).hexdigest()
    for known in (SECRET, digest, signing.data["blinded"], wave.digest):
        assert known not in str(handed_in)
    assert prepared not in signing.body
    for request in wave.received:  # no address ever held a secret
        assert SECRET not in request.path
    assert "cookie" in wave.of("/i/")[0].headers  # the check above can fail: the browser had one to send


def test_lost_replies_are_asked_for_again_word_for_word(tab, wave, watch):
    wave.lost = {"/sign": 1, "/answer": 2}
    wave.in_trouble = {"/keys": 1}
    watch.expected = {503}
    begin(tab, wave)
    answer_all(tab)
    expect(tab.get_by_text("Thank you.")).to_be_visible()
    assert [len(wave.of(end)) for end in ("/keys", "/sign", "/answer")] == [2, 2, 3]
    assert len({request.body for request in wave.of("/sign")}) == 1
    assert len({request.body for request in wave.of("/answer")}) == 1
    assert len(wave.counted) == 1
    watch.complaints = [one for one in watch.complaints if "ERR_EMPTY_RESPONSE" not in one]


def test_a_longer_break_is_said_and_can_be_tried_again(tab, wave, watch):
    watch.expected = {503}
    tab.clock.install()  # twelve seconds of waiting in between
    begin(tab, wave)
    wave.in_trouble = {"/answer": 4}
    answer_all(tab)
    wait_until_it_gives_up(tab)
    assert not tab.get_by_role("heading", name="Third").is_visible()
    tab.get_by_role("button", name="Try again").click()
    tab.clock.run_for(1_000)
    expect(tab.get_by_text("Thank you.")).to_be_visible()
    assert len({request.body for request in wave.of("/answer")}) == 1
    assert len(wave.counted) == 1


def test_a_credential_is_asked_for_again_with_what_was_begun(tab, wave, watch):
    """The server signs one blinded message for each invitation: a new one would be refused."""
    watch.expected = {503}
    tab.clock.install()
    wave.in_trouble = {"/sign": 4}  # it has signed, and nobody hears of it
    tab.goto(wave.link())
    tab.get_by_role("button", name="Begin").click()
    wait_until_it_gives_up(tab)
    tab.goto(f"{wave.url}/blank/")
    begin(tab, wave)  # the same link once more
    assert len({request.body for request in wave.of("/sign")}) == 1


def test_a_reload_loses_neither_credential_nor_answers(tab, wave):
    begin(tab, wave)
    tab.get_by_label("low").check()
    tab.get_by_role("button", name="Next 1").click()
    tab.get_by_label("Why").fill("Ümlaut 工具")
    tab.reload()
    expect(tab.get_by_label("Why")).to_be_visible()  # it goes on where it was left
    expect(tab.get_by_label("Why")).to_have_value("Ümlaut 工具")
    tab.get_by_role("button", name="Back 2").click()
    expect(tab.get_by_label("low")).to_be_checked()
    tab.get_by_role("button", name="Next 1").click()
    tab.get_by_role("button", name="Next 2").click()
    tab.get_by_role("button", name="Send").click()
    expect(tab.get_by_text("Thank you.")).to_be_visible()
    assert len(wave.of("/sign")) == 1
    [sealed] = wave.counted.values()
    found = opened(sealed)
    assert found.answers == {"q1": ("1",), "why": ("Ümlaut 工具",)}
    assert not found.was_straight  # one answer is no straight line


def test_an_answer_that_a_rule_hides_is_not_handed_in(tab, wave):
    begin(tab, wave)
    tab.get_by_role("button", name="Next 1").click()
    expect(tab.get_by_text("Please answer.")).to_be_visible()
    tab.get_by_label("low").check()
    tab.get_by_role("button", name="Next 1").click()
    expect(tab.get_by_text("Please answer.")).to_be_hidden()
    tab.get_by_label("Why").fill("because")
    tab.get_by_role("button", name="Back 2").click()
    tab.get_by_label("high").check()
    tab.get_by_role("button", name="Next 1").click()
    tab.get_by_label("never").check()
    tab.get_by_role("button", name="Send").click()
    expect(tab.get_by_text("Thank you.")).to_be_visible()
    [sealed] = wave.counted.values()
    found = opened(sealed)
    assert found.answers == {"q1": ("5",), "q3": ("1",)}
    assert not found.was_straight


RULES = [  # rule, answers to the question that it names, whether the question below is shown
    ({"equals": 3}, ["3"], True),
    ({"equals": 3}, ["30"], False),
    ({"equals": "other"}, ["one", "other"], True),
    ({"one_of": [1, 2]}, ["2"], True),
    ({"one_of": [1, 2]}, ["3"], False),
    ({"below": 3}, ["2.5"], True),
    ({"below": 3}, ["3"], False),
    ({"below": 3}, ["do_not_know"], False),
    ({"above": 3}, ["3.5"], True),
    ({"above": 3}, ["3"], False),
    ({"above": 1, "below": 4}, ["5"], False),
    ({"below": 3}, [], False),
]


def test_rules_show_what_the_questionnaire_says(tab):
    shown = tab.evaluate(
        f"""async (rules) => {{
          const {{ lead }} = await import("{STATIC}/steps.js");
          return rules.map(([rule, values]) => {{
            const form = document.createElement("form");
            const box = (value) => `<input type="checkbox" name="q" value="${{value}}" checked>`;
            form.innerHTML = `<section data-step><div data-question="q">${{values.map(box).join("")}}</div>
              <div data-question="then"></div><div data-question="last"></div></section>`;
            const [, then, last] = form.querySelectorAll("[data-question]");
            then.innerHTML = '<input name="then" value="typed before">';
            then.dataset.showWhen = JSON.stringify([{{ question: "q", ...rule }}]);
            last.dataset.showWhen = JSON.stringify([{{ question: "then", equals: "typed before" }}]);
            lead(form, {{ onChange() {{}}, onEnd() {{}} }});
            return [!then.hidden, !last.hidden];
          }});
        }}""",
        [[rule, values] for rule, values, _shown in RULES],
    )
    assert shown == [[wanted, wanted] for _rule, _values, wanted in RULES]  # a hidden question has no answer


def test_how_far_one_is_shows_with_its_part_alone_once_scripts_lead(tab):
    found = tab.evaluate(
        f"""async () => {{
          const {{ lead }} = await import("{STATIC}/steps.js");
          const form = document.createElement("form");
          form.innerHTML = [1, 2, 3].map((page) => `<section data-step><div data-place hidden>${{page}}</div>
            <div data-question="q${{page}}"><input name="q${{page}}"></div>
            <button type="button" data-next>on</button></section>`).join("");
          const before = form.querySelectorAll("[data-place]:not([hidden])").length;
          const rule = JSON.stringify([{{ question: "q1", equals: "yes" }}]);
          form.querySelector("[data-question=q2]").dataset.showWhen = rule;
          document.body.append(form);
          lead(form, {{ onChange() {{}}, onEnd() {{}} }});
          const all = [...form.querySelectorAll("[data-place]")];
          const seen = () => all.filter((one) => one.checkVisibility());
          const places = [seen().map((one) => one.textContent).join()];
          form.querySelector("[data-next]").click();
          return [before, ...places, seen().map((one) => one.textContent).join()];
        }}"""
    )
    assert found == [0, "1", "3"]  # the second part is left out by its rule


def test_somebody_who_takes_her_time_is_not_called_fast(tab, wave):
    tab.clock.install()
    begin(tab, wave)
    tab.clock.fast_forward(31_000)
    answer_all(tab)
    tab.clock.run_for(100)
    expect(tab.get_by_text("Thank you.")).to_be_visible()
    [sealed] = wave.counted.values()
    assert not opened(sealed).was_fast


def test_other_keys_than_the_letter_names_are_refused_before_anything_is_asked(tab, wave):
    tab.goto(wave.link(digest="0" * 64))
    tab.get_by_role("button", name="Begin").click()
    expect(tab.get_by_role("status")).to_have_text("Do not answer here.")
    assert not wave.of("/sign")


def test_a_forwarded_link_gets_no_second_credential(tab, wave, open_browser, watch):
    begin(tab, wave)
    watch.expected = {409}
    colleague = open_browser()
    colleague.goto(wave.link())
    colleague.get_by_role("button", name="Begin").click()
    expect(colleague.get_by_role("status")).to_have_text("Used already.")
    answer_all(tab)
    expect(tab.get_by_text("Thank you.")).to_be_visible()


def test_words_that_the_page_does_not_have_are_not_left_out(tab, wave, watch):
    watch.expected = {409}
    wave.refusals = {"/sign": "never_heard_of"}
    tab.goto(wave.link())
    tab.get_by_role("button", name="Begin").click()
    expect(tab.get_by_role("status")).to_have_text("Unknown.")
    assert len(wave.of("/sign")) == 1  # a refusal is final


def test_without_its_secret_the_address_leads_nowhere(tab, wave):
    tab.goto(f"{wave.url}/e/{WAVE}/i/")
    expect(tab.get_by_role("status")).to_have_text("Take the link.")


def test_opening_the_link_asks_for_nothing_until_a_person_begins(tab, wave):
    tab.goto(wave.link())
    expect(tab.get_by_role("button", name="Begin")).to_be_visible()
    assert not wave.of("/keys")
    assert not wave.of("/sign")


@pytest.mark.parametrize(
    ("options", "script"),
    [
        ({"java_script_enabled": False}, ""),
        ({}, "Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined })"),
        ({}, "Object.defineProperty(window, 'sessionStorage', { get: () => { throw new Error() } })"),
    ],
    ids=["no scripts", "no cryptography", "no storage"],
)
def test_a_browser_that_cannot_is_told_where_slips_lie(options, script, open_browser, wave):
    page = open_browser(**options)
    if script:
        page.add_init_script(script)
    page.goto(wave.link())
    expect(page.get_by_text("Printed slips lie at the reception.")).to_be_visible()
    expect(page.locator("[data-begin]")).to_be_hidden()
    page.goto(f"{wave.url}/blank/")


def test_a_slip_is_sealed_where_scripts_run_and_readable_to_the_server_where_not(
    open_browser, wave, monkeypatch
):
    key = wire.to_text(sealing.spki(wave.sealing_public))
    monkeypatch.setitem(pages.PAGES, "s", pages.SLIP.replace("SEALING", key))
    page = open_browser()
    page.goto(f"{wave.url}/e/{WAVE}/s/")
    answer_all(page)
    expect(page.get_by_text("Thank you.")).to_be_visible()
    plain = open_browser(java_script_enabled=False)
    plain.goto(f"{wave.url}/e/{WAVE}/s/")
    plain.get_by_label("low").check()
    plain.get_by_label("Why").fill("because")
    plain.get_by_role("button", name="Send").click()
    expect(plain.get_by_text("Thank you.")).to_be_visible()
    closed, clear = (request.body for request in wave.received if request.method == "POST")
    sent = json.loads(closed)
    assert sent.keys() == {"wave", "code", "sealed"}
    assert (sent["wave"], sent["code"]) == (WAVE, "K7RT2PWMX4")
    assert opened(sent["sealed"]).answers == {"q1": ("5",), "q2": ("a",), "q3": ("5",)}
    assert clear == "code=K7RT2PWMX4&q1=1&why=because"


@pytest.fixture
def slip(wave, monkeypatch):
    key = wire.to_text(sealing.spki(wave.sealing_public))
    for name in ("s", "other"):
        monkeypatch.setitem(pages.PAGES, name, pages.PAGES[name].replace("SEALING", key))
    return f"{wave.url}/e/{WAVE}/s/"


def test_a_slip_whose_reply_is_lost_is_sent_again_as_it_was_and_nothing_is_stored(tab, wave, slip, watch):
    """Four attempts are lost one after the other, though the first was counted."""
    wave.lost["/slip-answer"] = 4
    tab.goto(slip)
    answer_all(tab)
    expect(tab.get_by_role("alert")).to_contain_text("No connection.", timeout=40_000)
    assert tab.evaluate("[sessionStorage.length, localStorage.length, document.cookie]")[:2] == [0, 0]
    expect(tab.get_by_label("always")).to_be_checked()  # still here
    tab.get_by_role("button", name="Send again").click()
    expect(tab.get_by_text("Thank you.")).to_be_visible()
    bodies = {request.body for request in wave.received if request.path.endswith("/slip-answer")}
    assert len(bodies) == 1
    watch.complaints = [one for one in watch.complaints if "ERR_EMPTY_RESPONSE" not in one]


def test_a_slip_that_the_server_refuses_says_why_and_keeps_what_was_typed(tab, wave, slip, watch):
    watch.expected = {409}
    wave.refusals["/slip-answer"] = "slip_unknown"
    tab.goto(slip)
    answer_all(tab)
    expect(tab.get_by_role("alert")).to_contain_text("Used.")
    expect(tab.get_by_label("always")).to_be_checked()


def test_another_language_keeps_what_was_typed_and_sends_none_of_it(tab, wave, slip):
    tab.goto(slip)
    tab.get_by_label("low").check()
    tab.get_by_role("button", name="Next 1").click()
    tab.get_by_label("Why").fill("secret words")
    tab.get_by_role("button", name="Other").click()
    expect(tab).to_have_title("Zettel")
    expect(tab.get_by_label("Why")).to_have_value("secret words")  # the section that was shown
    tab.get_by_role("button", name="Back 2").click()
    expect(tab.get_by_role("heading", name="Erstens")).to_be_visible()
    expect(tab.get_by_label("low")).to_be_checked()
    (asked,) = [request for request in wave.received if request.path.endswith("/other/")]
    assert asked.body == "code=K7RT2PWMX4&wave=w7Kq2&answers=1&switch=1"


@pytest.mark.parametrize("has_method", [True, False], ids=["toWellFormed", "fallback"])
def test_what_no_text_may_hold_is_left_out_before_sealing(open_browser, wave, slip, has_method):
    page = open_browser()
    if not has_method:
        page.add_init_script("delete String.prototype.toWellFormed")
    page.goto(slip)
    page.get_by_label("low").check()
    page.get_by_role("button", name="Next 1").click()
    page.get_by_label("Why").evaluate("(field) => (field.value = 'a\\0b \\ud83d c \\ud83d\\ude00')")
    page.get_by_role("button", name="Next 2").click()
    page.get_by_label("never").check()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    (sent,) = [json.loads(request.body) for request in wave.received if request.method == "POST"]
    assert opened(sent["sealed"]).answers["why"] == ("ab \ufffd c \U0001f600",)


def test_a_kiosk_warns_at_45_seconds_and_forgets_at_60(open_browser, wave):
    page = open_browser()
    page.clock.install(time=datetime(2026, 6, 1, 8, 0, 0))
    page.clock.pause_at(datetime(2026, 6, 1, 8, 0, 1))
    page.goto(f"{wave.url}/kiosk/")
    page.evaluate("sessionStorage.setItem('left', 'behind')")
    pages_before = page.evaluate("history.length")
    warning = page.get_by_role("alert")
    page.clock.run_for(44_000)
    expect(warning).to_be_hidden()
    page.clock.run_for(1_000)
    expect(warning).to_have_text("Forgotten in 15 seconds.")
    page.get_by_label("Code").press("K")  # somebody is there
    expect(warning).to_be_hidden()
    page.clock.run_for(44_000)
    expect(warning).to_be_hidden()
    page.clock.run_for(15_000)
    expect(warning).to_contain_text(" 1 seconds")
    assert page.url.endswith("/kiosk/")
    page.clock.run_for(1_000)
    expect(page.get_by_text("Thank you.")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0
    assert page.evaluate("history.length") == pages_before  # nothing to go back to


def test_the_scripts_weigh_less_than_40_of_the_60_kilobytes_of_a_page(tab, wave):
    begin(tab, wave)
    names = {request.path.removeprefix("/static/") for request in wave.received if "/static/" in request.path}
    assert len(names) == 10
    weight = sum(len(gzip.compress(_content(name), 9)) for name in names)
    assert weight < 40_000


def _content(name: str) -> bytes:
    package = settings.PACKAGES_DIR / name.removeprefix("npm/")
    return (package if name.startswith("npm/") else SCRIPTS / name).read_bytes()
