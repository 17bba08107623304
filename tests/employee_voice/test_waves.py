"""Waves: planned, given people, opened, written to."""

import re
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.choices import Role
from accounts.models import AuditEvent, Letter
from accounts.services import change_member, erase_person
from common.digests import digest_of_secret
from common.errors import InvalidValues
from common.jobs import JobState
from employee_voice import services
from employee_voice.choices import WaveState, WorkKind
from employee_voice.credentials import key_list
from employee_voice.credentials.keyfiles import KeyFolder
from employee_voice.errors import PeopleInvalid, TooFewPeople, WaveNotInState
from employee_voice.importers import ListedPerson, people_in_file, people_in_text
from employee_voice.models import Invitation, KeyGroup, Wave, WaveFunction, WaveWork
from employee_voice.selectors.waves import wave_page
from employee_voice.services import letters, opening
from employee_voice.services.keys import listed_keys
from employee_voice.services.waves import months_later, people_planned, plan_next_wave
from tests.factories import BusinessFunctionFactory, MembershipFactory
from tests.factories.employee_voice import do, opened, plan_of, planned, survey_of
from tests.interruption import BrokenOff, left_behind

pytestmark = pytest.mark.django_db


def refused(call) -> list[str]:
    with pytest.raises(InvalidValues) as refusal:
        call()
    return sorted(refusal.value.fields)


# --- the plan ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "changes", "fields"),
    [
        ((-1, 5), {}, ["opens_on"]),
        ((3, 2), {}, ["closes_on"]),
        ((0, 92), {}, ["closes_on"]),
        ((0, 9), {"minimum": 2}, ["minimum"]),
        ((0, 9), {"minimum": 51}, ["minimum"]),
        ((0, 9), {"sample_pct": 0}, ["sample_pct"]),
        ((0, 9), {"sample_pct": 101}, ["sample_pct"]),
        ((0, 9), {"reminders": (9,)}, ["reminders"]),
        ((0, 9), {"reminders": (-1,)}, ["reminders"]),
        ((0, 9), {"reminders": (1, 2, 3, 4)}, ["reminders"]),
        ((0, 9), {"rhythm": "daily"}, ["rhythm"]),
    ],
)
def test_a_plan_that_cannot_be_is_refused_by_field(ada, days, changes, fields):
    today = ada.organization.clock.today()
    opens_on, closes_on = (today + timedelta(days=number) for number in days)
    plan = plan_of(ada, opens_on=opens_on, closes_on=closes_on, **changes)
    assert refused(lambda: services.plan_wave(by=ada, survey=survey_of(ada), plan=plan)) == fields


@pytest.mark.parametrize(
    ("days", "changes"),
    [((0, 0), {}), ((0, 91), {}), ((0, 9), {"minimum": 3, "sample_pct": 1, "reminders": (8, 0)})],
)
def test_a_plan_at_its_limits_is_taken(ada, days, changes):
    today = ada.organization.clock.today()
    opens_on, closes_on = (today + timedelta(days=number) for number in days)
    plan = plan_of(ada, opens_on=opens_on, closes_on=closes_on, **changes)
    wave = services.plan_wave(by=ada, survey=survey_of(ada), plan=plan)
    assert (wave.state, wave.number, wave.comment_minimum) == (WaveState.DRAFT, 1, 10)


def test_comments_never_need_fewer_people_than_figures(ada):
    wave = services.plan_wave(by=ada, survey=survey_of(ada), plan=plan_of(ada, minimum=15))
    assert wave.comment_minimum == 15
    with pytest.raises(IntegrityError), transaction.atomic():
        Wave.objects.filter(pk=wave.pk).update(comment_minimum=14)
    with pytest.raises(IntegrityError), transaction.atomic():
        Wave.objects.filter(pk=wave.pk).update(minimum=2)


def test_who_reads_comments_is_an_active_member_of_the_organization(ada, ben, dora):
    survey = survey_of(ada)
    assert (
        services.plan_wave(by=ada, survey=survey, plan=plan_of(ada, comment_reader=ben)).comment_reader == ben
    )
    foreign = plan_of(ada, comment_reader=dora)
    assert refused(lambda: services.plan_wave(by=ada, survey=survey, plan=foreign)) == ["comment_reader"]


