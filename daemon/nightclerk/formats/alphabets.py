"""The code pages that each language is written in, and its letters.

The letters are counted in CLDR's names of countries, languages, scripts, currencies, months and days;
``python -m tests.drift.alphabets`` prints them, and a test compares them with what Babel has.
"""

from __future__ import annotations

_WESTERN = ("cp1252", "iso8859-15", "iso8859-1", "cp850", "cp858", "cp437", "mac-roman")
_CENTRAL = ("cp1250", "iso8859-2", "cp852", "mac-latin2")
_SOUTH_SLAVIC = ("cp1250", "iso8859-2", "cp852", "mac-latin2", "mac-croatian")
_CYRILLIC = ("cp1251", "iso8859-5", "cp866", "cp855", "mac-cyrillic")
_NORDIC = (*_WESTERN, "cp865")
_BALTIC = ("cp1257", "iso8859-13", "iso8859-4", "cp775", "mac-latin2")

#: Language → its code pages, those that are likelier first: Windows, ISO, DOS, Mac.
CODE_PAGES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("en", "fr", "es", "de", "it", "nl", "ca", "eu", "gl", "ga"), _WESTERN),
    "pt": (*_WESTERN, "cp860"),
    **dict.fromkeys(("da", "nb", "nn", "no", "sv", "fi"), _NORDIC),
    "is": (*_WESTERN, "cp861", "mac-iceland"),
    "et": (*_BALTIC, "cp1252", "iso8859-15"),
    **dict.fromkeys(("lv", "lt"), _BALTIC),
    **dict.fromkeys(("pl", "cs", "sk", "hu"), _CENTRAL),
    **dict.fromkeys(("sl", "hr", "bs"), _SOUTH_SLAVIC),
    "ro": (*_CENTRAL, "mac-romanian"),
    "sq": (*_WESTERN, *_CENTRAL),
    "ru": (*_CYRILLIC, "koi8-r"),
    "bg": _CYRILLIC,
    "be": _CYRILLIC,
    "mk": _CYRILLIC,
    "sr": (*_CYRILLIC, *_SOUTH_SLAVIC),
    "uk": (*_CYRILLIC, "cp1125", "koi8-u"),
    "el": ("cp1253", "iso8859-7", "cp737", "cp869", "mac-greek"),
    "tr": ("cp1254", "iso8859-9", "cp857", "mac-turkish"),
    "he": ("cp1255", "iso8859-8", "cp862"),
    "ar": ("cp1256", "iso8859-6", "cp720"),
    "fa": ("cp1256",),
    "cy": ("iso8859-14", *_WESTERN),
    "mt": ("iso8859-3",),
    "th": ("cp874", "tis-620", "iso8859-11"),
    "vi": ("cp1258",),
    "hi": (),  # never had one that others could read
}
#: The same where a character takes one byte or several.
WIDE_CODE_PAGES: dict[str, tuple[str, ...]] = {
    "ja": ("cp932", "euc_jp"),
    "ko": ("cp949",),
    "zh": ("gb18030", "cp950"),
}

#: Language → its letters beyond ASCII, the most frequent first: CLDR's exemplar characters, and those that old code pages have
#: in their place (Romanian letters with a cedilla instead of a comma). In English all are rare and come with names.
LETTERS: dict[str, str] = {
    "en": "éèüöçáíñóäàêôëïâåøæúîùûœ",
    "fr": "éèàêçôâîùûœïëüÿæ",
    "es": "óíáéñúüç",
    "de": "üäößé",
    "it": "àèùòéìîóí",
    "nl": "ëéïöüèáóç",
    "ca": "óàèíéçòúïü",
    "eu": "ñçü",
    "gl": "óáíéñúüïç",
    "ga": "áíéóú",
    "pt": "ãçáéóíêõâúôàü",
    "da": "øåæéöäü",
    "nb": "øåæéòôóöäü",
    "nn": "øåæéòôóöäü",
    "no": "øåæéòôóöäü",
    "sv": "äöåéàü",
    "fi": "äöåšž",
    "is": "íáðóéöúæýþ",
    "et": "äõüöšž",
    "lv": "āīēšūņļķžģčŗō",
    "lt": "ėšųįžąčūęéó",
    "pl": "łóęąśżćńź",
    "cs": "íáéěřčžýšůúóňťďöüä",
    "sk": "áíéčýžšúóľťôňďäŕĺěöü",
    "hu": "áéóöőíüúű",
    "sl": "čšžćđ",
    "hr": "čšžćđ",
    "bs": "čšžćđ",
    "ro": "ăîşţșțâéö",
    "sq": "ëç",
    "ru": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
    "bg": "аиоентрсвлкдпмзгяъубчцжщхйшфюь",
    "be": "аніеорслктвядымупзбўьгчйшжхцюэёф",
    "mk": "аоиетнрсвдклпмујзбгчшцжњќхфѓљѕџ",
    "sr": "аоиенрсјтуквдмлпзгбшчцжњћхљђџфčšžćđ",
    "uk": "оанивіертслкдмупязьбгчйхїцжшюєщфґ",
    "el": "αοιετσνηυρπκμςλωόίάήέύώγδχθφβξζψϊΐϋΰ",
    "tr": "ıüşçöğİâîûé",
    "he": "יוהלארתבמשנכעדםחקפסטגצןזךףץ",
    "ar": "اليمونرتبةعدسفهكقأحجشطصىخإذثئضزءغظآؤ",
    "fa": "اونرلمتسکبدهگزپجفشآئقچغعژخحصطذثضظأؤيك",
    "cy": "âŵŷôêîûéïöäëáíóàèüãåç",
    "mt": "żċġħéàòçùíèìâêîôû",
    "th": "าเรนอกลมยโตซวดบสคงปแชหทฟะจไฮพใณธศษถฐญฤขภฝฉฏฑำฬฎ",
    "vi": "đôâáàươíêóúéăùåçü",
    "hi": "",
}
