"""What ``suggest`` proposes: for the samples' own tenants, for headers in seven languages, and where headers mislead."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.desk.suggesting import alike, suggested

from nightclerk.config.load import load
from nightclerk.core.errors import SenderError
from nightclerk.core.file_names import matches
from nightclerk.core.format import Delimited
from nightclerk.desk.inspect import Asked, inspect
from nightclerk.ports import Format
from nightclerk.wiring import open_reader

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_drops"


@pytest.fixture(scope="module")
def reader() -> Iterator[Format]:
    with open_reader() as opened:
        yield opened


def test_the_samples_are_mapped_as_people_mapped_them(reader: Format, capsys: pytest.CaptureFixture[str]) -> None:
    configuration, _ = load(ROOT / "config")
    assert configuration is not None
    right = every = 0
    for tenant in configuration.tenants.values():
        for path in sorted((SAMPLES / tenant.tenant / "night-1").glob("*_*.*")):
            found = suggested(reader, path)
            assert found.whole
            assert found.language == tenant.language
            for feed in (feed for feed in tenant.feeds if matches(feed.files, path.name)):
                headers = inspect(reader, Asked(path, Delimited(), sheet=feed.sheet)).columns
                if not any(headers) or headers == tuple(map(str, range(1, len(headers) + 1))):
                    headers = inspect(reader, Asked(path, Delimited(header_row=1), sheet=feed.sheet)).columns
                fields = alike(found, feed, headers)
                right, every = right + sum(fields.values()), every + len(fields)
                wrong = [field for field, good in fields.items() if not good]
                assert sum(fields.values()) >= 0.9 * len(fields), f"{tenant.tenant}, {feed.feed}: {wrong}"
    with capsys.disabled():
        print(f"\nsuggest: {right} of {every} fields of the sample tenants as people mapped them ({right / every:.0%})")
    assert right >= 0.95 * every


ROWS = {
    "customer": [
        "K0001;Alpha {n};rue Une 1;Paris;75001;FR;anna@alpha.example;+33 1 44 55 66 77;FR12345678901;EUR;30;1 234,50",
        "K0002;Beta {n};via Due 2;Roma;00184;IT;bert@beta.example;+39 06 123 4567;IT12345678901;EUR;45;0,00",
        "K0003;Gamma {n};Weg 3;Berlin;10115;DE;carla@gamma.example;+49 30 1234567;DE123456789;EUR;14;99,95",
    ],
    "product": [
        "A-1;Hammer;St;12,50;8,10;20;5000;4000", "A-2;Saw blade;St;7,00;3,20;20;5000;4000", "A-3;Glue;kg;3,15;1,00;10;5001;4001",
    ],
    "invoice": [
        "R-101;K0001;17/01/2026;16/02/2026;1 200,00;200,00;EUR;PO 17",
        "R-102;K0002;18/01/2026;17/02/2026;99,50;99,50;EUR;PO 18",
        "R-103;K0001;29/01/2026;28/02/2026;15,00;0,00;EUR;PO 19",
    ],
    "payment": [
        "P-1;K0001;R-101;17/02/2026;1 000,00;EUR;SEPA",
        "P-2;K0002;R-102;19/02/2026;99,50;EUR;SEPA", "P-3;K0001;R-103;28/02/2026;15,00;EUR;SEPA",
    ],
}  # fmt: skip
FIELDS = {
    "customer": "code name address1 city postal_code country email phone vat_id currency payment_days balance",
    "product": "code name unit price cost tax_code gl_debit_account gl_credit_account",
    "invoice": "number customer issue_date due_date amount amount_remaining currency reference",
    "payment": "number customer invoice date amount currency method",
}
#: As programs and people of each country call their columns.
HEADERS = {
    "en": {
        "customer": "Customer ID;Customer name;Street;Town;Post code;Country;E-mail address;"
        "Phone no.;VAT reg. no.;Currency;Payment terms (days);Balance",
        "product": "Item no.;Item description;Unit of measure;Selling price;Cost price;VAT rate;Purchase account;Sales account",
        "invoice": "Invoice no.;Customer no.;Invoice date;Due date;Invoice total;Outstanding;Currency;Your reference",
        "payment": "Receipt no.;Customer no.;Invoice no.;Date received;Amount received;Currency;Payment method",
    },
    "fr": {
        "customer": "N° client;Nom du client;Adresse;Ville;CP;Pays;Adresse e-mail;"
        "Tél.;N° TVA intracom.;Devise;Délai de règlement;Solde",
        "product": "Réf. article;Désignation;Unité;Prix de vente HT;Prix d'achat HT;Taux TVA;Compte d'achat;Compte de vente",
        "invoice": "N° de facture;N° client;Date de facture;Date d'échéance;Total TTC;Reste à payer;Devise;Réf. commande",
        "payment": "N° règlement;N° client;N° facture;Date du règlement;Montant réglé;Devise;Mode de règlement",
    },
    "es": {
        "customer": "Cód. cliente;Nombre fiscal;Domicilio;Población;C.P.;País;E-mail;Tel.;NIF-IVA;Divisa;Plazo de pago;Saldo",
        "product": "Cód. artículo;Denominación;Unidad;"
        "Precio de venta;Precio de coste;Tipo de IVA;Cuenta de compras;Cuenta de ventas",
        "invoice": "Nº de factura;Nº de cliente;Fecha de la factura;"
        "Fecha vto.;Importe total;Importe pendiente;Moneda;Su referencia",
        "payment": "Nº de recibo;Cód. cliente;Nº factura;Fecha de cobro;Importe cobrado;Moneda;Forma de pago",
    },
    "de": {
        "customer": "Kunden-Nr.;Firma;Straße/Hausnr.;Ort;PLZ;Land;E-Mail-Adresse;"
        "Tel.-Nr.;USt-IdNr.;Währung;Zahlungsziel in Tagen;Saldo",
        "product": "Art.-Nr.;Artikelbezeichnung;Mengeneinheit;VK-Preis;EK-Preis;MwSt.-Satz;Aufwandskonto;Erlöskonto",
        "invoice": "Rechnungs-Nr.;Kunden-Nr.;Rechnungsdatum;Fällig am;Bruttobetrag;Offener Betrag;Währung;Bestellnr.",
        "payment": "Zahlungs-Nr.;Kunden-Nr.;Rechnungs-Nr.;Zahlungsdatum;Zahlbetrag;Währung;Zahlungsart",
    },
    "it": {
        "customer": "Cod. cliente;Ragione sociale;Indirizzo;Città;CAP;Paese;E-mail;"
        "Telefono;Partita IVA;Valuta;Giorni pagamento;Saldo",
        "product": "Cod. articolo;Descrizione articolo;U.M.;Prezzo vendita;Prezzo acquisto;Aliquota IVA;Conto costi;Conto ricavi",
        "invoice": "N. fattura;Cod. cliente;Data fattura;Data scadenza;Totale documento;Residuo;Valuta;Riferimento",
        "payment": "N. incasso;Cod. cliente;N. fattura;Data incasso;Importo incassato;Valuta;Modalità di pagamento",
    },
    "pt": {
        "customer": "Cód. cliente;Razão social;Morada;Localidade;Cód. postal;País;E-mail;"
        "Telefone;NIF;Moeda;Prazo de pagamento;Saldo",
        "product": "Cód. artigo;Designação;Unidade;Preço de venda;Preço de custo;Taxa de IVA;Conta de compras;Conta de vendas",
        "invoice": "N.º fatura;Cód. cliente;Data de emissão;Data de vencimento;Valor total;Valor em dívida;Moeda;Referência",
        "payment": "N.º recibo;Cód. cliente;N.º fatura;Data de pagamento;Valor pago;Moeda;Modo de pagamento",
    },
    "nl": {
        "customer": "Debiteurnr.;Bedrijfsnaam;Straat en huisnr.;Plaats;Postcode;Land;E-mailadres;"
        "Telefoonnr.;BTW-nummer;Valuta;Betalingstermijn;Saldo",
        "product": "Artikelnr.;Artikelomschrijving;Eenheid;Verkoopprijs;Inkoopprijs;BTW-tarief;Kostenrekening;Omzetrekening",
        "invoice": "Factuurnr.;Debiteurnr.;Factuurdatum;Vervaldatum;Factuurbedrag;Openstaand;Valuta;Uw referentie",
        "payment": "Betalingsnr.;Debiteurnr.;Factuurnr.;Betaaldatum;Betaald bedrag;Valuta;Betaalwijze",
    },
}  # fmt: skip


def test_headers_in_seven_languages(reader: Format, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    right, every, told = 0, 0, []
    for language, entities in HEADERS.items():
        for entity, headers in entities.items():
            path = tmp_path / f"export_{language}_20260301.csv"
            rows = [row.format(n=place) for place, row in enumerate(ROWS[entity] * 4)]
            unique = [f"{row.split(';', 1)[0]}{place};{row.split(';', 1)[1]}" for place, row in enumerate(rows)]
            path.write_text("\n".join([headers, *unique]) + "\n", encoding="utf-8")
            found = suggested(reader, path)
            (feed,) = found.feeds
            assert feed.entity == entity, f"{language}: {entity} was taken for {feed.entity}"
            read = {rule.field: rule.columns for rule in feed.rules}
            wanted = dict(zip(FIELDS[entity].split(), headers.split(";"), strict=True))
            wrong = [f"{field} = {read.get(field)}" for field, header in wanted.items() if read.get(field) != (header,)]
            right, every = right + len(wanted) - len(wrong), every + len(wanted)
            told += [f"{language} {entity}: {one}" for one in wrong]
            assert found.language == language
            assert (feed.decimal, feed.dates or ("%d/%m/%Y",)) == (",", ("%d/%m/%Y",))
    with capsys.disabled():
        print(f"\nsuggest: {right} of {every} headers in seven languages ({right / every:.0%}); wrong: {told}")
    assert right >= 0.95 * every


#: A CRM knows no accounts, which new products need: a feed that starts from its preset would not pass the check.
WITHOUT_PRESET = {"freshsales-products"}


def test_the_samples_of_presets_start_from_them(reader: Format) -> None:
    found = {}
    for told in sorted((SAMPLES / "presets").glob("*.json")):
        (feed,) = suggested(reader, told.parent / json.loads(told.read_text(encoding="utf-8"))["file"]).feeds
        found[told.stem] = feed.preset
    assert found == {name: None if name in WITHOUT_PRESET else name for name in found}


def test_a_feed_that_starts_from_a_preset_says_what_differs(reader: Format, tmp_path: Path) -> None:
    path = tmp_path / "postes_1.csv"
    path.write_text(
        "N° pièce;Code client;Type;Date pièce;Échéance;Montant TTC;Reste dû;Devise\n"
        + "".join(f"F{day};K1;FAC;{day}-01-2026;{day}-02-2026;1{day}.50;{day}.25;EUR\n" for day in range(10, 28)),
        encoding="utf-8",
    )
    found = suggested(reader, path)
    assert "    preset: my-dso-manager-items " in found.text
    assert '    dates: "%d-%m-%Y"\n    decimal: "."\n    mapping:\n      amount_remaining: ' in found.text
    assert "entity:" not in found.text


def test_words_that_a_preset_does_not_know_are_told(reader: Format, tmp_path: Path) -> None:
    path = tmp_path / "postes_1.csv"
    rows = "".join(
        f"F{day};K1;{'VIR' if day == 12 else 'FAC'};{day}/01/2026;{day}/02/2026;1{day},50;EUR\n" for day in range(10, 28)
    )
    path.write_text("N° pièce;Code client;Type;Date pièce;Échéance;Montant TTC;Devise\n" + rows, encoding="utf-8")
    (feed,) = suggested(reader, path).feeds
    assert (feed.preset, [doubt for doubt in feed.doubts if '"VIR"' in doubt] != []) == ("my-dso-manager-items", True)
    path.write_text(path.read_text(encoding="utf-8").replace("FAC", "Facture"), encoding="utf-8")
    (feed,) = suggested(reader, path).feeds
    assert feed.preset is None


def test_an_empty_column_fills_no_field_that_new_rows_need(reader: Format, tmp_path: Path) -> None:
    read = proposal(reader, tmp_path, "Code client;Raison sociale;Enseigne\n1;Alpha;\n2;Beta;\n")
    assert read["print_as"] == "Raison sociale"


def test_the_account_of_a_ledger_is_a_key_before_a_name_is(reader: Format, tmp_path: Path) -> None:
    text = "Cuenta;Título;Domicilio;Saldo (EUR);Encours\n430001;Alfa;Calle 1;1,50;3,50\n430002;Beta;Calle 2;2,50;4,50\n"
    read = proposal(reader, tmp_path, text, "clientes_1.csv")
    assert (read["code"], read["name"], read["balance"]) == ("Cuenta", "Título", "Saldo (EUR)")


def proposal(reader: Format, folder: Path, text: str, name: str = "clients_1.csv") -> dict[str, str]:
    """The columns that a file's only feed reads, by field."""
    (folder / name).write_text(text, encoding="utf-8")
    (feed,) = suggested(reader, folder / name).feeds
    return {rule.field: " + ".join(rule.columns) for rule in feed.rules if rule.columns}