def test_an_open_wave_can_end_later_and_change_nothing_that_protects(ada, tree):
    wave = opened(ada, {"Care": 6})
    later = wave.closes_on + timedelta(days=3)
    changed = services.change_wave(by=ada, wave=wave, plan=plan_of(ada, closes_on=later))
    assert changed.closes_on == later
    plan = plan_of(ada, closes_on=later, minimum=4, sample_pct=50)
    assert refused(lambda: services.change_wave(by=ada, wave=wave, plan=plan)) == ["minimum", "sample_pct"]


# --- people ------------------------------------------------------------------------------------------


def checked(wave, text):
    return services.check_people(wave=wave, lines=people_in_text(text))


def test_each_row_of_a_list_that_cannot_be_used_says_why(ada, tree):
    wave = planned(ada, {"Finance": 1})
    rows = checked(
        wave,
        "E-Mail;Department\n"
        "ann@northwind.example;Care\n"
        "nobody;Care\n"
        "ANN@northwind.example;care\n"
        "ann@northwind.example;Field\n"
        "bob@northwind.example;Sales\n"
        "cy@northwind.example;\n"
        "finance0@northwind.example;Care\n"
        "finance0@northwind.example;Finance\n",
    ).rows
    assert [(row.line, row.problem) for row in rows] == [
        (2, ""),
        (3, "“nobody” is not an e-mail address."),
        (4, "The same address is in row 2."),
        (5, "Row 2 puts this address in “Care”. Each person belongs to one function."),
        (
            6,
            "There is no business function “Sales”. Write one of these, or add it in the settings, under "
            "Business functions: Care, Field, Finance, Service.",
        ),
        (7, "This row has no business function."),
        (8, "This address is on the list already, in “Finance”."),
        (9, "Row 8 puts this address in “Care”. Each person belongs to one function."),
    ]
    with pytest.raises(PeopleInvalid):
        services.take_people(by=ada, wave=wave, lines=people_in_text("email,function\na@b.example,Nowhere\n"))
    assert Invitation.objects.filter(wave=wave).count() == 1


def test_a_list_is_taken_and_taking_it_again_adds_nobody(ada, tree):
    wave, text = planned(ada, {}), "邮箱,部门\nAnn@Northwind.example,Care\nbob@northwind.example,FINANCE\n"
    lines = people_in_text(text)
    assert services.take_people(by=ada, wave=wave, lines=lines).new == 2
    again = services.take_people(by=ada, wave=wave, lines=lines)
    assert (again.new, again.known) == (0, 2)
    rows = Invitation.objects.filter(wave=wave).values_list("email", "wave_function__name")
    assert sorted(rows) == [("ann@northwind.example", "Care"), ("bob@northwind.example", "Finance")]


@pytest.mark.parametrize(
    "text", ["email,function,salary\na@b.example,Care,1\n", "email,name\na@b.example,Ann\n"]
)
def test_a_list_holds_an_address_and_a_function_and_nothing_else(text):
    with pytest.raises(PeopleInvalid):
        people_in_text(text)


@pytest.mark.parametrize(
    "head", ["E-Mail;Abteilung", "Courriel;Département", "Correo electrónico;Área", "电子邮箱;所属部门"]
)
def test_the_heads_of_other_languages_are_read(head):
    assert people_in_text(f"{head}\na@b.example;Care\n") == [
        ListedPerson(line=2, email="a@b.example", function="Care")
    ]


def test_a_list_with_other_columns_says_all_of_them():
    with pytest.raises(PeopleInvalid, match="Remove the columns “Rolle, Gehalt”"):
        people_in_text("email;Abteilung;Rolle;Gehalt\na@b.example;Care;x;1\n")
    with pytest.raises(PeopleInvalid, match="It says: Wer, Wo"):
        people_in_text("Wer;Wo\na@b.example;Care\n")


def test_a_workbook_is_read_like_a_table(tmp_path):
    import xlsxwriter

    path = tmp_path / "people.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([("E-mail", "Function"), ("ann@northwind.example", "Care"), ("", "")]):
            sheet.write_row(number, 0, row)
    with path.open("rb") as file:
        assert people_in_file(file) == [ListedPerson(line=2, email="ann@northwind.example", function="Care")]


