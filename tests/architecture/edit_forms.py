"""What the forms of a page say of what they have shown: of a stored row, that they make a row, or neither."""

from collections.abc import Iterable
from html.parser import HTMLParser

from django.urls import Resolver404, resolve

CARRIED = ("seen", "once")
TYPED = {"text", "number", "date", "email", "search", "checkbox", "radio", "select", "textarea", "file"}

# Forms that write without either, by the address that takes them, and why nothing is lost or made twice.
NEITHER: dict[str, str] = {
    "account_change_password": "the service compares the old password under a lock",
    "accounts:invite_many": "who has been invited in the same way keeps the invitation",
    "set_language": "one's own choice, which nobody else makes",
    "slip_questions": "a code lets one answer in",
    "assessments:answer_dimension": "one's own answers, which nobody else writes",
    "assessments:assessment_close": "a round closes once",
    "assessments:assessment_invite": "a person has one seat in a round",
    "assessments:framework_import": "the version of a framework is its name, and unique",
    "coalition:initiative_submit": "a vote is open once",
    "coalition:milestone_remove": "a step goes once",
    "coalition:seat_end": "a seat ends once",
    "customer_voice:definition_standard": "a standard metric has one key",
    "customer_voice:feedback_erase": "what is erased is gone",
    "customer_voice:contact_erase": "what is erased is gone",
    "customer_voice:recipe_edit": "one name, of no row of its own",
    "customer_voice:follow_up_set": "one choice of three, said as it is wanted",
    "customer_voice:survey_preview_page": "nothing that is typed is kept",
    "ask:form": "the hidden name of the form lets one answer in",
    "ask:invited": "a personal link lets one answer in",
    "customer_voice:survey_mail": "nobody is asked before the next page is confirmed",
    "customer_voice:survey_unsubscribed": "a “no” is taken back once",
    "customer_voice:import_map": "the stage of the import is asked under a lock",
    "employee_voice:invitation_resend": "one address, sent to again on purpose",
    "employee_voice:people_list": "a list replaces the list of a wave that has not opened",
    "employee_voice:wave_mapping": "the columns of one's own file",
    "impact:association_upload": "nothing is computed before the next page is confirmed",
    "impact:line_edit": "the moment of the whole value model goes with it, and a later one refuses it",
    "impact:ledger_import": "nothing is changed before the next page is confirmed",
    "reports:report_create": "the same content is the same document",
    "reports:slide_template": "a file takes the place of the file",
    "reports:report_share": "the same link within minutes is the same",
    "reports:report_answer": "the same answer within minutes is the same",
    "shared_answer": "the same answer within minutes is the same",
    "password_reset": "one letter in some minutes",
    "verify_code": "stores nothing",
    "coalition:suggestion_decline": "an answer, which a second one is refused by the state",
}

EDITING = {
    "accounts:function_edit",
    "accounts:member_edit",
    "accounts:organization_edit",
    "accounts:preferences",
    "accounts:reminders",
    "coalition:charter_edit",
    "coalition:milestone_edit",
    "coalition:seat_edit",
    "customer_voice:account_edit",
    "customer_voice:contact_edit",
    "customer_voice:calendar_edit",
    "customer_voice:definition_edit",
    "customer_voice:metric_target",
    "customer_voice:question_edit",
    "customer_voice:survey_edit",
    "customer_voice:survey_events",
    "customer_voice:survey_quiet",
    "customer_voice:survey_languages",
    "customer_voice:survey_texts",
    "customer_voice:folder_detail",
    "customer_voice:mailbox_detail",
    "customer_voice:webhook_map",
    "employee_voice:slips_plan",
    "employee_voice:survey_edit",
    "employee_voice:wave_edit",
    "impact:ledger_year_edit",
    "impact:library_edit",
    "impact:value_edit",
    "journeys:touchpoint_edit",
    "reports:schedule_edit",
    "maps:map_change",
    "maps:map_edit",
    "maps:step_edit",
}


class _Forms(HTMLParser):
    """(address, names of what is typed, names of what is carried) of every form that is sent by POST."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.found, self._inside = page, list[tuple[str, set[str], set[str]]](), False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            self._inside = (said.get("method") or "").lower() == "post"
            if self._inside:
                self.found.append((said.get("action") or self.page, set(), set()))
        if self._inside and tag == "button" and said.get("name"):
            self.found[-1][1].add(said["name"] or "")  # what is decided by the button that is pressed
        if not self._inside or tag not in {"input", "select", "textarea"}:
            return
        name, kind = said.get("name") or "", said.get("type") or "text"
        kind = tag if tag != "input" else kind
        _action, typed, carried = self.found[-1]
        if kind == "hidden":
            carried.add(name.rpartition("-")[2])
        elif kind in TYPED and name:
            typed.add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


def bare_and_carrying(pages: Iterable[tuple[str, str]]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Of pages (path, markup): what is typed in forms that carry nothing, and which addresses carry what."""
    bare, carrying = dict[str, set[str]](), dict[str, set[str]]()
    for path, markup in pages:
        forms = _Forms(path)
        forms.feed(markup)
        for action, typed, carried in forms.found:
            name = _name_of(action)
            if typed and not carried & set(CARRIED):
                bare.setdefault(name, set()).update(typed)
            for one in carried & set(CARRIED):
                carrying.setdefault(one, set()).add(name)
    return bare, carrying


def _name_of(action: str) -> str:
    try:
        return resolve(action.partition("?")[0]).view_name
    except Resolver404:
        return action
