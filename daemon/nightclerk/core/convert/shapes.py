"""Shapes of addresses and words that both the converters of columns and the check of constants hold to.

The expressions mean the same to Python's ``re`` and to polars.
"""

from __future__ import annotations

LONGEST_EMAIL = 254
_ATOM = r"[^\s\x00-\x1f\x7f-\x9f@.,;:<>()\[\]\"\\]+"
_LABEL = r"[^\W_](?:[\w-]*[^\W_])?"
EMAIL = rf"^{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}$"

_HOST = r"[^\W_](?:[\w.-]*[^\W_])?"
_REST = r"(?::[0-9]{1,5})?(?:[/?#][^\s\x00-\x1f\x7f-\x9f<>\"]*)?"
URL = rf"^(?:(?i:https?|ftp)://{_HOST}|(?i:www)\.[\w-]+\.{_HOST}){_REST}$"

#: Words for yes and no, lower-cased, in the languages whose exports are read: en fr es de it pt nl.
YES = "1 x true t yes y on vrai v oui o sí si s verdadero wahr w ja j vero sì verdadeiro sim waar"
NO = "0 false f no n off faux non falso falsch nein não nao onwaar nee"
WORDS: dict[str, bool] = {**dict.fromkeys(YES.split(), True), **dict.fromkeys(NO.split(), False)}
