"""One invitation, one credential; one credential, one answer; nothing opened before the wave closes."""

import json
from collections import Counter
from itertools import pairwise

import pytest

from accounts.models import AuditEvent
from common.errors import InvalidValues
from common.jobs import JobState
from employee_voice import services
from employee_voice.choices import WaveState, WorkKind
from employee_voice.credentials import sealing
from employee_voice.credentials.keyfiles import KeyFolder
from employee_voice.errors import (
    AlreadyAnswered,
    CredentialInvalid,
    GroupUnknown,
    InvitationUnknown,
    InvitationUsed,
    KeysAway,
    RequestUnreadable,
    SlipUnknown,
    WaveNotInState,
    WaveNotOpen,
)
from employee_voice.models import (
    Answer,
    Comment,
    Invitation,
    KeyGroup,
    SealedAnswer,
    Slip,
    Wave,
    WaveFunction,
    WaveWork,
)
from employee_voice.selectors import in_steps, participation_of
from employee_voice.services.keys import sealing_name, signing_name
from tests.factories.employee_voice import closed, do, is_signed, opened, people_of, planned, survey_of
from tests.interruption import BrokenOff

pytestmark = pytest.mark.django_db
ANSWERS = {"tools-have": ["4"], "enps": ["9"], "changed": ["better"], "change-first": ["Faster parts."]}


@pytest.fixture
def wave(ada, tree):
    return opened(ada, {"Care": 5, "Field": 5})


# --- credentials -------------------------------------------------------------------------------------


def test_an_invitation_gets_one_signature_of_its_group(wave):
    care, field = people_of(wave)[0], people_of(wave)[-1]
    assert care.group != field.group
    assert is_signed(wave, care, care.ask())
    assert list(Invitation.objects.filter(was_given_credential=True).values_list("email", flat=True)) == [
        "care0@northwind.example"
    ]


def test_a_lost_reply_is_given_again_and_nothing_else(wave):
    person, other = people_of(wave)[0], people_of(wave)[0]
    first = services.sign_credential(
        wave=wave, secret=person.secret, group=person.group, blinded=person.blinded
    )
    again = services.sign_credential(
        wave=wave, secret=person.secret, group=person.group, blinded=person.blinded
    )
    assert first == again
    with pytest.raises(InvitationUsed):
        other.ask()  # the same link in another browser, or forwarded to a colleague


def test_a_link_with_another_secret_or_group_gets_nothing(wave):
    person = people_of(wave)[0]
    ask = {"wave": wave, "blinded": person.blinded}
    with pytest.raises(InvitationUnknown):
        services.sign_credential(**ask, secret="0" * 64, group=person.group)
    with pytest.raises(InvitationUnknown):
        services.sign_credential(**ask, secret="", group=person.group)
    with pytest.raises(GroupUnknown):
        services.sign_credential(**ask, secret=person.secret, group=3 - person.group)
    with pytest.raises(RequestUnreadable):
        services.sign_credential(wave=wave, secret=person.secret, group=person.group, blinded=b"short")
    assert not Invitation.objects.filter(was_given_credential=True).exists()


def test_somebody_left_out_of_the_sample_gets_nothing(ada, tree):
    wave = opened(ada, {"Care": 10}, sample_pct=50)
    person = people_of(wave)[0]
    Invitation.objects.filter(wave=wave, is_drawn=True).update(is_drawn=False)
    with pytest.raises(InvitationUnknown):
        person.ask()


def test_a_signing_key_that_is_away_is_said_and_uses_nothing_up(wave, settings):
    person = people_of(wave)[0]
    path = KeyFolder(settings.KEYS_DIR).root / signing_name(wave, person.group)
    key = path.read_bytes()
    path.unlink()
    with pytest.raises(KeysAway):
        person.ask()
    KeyFolder(settings.KEYS_DIR).write(signing_name(wave, person.group), key)
    assert is_signed(wave, person, person.ask())


# --- handing in --------------------------------------------------------------------------------------


def test_an_answer_is_kept_sealed_with_nothing_that_identifies(wave):
    person = people_of(wave)[0]
    person.answer(ANSWERS)
    [row] = SealedAnswer.objects.values()
    assert set(row) == {"id", "wave_id", "group_id", "credential", "sealed"}
    assert b"Faster parts" not in bytes(row["sealed"])
    assert not Answer.objects.exists()