def test_what_looks_like_an_email_is_no_name_and_no_phone(reader: Format, tmp_path: Path) -> None:
    read = proposal(
        reader, tmp_path, "Code;Name;Contact;Phone\n1;Alpha;a@a.example;b@b.example\n2;Beta;c@c.example;d@d.example\n"
    )
    assert read["email"] in ("Contact", "Phone")
    assert not {"last_name", "phone"} & set(read)


def test_dates_are_no_amounts_and_a_name_is_no_number(reader: Format, tmp_path: Path) -> None:
    text = "Number;Customer;Date;Amount;Total\nF1;K1;12/31/2025;01/31/2026;10.50\nF2;K2;12/30/2025;01/30/2026;11.50\n"
    read = proposal(reader, tmp_path, text, "invoices_1.csv")
    assert (read["amount"], read["issue_date"]) == ("Total", "Date")


def test_values_that_mean_yes_and_no_are_looked_up(reader: Format, tmp_path: Path) -> None:
    path = tmp_path / "clients_20260101.csv"
    path.write_text("Code;Nom;Bloqué\n1;Alpha;0\n2;Beta;0\n", encoding="utf-8")
    (feed,) = suggested(reader, path).feeds
    active = next(rule for rule in feed.rules if rule.field == "active")
    assert dict(active.values) == {"0": True, "1": False}  # the other one will come
    assert feed.files == "clients_*.csv"


