"""Usual exports are known by their columns and come in at the first try; files are written by hand."""

import pytest

from customer_voice import services
from customer_voice.choices import ImportField
from customer_voice.importers import known_presets, preset_of
from customer_voice.models import Feedback
from customer_voice.services.checking import facts_of
from tests.factories.customer_voice import MetricDefinitionFactory

pytestmark = pytest.mark.django_db

ZENDESK = (
    "Summation column,Id,Requester,Requester id,Assignee,Group,Subject,Status,Priority,Via,Created at,"
    "Initially assigned at,Solved at,Resolution time,Satisfaction Score,Reopens,First reply time in minutes\n"
    "1,501,Ines,77,Tom,Billing,Meter,Solved,High,Mail,2026-03-02 08:00,2026-03-02 08:05,2026-03-02 12:00,4,"
    "Good,0,20\n"
    "1,502,Ola,78,Tom,Billing,Move,Open,Low,Web,2026-03-02 09:00,2026-03-02 09:05,,,Unoffered,0,30\n"
)
FRESHDESK = (
    "Ticket ID,Subject,Status,Priority,Source,Type,Agent,Group,Created time,Due by Time,Resolved time,"
    "Closed time,Last update time,Initial response time,Time tracked,First response time (in hrs),"
    "Resolution time (in hrs),Agent interactions,Customer interactions,Resolution status,Tags,"
    "Survey results\n"
    "901,Meter,Closed,High,Portal,Question,Tom,Billing,2026-03-02 08:00,,2026-03-02 12:00,2026-03-03 12:00,"
    "2026-03-03 12:00,2026-03-02 08:30,,00:30:00,04:00:00,2,1,Within SLA,,\n"
    "902,Move,Open,Low,Email,Question,Tom,Billing,2026-03-02 09:00,,,,2026-03-02 09:10,,,,,0,1,,,\n"
)
INTERCOM = (
    "Conversation ID,Updated at (America/New_York),Conversation rating remark,Conversation rating,"
    "User name,Company name,Agent rated type,Last survey sent\n"
    "31,2026-03-31 21:30:00,Great,5,Ines,Harbor,Teammate,\n"
    "32,2026-03-30 10:00:00,,2,Tom,Osei,Teammate,\n"
)
HUBSPOT = (
    "Ticket ID,Ticket name,Pipeline,Ticket status,Create date,Close date,Priority,Source\n"
    "7001,Meter,Support Pipeline,Closed,2026-03-02 08:00,2026-03-02 18:00,High,Email\n"
    "7002,Move,Support Pipeline,New,2026-03-02 09:00,,Low,Chat\n"
)
SALESFORCE = (
    "Case Number,Account Name,Subject,Status,Priority,Case Origin,Date/Time Opened,Date/Time Closed\n"
    "00001026,Harbor,Meter,Closed,High,Web,2026-03-02 08:00,2026-03-04 08:00\n"
    "00001027,Osei,Move,New,Low,Phone,2026-03-02 09:00,\n"
)
SERVICENOW = (
    "number,opened_at,short_description,caller_id,priority,state,category,assignment_group,company,resolved_at\n"
    "INC0010001,2026-03-02 08:00:00,Meter,Ines,2 - High,Resolved,inquiry,Desk,Harbor,2026-03-02 20:00:00\n"
    "INC0010002,2026-03-02 09:00:00,Move,Tom,3 - Moderate,New,inquiry,Desk,Osei,\n"
)
JIRA = (
    "Summary,Issue key,Issue id,Issue Type,Status,Priority,Created,Resolved\n"
    "Meter,HELP-1,10001,Service Request,Resolved,High,2026-03-02 08:00,2026-03-02 09:00\n"
    "Move,HELP-2,10002,Service Request,Open,Low,2026-03-02 09:00,\n"
)
TYPEFORM = (
    "#,How likely are you to recommend us?,And why?,Response Type,Start Date (UTC),Stage Date (UTC),"
    "Submit Date (UTC),Network ID,Tags\n"
    "k1,10,fine,completed,2026-03-01 22:20:00,,2026-03-01 22:30:00,9f1,\n"
    "k2,3,late,completed,2026-03-01 22:50:00,,2026-03-01 22:59:00,9f2,\n"
    "k3,9,,started,2026-03-01 23:50:00,2026-03-01 23:55:00,,9f3,\n"
)
SURVEYMONKEY = (
    "Respondent ID,Collector ID,Start Date,End Date,IP Address,Email Address,First Name,Last Name,"
    "Custom Data 1,How likely is it that you would recommend us?,\n"
    ",,,,,,,,,Response,Please say why\n"
    "118740000001,446100001,03/14/2026 09:15:22 AM,03/14/2026 09:17:01 AM,203.0.113.10,,,,,10,quick\n"
    "118740000002,446100001,03/15/2026 09:15:22 AM,03/15/2026 09:17:01 AM,203.0.113.11,,,,,4,slow\n"
)
GOOGLE_FORMS = (
    "Timestamp,How likely are you to recommend us?,Why?\n"
    "2026/03/14 9:05:07 AM GMT+1,9,ok\n2026/03/14 9:25:47 PM GMT+1,6,line was cut\n"
)
DELIGHTED = (
    "Response ID,Person Name,Person Email,Score,Comment,Responded At,Delighted Source,Delighted Device Type\n"
    "d1,Ines,ines@harbor.example,10,Lovely,2026-03-14 09:15:22,Email,mobile\n"
    "d2,Tom,tom@harbor.example,3,Slow,2026-03-14 10:15:22,Email,desktop\n"
)
PLAY = (
    "Package Name,App Version Code,App Version Name,Reviewer Language,Device,Review Submit Date and Time,"
    "Review Submit Millis Since Epoch,Review Last Update Date and Time,Review Last Update Millis Since Epoch,"
    "Star Rating,Review Title,Review Text,Developer Reply Date and Time,Developer Reply Millis Since Epoch,"
    "Developer Reply Text,Review Link\n"
    "org.example,7,1.2,en,p6,2026-03-14T09:15:22Z,1773479722000,2026-03-14T09:15:22Z,1773479722000,5,,Fast,,,,\n"
    "org.example,7,1.2,de,p7,2026-03-14T10:15:22Z,1773483322000,2026-03-14T10:15:22Z,1773483322000,2,,,,,,\n"
)
MEDALLIA = (
    "Survey ID,Response Date,Unit,Likelihood to Recommend,Comments\n"
    "m1,2026-03-14,North,10,Lovely\nm2,2026-03-15,South,4,Slow\n"
)
AGENT_CONNECT = (
    "request_id,request_sent_at,request_delivery_status,response_received_at,star_rating,comments,reward_name,"
    "channel,brand,customer_name\n"
    "q1,2026-03-14T08:00:00Z,Sent,2026-03-14T09:15:22Z,5,Great,,chat,Harbor,Ines\n"
    "q2,2026-03-14T08:00:00Z,Sent,2026-03-14T10:15:22Z,2,,,phone,Harbor,Tom\n"
)
APPFOLLOW = (
    "review_id,date,time,rating,title,content,author,user_id,country,lang_detect,app_version,store,created\n"
    "r1,2026-03-14,09:15:22,5,Good,Fast,Ines,7,de,de,1.2,as,2026-03-14 09:20:00\n"
    "r2,2026-03-15,09:15:22,2,Bad,Slow,Tom,8,us,en,1.2,gp,2026-03-15 09:20:00\n"
)
KNOWN = {
    "zendesk-tickets": ZENDESK,
    "freshdesk-tickets": FRESHDESK,
    "intercom-ratings": INTERCOM,
    "hubspot-tickets": HUBSPOT,
    "salesforce-cases": SALESFORCE,
    "servicenow-incidents": SERVICENOW,
    "jira-requests": JIRA,
    "typeform": TYPEFORM,
    "surveymonkey": SURVEYMONKEY,
    "google-forms": GOOGLE_FORMS,
    "delighted": DELIGHTED,
    "google-play-reviews": PLAY,
    "medallia": MEDALLIA,
    "medallia-agent-connect": AGENT_CONNECT,
    "appfollow-reviews": APPFOLLOW,
}


