"""Firms, people and amounts for the samples of presets. Nobody real is meant; the same number gives the same each time."""

# ruff: noqa: E501 - words in a row read better than one a line

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

_WORDS = {
    "en": (
        "Abbey Birch Cobalt Dale Elm Fern Grove Harbour Ivy Juniper Kestrel Lark",
        'Joinery|Bakery, Ltd|Garage|"Print" Works|Florists & Co|Dental',
    ),
    "fr": (
        "Aubépin Besançon Chênevert Delaître Écuyer Fontanès Grèze Hébrard Jaurès Kerguélen Mâchon Ozanne",
        "Menuiserie|Boulangerie|Garage|Imprimerie|Pépinières|Traiteur",
    ),
    "de": (
        "Ärmel Bäcker Düster Förster Größ Hühn Jäger Köhler Löwe Müßig Nöll Öhler",
        "Schreinerei|Bäckerei|Kfz-Werkstatt|Druckerei|Gärtnerei|Metallbau",
    ),
    "es": (
        "Acuña Bermúdez Cibeles Durán Estévez Fariña Güemes Ibáñez Lezcano Muñoz Núñez Ordóñez",
        "Carpintería|Panadería|Taller|Imprenta|Vivero|Óptica",
    ),
}
_FIRST = {
    "en": "Ava Ben Cora Dean Ella Finn",
    "fr": "Amélie Benoît Céline Désiré Élodie Hervé",
    "de": "Anke Björn Cäcilie Dörte Günther Jörg",
    "es": "Ana Beltrán Concepción Íñigo Lucía Tomás",
}
_PLACES = {
    "en": (("12 Mill Lane", "YO1 7HH", "York", "North Yorkshire"), ("4 Harbour Street", "BS1 4ST", "Bristol", "Avon"), ("Unit 7, Dock Road", "L3 4AA", "Liverpool", "Merseyside")),
    "us": (("100 Main St", "01608", "Worcester", "MA"), ("9735 Industrial Pkwy", "83702", "Boise", "ID"), ("4872 Park Blvd, Ste 5", "60607", "Chicago", "IL")),
    "fr": (("3, rue des Lilas", "01000", "Bourg-en-Bresse", "Ain"), ("12 quai de la Fosse", "44000", "Nantes", "Loire-Atlantique"), ("8 place de l'Église", "21200", "Beaune", "Côte-d'Or")),
    "qc": (("145, rue Saint-Jean", "G1R 1N5", "Québec", "QC"), ("9, ch. du Lac", "J0V 1W0", "Saint-André-Avellin", "QC"), ("2200, boul. René-Lévesque", "H3H 1R4", "Montréal", "QC")),
    "de": (("Nelkenstraße 125", "09111", "Chemnitz", ""), ("Königsallee 3", "40212", "Düsseldorf", ""), ("Am Mühlbach 7a", "80331", "München", "")),
    "es": (("Av. 18 de Julio 1234", "11200", "Montevideo", "Montevideo"), ("Cno. Maldonado 77", "20000", "Maldonado", "Maldonado"), ("Sarandí 450", "40000", "Rivera", "Rivera")),
}  # fmt: skip


@dataclass(frozen=True)
class Firm:
    """A firm and the person to write to there."""

    number: int
    name: str
    first: str
    last: str
    street: str
    postal_code: str
    city: str
    state: str
    phone: str
    email: str


def firms(language: str, count: int = 24, place: str | None = None) -> list[Firm]:
    """Returns so many firms of a language, at the places of a country."""
    lasts, kinds, firsts = _WORDS[language][0].split(), _WORDS[language][1].split("|"), _FIRST[language].split()
    places = _PLACES[place or language]
    found = []
    for n in range(count):
        last, kind = lasts[n % len(lasts)], kinds[(n * 5 + n // len(lasts)) % len(kinds)]
        name = f"{last} {kind}" if language == "en" else f"{kind} {last}"
        street, postal_code, city, state = places[n % len(places)]
        phone = f"555 01{n:02d}" if n % 4 else ""
        email = f"konto{n:02d}@client.example" if n % 5 else ""
        found.append(Firm(n, name, firsts[n % len(firsts)], last, street, postal_code, city, state, phone, email))
    return found


def amount(number: int) -> Decimal:
    """Returns an amount of two decimals, some of them great."""
    return Decimal((number * 7919 + 1234) % 99991 * (13 if number % 3 == 0 else 1)) / 100


def day(number: int) -> date:
    """Returns a day of 2026 up to its twentieth of November."""
    return date(2026, 11, 20) - timedelta(days=number * 37 % 310)


def grouped(value: Decimal, thousands: str, decimal: str) -> str:
    """Returns an amount as people write it."""
    return f"{value:,.2f}".translate(str.maketrans({",": thousands, ".": decimal}))


def filled(**values: object) -> dict[str, object]:
    """Returns the values that are not blank."""
    return {name: value for name, value in values.items() if value not in ("", None)}