def test_the_same_request_again_changes_nothing_and_another_answer_is_refused(wave):
    person = people_of(wave)[0]
    signature, sealed = person.ask(), person.sealed(ANSWERS)
    person.hand_in(signature, sealed)
    person.hand_in(signature, sealed)
    with pytest.raises(AlreadyAnswered):
        person.hand_in(signature, person.sealed({"enps": ["0"]}))
    assert SealedAnswer.objects.count() == 1


def test_forged_and_borrowed_signatures_are_refused(wave):
    care, field = people_of(wave)[0], people_of(wave)[-1]
    signature, sealed = care.ask(), care.sealed(ANSWERS)
    altered = bytes([signature[0] ^ 1]) + signature[1:]
    for wrong in (altered, b"", field.ask()):
        with pytest.raises(CredentialInvalid):
            care.hand_in(wrong, sealed)
    with pytest.raises(CredentialInvalid):
        care.hand_in(signature, sealed, group=field.group)  # of another group
    with pytest.raises(GroupUnknown):
        care.hand_in(signature, sealed, group=99)
    with pytest.raises(RequestUnreadable):
        care.hand_in(signature, b"in the clear")
    assert not SealedAnswer.objects.exists()


def test_a_wave_that_closes_while_somebody_answers_says_so_and_keeps_nothing(ada, wave):
    late, last = people_of(wave)[:2]
    signature = late.ask()
    services.start_closing(by=ada, wave=wave)
    with pytest.raises(WaveNotOpen):
        late.hand_in(signature, late.sealed(ANSWERS))
    with pytest.raises(WaveNotOpen):
        last.ask()
    assert not SealedAnswer.objects.exists()


def test_a_correct_link_says_after_closing_that_the_survey_has_closed(ada, wave, client):
    person = people_of(wave)[0]
    page = client.get(person.path).content.decode()
    assert "data-begin" in page
    assert "<p>This survey has closed.</p>" not in page
    services.start_closing(by=ada, wave=wave)
    for _state in (WaveState.CLOSING, WaveState.CLOSED):
        page = client.get(person.path).content.decode()
        assert "data-begin" not in page
        assert "answering.js" not in page
        assert "<p>This survey has closed.</p>" in page
        with pytest.raises(WaveNotOpen):
            person.ask()
        do(wave, WorkKind.CLOSE)
    assert not Invitation.objects.exclude(secret_digest="").exists()


# --- slips -------------------------------------------------------------------------------------------


@pytest.fixture
def with_slips(ada, tree):
    wave = planned(ada, {"Care": 5})
    rows = dict(WaveFunction.objects.filter(wave=wave).values_list("name", "pk"))
    services.plan_slips(by=ada, wave=wave, counts={rows["Field"]: 6})
    services.start_opening(by=ada, wave=wave)
    return do(wave, WorkKind.OPEN)


def slips_of(ada, wave):
    group = WaveFunction.objects.get(wave=wave, name="Field").group
    return group, services.print_slips(by=ada, wave=wave, group=group)


def sealed_for(wave, code, answers=ANSWERS):
    group = services.group_of_slip(wave=wave, code=code)
    return services.seal_for(wave=wave, group=group, typed=answers)


def test_a_slip_lets_one_answer_in_however_its_code_is_typed(ada, with_slips):
    wave = with_slips
    group, codes = slips_of(ada, wave)
    assert len(set(codes)) == 6
    assert not {*"01OIL"} & {*"".join(codes)}
    typed = codes[0].lower().replace("-", " ")
    assert services.group_of_slip(wave=wave, code=typed) == group
    services.hand_in_slip(wave=wave, code=typed, sealed=sealed_for(wave, codes[0]))
    with pytest.raises(SlipUnknown):
        services.hand_in_slip(wave=wave, code=codes[0], sealed=sealed_for(wave, codes[1]))
    assert (SealedAnswer.objects.count(), Slip.objects.count()) == (1, 5)


