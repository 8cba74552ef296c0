"""Signs of currencies that stand beside amounts, frozen here like ``codes``: what each may mean.

A test compares them with Babel's data and fails when they drift apart. No single letters: they would be found within DR and CR,
and S, H, D and C stand beside amounts for sides of accounts. No polars here.
"""

from __future__ import annotations

import re

from nightclerk.core.convert.codes import CURRENCIES

_SIGNS = {
    "$": "ARS AUD BMD BND BRL BZD CAD CLP COP CUP DOP FJD HKD MOP MXN NAD NIO NZD SBD SGD SRD TOP TTD TWD USD UYU WST XCD",
    "$AR": "ARS", "$AU": "AUD", "$BM": "BMD", "$BN": "BND", "$BZ": "BZD", "$CA": "CAD", "$CL": "CLP", "$CO": "COP",
    "$FJ": "FJD", "$MX": "MXN", "$NA": "NAD", "$NZ": "NZD", "$SB": "SBD", "$SG": "SGD", "$SR": "SRD", "$TT": "TTD",
    "$US": "USD", "$UY": "UYU", "$WS": "WST", "A$": "AUD", "AU$": "AUD", "Afl.": "AWG", "Ar": "MGA", "B/.": "PAB",
    "Br": "BYN", "Bs": "BOB", "Bs.S": "VES", "C$": "CAD NIO", "CA$": "CAD", "CF": "KMF", "CFPF": "XPF", "CN¥": "CNY",
    "Cg.": "XCG", "Db": "STN", "EC$": "XCD", "F CFA": "XOF", "FBu": "BIF", "FC": "CDF", "FCFA": "XAF", "FCFP": "XPF",
    "FG": "GNF", "FJ$": "FJD", "Fdj": "DJF", "Ft": "HUF", "GH₵": "GHS", "HK$": "HKD", "JP¥": "JPY", "KM": "BAM", "Ksh": "KES",
    "Kz": "AOA", "Kč": "CZK", "Lekë": "ALL", "MOP$": "MOP", "MTn": "MZN", "MX$": "MXN", "NT$": "TWD", "NZ$": "NZD",
    "Nfk": "ERN", "Nu.": "BTN", "R$": "BRL", "RD$": "DOP", "RF": "RWF", "RM": "MYR", "Rp": "IDR", "Rs": "INR LKR MUR NPR PKR SCR",
    "S/": "PEN", "SI$": "SBD", "SR": "SAR SCR", "T$": "TOP", "TSh": "TZS", "US$": "USD", "USh": "UGX", "kr": "DKK ISK NOK SEK",
    "kr.": "DKK ISK NOK SEK", "soʻm": "UZS", "zł": "PLN", "£": "FKP GBP GIP LBP SSP", "£FK": "FKP", "£GB": "GBP",
    "£GI": "GIP", "£LB": "LBP", "¥": "CNY JPY", "ден.": "MKD", "лв.": "BGN", "сом": "KGS", "֏": "AMD", "؋": "AFN",
    "أ.م.": "MRU", "ج.س.": "SDG", "ج.م.": "EGP", "د.أ.": "JOD", "د.إ.": "AED", "د.ب.": "BHD", "د.ت.": "TND", "د.ج.": "DZD",
    "د.ع.": "IQD", "د.ك.": "KWD", "د.ل.": "LYD", "د.م.": "MAD", "ر.س.": "SAR", "ر.ع.": "OMR", "ر.ق.": "QAR", "ر.ي.": "YER",
    "ریال": "IRR", "ل.س.": "SYP", "ل.ل.": "LBP", "ރ.": "MVR", "नेरू": "NPR", "৳": "BDT", "රු.": "LKR", "฿": "THB",
    "ብር": "ETB", "៛": "KHR", "₡": "CRC", "₩": "KRW", "₪": "ILS", "₫": "VND", "€": "EUR", "₭": "LAK", "₮": "MNT", "₱": "PHP",
    "₲": "PYG", "₴": "UAH", "₸": "KZT", "₹": "INR", "₺": "TRY", "₼": "AZN", "₽": "RUB", "₾": "GEL", "￥": "CNY JPY",
}  # fmt: skip
#: Written, but in none of the library's tables.
_ALSO = {
    "Fr.": "CHF", "SFr.": "CHF", "Rs.": "INR LKR MUR NPR PKR SCR", "lei": "MDL RON", "TL": "TRY", "kn": "HRK", "din.": "RSD",
    "дин.": "RSD", "руб.": "BYN RUB", "руб": "BYN RUB", "грн.": "UAH", "грн": "UAH", "лв": "BGN", "د.إ": "AED", "ر.س": "SAR",
    "円": "JPY", "元": "CNY HKD TWD", "원": "KRW",
}  # fmt: skip

#: Sign → the codes it may mean.
SIGNS: dict[str, frozenset[str]] = {sign: frozenset(codes.split()) for sign, codes in {**_SIGNS, **_ALSO}.items()}
#: Signs that alone, where a currency is asked for, mean one: all that can mean no other, and the pound for sterling.
MEANT: dict[str, str] = {sign: min(codes) for sign, codes in SIGNS.items() if len(codes) == 1} | {"£": "GBP"}

_BY_LENGTH = sorted(SIGNS, key=lambda sign: (-len(sign), sign))


def _any_of(signs: list[str]) -> str:
    return "|".join(re.escape(sign) for sign in signs)


_CODES = "|".join(sorted(CURRENCIES))
_LETTERED = [sign for sign in _BY_LENGTH if sign[-1].isalpha() or sign[-1] == "."]
#: Shapes of a currency before a number: one that ends in a letter or dot, where a number may not begin with its decimal mark,
#: and any other.
LETTERED = (
    f"(?:{_any_of([sign for sign in _LETTERED if len(sign) > 3])}|{_CODES}|{_any_of([s for s in _LETTERED if len(s) <= 3])})"
)
SYMBOL = f"(?:{_any_of([sign for sign in _BY_LENGTH if sign not in _LETTERED])})"
#: The shape of any currency.
CURRENCY = f"(?:{_any_of([s for s in _BY_LENGTH if len(s) > 3])}|{_CODES}|{_any_of([s for s in _BY_LENGTH if len(s) <= 3])})"
