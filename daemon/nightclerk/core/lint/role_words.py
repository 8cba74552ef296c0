"""Words of headers in seven languages (en fr es de it pt nl), in lower case without accents."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Codes and numbers that are no amounts.
CODE = _words("""
    code codes number no nr nbr num nummer numero nro id ids key cle clave chave chiave sleutel schluessel schlussel
    codigo codice kode identifier identifiant identificador identificativo matricule ref reference referencia referenz
    riferimento referentie kunnr folio compte konto account cuenta conto conta rekening zip postal postcode plz
    postleitzahl cap cp sku ean
""")
CODE_ENDINGS = ("nummer", "nr", "code", "schluessel", "schlussel", "kennung", "leitzahl")
#: What such a code is of, where no two rows need differ in it.
OF_OTHERS = _words("""
    phone telephone tel telefon telefono telefone telefoon fax mobile mobil portable movil vat tva iva mwst ust btw uid
    tax iban bic swift zip postal postcode postleitzahl plz cap cp siren siret country pays land pais paese currency
    devise moneda valuta waehrung wahrung house bank banque banco banca payment paiement pago terms status statut state
    category categorie categoria kategorie group groupe gruppe grupo gruppo department line ligne linea zeile of de
    quantity days journal type kind unit service detailed expenditure expense cost purchase po blz bankleitzahl ledger
""")
NAME = _words("""
    name names nom nombre nome naam firma company entreprise empresa societe azienda ditta bedrijf raison razon ragione
    razao denominacion denominazione denomination supplier vendor fournisseur proveedor lieferant fornitore fornecedor
    leverancier customer client cliente kunde klant debiteur debitor
""")
#: With these beside it, what is a code elsewhere is a name: the "Account name".
NAME_ITSELF = _words("name names nom nome naam lib libelle label")
NAME_ENDINGS = ("name", "naam")
#: Names of persons and of things that come again and again.
NO_NAME = _words("""
    first last given family vorname nachname prenom apellido apellidos voornaam achternaam cognome sobrenome contact
    contacto kontakt contatto user file short type since depuis country pays status statut group service body label
    category account email mail phone date
""")
NO_NAME_ENDINGS = ("vorname", "nachname", "voornaam", "achternaam", "surname", "username", "filename", "nickname", "forename")
EMAIL = _words("email emails mail courriel correo correio mel")
VAT = _words("vat tva iva mwst ust ustid ustidnr ustidnummer umsatzsteuer uid btw btwnummer")
AMOUNT = _words("""
    amount amt betrag montant importe importo bedrag valor total sum somme summe suma balance saldo solde price prix
    preis precio prezzo preco prijs cost debit credit soll haben debe haber dare avere net gross brut netto brutto limit
    plafond qty quantity menge quantite cantidad quantita quantidade aantal bal paid due
""")
AMOUNT_ENDINGS = ("betrag", "preis", "bedrag", "saldo")