def test_slips_that_are_printed_outlive_the_key_of_the_installation(ada, with_slips, settings):
    wave = with_slips
    group, codes = slips_of(ada, wave)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another key of the installation"
    with pytest.raises(SlipUnknown):
        services.group_of_slip(wave=wave, code=codes[0])
    settings.SECRET_KEY_FALLBACKS = [former]
    assert services.wave_of_slip(code=codes[0]) == wave
    assert services.group_of_slip(wave=wave, code=codes[0]) == group
    sealed = sealed_for(wave, codes[0])
    services.hand_in_slip(wave=wave, code=codes[0], sealed=sealed)
    services.hand_in_slip(wave=wave, code=codes[0], sealed=sealed)  # the very same once more changes nothing
    with pytest.raises(SlipUnknown):
        services.hand_in_slip(wave=wave, code=codes[0], sealed=sealed_for(wave, codes[1]))
    assert (SealedAnswer.objects.count(), Slip.objects.count()) == (1, 5)


@pytest.mark.parametrize("code", ["", "AAAA-AAAA-AAA", "x" * 60])
def test_a_code_that_is_none_lets_nobody_in(with_slips, code):
    with pytest.raises(SlipUnknown):
        services.group_of_slip(wave=with_slips, code=code)


def test_codes_stand_in_no_table(ada, with_slips):
    _group, codes = slips_of(ada, with_slips)
    kept = str(list(Slip.objects.values()) + list(AuditEvent.objects.values("after")))
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]


def test_printing_again_makes_as_many_new_codes_and_tells_not_how_many_were_used(ada, with_slips):
    wave = with_slips
    _group, codes = slips_of(ada, wave)
    services.hand_in_slip(wave=wave, code=codes[0], sealed=sealed_for(wave, codes[0]))
    _group, again = slips_of(ada, wave)
    assert len(again) == 6
    with pytest.raises(SlipUnknown):
        services.group_of_slip(wave=wave, code=codes[1])
    services.hand_in_slip(wave=wave, code=again[0], sealed=sealed_for(wave, again[0]))
    closed(ada, wave)
    group = WaveFunction.objects.get(wave=wave, name="Field").group
    assert (group.slips_used, group.slips_printed, Slip.objects.count()) == (2, 0, 0)


def test_slips_are_printed_only_where_they_were_planned(ada, with_slips):
    group = WaveFunction.objects.get(wave=with_slips, name="Care").group
    with pytest.raises(InvalidValues):
        services.print_slips(by=ada, wave=with_slips, group=group)


def test_an_answer_without_scripts_drops_what_a_browser_could_not_have_sent(ada, with_slips):
    wave = with_slips
    _group, codes = slips_of(ada, wave)
    sealed = sealed_for(wave, codes[0], {**ANSWERS, "nothing": ["1"], "tools-have": ["9"]})
    services.hand_in_slip(wave=wave, code=codes[0], sealed=sealed)
    closed(ada, wave)
    assert Answer.objects.get().scores == {"enps": "9", "changed": ["better"]}


@pytest.mark.parametrize("letter", ["a", '"', "的", "😀", "\n"])
def test_every_sealed_answer_of_a_wave_has_one_length(ada, with_slips, letter):
    """Else who wrote the long comment would be told by the length of what was sealed."""
    wave = with_slips
    _group, codes = slips_of(ada, wave)
    everything = {**ANSWERS, "change-first": [f"x{letter * 998}x"], "engagement-proud": ["5"]}
    lengths = {len(sealed_for(wave, codes[0], answers)) for answers in ({}, ANSWERS, everything)}
    assert len(lengths) == 1


# --- closing -----------------------------------------------------------------------------------------


