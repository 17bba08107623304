"""Firms that are customers, and the people there whom one knows by name."""

from datetime import date, timedelta

from accounts.models import Membership
from customer_voice.importers.customers import ListItem
from customer_voice.models import Contact
from customer_voice.services import save_account, take_list

# reference, name, segment, contract value a year, started, people who can be asked, tags
FIRMS: tuple[tuple[str, str, str, int, date, int | None, tuple[str, ...]], ...] = (
    ("A001", "Harbor Logistics", "Enterprise", 184_000, date(2019, 4, 1), 64, ("key account", "north")),
    ("A002", "Lindqvist Foods", "Enterprise", 121_500, date(2021, 1, 1), 45, ("north",)),
    ("A003", "Osei & Partners", "Small business", 9_600, date(2022, 9, 1), None, ()),
    ("A004", "Brightwater Clinics", "Enterprise", 268_000, date(2018, 7, 1), 120, ("key account", "south")),
    ("A005", "Tanaka Print", "Small business", 6_400, date(2023, 3, 1), None, ("south",)),
    ("A006", "Meridian Hotels", "Enterprise", 97_000, date(2020, 10, 1), 38, ("south", "at risk")),
    ("A009", "Castor Legal", "Small business", 11_800, date(2021, 5, 1), 30, ("north",)),
    ("A010", "Dune Architects", "Small business", 7_900, date(2022, 2, 1), None, ()),
    ("A011", "Elmwood Dental", "Small business", 5_200, date(2020, 11, 1), 35, ("south",)),
    ("A012", "Ferro Tools", "Small business", 13_400, date(2019, 9, 1), 40, ("north",)),
    ("A013", "Gallo Bakeries", "Small business", 8_600, date(2023, 6, 1), None, ()),
    ("A014", "Holm Surveyors", "Small business", 4_900, date(2021, 8, 1), 28, ("north",)),
    ("A015", "Iris Optics", "Small business", 6_700, date(2022, 12, 1), None, ("south",)),
    ("A016", "Juniper Travel", "Small business", 10_300, date(2020, 4, 1), 33, ("at risk",)),
    ("A017", "Kestrel Media", "Small business", 9_100, date(2023, 1, 1), None, ()),
    ("A018", "Lumen Theatre", "Small business", 3_800, date(2024, 2, 1), 26, ("south",)),
)
# who has left: reference, name, segment, contract value, started, so many days ago
LEFT: tuple[tuple[str, str, str, int, date, int], ...] = (
    ("A007", "Castellan Retail", "Enterprise", 74_000, date(2020, 2, 1), 210),
    ("A008", "Fjord Outfitters", "Small business", 8_100, date(2021, 6, 1), 40),
)
FIRMS_OF = {
    segment: [firm[0] for firm in FIRMS if firm[2] == segment] for segment in ("Small business", "Enterprise")
}
FIRST = (
    "Amara", "Ben", "Chiara", "Daniel", "Elif", "Farid", "Greta", "Hiro", "Ivana", "Jonas", "Kavya", "Lucas", "Mina",
    "Noah", "Olga", "Pedro", "Quinn", "Rosa", "Samir", "Tess", "Umar", "Vera", "Wen",
)  # fmt: skip
LAST = (
    "Abara", "Brandt", "Costa", "Dahl", "Eriksen", "Fischer", "Gomez", "Haddad", "Ito", "Jansen", "Kowalski", "Lund",
    "Moreau", "Novak", "Okafor", "Petrov", "Rossi", "Silva", "Tran", "Urban", "Vogel", "Weiss", "Yilmaz", "Zhang",
    "Ahn", "Bauer", "Chen", "Duarte", "Evans",
)  # fmt: skip
SEGMENTS = {firm[0]: firm[2] for firm in FIRMS}
MAIL = {firm[0]: firm[1].split()[0].lower() for firm in FIRMS}
CONSENTS = ("given", "given", "unknown", "given", "unknown", "given", "withdrawn")
SILENT = 3  # people of each firm who never said anything


def make_firms(maya: Membership, today: date) -> None:
    """Firms that are customers and two that have left."""
    money = maya.organization.currency
    for place, (reference, name, segment, value, started, people, tags) in enumerate(FIRMS):
        renews = today + timedelta(days=25 + 29 * place)
        values = {
            "name": name,
            "segment": segment,
            "yearly_value": value,
            "currency": money,
            "started_on": started,
            "renews_on": renews,
            "people_total": people,
            "tags": tags,
        }
        save_account(by=maya, external_reference=reference, values=values)
    for reference, name, segment, value, started, days in LEFT:
        values = {"name": name, "segment": segment, "yearly_value": value, "currency": money}
        dates = {"started_on": started, "left_on": today - timedelta(days=days)}
        save_account(by=maya, external_reference=reference, values={**values, **dates})


def name_contacts(maya: Membership) -> None:
    """People who answered for a firm get a name and an address; some have never said anything."""
    known = Contact.objects.of(maya.organization).exclude(account=None).filter(name="").order_by("pk")
    rows = known.values_list("external_reference", "account__external_reference")
    people = [(str(reference), str(firm)) for reference, firm in rows]
    people += [(f"{firm[0]}-{number}", firm[0]) for firm in FIRMS for number in range(1, SILENT + 1)]
    items = []
    for place, (reference, firm) in enumerate(people):
        first, last = FIRST[place % len(FIRST)], LAST[(place * 7 + place // len(FIRST)) % len(LAST)]
        address = f"{first}.{last}.{place}@{MAIL[firm]}.example".lower()
        items.append(
            ListItem(
                line=place,
                values={
                    "external_reference": reference,
                    "name": f"{first} {last}",
                    "email": address,
                    "account": firm,
                    "segment": SEGMENTS[firm],
                    "language": "en",
                    "consent": CONSENTS[place % len(CONSENTS)],
                },
            )
        )
    take_list(by=maya, kind="contacts", items=items)