@pytest.mark.parametrize("key", KNOWN)
def test_each_is_known_by_its_columns(key, upload):
    batch = upload(KNOWN[key].encode())
    assert services.preset_used(batch, facts_of(batch)).key == key


QUALTRICS = (
    "StartDate,EndDate,Status,Progress,Duration (in seconds),Finished,RecordedDate,ResponseId,"
    "DistributionChannel,Q1_NPS_GROUP,Q1,Q2\n"
    "2026-03-02 09:00:01,2026-03-02 09:01:11,IP Address,100,70,True,2026-03-02 09:01:12,R_1,email,,9,So\n"
    "2026-03-02 10:00:01,2026-03-02 10:01:11,IP Address,100,71,True,2026-03-02 10:01:12,R_2,email,,2,No\n"
)


@pytest.mark.parametrize("key", ["qualtrics", "surveymonkey", "typeform", "google-forms", "delighted"])
def test_the_time_that_somebody_took_to_answer_is_no_time_to_resolution(key, upload, nps, ttr):
    head, *rows = {**KNOWN, "qualtrics": QUALTRICS}[key].splitlines()
    if "Duration" not in head:
        head, rows = f"{head},Duration (in seconds)", [f"{row},{70 + n}" for n, row in enumerate(rows)]
    batch = upload("\n".join([head, *rows]).encode())
    facts, proposal = services.import_proposal(batch)
    assert services.preset_used(batch, facts).key == key
    assert "duration" not in {field for field, column in proposal.items() if column}
    assert proposal.get("metric") != ttr.pk


@pytest.mark.parametrize(
    "header",
    [
        ["id", "date", "touchpoint", "score", "comment", "segment", "channel"],
        ["Score", "Comment", "Date"],
        ["number", "state"],
        ["Ticket ID", "Status", "Created time"],
        [],
    ],
)
def test_other_files_are_not_taken_for_one(header):
    assert preset_of(header) is None


