"""The words by which totals and footers are told, in the languages of accounting systems, and the signs of comments."""

from __future__ import annotations

import re

#: What a cell is that may be part of a sum, whatever its marks.
NUMBER = (
    r"^\s*[-+−(]?\s*(?:[A-Z]{3}|[$€£¥₣])?\s*[-+−]?[0-9](?:[0-9.,'’  ]*[0-9])?[.,]?\s*"
    r"(?:[A-Z]{3}|[$€£¥₣%]|[SHDC]|CR|DR)?\s*[-)]?\s*$"
)
_BEFORE = r"(?:grand|gran|sub|sous|over|report|page|group|montant|importe)"
_WORDS = (
    r"(?:sub|grand|sous|zwischen|gesamt|end|over|eind|tussen)?[\s-]*"
    r"(?:totals?|totaux|total[ei]|totaal|totalen|summen?|sum|suma|sumas|somm[ae]|soma|saldo total|razem|og[oó][lł]em|podsumowanie"
    r"|celkem|spolu|[oö]sszesen|toplam|ukupno|skupaj|summa|yhteens[aä]|итого|всего|сумма|разом|σ[υύ]νολο|合计|总计|小计|合計|総計|小計)"
)
#: A cell that says that its record is a total: the word alone, or with what it is a total of behind it.
TOTAL = rf"(?i)^[\s*=_#-]*(?:{_BEFORE}[\s-]+)?{_WORDS}(?:$|[^\p{{L}}\p{{N}}].*$)"
#: The word alone, so that nothing else can be meant.
TOTAL_ALONE = (
    rf"(?i)^[\s*=_#-]*(?:{_BEFORE}[\s-]+)?{_WORDS}"
    r"(?:[\s-]+(?:general[e]?|g[eé]n[eé]ral|geral|ht|ttc|amount|due))?[\s:.*=_-]*$"
)
#: The beginning of a cell that says how a file was made, on which page it stands, or that it ends.
FOOTER = (
    r"(?i)^[\s*=_#<\[(-]*(?:"
    r"(?:report|list|file|export|data|document|run|query)\b.{0,30}\b(?:created|generated|printed|produced|exported|run|ended?)\b"
    r"|(?:created|generated|printed|produced|exported|extracted|downloaded)\s+(?:on|at|by|from|with)\b"
    r"|pages?\s*:?\s*[0-9]+(?:\s*(?:of|/|de|von|sur|di|van)\s*[0-9]+)?\s*$|(?:seite|página|pagina|strona|sida)\s*:?\s*[0-9]+\b"
    r"|(?:end|fin|ende|fine|fim|einde|koniec)\s+(?:of|du|de|des|del|di|da|van|der)\s+(?:the\s+)?"
    r"(?:report|file|list|data|export|rapport|fichier|berichts?|datei|liste|informe|archivo|listado|rapporto|elenco|relatório|bestand)"
    r"|(?:g[ée]n[ée]r[ée]e?|cr[ée][ée]e?|[ée]dit[ée]e?|imprim[ée]e?|export[ée]e?|extrait)\s+(?:le|par|du|depuis)\b"
    r"|(?:erstellt|gedruckt|exportiert|erzeugt)\s+(?:am|von|um|durch|mit)\b|stand\s*:\s*[0-9]"
    r"|(?:generado|creado|impreso|exportado)\s+(?:el|por|en)\b|(?:generato|creato|stampato|esportato)\s+(?:il|da|con)\b"
    r"|(?:gerado|criado|impresso|exportado)\s+(?:em|por)\b|(?:afgedrukt|gemaakt|aangemaakt|geëxporteerd)\s+(?:op|door|met)\b"
    r"|(?:number of|total)?\s*(?:records?|rows?|lines?|entries|transactions)\s*(?:count|total|exported|printed|selected)?"
    r"\s*[:=]\s*[0-9]+"
    r"|(?:nombre de|anzahl|número de|numero di|aantal)\s+\p{L}+\s*[:=]?\s*[0-9]+"
    r"|\(?[0-9]+\s+(?:records?|rows?|lines?|entries|lignes?|enregistrements?|zeilen|datensätze|filas|registros|righe|linhas"
    r"|regels)"
    r"(?:\s+(?:exported|affected|selected|printed|found))?\)?\s*[.*=-]*$"
    r"|(?:eof|end|fin|ende|fine|fim)\s*[\s*=_>\])-]*$"
    r"|copyright|©|confidential\b|confidentiel\b|vertraulich\b"
    r")"
)
#: Nothing but signs, as lines that are drawn.
RULE = r"^[\s*=_+|~.-]{3,}$"
#: What a spreadsheet shows for a cell without a value: no comment, though it begins like one.
NO_COMMENT = re.compile(
    r"#(?:N/A|NV|REF|VALUE|WERT|DIV/0|NAME|NULL|NUM|GETTING_DATA|SPILL|CALC|BEZUG|ZAHL|VALEUR|NOMBRE)\b[!?]?", re.I
)
COMMENT, COMMENT_COLUMN = "#", "donotimport"
