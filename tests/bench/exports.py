"""Makes the export that is measured: customers as an accounting system writes them, and the same already cleaned.

``;``, CRLF, dd/mm/yyyy, ``1 234,56``, Oui/Non, accents; one row in a thousand is bad. Seeded.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

HEADERS = (
    "Code client;Raison sociale;Enseigne;Courriel;Téléphone;Adresse;Code postal;Ville;Pays;Devise;"
    "Actif;Délai;Solde;Encours;Depuis"
)
COLUMNS = (
    "code, name, print_as, email, phone, address1, postal_code, city, country, currency, active, payment_days, "
    "balance, turnover, since"
)
FIRST = ("Société", "Établissements", "Ateliers", "Maison", "Comptoir", "Garage", "Boulangerie", "Pharmacie")
LAST = ("Durand", "Lefèvre", "Müller", "Nuñez", "O'Brien", "François", "Bélanger", "Dupont-Moretti", "Çelik", "Østergård")
AFRESH = 250
"""Chance begins afresh every so many rows, so that a row is the same in every export that has it."""
TOWNS = (("75001", "Paris"), ("69002", "Lyon"), ("13001", "Marseille"), ("33000", "Bordeaux"), ("67000", "Strasbourg"))


@dataclass(frozen=True)
class Export:
    """An export and its clean twin: ``raw`` is what the sender drops, ``clean`` is what the raw tool is given."""

    raw: Path
    clean: Path
    rows: int
    bad: int
    seed: int


def amount(cents: int) -> tuple[str, str]:
    """Given cents; returns them as the sender writes them and in canonical form."""
    whole, rest = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    return f"{sign}{whole:,}".replace(",", " ") + f",{rest:02}", f"{sign}{whole}.{rest:02}00"


def write(folder: Path, name: str, rows: int, seed: int, changed: float = 0.0, start: int = 0) -> Export:
    """Writes ``rows`` rows from number ``start`` on, a multiple of ``AFRESH``; the share ``changed`` of them has another balance
    than the same seed makes without it."""
    chance, change = random.Random(seed), random.Random(seed + 1)
    raw, clean = folder / f"{name}.csv", folder / f"{name}.clean.csv"
    bad = 0
    with raw.open("w", encoding="utf-8", newline="") as dirty, clean.open("w", encoding="utf-8", newline="") as tidy:
        dirty.write(HEADERS + "\r\n")
        for number in range(start, start + rows):
            if number % AFRESH == 0:
                chance.seed(f"{seed} {number}")
            code = f"{number:08}"
            who = f"{FIRST[chance.randrange(8)]} {LAST[chance.randrange(10)]} {number}"
            post, town = TOWNS[chance.randrange(5)]
            shown, balance = amount(chance.randrange(-(10**7), 10**9))
            shown_turnover, turnover = amount(chance.randrange(0, 10**10))
            day, month, year = 1 + chance.randrange(28), 1 + chance.randrange(12), 2000 + chance.randrange(26)
            active, days = chance.random() < 0.9, (30, 45, 60)[chance.randrange(3)]
            if changed and change.random() < changed:
                shown, balance = amount(change.randrange(0, 10**9))
            mail, phone = f"contact{number}@client{number % 977}.example", f"+33 1 {number % 100:02} 22 33 44"
            street = f"{1 + number % 200} rue de la République"
            wrong = number % 1000 == 999
            bad += wrong
            dirty.write(
                f"{code};{who};{who};{mail};{phone};{street};{post};{town};FR;EUR;{'Oui' if active else 'Non'};{days};"
                f"{'n/a' if wrong else shown};{shown_turnover};{day:02}/{month:02}/{year}\r\n"
            )
            if not wrong:
                tidy.write(
                    f'{code},"{who}","{who}",{mail},{phone},"{street}",{post},{town},FR,EUR,{int(active)},{days},'
                    f"{balance},{turnover},{year}-{month:02}-{day:02}\r\n"
                )
    return Export(raw, clean, rows, bad, seed)