def test_every_field_of_a_preset_is_one_and_every_key_is_there_once():
    keys = [preset.key for preset in known_presets()]
    assert len(set(keys)) == len(keys)
    for preset in known_presets():
        fields = set(preset.columns) | preset.without
        assert fields <= set(ImportField.values), (preset.key, fields)
        assert not set(preset.columns) & preset.without
        assert ImportField.OCCURRED_AT in preset.columns or ImportField.OPENED_AT in preset.columns


@pytest.mark.parametrize(
    ("key", "hours", "opened"),
    [
        ("freshdesk-tickets", 4, 1), ("hubspot-tickets", 10, 1), ("salesforce-cases", 48, 1),
        ("servicenow-incidents", 12, 1), ("jira-requests", 1, 1),
    ],
)  # fmt: skip
def test_tickets_come_in_with_their_times(key, hours, opened, first_try, ttr):
    batch = first_try(KNOWN[key])
    assert batch.metric == ttr
    closed = Feedback.objects.get(resolved_at__isnull=False)
    assert (closed.resolved_at - closed.occurred_at).total_seconds() == hours * 3600
    assert Feedback.objects.filter(resolved_at=None).count() == opened


def test_what_is_assigned_first_is_no_first_reply(upload, organization, ttr):
    batch = upload(ZENDESK.encode())
    _facts, proposal = services.import_proposal(batch)
    assert "first_reply_at" not in proposal
    assert (proposal["opened_at"], proposal["resolved_at"]) == ("Created at", "Solved at")
    assert (proposal["score"], proposal["external_id"]) == ("Satisfaction Score", "Id")
    _facts, by_names = services.import_proposal(batch, uses_presets=False)
    assert by_names["first_reply_at"] == "Initially assigned at"


@pytest.mark.parametrize(
    ("key", "scores"),
    [
        ("typeform", [10, 3]),
        ("surveymonkey", [10, 4]),
        ("google-forms", [9, 6]),
        ("delighted", [10, 3]),
        ("medallia", [10, 4]),
    ],
)
def test_answers_come_in_with_their_scores(key, scores, first_try, nps):
    first_try(KNOWN[key], metric=nps)
    assert list(Feedback.objects.order_by("occurred_at").values_list("score", flat=True)) == scores


@pytest.mark.parametrize(
    ("key", "scores"),
    [
        ("intercom-ratings", [2, 5]), ("google-play-reviews", [5, 2]), ("medallia-agent-connect", [5, 2]),
        ("appfollow-reviews", [5, 2]),
    ],
)  # fmt: skip
def test_ratings_come_in_with_words_and_days(key, scores, first_try, organization):
    stars = MetricDefinitionFactory(organization=organization, key="csat_5")
    first_try(KNOWN[key], metric=stars)
    assert list(Feedback.objects.order_by("occurred_at").values_list("score", flat=True)) == scores
    assert {"Great", "Fast"} & set(Feedback.objects.values_list("text", flat=True))


def test_a_time_column_of_a_named_zone_is_read_in_it(first_try, organization):
    """21:30 in New York on 31 March is 3:30 on 1 April in Berlin."""
    stars = MetricDefinitionFactory(organization=organization, key="csat_5")
    first_try(INTERCOM, metric=stars)
    late = Feedback.objects.get(score=5)
    assert organization.clock.day_of(late.occurred_at).isoformat() == "2026-04-01"


@pytest.mark.parametrize(("key", "is_told"), [("appfollow-reviews", True), ("freshdesk-tickets", False)])
def test_the_page_says_so_where_each_customer_of_a_tool_has_other_columns(
    key, is_told, client_of, ada, upload
):
    batch = upload(KNOWN[key].encode())
    page = client_of(ada).get(f"/o/northwind/listen/imports/{batch.pk}/columns/").text
    assert ("Its columns differ from one customer of this tool to the next" in page) is is_told


def test_the_page_offers_it_and_the_names_alone_and_what_was_said_once_goes_before(
    client_of, ada, upload, ttr, touchpoints
):
    batch = upload(FRESHDESK.encode(), source="desk")
    client, here = client_of(ada), f"/o/northwind/listen/imports/{batch.pk}/columns/"
    page = client.get(here).text
    assert "This looks like an export of Freshdesk. The columns are chosen as is usual for it" in page
    assert '<option value="Created time" selected>' in page
    plain = client.get(here, {"preset": "no"}).text
    assert "The columns are chosen by their names alone." in plain
    assert '<option value="Created time" selected>' not in plain
    mapping = {"external_id": "Ticket ID", "opened_at": "Created time", "resolved_at": "Closed time"}
    services.map_import(batch=batch, mapping=mapping, metric=ttr, touchpoint_key="web")
    services.run_import(batch_id=batch.pk)
    batch.refresh_from_db()
    services.start_import(batch=batch)
    services.run_import(batch_id=batch.pk)
    again = upload(FRESHDESK.encode(), source="desk")
    facts, proposal = services.import_proposal(again)
    assert proposal["resolved_at"] == "Closed time"
    assert services.preset_used(again, facts) is None
