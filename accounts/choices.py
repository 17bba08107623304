"""Roles, actions and the currencies an organization can reckon in. Pure data."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    CX_LEADER = "cx_leader", _("CX leader")
    COALITION_MEMBER = "coalition_member", _("Coalition member")
    EXECUTIVE = "executive", _("Executive")
    FINANCE_REVIEWER = "finance_reviewer", _("Finance reviewer")
    CONTRIBUTOR = "contributor", _("Contributor")
    AUDITOR = "auditor", _("Auditor")


class WeekStart(models.IntegerChoices):
    """Days of the week as Python counts them."""

    MONDAY = 0, _("Monday")
    SUNDAY = 6, _("Sunday")


class Action(models.TextChoices):
    """What a screen or an API call does. `accounts.permissions` says who may."""

    VIEW = "view", _("See the program's pages")
    MANAGE_PEOPLE = "manage_people", _("Invite people and set roles")
    MANAGE_ORGANIZATION = "manage_organization", _("Change the organization's settings")
    VIEW_TRAIL = "view_trail", _("Read the audit trail")
    ANSWER_ASSESSMENT = "answer_assessment", _("Answer an assessment")
    RUN_ASSESSMENT = "run_assessment", _("Start, close and reopen assessments")
    EDIT_TOUCHPOINTS = "edit_touchpoints", _("Edit touchpoints")
    VIEW_FEEDBACK = "view_feedback", _("Read customer feedback")
    EDIT_METRICS = "edit_metrics", _("Define metrics")
    IMPORT_FEEDBACK = "import_feedback", _("Import feedback")
    ERASE_FEEDBACK = "erase_feedback", _("Erase customer comments")
    LIFT_UNSUBSCRIBING = "lift_unsubscribing", _("Take a customer's unsubscribing back")
    EDIT_COALITION = "edit_coalition", _("Assign coalition seats")
    SUGGEST = "suggest", _("Suggest improvements")
    DRAFT_INITIATIVE = "draft_initiative", _("Draft and edit initiatives")
    RECORD_PROGRESS = "record_progress", _("Record go-live, completion and updates")
    VOTE = "vote", _("Vote on initiatives")
    RUN_STUDY = "run_study", _("Run studies")
    EDIT_VALUE = "edit_value", _("Edit value models")
    SIGN_OFF_VALUE = "sign_off_value", _("Sign off or dispute value for finance")
    MANAGE_EMPLOYEE_SURVEYS = "manage_employee_surveys", _("Set up employee surveys")
    VIEW_EMPLOYEE_RESULTS = "view_employee_results", _("See published employee results")
    RELEASE_COMMENTS = "release_comments", _("Release employees' comments")
    MAKE_REPORT = "make_report", _("Create and download reports")


class Theme(models.TextChoices):
    AUTO = "auto", _("Same as my device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Currency(models.TextChoices):
    USD = "USD", _("US dollar")
    EUR = "EUR", _("Euro")
    GBP = "GBP", _("Pound sterling")
    CNY = "CNY", _("Chinese yuan")
    JPY = "JPY", _("Japanese yen")
    INR = "INR", _("Indian rupee")
    AUD = "AUD", _("Australian dollar")
    CAD = "CAD", _("Canadian dollar")
    CHF = "CHF", _("Swiss franc")
    SGD = "SGD", _("Singapore dollar")


KEY_LIFETIMES: tuple[int | None, ...] = (30, 90, 365, None)  # days; None never expires


class SecurityChange(models.TextChoices):
    """What a person is told about their own way in, as the subject of the message."""

    PASSWORD_CHANGED = "password_changed", _("Your password was changed")
    PASSWORD_RESET = "password_reset", _("Your password was reset")
    KEY_MADE = "key_made", _("An API key was created in your name")
    KEY_REVOKED = "key_revoked", _("An API key of yours was revoked")
    SECOND_FACTOR_ON = "second_factor_on", _("A second factor was added to your account")
    SECOND_FACTOR_OFF = "second_factor_off", _("The second factor was removed from your account")
    RECOVERY_CODES_MADE = "recovery_codes_made", _("New recovery codes were created for your account")
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere", _("Your account was signed out everywhere else")


class TrailKind(models.TextChoices):
    """What an entry of the audit trail is about, to filter by."""

    SIGN_IN = "sign_in", _("Signing in and security")
    PEOPLE = "people", _("People and roles")
    ORGANIZATION = "organization", _("Organization")
    ASSESSMENTS = "assessments", _("Assessments")
    TOUCHPOINTS = "touchpoints", _("Touchpoints")
    LISTENING = "listening", _("Metrics and feedback")
    EMPLOYEES = "employees", _("Employee surveys")
    DECISIONS = "decisions", _("Coalition and initiatives")
    EVIDENCE = "evidence", _("Studies and value")
    DOCUMENTS = "documents", _("Reports and downloads")


# Names the organization that a message is written for, up to the postbox; it never leaves from there.
ORGANIZATION_HEADER = "X-Cxprogram-Organization"


# What the columns of a list of people are called: in the product's languages, and in those of exports that
# are pasted most. Without hyphens and in small letters, as `tabular.headers.plain_name` gives them.
COLUMNS_OF_PEOPLE: dict[str, tuple[str, ...]] = {
    "email": (
        *("email", "e mail", "mail", "e mail address", "email address", "mail address", "address"),
        *(
            "work email",
            "work e mail",
            "business email",
            "business e mail",
            "user email",
            "emails",
            "e mails",
        ),
        *("e mail adresse", "email adresse", "mailadresse", "emailadresse", "mail adresse"),
        *("adresse e mail", "adresse email", "adresse mail", "courriel", "adresse électronique", "mél"),
        *("correo", "correo electrónico", "correo electronico", "dirección de correo", "e mail profesional"),
        *("电子邮件", "电子邮箱", "邮箱", "邮箱地址", "邮件", "邮件地址", "电子邮件地址", "工作邮箱"),
    ),
    "name": (
        *("name", "full name", "person", "display name", "employee name", "employee", "names"),
        *("vollständiger name", "anzeigename", "vor und nachname", "vorname nachname", "mitarbeiter"),
        *("mitarbeitende", "nom complet", "nom et prénom", "prénom et nom", "nom prénom", "prénom nom"),
        *("nombre completo", "nombre y apellido", "nombre y apellidos", "姓名", "名字", "全名", "员工姓名"),
    ),
    "first_name": (
        *("first name", "given name", "firstname", "forename", "vorname", "prénom", "prenom", "nombre"),
        *("nombres", "名"),
    ),
    "last_name": (
        *("last name", "family name", "surname", "lastname", "nachname", "familienname", "nom"),
        *("nom de famille", "apellido", "apellidos", "姓", "姓氏"),
    ),
    "role": (
        *("role", "roles", "user role", "role in the program", "rolle", "rollen", "benutzerrolle"),
        *("rôle", "rôles", "role utilisateur", "rol", "rol de usuario", "角色", "用户角色"),
    ),
    "function": (
        *("function", "functions", "business function", "business functions", "department", "departments"),
        *("dept", "unit", "business unit", "division", "team", "organizational unit"),
        *("funktion", "funktionen", "abteilung", "abteilungen", "bereich", "fachbereich"),
        *("geschäftsbereich", "unternehmensbereich", "einheit", "organisationseinheit"),
        *("fonction", "fonctions", "département", "departement", "service", "direction", "unité"),
        *("función", "funcion", "funciones", "departamento", "área", "area", "unidad", "división"),
        *("职能", "部门", "业务职能", "职能部门", "所属部门", "业务部门", "事业部", "团队"),
    ),
}
