"""The product installs what its code reaches, in the versions that were tested, and nothing for tests."""

import re
import tomllib

import pytest

from tests.architecture.test_floors import ROOT

# package -> how code names it, where that is not its own name
NAMED = {
    "argon2-cffi": "Argon2PasswordHasher",
    "django-allauth": "allauth",
    "django-filter": "django_filters",
    "django-htmx": "django_htmx",
    "django-tables2": "django_tables2",
    "djangorestframework": "rest_framework",
    "drf-spectacular": "drf_spectacular",
    "granian": "granian",
    "psycopg": "postgresql",  # named by the address of the database
    "pillow": "PIL",
    "python-calamine": "python_calamine",
    "python-pptx": "pptx",
    "pyyaml": "yaml",
    "vl-convert-python": "vl_convert",
}
FOLDERS = (
    *("accounts", "assessments", "coalition", "common", "customer_voice", "cxcharts", "cxprogram", "cxstats"),
    *("employee_voice", "impact", "journeys", "overview", "questionnaires", "reports", "tabular", "wording"),
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def name_of(requirement: str) -> str:
    return re.match(r"[A-Za-z0-9_.-]+", requirement)[0].lower()


def locked(file: str) -> dict[str, str]:
    text = (ROOT / file).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9_.-]+)(?:\[[a-z,]+\])?==([^\s;\\]+)", text, flags=re.MULTILINE))


@pytest.fixture(scope="module")
def code() -> str:
    files = (file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py"))
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


@pytest.mark.parametrize("requirement", PROJECT["project"]["dependencies"])
def test_code_reaches_every_package_of_the_product(requirement, code):
    name = name_of(requirement)
    wanted = NAMED.get(name, name)
    assert re.search(rf"\b{re.escape(wanted)}\b", code), f"{name} is installed and never used"


def test_the_product_is_installed_without_what_tests_alone_need():
    product, everything = locked("requirements.txt"), locked("requirements-dev.txt")
    assert {name_of(one) for one in PROJECT["project"]["dependencies"]} <= set(product)
    assert product.items() <= everything.items()  # checks and tests run with the versions that are shipped
    for requirement in PROJECT["dependency-groups"]["dev"]:
        assert name_of(requirement) in everything
        assert name_of(requirement) not in product