def test_members_are_taken_by_function_and_those_without_one_are_counted(ada, ben, cleo, tree):
    change_member(by=ada, member=ben, role=Role.COALITION_MEMBER, function=tree["care"])
    change_member(by=ada, member=cleo, role=Role.CONTRIBUTOR, function=tree["finance"])
    gone = MembershipFactory(organization=ada.organization, function=tree["care"], is_active=False)
    wave = planned(ada, {})
    assert services.take_members(by=ada, wave=wave, functions=[tree["care"]]) == (1, 0)
    assert services.take_members(by=ada, wave=wave) == (1, 1)  # Ada belongs to no function
    listed = set(Invitation.objects.filter(wave=wave).values_list("email", flat=True))
    assert listed == {ben.user.email, cleo.user.email}
    assert gone.user.email not in listed
    foreign = BusinessFunctionFactory()
    assert refused(lambda: services.take_members(by=ada, wave=wave, functions=[foreign])) == ["functions"]


def test_slips_are_planned_by_function(ada, tree):
    wave = planned(ada, {})
    rows = dict(WaveFunction.objects.filter(wave=wave).values_list("name", "pk"))
    services.plan_slips(by=ada, wave=wave, counts={rows["Field"]: 30})
    assert WaveFunction.objects.get(pk=rows["Field"]).slips == 30
    for counts in ({rows["Field"]: -1}, {rows["Care"]: 19_971}, {0: 1}):
        assert refused(lambda counts=counts: services.plan_slips(by=ada, wave=wave, counts=counts)) == [
            "slips"
        ]
    services.plan_slips(by=ada, wave=wave, counts={rows["Care"]: 19_970})


def test_the_list_of_an_open_wave_is_fixed(ada, tree):
    wave = opened(ada, {"Care": 5})
    lines = people_in_text("email,function\nnew@northwind.example,Care\n")
    for call in (
        lambda: services.take_people(by=ada, wave=wave, lines=lines),
        lambda: services.take_members(by=ada, wave=wave),
        lambda: services.remove_people(by=ada, wave=wave),
        lambda: services.plan_slips(by=ada, wave=wave, counts={}),
        lambda: services.drop_wave(by=ada, wave=wave),
        lambda: services.start_opening(by=ada, wave=wave),
    ):
        with pytest.raises(WaveNotInState):
            call()


# --- opening -----------------------------------------------------------------------------------------


def test_fewer_people_than_the_smallest_group_are_not_asked(ada, tree):
    wave = planned(ada, {"Care": 4})
    with pytest.raises(TooFewPeople):
        services.start_opening(by=ada, wave=wave)
    rows = dict(WaveFunction.objects.filter(wave=wave).values_list("name", "pk"))
    services.plan_slips(by=ada, wave=wave, counts={rows["Field"]: 1})
    services.start_opening(by=ada, wave=wave)


def test_opening_fixes_content_functions_and_keys(ada, ben, tree):
    wave = opened(ada, {"Service": 5, "Care": 2, "Field": 6, "Finance": 3})
    assert wave.state == WaveState.OPEN
    assert wave.content == wave.survey.content
    assert len(wave.content_digest) == 64
    rows = {row.name: row for row in WaveFunction.objects.filter(wave=wave).select_related("group", "parent")}
    assert rows["Care"].parent == rows["Service"]
    assert {name: row.asked for name, row in rows.items()} == {
        "Care": 2, "Field": 6, "Finance": 3, "Service": 5,
    }  # fmt: skip
    # Care goes with Service (7); Finance has no parent and joins the smallest other group
    assert rows["Care"].group == rows["Service"].group != rows["Field"].group
    assert rows["Finance"].group == rows["Field"].group
    assert sorted(KeyGroup.objects.filter(wave=wave).values_list("people", flat=True)) == [7, 9]
    digest = key_list.keys_digest(listed_keys(wave), sealing_public=wave.sealing_public)
    assert wave.keys_digest == digest


