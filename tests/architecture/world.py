"""One organization with one of everything, a person for every role, a stranger and a visitor."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

import numpy as np
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import SimpleCookie
from django.test import Client, override_settings
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Membership, Organization
from accounts.services import create_api_token, invite_person, save_branding, save_function
from assessments.services import open_assessment, publish_framework, record_consensus, take_seat
from coalition.choices import RiskColor
from coalition.models import EvaluationPlan
from coalition.services import (
    add_milestone,
    add_update,
    decline_suggestion,
    open_review_vote,
    record_go_live,
    suggest_improvement,
)
from common.jobs import JobState
from customer_voice.models import (
    FormerMerge,
    ImportBatch,
    ImportRowError,
    SurveyMailing,
    TakenList,
    WatchedFile,
    WatchedFolder,
    WebhookCall,
)
from customer_voice.selectors import recipes_of
from customer_voice.services import (
    CallMapping,
    Happened,
    Hours,
    MailboxPlan,
    QuestionPlan,
    Recipient,
    create_calendar,
    create_import,
    create_mailbox,
    create_webhook,
    define_metric,
    follow_event,
    invite,
    keep_customer_file,
    keep_list,
    map_webhook,
    merge_accounts,
    rebuild_rollup,
    recount_service_level,
    save_account,
    save_contact,
    save_question,
    set_event_rule,
    set_service_level,
    take_customer_file,
)
from customer_voice.services.mailings import secret_of
from customer_voice.services.service_levels import MOST_LEVELS
from customer_voice.services.sources import remember_recipe
from employee_voice.models import Comment, Invitation, KeyGroup, WaveFunction
from employee_voice.services import ActionPlan, plan_action, publish_wave
from impact.choices import PRESETS
from impact.models import LineInput, ValueLine
from impact.services import (
    LedgerLineValues,
    LedgerYearValues,
    LibraryValues,
    execute_program,
    request_program,
    save_ledger_year,
    save_library_figure,
)
from journeys.change_services import apply_change, propose_for_chosen, propose_from_file
from journeys.maps import services as maps
from journeys.maps.models import MapSheet
from journeys.maps.operations import Doing
from journeys.maps.services import MapValues
from journeys.models import Touchpoint
from reports.access import report_for
from reports.models import ScheduleRun, Slides, SlideTemplate, SlipSheets
from reports.services import ScheduleValues, request_roi_report, run_schedule_now, save_schedule, share_report
from reports.services import secret_of as secret_of_link
from tests.factories.accounts import (
    PASSWORD,
    EventDeliveryFactory,
    LetterFactory,
    MembershipFactory,
    OrganizationFactory,
    UserFactory,
)
from tests.factories.assessments import answer_all, make_result, make_submitted, small_framework
from tests.factories.associations import contract_rows, finished_association, kept_file
from tests.factories.coalition import SeatFactory, approved, ready_initiative, seated, submitted
from tests.factories.customer_voice import FeedbackFactory
from tests.factories.employee_results import closed_wave, random_answers
from tests.factories.employee_voice import opened, planned, survey_of
from tests.factories.impact import metric_of
from tests.factories.journeys import TouchpointFactory
from tests.factories.reports import proved
from tests.factories.surveys import opened_survey, take
from tests.factories.surveys import survey_of as customer_survey_of

ORGANIZATION = "northwind"
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20"><rect width="60" height="20"/></svg>'
CSV = b"id,date,touchpoint,score\nr1,2026-03-01,web,9\nr2,2026-03-02,web,4\n"

# People beyond one per role, for the rules that look at more than the role.
EXTRA = {
    "owner": Role.COALITION_MEMBER,  # owns the initiatives
    "chair": Role.COALITION_MEMBER,  # chairs the coalition
    "respondent": Role.CONTRIBUTOR,  # has a seat in the open round
    "submitter": Role.CONTRIBUTOR,  # has handed in there
}
ROLES = tuple(Role.values)


@dataclass(kw_only=True)
class World:
    organization: Organization
    members: dict[str, Membership]
    clients: dict[str, Client] = field(default_factory=dict)
    things: dict[str, object] = field(default_factory=dict)  # what stands in URLs, by a name that says it

    def client(self, who: str) -> Client:
        """A browser; `anonymous` is nobody. Cookies are as after the sign-in, whatever happened since."""
        client = self.clients.get(who)
        if client is None:
            client = self.clients[who] = Client()
            if who != "anonymous":
                client.force_login(self.members[who].user, backend=settings.AUTHENTICATION_BACKENDS[0])
            self.things[f"cookies of {who}"] = client.cookies.output(header="", sep=";")
        client.cookies = SimpleCookie(str(self.things[f"cookies of {who}"]))
        return client


def build_world(size: int = 1) -> World:
    """`size` multiplies the rows of every list."""
    organization = OrganizationFactory(name="Northwind Telecom", slug=ORGANIZATION, currency="EUR")
    roles = {**{role: Role(role) for role in ROLES}, **EXTRA}
    members = {
        name: MembershipFactory(
            organization=organization,
            role=role,
            user__email=f"{name}@northwind.example",
            user__name=name,
            user__password=PASSWORD,
        )
        for name, role in roles.items()
    }
    elsewhere = OrganizationFactory(name="Elsewhere Ltd", slug="elsewhere")
    members["stranger"] = MembershipFactory(organization=elsewhere, user__password=PASSWORD)
    members["staff"] = MembershipFactory(
        organization=elsewhere, user=UserFactory(is_staff=True, password=PASSWORD)
    )
    world = World(
        organization=organization,
        members=members,
        things={"nothing": "nothing", "csv": "csv", "feedback_table": "submissions"},
    )
    for number in range(size):
        _people(world, number)
        _listening(world, number)
        _maps(world, number)
        _customers(world, number)
    _feeds(world, size)
    _times(world, size)
    _surveys(world, size)
    _round(world, size)
    _employees(world, size)
    _results(world, size)
    _coalition(world, size)
    _proof(world, size)
    rebuild_rollup(organization=organization)
    return world


def _people(world: World, number: int) -> None:
    leader = world.members["cx_leader"]
    leaver = MembershipFactory(organization=world.organization, role=Role.CONTRIBUTOR)
    letter = LetterFactory(recipient=leaver.user.email)
    delivery = EventDeliveryFactory(event__organization=world.organization)
    invitation, secret = invite_person(by=leader, email=f"new{number}@northwind.example", role=Role.AUDITOR)
    function = save_function(by=leader, name=f"Service {number}")
    token, _secret = create_api_token(member=leader, name=f"Warehouse {number}")
    world.things |= {
        "leaver": leaver.pk,
        "letter": letter.pk,
        "delivery": delivery.pk,
        "invitation": invitation.pk,
        "secret": secret,
        "function": function.pk,
        "token": token.pk,
    }


def _listening(world: World, number: int) -> None:
    leader, organization = world.members["cx_leader"], world.organization
    touchpoint = TouchpointFactory(organization=organization, key=f"web-{number}", name=f"Web {number}")
    archived = TouchpointFactory(
        organization=organization, key=f"fax-{number}", name=f"Fax {number}", is_archived=True
    )
    metric = metric_of(organization, "nps")
    rng = np.random.default_rng(number)
    for day in range(8):
        feedback = FeedbackFactory(
            metric=metric,
            touchpoint=touchpoint,
            occurred_at=timezone.now() - timedelta(days=day + 1),
            score=int(rng.integers(0, 11)),
            text="The line was engaged.",
        )
    answer = FeedbackFactory(metric=metric, touchpoint=touchpoint, text="Call me back.", customer="C-1")
    batch = create_import(
        organization=organization, by=leader, file=ContentFile(CSV), filename=f"march-{number}.csv"
    )
    checked = ImportBatch.objects.create(
        organization=organization,
        created_by=leader,
        filename=f"april-{number}.csv",
        file=batch.file.name,
        file_digest=batch.file_digest,
        file_bytes=batch.file_bytes,
        source=batch.source,
        mapping={"external_id": "id"},
        metric=metric,
        job_state=JobState.DONE,
        rows_total=2,
        rows_rejected=1,
    )
    done = ImportBatch.objects.create(
        organization=organization,
        created_by=leader,
        filename=f"may-{number}.csv",
        file=batch.file.name,
        file_digest=batch.file_digest,
        file_bytes=batch.file_bytes,
        source=batch.source,
        mapping={"external_id": "id"},
        metric=metric,
        job_state=JobState.DONE,
        is_dry_run=False,
        keeps_former=True,
        rows_total=1,
        rows_created=1,
    )
    FeedbackFactory(metric=metric, touchpoint=touchpoint, score=7, batch=done)
    remember_recipe(done, ("id", "date", "touchpoint", "score"))
    (recipe,) = recipes_of(organization)
    ImportRowError.objects.create(batch=checked, row_number=3, code="date", message="No date.")
    content = ContentFile(f"name,phase\nKiosk {number},buy\nWeb {number},use\n".encode())
    proposed = propose_from_file(by=leader, file=content, filename=f"inventory-{number}.csv")
    applied = propose_for_chosen(by=leader, touchpoints=[touchpoint], values={"owner_person": leader})
    apply_change(by=leader, change=applied)
    waiting = suggest_improvement(
        by=world.members["contributor"], touchpoint=touchpoint, text=f"Say the price at once, {number}."
    )
    answered = suggest_improvement(
        by=world.members["contributor"], touchpoint=touchpoint, text=f"Open at night, {number}."
    )
    decline_suggestion(by=leader, suggestion=answered, reason="Nobody calls then.")
    world.things |= {
        "change": proposed.pk,
        "applied_change": applied.pk,
        "suggestion": waiting.pk,
        "answered_suggestion": answered.pk,
        "touchpoint": touchpoint.key,
        "archived_touchpoint": archived.key,
        "metric": metric.key,
        "feedback": feedback.pk,
        "import": batch.pk,
        "answer": answer.pk,
        "checked_import": checked.pk,
        "done_import": done.pk,
        "recipe": f"{recipe.source.pk}-{recipe.key}",
        "recipe_source": recipe.source.pk,
        "recipe_key": recipe.key,
    }


def _maps(world: World, number: int) -> None:
    leader = world.members["cx_leader"]
    values = MapValues(name=f"Onboarding {number}", persona="New customer", purpose="The first weeks.")
    row = maps.new_map(by=leader, values=values, start="onboarding")
    step = row.content[f"order.{row.content['stages'][0]}"][0]
    told = {"step": step, "emotion": -1, "touchpoints": [f"web-{number}"]}
    cell = {"column": step, "lane": row.content["lanes"][0], "text": "Looks around."}
    doings = [Doing(do="set_step", told=told), Doing(do="set_cell", told=cell)]
    row = maps.edit_map(by=leader, map=row, doings=doings)
    comment = maps.comment_on_map(by=leader, map=row, step=step, text="Is that so?", mentioned=[leader])
    off = maps.new_map(by=leader, values=MapValues(name=f"Fax {number}"))
    maps.archive_map(by=leader, map=off)
    sheet = maps.request_sheet(by=leader, map=row, size="a3", language="en")
    MapSheet.objects.filter(pk=sheet.pk).update(
        job_state=JobState.DONE, file=default_storage.save("maps/sheet.pdf", ContentFile(b"%PDF-")), pages=1
    )
    maps.copy_map(by=leader, map=row, as_future=True)
    world.things |= {
        "map": row.key,
        "map_step": step,
        "map_comment": comment.pk,
        "archived_map": off.key,
        "map_sheet": sheet.pk,
    }


def _customers(world: World, number: int) -> None:
    """One firm with as many contacts as there are rows of each kind, and others beside it."""
    leader, organization = world.members["cx_leader"], world.organization
    values = {"name": "Harbor Logistics", "yearly_value": 184_000, "currency": "EUR", "people_total": 40}
    firm = save_account(by=leader, external_reference="A-0", values={**values, "tags": ("key",)})
    save_account(
        by=leader, external_reference=f"B-{number}", values={"name": f"Firm {number}", "tags": ("new",)}
    )
    metric = metric_of(organization, "nps")
    touchpoint = Touchpoint.objects.get(organization=organization, key=f"web-{number}")
    for place in range(6):
        reference = f"K-{number}-{place}"
        given = {
            "name": f"Contact {number} {place}",
            "account": firm,
            "email": f"k{number}{place}@harbor.example",
        }
        contact = save_contact(by=leader, external_reference=reference, values=given)
        if place:
            moment = timezone.now() - timedelta(days=place)
            FeedbackFactory(
                metric=metric, touchpoint=touchpoint, occurred_at=moment, customer=reference, account="A-0"
            )
    content = ContentFile(b"reference,name\nA-0,Harbor\nA-9,New one\n")
    kept = keep_customer_file(by=leader, kind="accounts", file=content, filename=f"firms-{number}.csv")
    new = ContentFile(f"reference,name\nL-{number},Listed {number}\n".encode())
    listed = keep_customer_file(by=leader, kind="accounts", file=new, filename=f"new-{number}.csv")
    take_customer_file(by=leader, file=listed)
    double = save_account(by=leader, external_reference=f"D-{number}", values={"name": f"Double {number}"})
    merge_accounts(by=leader, kept=firm, gone=double)
    world.things |= {
        "customer_account": firm.pk,
        "contact": contact.pk,
        "customer_file": kept.pk,
        "taken_list": TakenList.objects.get(filename=f"new-{number}.csv").pk,
        "former_merge": FormerMerge.objects.filter(account=firm).order_by("-pk")[0].pk,
    }


def _feeds(world: World, size: int) -> None:
    """Doors by which feedback comes in by itself, with what came by them."""
    leader, organization = world.members["cx_leader"], world.organization
    place = Touchpoint.objects.get(organization=organization, key="web-0")
    mapping = CallMapping(answers={"nps": {"score": "/nps"}}, fixed={"touchpoint": place.key})
    for number in range(size):
        hook = create_webhook(by=leader, name=f"Chat {number}", source="chat")
        map_webhook(by=leader, webhook=hook, mapping=mapping)
        for name in range(size):
            call = WebhookCall.objects.create(
                organization=organization,
                webhook=hook,
                message_id=f"msg-{name}",
                state="waiting",
                status=202,
                body='{"nps": 9, "list": [{"ref": "a", "text": "So."}]}',
            )
        plan = MailboxPlan(
            source="mail",
            touchpoint=place,
            host="localhost",
            port=993,
            security="tls",
            username=f"care{number}@example.com",
            password="a word",
        )
        with override_settings(PRIVATE_HOSTS=True):
            box = create_mailbox(by=leader, plan=plan)
        folder = WatchedFolder.objects.create(
            organization=organization, source=hook.source, path=f"nightly-{number}", job_state=JobState.DONE
        )
        for name in range(size):
            WatchedFile.objects.create(
                organization=organization,
                folder=folder,
                name=f"n{name}.csv",
                digest=str(name),
                size=1,
                batch_id=world.things["done_import"],
            )
    world.things |= {
        "webhook": hook.pk,
        "webhook_call": call.pk,
        "webhook_address": hook.public_id,
        "mailbox": box.pk,
        "watched_folder": folder.pk,
    }


def _times(world: World, size: int) -> None:
    """Times of cases in the business hours of a calendar, and service levels that are counted."""
    leader = world.members["cx_leader"]
    office = (((540, 1020),),) * 5 + ((), ())
    calendars = [
        create_calendar(by=leader, hours=Hours(name=f"Desk {number}", week=office, country="DE"))
        for number in range(size)
    ]
    values = {"name": "Time to the end", "kind": "ttr", "calendar": calendars[0].key}
    metric = define_metric(by=leader, values=values)
    for number in range(size):
        FeedbackFactory(
            metric=metric,
            external_id=f"case-{number}",
            score=None,
            occurred_at=timezone.now() - timedelta(days=number + 3),
            resolved_at=timezone.now() - timedelta(days=number + 2),
        )
    for number in range(min(size, MOST_LEVELS)):
        level = set_service_level(by=leader, metric=metric, hours=2**number, wanted_share=0.8)
        recount_service_level(level_id=level.pk)
    world.things |= {"times": metric.key, "calendar": calendars[0].key, "level_seconds": 3600}


def _surveys(world: World, size: int) -> None:
    leader = world.members["cx_leader"]
    long_ago = timezone.now() - timedelta(days=100)
    for number in range(size):
        survey = opened_survey(leader, name=f"After the order {number}", languages=("en", "zh-hans"))
        for place in range(size):
            take(survey, key=f"form-key-of-the-world-{place}", score="9")
        asked = [Recipient(email=f"customer{place}@example.com") for place in range(size)]
        invite(by=leader, survey=survey, people=asked)
        SurveyMailing.objects.filter(survey=survey).update(job_state=JobState.DONE)
        survey.invitations.update(
            letters=1, invited_at=timezone.now(), added_at=long_ago, handed_over_at=timezone.now()
        )
        kept = keep_list(by=leader, survey=survey, people=asked, unread=["Plan"])
        set_event_rule(by=leader, survey=survey, delay_hours=24, age_days=7)
        for place in range(size):
            one = Happened(event_id=f"T-{place}", at=timezone.now(), email=f"caller{place}@example.com")
            event, _is_new = follow_event(survey=survey, happened=one)
        draft = customer_survey_of(leader, name=f"After the call {number}")
        plan = QuestionPlan(kind="one_choice", text="Which shop?", choices=("North", "South"))
        draft = save_question(by=leader, survey=draft, plan=plan)
    world.things |= {
        "open_survey": survey.pk,
        "public_survey": survey.public_id,
        "draft_survey": draft.pk,
        "kept_list": kept.pk,
        "waiting_event": event.pk,
        "more_question": "q-1",
        "band": "high",
        "survey_secret": secret_of(survey.invitations.first()),
    }


def _round(world: World, size: int) -> None:
    leader = world.members["cx_leader"]
    for _number in range(size - 1):
        result = make_result(leader)
    result = make_result(leader)
    framework = publish_framework(content=small_framework(key="open"), organization=world.organization)
    record_consensus(by=leader, assessment=result.assessment, practice="ask", level=4, reason="Seen since.")
    for number in range(size):
        current = open_assessment(by=leader, framework=framework, title=f"Autumn round {number}")
        seat = take_seat(by=world.members["respondent"], assessment=current)
        answer_all(seat, {"ask": 3})
        make_submitted(world.members["submitter"], current)
    world.things |= {
        "round": current.pk,
        "closed_round": result.assessment_id,
        "result": result.pk,
        "sequence": 1,
        "framework": framework.pk,
        "dimension": "listen",
        "practice": "ask",
    }


def _employees(world: World, size: int) -> None:
    leader = world.members["cx_leader"]
    care = save_function(by=leader, name="Care")
    for number in range(size):
        survey = survey_of(leader, title=f"Service teams {number}")
        wave = opened(leader, {care.name: 5}, survey)
        planned_wave = planned(leader, {care.name: 5}, survey)
    group = KeyGroup.objects.get(wave=wave, number=1)
    sheets = SlipSheets.objects.create(wave=wave, group=group, by=leader, slips=5, job_state=JobState.DONE)
    world.things |= {
        "sheets": sheets.pk,
        "survey": survey.pk,
        "question": "tools-have",
        "wave": wave.pk,
        "wave_id": wave.public_id,
        "planned_wave": planned_wave.pk,
        "group_number": 1,
        "invited": Invitation.objects.filter(wave=wave).order_by("email")[0].pk,
        "listed": Invitation.objects.filter(wave=planned_wave).order_by("email")[0].pk,
    }


def _results(world: World, size: int) -> None:
    """A published wave with a comment and an action."""
    leader = world.members["cx_leader"]
    functions = {f"part{n}": save_function(by=leader, name=f"Part {n}") for n in range(size)}
    survey = survey_of(leader, title="Every year")
    answers = {name: random_answers(survey, 12, n) for n, name in enumerate(functions)}
    comments = {"part0": [("change-first", "Less paper.")] * size}
    wave = closed_wave(leader, answers, survey=survey, functions=functions, comments=comments)
    publish_wave(by=leader, wave=wave)
    function = WaveFunction.objects.filter(wave=wave)[0]
    for number in range(size):
        plan = ActionPlan(
            function=str(function.pk),
            driver="tools",
            text=f"New system {number}",
            owner=leader,
            due_on=world.organization.clock.today(),
        )
        action = plan_action(by=leader, wave=wave, plan=plan)
    world.things |= {
        "published_wave": wave.pk,
        "wave_function": function.pk,
        "comment": Comment.objects.filter(wave=wave)[0].pk,
        "function_action": action.pk,
        "everybody": "all",
        "weak_driver": "tools",
    }


def _coalition(world: World, size: int) -> None:
    owner, organization = world.members["owner"], world.organization
    seats = seated(organization, 2 * size)
    coalition = seats[0].coalition
    chair = SeatFactory(coalition=coalition, membership=world.members["chair"], is_chair=True)
    for name in ("coalition_member", "executive", "finance_reviewer"):
        SeatFactory(coalition=coalition, membership=world.members[name])
    for _number in range(size):
        draft = ready_initiative(owner)
        in_vote = submitted(owner)
        passed = approved(owner)
        live = approved(owner)
        record_go_live(by=owner, initiative=live, on=timezone.localdate())
        EvaluationPlan.objects.filter(initiative=live).update(review_on=timezone.localdate())
        open_review_vote(by=owner, initiative=live)
        milestone = add_milestone(
            by=owner,
            initiative=passed,
            title="Train the team",
            due_on=timezone.localdate(),
            reason="Forgotten before the vote",
        )
        add_update(by=owner, initiative=passed, color=RiskColor.GREEN, text="On the way.")
    world.things |= {
        "draft": draft.number,
        "submitted": in_vote.number,
        "approved": passed.number,
        "live": live.number,
        "milestone": milestone.pk,
        "decision": passed.decisions.first().pk,
        "seat": seats[0].pk,
        "chair": chair.pk,
    }


def _proof(world: World, size: int) -> None:
    owner = world.members["owner"]
    for number in range(size):
        known = proved(owner, number=9000 + number, title=f"Call back {number}", place=f"support-{number}")
        assert known.case is not None
        report = request_roi_report(by=owner, study=known.study, roi_case=known.case)
        report.file.save("evidence.pdf", ContentFile(b"%PDF-1.7"), save=False)
        report.job_state, report.finished_at = JobState.DONE, timezone.now()
        report.save()
        link = share_report(by=owner, report=report_for(owner, report.pk), recipient="Board", days=30)
        schedule = save_schedule(
            by=owner,
            values=ScheduleValues(
                kind="roi_evidence",
                initiative=known.simulated.initiative,
                members=(owner, world.members["executive"]),
                addresses=(f"board{number}@bank.example",),
                heir=world.members["cx_leader"],
            ),
        )
        run_schedule_now(by=owner, schedule=schedule)
        ScheduleRun.objects.filter(schedule=schedule).update(
            job_state=JobState.DONE, report=report, finished_at=timezone.now(), told=2
        )
    slides = Slides(report=report, organization=world.organization, by=owner, job_state=JobState.DONE)
    slides.file.save("evidence.pptx", ContentFile(b"PK"), save=False)
    slides.save()
    brand = save_branding(by=world.members["administrator"], accent="#7a1f5c", logo=LOGO)
    template = SlideTemplate(organization=world.organization, name="Own slides.pptx", digest="a" * 64)
    template.file_bytes, template.layouts, template.uploaded_by = 2, 1, world.members["administrator"]
    template.file.save("own.pptx", ContentFile(b"PK"), save=False)
    template.save()
    year = timezone.localdate().year
    line = LedgerLineValues(kind="people", amount=Decimal(80_000), currency="EUR", source="Cost center 4711")
    for back in range(2 + size):
        save_ledger_year(by=owner, values=LedgerYearValues(year=year - back, lines=(line,)))
    for place in range(1 + size):
        figure = save_library_figure(
            by=owner,
            values=LibraryValues(
                label=f"Cost of call {place}",
                measure="money",
                low=Decimal(5),
                likely=Decimal(6),
                high=Decimal(7),
                source="Controlling",
                day=timezone.localdate(),
            ),
        )
    for seed in range(size):
        association = finished_association(world.members["cx_leader"], rows=contract_rows(seed=seed))
    waiting = kept_file(world.members["cx_leader"], contract_rows(customers=3))
    returned = request_program(by=owner)
    assert execute_program(case=returned)
    further = ValueLine.objects.create(  # put beside the model, whose value stays that of its inputs
        value_model=known.simulated.initiative.value_model, label="Fewer calls", kind="avoided_contacts"
    )
    LineInput.objects.bulk_create(
        LineInput(line=further, key=one.key, arguments=[1.0, 2.0, 3.0], source="Controlling", position=place)
        for place, one in enumerate(PRESETS[further.kind])
    )
    world.things |= {
        "line": further.number,
        "ledger_year": year,
        "library_figure": figure.number,
        "proved": known.simulated.initiative.number,
        "study": known.study.pk,
        "study_number": known.study.number,
        "case": known.case.pk,
        "association": association.number,
        "association_file": waiting.pk,
        "return": returned.number,
        "report": report.pk,
        "code": report.verification_code,
        "schedule": schedule.pk,
        "share_link": link.pk,
        "slides": slides.pk,
        "brand": brand.public_id,
        "share_secret": secret_of_link(link),
    }