def test_closing_opens_every_answer_and_leaves_nothing_that_joins(ada, wave, settings):
    people = people_of(wave)
    for number, person in enumerate(people[:7]):
        person.answer({**ANSWERS, "enps": [str(number)], "change-first": [f"Comment {number}"]})
    before = set(Invitation.objects.values_list("pk", flat=True))
    wave = closed(ada, wave)
    assert wave.state == WaveState.CLOSED
    groups = KeyGroup.objects.filter(wave=wave).order_by("number")
    scores = {
        group.number: Counter(row.scores["enps"] for row in Answer.objects.filter(group=group))
        for group in groups
    }
    assert scores == {1: Counter("01234"), 2: Counter("56")}
    assert Answer.objects.first().scores.keys() == {"tools-have", "enps", "changed"}
    assert sorted(Comment.objects.values_list("text", "group__number")) == [
        (f"Comment {number}", 1 if number < 5 else 2) for number in range(7)
    ]
    assert not SealedAnswer.objects.exists()
    assert KeyFolder(settings.KEYS_DIR).names() == []
    rows = Invitation.objects.filter(wave=wave)
    assert rows.count() == 10
    assert not before & set(rows.values_list("pk", flat=True))
    assert rows.filter(was_given_credential=True).count() == 7
    assert not rows.exclude(secret_digest="", blinded_digest="").exists()


def test_answers_are_written_in_an_order_drawn_by_chance(ada, tree):
    """Of 40 people who answered one after the other, the order of the rows says nothing."""
    wave = opened(ada, {"Care": 40})
    for number, person in enumerate(people_of(wave)):
        person.hand_in(
            person.ask(), person.sealed({"change-first": [f"{number:02}"], "enps": [str(number % 11)]})
        )
    closed(ada, wave)
    from django.db import connection

    with connection.cursor() as cursor:
        order = "ctid" if connection.vendor == "postgresql" else "rowid"
        cursor.execute(f"SELECT text FROM employee_voice_comment ORDER BY {order}")
        comments = [int(text) for (text,) in cursor.fetchall()]
        cursor.execute(f"SELECT email FROM employee_voice_invitation ORDER BY {order}")
        listed = [email for (email,) in cursor.fetchall()]
    assert sorted(comments) == list(range(40))
    in_place = sum(one < other for one, other in pairwise(comments))
    assert 8 <= in_place <= 31  # of 39 steps; by chance 19.5, give or take 1.9
    assert listed != sorted(listed)


def test_a_worker_killed_while_closing_loses_nothing_and_counts_nothing_twice(
    ada, wave, monkeypatch, settings
):
    people = people_of(wave)
    for person in people:
        person.answer(ANSWERS)
    services.start_closing(by=ada, wave=wave)
    work = WaveWork.objects.on(wave, WorkKind.CLOSE).get()
    from employee_voice.services import closing

    opens, calls = closing._open_group, []

    def killed(*args):
        calls.append(args)
        opens(*args)
        if len(calls) == 2:
            raise BrokenOff  # within the transaction of the second group

    with monkeypatch.context() as patch:
        patch.setattr(closing, "_open_group", killed)
        with pytest.raises(BrokenOff):
            services.do_work(work=work)
    assert (Answer.objects.count(), SealedAnswer.objects.count()) == (5, 5)
    assert len(KeyFolder(settings.KEYS_DIR).names()) == 3
    services.try_closing_again(by=ada, wave=wave)
    wave = do(wave, WorkKind.CLOSE)
    assert (wave.state, Answer.objects.count(), Comment.objects.count()) == (WaveState.CLOSED, 10, 10)
    assert not SealedAnswer.objects.exists()
    assert KeyFolder(settings.KEYS_DIR).names() == []


@pytest.mark.parametrize("where", ["destroy_keys", "_forget_order", "plan_next_wave"])
def test_a_worker_killed_after_the_answers_are_open_ends_at_the_next_attempt(ada, wave, monkeypatch, where):
    people_of(wave)[0].answer(ANSWERS)
    services.start_closing(by=ada, wave=wave)
    work = WaveWork.objects.on(wave, WorkKind.CLOSE).get()

    def break_off(*args):
        raise BrokenOff

    with monkeypatch.context() as patch:
        patch.setattr(f"employee_voice.services.closing.{where}", break_off)
        with pytest.raises(BrokenOff):
            services.do_work(work=work)
    work.refresh_from_db()
    work.queue_again()
    work.save()
    wave = do(wave, WorkKind.CLOSE)
    assert (wave.state, Answer.objects.count()) == (WaveState.CLOSED, 1)
    assert WaveWork.objects.get(pk=work.pk).job_state == JobState.DONE