def test_private_keys_lie_in_files_and_in_no_table(ada, tree, settings):
    wave = opened(ada, {"Care": 5, "Field": 5})
    keys = KeyFolder(settings.KEYS_DIR)
    assert keys.names() == [
        f"sealing/{wave.public_id}.pem",
        f"signing/{wave.public_id}/1.pem",
        f"signing/{wave.public_id}/2.pem",
    ]
    assert "PRIVATE" not in str(list(KeyGroup.objects.values()) + list(Wave.objects.values()))


def test_a_worker_killed_while_keys_are_made_opens_the_wave_at_the_next_attempt(
    ada, tree, monkeypatch, settings
):
    wave = planned(ada, {"Care": 5, "Field": 5})
    services.start_opening(by=ada, wave=wave)
    work = WaveWork.objects.get(wave=wave)
    with monkeypatch.context() as patch:
        patch.setattr("employee_voice.services.opening._new_sealing_key", lambda wave: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            services.do_work(work=work)
    assert Wave.objects.get(pk=wave.pk).state == WaveState.OPENING
    work.refresh_from_db()
    work.queue_again()
    work.save()
    wave = do(wave, WorkKind.OPEN)
    assert wave.state == WaveState.OPEN
    assert len(KeyFolder(settings.KEYS_DIR).names()) == 3


def test_a_wave_that_breaks_off_at_its_last_statement_leaves_no_group_and_no_link(ada, tree, monkeypatch):
    wave = planned(ada, {"Care": 5})
    services.start_opening(by=ada, wave=wave)
    work = WaveWork.objects.get(wave=wave)
    changed = left_behind(
        monkeypatch,
        "employee_voice.services.opening.start_work",
        lambda: services.do_work(work=work),
        "employee_voice",
    )
    # counted people and the state of the work itself; nothing that a respondent could use
    assert set(changed) <= {"employee_voice.WaveWork", "employee_voice.WaveFunction"}


def test_only_one_wave_of_a_survey_runs_at_a_time(ada, tree):
    survey = survey_of(ada)
    opened(ada, {"Care": 5}, survey)
    second = planned(ada, {"Care": 5}, survey)
    with pytest.raises(WaveNotInState):
        services.start_opening(by=ada, wave=second)


def test_a_sample_asks_the_same_share_of_each_function(ada, tree):
    wave = opened(ada, {"Care": 20, "Field": 9, "Finance": 1}, sample_pct=50, minimum=3)
    rows = dict(WaveFunction.objects.filter(wave=wave).values_list("name", "asked"))
    assert rows == {"Care": 10, "Field": 5, "Finance": 1, "Service": 0}
    assert Invitation.objects.filter(wave=wave, is_drawn=True).exclude(group=None).count() == 16
    assert not Invitation.objects.filter(wave=wave, is_drawn=False).exclude(group=None).exists()


# --- letters -----------------------------------------------------------------------------------------


def test_everybody_gets_one_letter_with_a_link_of_their_own(ada, tree):
    wave = opened(ada, {"Care": 5, "Field": 6})
    do(wave, WorkKind.INVITE)
    letters = list(Letter.objects.filter(organization=ada.organization))
    assert len(letters) == len({letter.recipient for letter in letters}) == 11
    links = [word for letter in letters for word in letter.body.split() if "#i=" in word]
    assert len(set(links)) == 11
    assert all(
        f"/e/{wave.public_id}/i/#i=" in link and link.endswith(f"&k={wave.keys_digest}") for link in links
    )
    assert not Invitation.objects.filter(wave=wave).exclude(letters=1).exists()
    assert key_list.short_digest(wave.keys_digest) in letters[0].body


def test_a_worker_killed_between_letters_writes_none_twice(ada, tree, monkeypatch):
    monkeypatch.setattr("employee_voice.services.letters.LETTERS_AT_ONCE", 2)
    wave = opened(ada, {"Care": 7})
    work = WaveWork.objects.on(wave, WorkKind.INVITE).get()
    posted, post = [], letters.post

    def break_off(**letter):
        if len(posted) == 5:
            raise BrokenOff
        posted.append(letter["recipient"])
        return post(**letter)

    with monkeypatch.context() as patch:
        patch.setattr(letters, "post", break_off)
        with pytest.raises(BrokenOff):
            services.do_work(work=work)
    assert Letter.objects.count() == 4  # the third pair was not committed
    work.refresh_from_db()
    work.queue_again()
    work.save()
    do(wave, WorkKind.INVITE)
    recipients = list(Letter.objects.values_list("recipient", flat=True))
    assert len(recipients) == len(set(recipients)) == 7


def test_a_refused_address_is_seen_corrected_and_written_to_again(ada, tree):
    wave = opened(ada, {"Care": 5})
    do(wave, WorkKind.INVITE)
    first, second, *_others = Invitation.objects.filter(wave=wave).order_by("email")
    Letter.objects.filter(pk=first.letter_id).update(job_state=JobState.FAILED, failure="550 No such user")
    assert list(Invitation.objects.filter(wave=wave).refused()) == [first]
    assert refused(
        lambda: services.send_one_again(by=ada, invitation=second, email="other@northwind.example")
    ) == ["email"]
    assert refused(lambda: services.send_one_again(by=ada, invitation=first, email=second.email)) == ["email"]
    assert refused(lambda: services.send_one_again(by=ada, invitation=first, email="none")) == ["email"]
    again = services.send_one_again(by=ada, invitation=first, email=" Right@northwind.example")
    assert (again.email, again.letter.recipient) == ("right@northwind.example", "right@northwind.example")
    assert again.secret_digest == first.secret_digest
    assert not Invitation.objects.filter(wave=wave).refused().exists()


def test_all_refused_ones_are_written_to_again_at_once(ada, tree):
    wave = opened(ada, {"Care": 5})
    do(wave, WorkKind.INVITE)
    Letter.objects.all().update(job_state=JobState.FAILED)
    assert services.send_refused_again(by=ada, wave=wave) == 5
    assert Letter.objects.count() == 10
    assert services.send_refused_again(by=ada, wave=wave) == 0


def test_a_reminder_goes_to_everyone_once(ada, tree):
    wave = opened(ada, {"Care": 5}, reminders=(3, 1))
    do(wave, WorkKind.INVITE)
    for days, expected in [(4, 0), (3, 1), (2, 1), (1, 2), (0, 2), (-1, 2)]:
        letters.start_due_reminders(wave, wave.closes_on - timedelta(days=days))
        do(wave, WorkKind.REMIND)
        assert WaveWork.objects.on(wave, WorkKind.REMIND).count() == expected
    assert Letter.objects.count() == 15
    assert "nobody can see who has" in Letter.objects.first().body.replace("\n", " ")


@pytest.mark.parametrize("is_known", [True, False])
def test_a_reminder_opens_after_the_key_of_the_installation_was_changed(ada, tree, settings, is_known):
    """The link of the first letter where the former key is known, else one that takes its place."""
    wave = opened(ada, {"Care": 5}, reminders=(3,))
    do(wave, WorkKind.INVITE)
    before = {row.pk: row.secret_digest for row in Invitation.objects.filter(wave=wave)}
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another key of the installation"
    settings.SECRET_KEY_FALLBACKS = [former] if is_known else []
    Letter.objects.all().delete()
    letters.start_due_reminders(wave, wave.closes_on - timedelta(days=3))
    do(wave, WorkKind.REMIND)
    after = {row.pk: row.secret_digest for row in Invitation.objects.filter(wave=wave)}
    assert (before == after) is is_known
    sent = {
        digest_of_secret(secret)
        for secret in re.findall(
            r"#i=([0-9a-f]{64})&", "".join(Letter.objects.values_list("body", flat=True))
        )
    }
    assert sent == set(after.values())


# --- people who have left ------------------------------------------------------------------------------


def members_of(ada, tree, number=7):
    """Members of Care; their addresses as they typed them."""
    made = [
        MembershipFactory(
            organization=ada.organization, function=tree["care"], user__email=f"{one}@Northwind.example"
        )
        for one in "abcdefghij"[:number]
    ]
    wave = planned(ada, {"Field": 5}, reminders=(3,))
    services.take_members(by=ada, wave=wave)
    return made, wave


def leaves(member):
    member.is_active = False
    member.save()


def erased(member):
    leaves(member)
    erase_person(user=member.user, by_name="Operator", reason="asked for it")


def recipients():
    return sorted(Letter.objects.values_list("recipient", flat=True))


def addresses(names):
    return [f"{one}@northwind.example" for one in sorted([*names, *(f"field{one}" for one in range(5))])]


def test_who_has_left_when_a_wave_opens_is_neither_asked_nor_written_to(ada, tree):
    made, wave = members_of(ada, tree)
    leaves(made[0])
    made[1].user.is_active = False
    made[1].user.save()
    elsewhere = MembershipFactory(user=made[2].user)  # left another organization, not this one
    leaves(elsewhere)
    assert people_planned(wave) == 10
    assert wave_page(wave).have_left == 2
    services.start_opening(by=ada, wave=wave)
    wave = do(wave, WorkKind.OPEN)
    do(wave, WorkKind.INVITE)
    assert recipients() == addresses("cdefg")
    assert sorted(KeyGroup.objects.filter(wave=wave).values_list("people", flat=True)) == [5, 5]
    assert not Invitation.objects.filter(wave=wave, email__in=["a@northwind.example"], is_drawn=True).exists()
    page = wave_page(wave)
    assert (page.have_left, page.letters_waiting) == (2, 0)


def test_a_sample_is_drawn_of_those_who_are_there(ada, tree):
    made, wave = members_of(ada, tree, number=10)
    for member in made[:6]:
        leaves(member)
    Wave.objects.filter(pk=wave.pk).update(sample_pct=50, minimum=3)
    wave.refresh_from_db()
    opening.draw_people(wave)
    drawn = Invitation.objects.filter(wave=wave, is_drawn=True).values_list("email", flat=True)
    care = [email for email in drawn if not email.startswith("field")]
    assert (len(care), len(drawn)) == (2, 5)
    assert set(care) < {f"{one}@northwind.example" for one in "ghij"}


def test_who_leaves_while_a_wave_is_open_is_reminded_no_more(ada, tree):
    made, wave = members_of(ada, tree)
    services.start_opening(by=ada, wave=wave)
    wave = do(wave, WorkKind.OPEN)
    do(wave, WorkKind.INVITE)
    leaves(made[0])
    gone = Invitation.objects.get(wave=wave, email="a@northwind.example")
    Letter.objects.filter(pk=gone.letter_id).update(job_state=JobState.FAILED)
    assert services.send_refused_again(by=ada, wave=wave) == 0
    with pytest.raises(InvalidValues):
        services.send_one_again(by=ada, invitation=gone)
    erased(made[1])
    Letter.objects.all().delete()
    letters.start_due_reminders(wave, wave.closes_on)
    do(wave, WorkKind.REMIND)
    assert recipients() == addresses("cdefg")
    assert wave_page(wave).have_left == 2
    assert WaveWork.objects.on(wave, WorkKind.REMIND).get().job_state == JobState.DONE


def test_erased_people_are_not_carried_into_the_next_wave(ada, tree):
    made, wave = members_of(ada, tree)
    Wave.objects.filter(pk=wave.pk).update(rhythm="monthly")
    wave.refresh_from_db()
    erased(made[0])
    leaves(made[1])
    following = plan_next_wave(wave)
    carried = Invitation.objects.filter(wave=following).values_list("email", flat=True)
    assert sorted(carried) == addresses("cdefg")


def test_the_page_of_a_wave_says_how_many_have_left(ada, tree, client_of):
    made, wave = members_of(ada, tree)
    page = reverse("employee_voice:wave_detail", args=[ada.organization.slug, wave.pk])
    client = client_of(ada)
    assert b"left the organization" not in client.get(page).content
    leaves(made[0])
    assert (
        b"1 person on the list has left the organization and is not written to." in client.get(page).content
    )


# --- the calendar ------------------------------------------------------------------------------------


def test_the_calendar_opens_and_closes_waves_that_want_it(ada, tree):
    alone = planned(ada, {"Care": 5}, opens_alone=True)
    planned(ada, {"Care": 5}, survey_of(ada, title="By hand"))
    services.tend_waves()
    assert list(WaveWork.objects.values_list("wave", "kind")) == [(alone.pk, WorkKind.OPEN)]
    alone = do(alone, WorkKind.OPEN)
    services.tend_waves()
    today = ada.organization.clock.today()
    Wave.objects.filter(pk=alone.pk).update(opens_on=today - timedelta(days=3), closes_on=today)
    services.tend_waves()
    assert Wave.objects.get(pk=alone.pk).state == WaveState.OPEN  # the last day counts
    Wave.objects.filter(pk=alone.pk).update(closes_on=today - timedelta(days=1))
    services.tend_waves()
    alone = Wave.objects.get(pk=alone.pk)
    assert alone.state == WaveState.CLOSING
    # closing by the calendar happens a day later; nobody could answer then
    assert (alone.first_day, alone.last_day) == (today, today - timedelta(days=1))


def test_a_wave_shows_the_days_on_which_it_was_opened_and_closed_by_hand(ada, tree):
    today = ada.organization.clock.today()
    later = {"opens_on": today + timedelta(days=4), "closes_on": today + timedelta(days=9)}
    wave = planned(ada, {"Care": 5}, **later)
    assert (wave.first_day, wave.last_day) == (wave.opens_on, wave.closes_on)
    services.start_opening(by=ada, wave=wave)
    wave = do(wave, WorkKind.OPEN)
    assert (wave.first_day, wave.last_day) == (today, later["closes_on"])
    services.start_closing(by=ada, wave=wave)
    wave.refresh_from_db()
    assert (wave.first_day, wave.last_day) == (today, today)
    # the rhythm goes by what was planned
    assert (wave.opens_on, wave.closes_on) == (later["opens_on"], later["closes_on"])


def test_a_wave_that_refuses_to_open_stops_no_other(ada, tree):
    planned(ada, {"Care": 2}, opens_alone=True)
    fine = planned(ada, {"Care": 5}, survey_of(ada, title="Fine"), opens_alone=True)
    services.tend_waves()
    assert list(WaveWork.objects.values_list("wave", flat=True)) == [fine.pk]


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 3, 1), 12, date(2027, 3, 1)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day, months, expected):
    assert months_later(day, months) == expected


