"""Who may do what, written out: role by action. Tests of access ask this and never the table under test."""

#                        administrator
#                        |  CX leader
#                        |  |  coalition member
#                        |  |  |  executive
#                        |  |  |  |  finance reviewer
#                        |  |  |  |  |  contributor
#                        |  |  |  |  |  |  auditor
WHO_MAY = """
view                     x  x  x  x  x  x  x
manage_people            x  x  -  -  -  -  -
manage_organization      x  x  -  -  -  -  -
view_trail               x  x  -  x  -  -  x
answer_assessment        x  x  x  x  x  x  -
run_assessment           -  x  -  -  -  -  -
edit_touchpoints         x  x  x  -  -  -  -
view_feedback            x  x  x  x  x  x  x
edit_metrics             x  x  -  -  -  -  -
import_feedback          x  x  -  -  -  -  -
erase_feedback           x  x  -  -  -  -  -
lift_unsubscribing       x  -  -  -  -  -  -
edit_coalition           x  x  -  -  -  -  -
suggest                  x  x  x  x  x  x  -
draft_initiative         -  x  x  -  -  -  -
record_progress          -  x  x  -  -  -  -
vote                     -  x  x  x  x  -  -
run_study                -  x  -  -  -  -  -
edit_value               -  x  -  -  x  -  -
sign_off_value           -  -  -  -  x  -  -
manage_employee_surveys  x  x  -  -  -  -  -
view_employee_results    -  x  x  x  x  x  -
release_comments         -  x  -  -  -  -  -
make_report              x  x  x  x  x  -  x
"""
ROLES = (
    *("administrator", "cx_leader", "coalition_member"),
    *("executive", "finance_reviewer", "contributor", "auditor"),
)  # fmt: skip
TABLE = {
    action: dict(zip(ROLES, marks, strict=True))
    for action, *marks in map(str.split, WHO_MAY.split("\n")[1:-1])
}


def allowed(role: str, action: str) -> bool:
    return TABLE[action][role] == "x"