def test_what_nobody_can_read_is_counted_and_harms_no_other_answer(ada, wave):
    good, foreign, mad = people_of(wave)[:3]
    good.answer(ANSWERS)
    elsewhere = sealing.public_pem(sealing.new_sealing_key())
    foreign.hand_in(
        foreign.ask(), sealing.seal(b"{}", public_pem=elsewhere, wave=wave.public_id, group=foreign.group)
    )
    broken = json.dumps({"version": 1, "answers": ["no"], "was_fast": False, "was_straight": False}).encode()
    mad.hand_in(
        mad.ask(),
        sealing.seal(broken, public_pem=wave.sealing_public, wave=wave.public_id, group=mad.group),
    )
    wave = closed(ada, wave)
    assert (wave.state, wave.unreadable, Answer.objects.count()) == (WaveState.CLOSED, 2, 1)


@pytest.mark.parametrize("wrong", [b"no key at all", sealing.new_sealing_key()], ids=["damaged", "another"])
def test_a_wrong_key_deletes_no_answer(ada, wave, settings, wrong):
    people_of(wave)[0].answer(ANSWERS)
    keys, name = KeyFolder(settings.KEYS_DIR), sealing_name(wave)
    right = (keys.root / name).read_bytes()
    (keys.root / name).write_bytes(wrong)
    wave = closed(ada, wave)
    assert (wave.state, wave.unreadable, SealedAnswer.objects.count()) == (WaveState.CLOSING, 0, 1)
    (keys.root / name).write_bytes(right)
    services.try_closing_again(by=ada, wave=wave)
    wave = do(wave, WorkKind.CLOSE)
    assert (wave.state, wave.unreadable, Answer.objects.count()) == (WaveState.CLOSED, 0, 1)


def test_where_only_a_wrong_key_is_left_the_wave_can_be_closed_without_answers(ada, wave, settings):
    people_of(wave)[0].answer(ANSWERS)
    (KeyFolder(settings.KEYS_DIR).root / sealing_name(wave)).write_bytes(b"no key at all")
    wave = closed(ada, wave)
    services.start_giving_up(by=ada, wave=wave, reason="The copy is damaged.")
    wave = do(wave, WorkKind.GIVE_UP)
    assert (wave.state, wave.is_lost, SealedAnswer.objects.count()) == (WaveState.CLOSED, True, 0)


def test_a_lost_key_is_said_and_the_wave_can_be_closed_without_its_answers(ada, wave, settings):
    people_of(wave)[0].answer(ANSWERS)
    path = KeyFolder(settings.KEYS_DIR).root / sealing_name(wave)
    key = path.read_bytes()
    path.unlink()
    wave = closed(ada, wave)
    work = WaveWork.objects.on(wave, WorkKind.CLOSE).get()
    assert (wave.state, work.job_state) == (WaveState.CLOSING, JobState.FAILED)
    assert "key that opens the answers" in work.failure
    with pytest.raises(InvalidValues):
        services.start_giving_up(by=ada, wave=wave, reason=" ")
    KeyFolder(settings.KEYS_DIR).write(sealing_name(wave), key)
    services.start_giving_up(by=ada, wave=wave, reason="A disk broke.")
    wave = do(wave, WorkKind.GIVE_UP)
    refused = WaveWork.objects.on(wave, WorkKind.GIVE_UP).get()
    assert (wave.state, SealedAnswer.objects.count()) == (WaveState.CLOSING, 1)
    assert refused.failure == "The key of this wave is there. Close the wave instead."
    path.unlink()
    services.start_giving_up(by=ada, wave=wave, reason="A disk broke.")
    wave = do(wave, WorkKind.GIVE_UP)
    assert (wave.state, wave.is_lost, SealedAnswer.objects.count()) == (WaveState.CLOSED, True, 0)
    assert KeyFolder(settings.KEYS_DIR).names() == []
    with pytest.raises(InvalidValues):
        services.publish_wave(by=ada, wave=wave)


def test_a_key_that_is_put_back_opens_the_answers(ada, wave, settings):
    people_of(wave)[0].answer(ANSWERS)
    path = KeyFolder(settings.KEYS_DIR).root / sealing_name(wave)
    key = path.read_bytes()
    path.unlink()
    wave = closed(ada, wave)
    assert (wave.state, SealedAnswer.objects.count()) == (WaveState.CLOSING, 1)
    KeyFolder(settings.KEYS_DIR).write(sealing_name(wave), key)
    services.try_closing_again(by=ada, wave=wave)
    wave = do(wave, WorkKind.CLOSE)
    assert (wave.state, Answer.objects.count()) == (WaveState.CLOSED, 1)