def test_a_rhythm_plans_the_next_wave_with_the_people_who_are_still_there(ada, ben, tree):
    change_member(by=ada, member=ben, role=Role.COALITION_MEMBER, function=tree["care"])
    wave = planned(ada, {"Care": 5}, rhythm="quarterly", reminders=(3,), opens_alone=True)
    services.take_members(by=ada, wave=wave)
    ben.is_active = False
    ben.save()
    following = plan_next_wave(wave)
    assert (following.number, following.state, following.opens_alone, following.reminders) == (
        2, WaveState.DRAFT, True, [3],
    )  # fmt: skip
    assert following.opens_on == months_later(wave.opens_on, 3)
    assert following.closes_on - following.opens_on == timedelta(days=14)
    assert Invitation.objects.filter(wave=following).count() == 5
    assert plan_next_wave(wave) is None
    assert plan_next_wave(planned(ada, {}, survey_of(ada, title="Once"))) is None


def test_the_trail_tells_what_was_done_with_a_wave(ada, tree):
    opened(ada, {"Care": 5})
    verbs = AuditEvent.objects.filter(verb__startswith="wave.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["wave.planned", "wave.people_changed", "wave.opening", "wave.opened"]


def test_a_wave_can_be_opened_on_its_last_day_and_not_after_it(ada, tree):
    wave = planned(ada, {"Care": 5})
    today = ada.organization.clock.today()
    Wave.objects.filter(pk=wave.pk).update(
        opens_on=today - timedelta(days=3), closes_on=today - timedelta(days=1)
    )
    with pytest.raises(InvalidValues) as refusal:
        services.start_opening(by=ada, wave=wave)
    assert list(refusal.value.fields) == ["closes_on"]
    Wave.objects.filter(pk=wave.pk).update(closes_on=today)
    services.start_opening(by=ada, wave=wave)
    assert do(wave, WorkKind.OPEN).state == WaveState.OPEN
