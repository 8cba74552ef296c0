"""The words by which totals and footers are told, in the languages of accounting systems, and the signs of comments."""

from __future__ import annotations

import re

from nightclerk.core.convert.currency_signs import CURRENCY
from nightclerk.core.convert.marks import SPACES

#: What a cell is that may be part of a sum, whatever its marks.
NUMBER = (
    rf"^\s*[-+−(]?\s*(?:{CURRENCY})?\s*[-+−]?\p{{Nd}}(?:[\p{{Nd}}.,'’ʼ٫٬{SPACES}]*\p{{Nd}})?[.,]?\s*"
    rf"(?:{CURRENCY}|[%SHDC]|CR|DR)?\s*[-)]?\s*$"
)
_BEFORE = (
    r"(?:grand|gran|sub|sous|over|report|page|group|montant|importe|genel|ara|pavisam|kaikki|iš|viso|γενικ[όο]|всего|общ(?:ая|ий)"
    r"|загальна|ukupan|úhrnem)"
)
_WORDS = (
    r"(?:sub|grand|sous|zwischen|gesamt|end|over|eind|tussen|slut|mind|sve|üld|vahe|väli|loppu|mór-|fo-|is-|cyfan)?[\s-]*"
    r"(?:totals?|totaux|total[eitu]|totaal|totalen|totalt|summen?|sum|suma|sumas|somm[ae]|soma|saldo total"
    r"|razem|og[oó][łl]em|podsumowanie|suma końcowa|celkem|celkom|spolu|sou[cč]et|s[uú][cč]et"
    r"|[oö]sszesen|v[eé]g[oö]sszeg|toplam|ukupno|skupaj|skupno|znesek skupaj|summa|yhteens[aä]|kokku|kop[aā]|viso|samtals"
    r"|guztira|iomlán|cyfanswm|gjithsej|shuma totale|i alt|samlet|totalsumma"
    r"|итого|всего|сумма|разом|усього|всього|сума|общо|всичко|укупно|свега|вкупно|σ[υύ]νολ[οα]"
    r"|סה[\"״]?כ|סך הכל|المجموع|مجموع|الإجمالي|الاجمالي|إجمالي|اجمالي|جمع|कुल|योग|कुल योग|รวม|รวมทั้งสิ้น|ยอดรวม|tổng cộng|cộng|tổng"
    r"|合计|总计|小计|总金额|合計|総計|総合計|小計|總計|总额|합계|총계|소계|총합계|jumlah)"
)
#: A cell that says that its record is a total: the word alone, or with what it is a total of behind it.
TOTAL = rf"(?i)^[\s*=_#-]*(?:{_BEFORE}[\s-]+)?{_WORDS}(?:$|[^\p{{L}}\p{{N}}].*$)"
#: The word alone, so that nothing else can be meant.
TOTAL_ALONE = (
    rf"(?i)^[\s*=_#-]*(?:{_BEFORE}[\s-]+)?{_WORDS}"
    r"(?:[\s-]+(?:general[e]?|g[eé]n[eé]ral|geral|ht|ttc|amount|due|orokorra|ġenerali|kopā|vse|ogółem|kopsumma|όλων))?[\s:.*=_-]*$"
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