def test_a_wave_without_answers_closes_even_without_its_key(ada, wave, settings):
    (KeyFolder(settings.KEYS_DIR).root / sealing_name(wave)).unlink()
    assert closed(ada, wave).state == WaveState.CLOSED


def test_only_an_open_wave_can_be_closed(ada, wave):
    wave = closed(ada, wave)
    with pytest.raises(WaveNotInState):
        services.start_closing(by=ada, wave=wave)
    with pytest.raises(WaveNotInState):
        services.try_closing_again(by=ada, wave=wave)


def test_marks_of_speed_and_of_always_the_same_are_kept_without_a_time(ada, wave):
    person = people_of(wave)[0]
    person.hand_in(person.ask(), person.sealed(ANSWERS, was_fast=True))
    closed(ada, wave)
    assert Answer.objects.values_list("was_fast", "was_straight").get() == (True, False)


FULL = [f"{driver}-{item}" for driver, item in (
    ("tools", "have"), ("tools", "information"), ("tools", "detours"), ("authority", "solve"),
    ("authority", "exception"), ("authority", "elsewhere"), ("strategy", "sentence"), ("strategy", "goals"),
)]  # fmt: skip


@pytest.mark.parametrize(
    ("levels", "is_straight"),
    [("44444444", True), ("4444444", False), ("44444445", False), ("34444444", False), ("11111111", True)],
)
def test_always_the_same_is_said_from_eight_answers_of_one_scale_on(ada, tree, levels, is_straight):
    wave = planned(ada, {"Care": 5}, survey_of(ada, "employee-voice"))
    rows = dict(WaveFunction.objects.filter(wave=wave).values_list("name", "pk"))
    services.plan_slips(by=ada, wave=wave, counts={rows["Field"]: 6})
    services.start_opening(by=ada, wave=wave)
    wave = do(wave, WorkKind.OPEN)
    _group, codes = slips_of(ada, wave)
    typed = {
        "enps": ["4"],
        **{key: [level] for key, level in zip(FULL, levels, strict=False)},
    }  # eNPS: another scale
    services.hand_in_slip(wave=wave, code=codes[0], sealed=sealed_for(wave, codes[0], typed))
    closed(ada, wave)
    answer = Answer.objects.get()
    assert answer.was_straight is is_straight
    assert not answer.was_fast


# --- participation and publication -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "answered", "expected"),
    [
        (100, 19, None),
        (100, 20, 20),
        (100, 22, 20),
        (100, 23, 25),
        (30, 29, 100),  # about 30: by the number to fives
        (20, 22, 100),
        (997, 648, 65),
    ],
)
def test_before_publication_participation_is_told_in_steps_from_twenty_answers_on(asked, answered, expected):
    told = in_steps(asked=asked, answered=answered)
    assert (told.about_pct, told.answered) == (expected, None)