def test_what_is_missing_is_said(reader: Format, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Colour;Taste\nred;sweet\nred;sour\n", encoding="utf-8")
    found = suggested(reader, path, entity="invoice")
    assert not found.whole
    assert set(found.feeds[0].missing) >= {"issue_date", "amount"}
    assert "NOT WHOLE" in found.text


def test_no_value_can_leave_its_comment(reader: Format, tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    path.write_bytes('Code;Name;"Odd\nheader: #1";no\n1;Alpha;"x\n- evil: true";\x85tenant: other\n2;Beta;y;z\n'.encode())
    text = suggested(reader, path).text
    assert "\x85" not in text
    assert not [line for line in text.splitlines() if line.lstrip().startswith(("- evil", "tenant: other"))]


FIXED = [f"{place:<8}{'Alpha ' + str(place):<22}{place * 31:>9},50" for place in range(10, 40)]


def test_text_of_fixed_width_is_proposed_by_its_positions(reader: Format, tmp_path: Path) -> None:
    path = tmp_path / "kunden.txt"
    path.write_text("\n".join(["KDNR    NAME                       SALDO", *FIXED]) + "\n", encoding="utf-8")
    found = suggested(reader, path)
    said = "format: {kind: fixed_width, encoding: ascii, header_row: 1, columns: {KDNR: 1-8, NAME: 9-17, SALDO: 18-42}}"
    assert said.partition("ascii")[2] in found.text
    assert {rule.field: rule.source for rule in found.feeds[0].rules}["balance"] == ("SALDO",)


def test_text_of_fixed_width_without_headers_is_not_guessed(reader: Format, tmp_path: Path) -> None:
    path = tmp_path / "kunden.txt"
    path.write_text("\n".join(FIXED) + "\n", encoding="utf-8")
    with pytest.raises(SenderError, match="nothing in it tells where its columns begin"):
        suggested(reader, path)


def test_a_list_of_journal_entries_is_known_without_a_preset(reader: Format, tmp_path: Path) -> None:
    found = proposal(
        reader,
        tmp_path,
        "Asiento;Fecha;Cuenta;Nombre de la cuenta;Concepto;Debe;Haber;ID de apunte\n"
        + "".join(f"{n // 2};{n:02}/05/2026;43{n:04};Clientes {n};Factura {n};{n},50;0,00;A{n}\n" for n in range(10, 28)),
        "diario_2026.csv",
    )
    assert {field: found[field] for field in ("number", "date", "account", "debit", "credit")} == {
        "number": "Asiento", "date": "Fecha", "account": "Cuenta", "debit": "Debe", "credit": "Haber",
    }  # fmt: skip