def test_participation_does_not_change_while_the_wave_closes(ada, tree, monkeypatch):
    wave = opened(ada, {"Care": 20, "Field": 5})
    for person in people_of(wave):
        person.answer({"enps": ["9"]})
    services.start_closing(by=ada, wave=wave)
    work = WaveWork.objects.on(wave, WorkKind.CLOSE).get()
    with monkeypatch.context() as patch:
        patch.setattr("employee_voice.services.closing.destroy_keys", lambda wave: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            services.do_work(work=work)
    halfway = Wave.objects.get(pk=wave.pk)
    assert (halfway.state, participation_of(halfway).about_pct) == (WaveState.CLOSING, 100)


@pytest.mark.parametrize(("answers", "told"), [(19, None), (22, 80)])
def test_after_closing_no_exact_number_of_answers_is_told_by_page_or_trail(ada, tree, answers, told):
    """The results may have to be blunt: a number told before would undo that."""
    wave = opened(ada, {"Care": 25})
    for person in people_of(wave)[:answers]:
        person.answer({"enps": ["9"]})
    wave = closed(ada, wave)
    found = participation_of(wave)
    assert (found.asked, found.answered, found.about_pct) == (25, None, told)
    entry = AuditEvent.objects.get(verb="wave.closed")
    assert entry.after == ({} if told is None else {"participation_pct": told})


def answer_all(wave, names):
    rows = Invitation.objects.filter(wave=wave, is_drawn=True).select_related("group")
    from tests.factories.employee_voice import Person

    for row in rows:
        if row.email.split("@")[0] in names:
            Person(wave, row).answer(ANSWERS)


def test_publishing_compares_the_lists_and_deletes_those_of_before(ada, tree):
    from tests.factories.employee_voice import survey_of

    survey = survey_of(ada)
    first = opened(ada, {"Care": 6, "Field": 5, "Service": 5}, survey)
    answer_all(first, {"care0", "care1", "care2", "field0", "service0"})
    first = services.publish_wave(by=ada, wave=closed(ada, first))
    assert Invitation.objects.filter(wave=first).count() == 16  # kept for comparing
    second = opened(ada, {"Care": 6, "Field": 5, "Service": 5}, survey)
    answer_all(second, {"care1", "care2", "care3", "field1", "service0"})
    second = services.publish_wave(by=ada, wave=closed(ada, second))
    assert second.state == WaveState.PUBLISHED
    rows = WaveFunction.objects.filter(wave=second).values_list("name", "joined", "left")
    assert sorted(rows) == [("Care", 1, 1), ("Field", 1, 1), ("Finance", 0, 0), ("Service", 2, 2)]
    assert not Invitation.objects.filter(wave=first).exists()
    assert Invitation.objects.filter(wave=second).count() == 16


def test_a_function_that_was_another_before_is_compared_with_what_it_came_from(ada, tree):
    from tests.factories.employee_voice import survey_of

    survey = survey_of(ada)
    first = closed(ada, opened(ada, {"Care": 5}, survey))
    second = opened(ada, {"Field": 5}, survey)
    now = dict(WaveFunction.objects.filter(wave=second).values_list("name", "pk"))
    then = dict(WaveFunction.objects.filter(wave=first).values_list("name", "pk"))
    assert WaveFunction.objects.get(pk=now["Care"]).came_from_id == then["Care"]
    services.map_functions(by=ada, wave=second, came_from={now["Field"]: then["Care"], now["Care"]: None})
    assert WaveFunction.objects.get(pk=now["Field"]).came_from_id == then["Care"]
    with pytest.raises(InvalidValues):
        services.map_functions(by=ada, wave=second, came_from={now["Field"]: now["Care"]})
    second = services.publish_wave(by=ada, wave=closed(ada, second))
    assert WaveFunction.objects.get(pk=now["Care"]).joined is None


def test_only_a_closed_wave_is_published_and_only_once(ada, wave):
    with pytest.raises(WaveNotInState):
        services.publish_wave(by=ada, wave=wave)
    wave = services.publish_wave(by=ada, wave=closed(ada, wave))
    with pytest.raises(WaveNotInState):
        services.publish_wave(by=ada, wave=wave)
    assert Wave.objects.get(pk=wave.pk).state == WaveState.PUBLISHED


SCALES = (
    *("tools-have", "tools-information", "tools-detours", "authority-solve", "authority-exception"),
    *("authority-elsewhere", "strategy-sentence", "strategy-goals"),
)


@pytest.mark.parametrize(
    ("levels", "is_straight"),
    [("44444444", True), ("4444444", False), ("44444443", False), ("34444444", False)],
)
def test_eight_equal_answers_on_scales_are_always_the_same_and_seven_are_not(ada, tree, levels, is_straight):
    wave = opened(ada, {"Care": 5, "Field": 5}, survey_of(ada, bank="employee-voice"))
    person = people_of(wave)[0]
    group = KeyGroup.objects.get(wave=wave, number=person.group)
    typed = {name: [level] for name, level in zip(SCALES, levels, strict=False)} | {"changed": ["better"]}
    person.hand_in(person.ask(), services.seal_for(wave=wave, group=group, typed=typed))
    closed(ada, wave)
    assert Answer.objects.values_list("was_straight", flat=True).get() is is_straight
