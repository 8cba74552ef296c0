"""Companies, streets, towns and remarks as exports in many languages hold them, and files made of them."""

from __future__ import annotations

import random

#: Language → texts, with ``|`` between them.
_TEXTS = {
    "cs": "Dvořák a synové s.r.o.|Příbramská strojírna|Náměstí Míru 12|České Budějovice|Žižkov|Hradec Králové|"
    "Účetní závěrka|Pekařství U Růže|Šťastný & Novák|Úhrada přijata|Zaplaceno včas|Jiří Kučera|Božena Němcová|"
    "ŠKODA TÝNEC A.S.|Děčín|Třebíč|Kroměříž|Faktura č. 2024/17|Dlouhá třída 5|Královéhradecký kraj|Ostrava|Brno|"
    "Obchodní dům Bílá labuť|PLZEŇ",
    "sk": "Košické železiarne|Ľubomír Štúr|Námestie slobody 3|Žilina|Dunajská Streda|Trenčín|Účtovníctvo Kováč|Bratislava|"
    "Zľava za včasnú úhradu|Považská Bystrica|Šaľa|Nové Mesto nad Váhom|Ján Ďurica|Pekáreň Zlatý klas|Hlavná ulica 8|"
    "Zvolen|Mäsiarstvo Horváth|Vysoké Tatry|Kúpele Piešťany|POĽNOHOSPODÁR A.S.",
    "pl": "Spółka z ograniczoną odpowiedzialnością|Łódź|Gdańsk|Kraków|Wrocław|ul. Świętokrzyska 12|Zakład Usługowy Żuraw|"
    "Płatność przelewem|Białystok|Częstochowa|Należność główna|Krzysztof Wójcik|Małgorzata Dąbrowska|"
    "Księgowość Źródło|Poznań|Rzeszów|POŁUDNIE SPÓŁKA JAWNA|Zielona Góra|Faktura VAT nr 7|Warszawa|Odsetki za zwłokę|"
    "Piekarnia Pod Lwem|Hurtownia Książek",
    "hu": "Győri Keksz Kft.|Székesfehérvár|Nyíregyháza|Petőfi Sándor utca 4|Építőipari Zrt.|Fizetési határidő|"
    "Szűcs és Társa Bt.|Kovács Józsefné|Hódmezővásárhely|Könyvelő Iroda|Tükörfúró Művek|Pécs|Őrbottyán|Budapest|"
    "Utánvétes küldemény|Élelmiszer|MAGYAR GÉPGYÁR RT.|Szolnok|Debrecen|Tőkehal Vendéglő|Üzemanyag",
    "ru": "ООО Ромашка|ЗАО Северный ветер|Москва|Санкт-Петербург|улица Ленина, 15|Нижний Новгород|Оплата по счёту|"
    "ИП Кузнецов А.В.|Екатеринбург|Торговый дом Восток|ПАО Газпром|ОАО Уралмаш|Ростов-на-Дону|Задолженность погашена|"
    "Щёлково|площадь Революции 3|Юлия Эдуардовна|Производственный кооператив Заря|Объединённая хлебная компания|"
    "Казань|МУП ВОДОКАНАЛ",
    "uk": "ТОВ Зоря|Київ|Львів|Одеса|вулиця Шевченка, 7|Івано-Франківськ|Оплата рахунку|ПрАТ Українська ковбаса|"
    "Єлизавета Ткаченко|Харків|Чернігів|Їжакевич Олексій|Запоріжжя|Хмельницький|площа Ринок 1|Борг погашено|Житомир|"
    "Фабрика меблів|ҐАЗДА",
    "bg": "София|Пловдив|Варна|ул. Цар Освободител 5|ЕТ Иван Петров|Фактура за доставка|Млекарна Родопи ООД|Велико Търново|"
    "Бургас|Строителна компания АД|Русе|Плащане по банков път|Щастливеца|Йорданка Георгиева|Ямбол|Чепеларе|"
    "Хранителни стоки|Жълтуша",
    "el": "Αθήνα|Θεσσαλονίκη|Οδός Ερμού 15|Εταιρεία Τροφίμων Α.Ε.|Παπαδόπουλος & Υιοί|Ηράκλειο|Πάτρα|Τιμολόγιο πώλησης|"
    "Κρήτη|Ξενοδοχείο Άγιος Νικόλαος|Εξόφληση λογαριασμού|Ιωάννινα|Γεώργιος Χατζής|Οφειλή πελάτη|Λάρισα|"
    "Ψαραγορά Πειραιά|ΒΙΟΜΗΧΑΝΙΑ|Καφεκοπτείο Λουμίδης|Ρόδος|Ωραιόκαστρο|Εισαγωγές Φαρμάκων",
    "tr": "İstanbul|Şişli Ticaret Odası|Çağrı Gıda A.Ş.|Eskişehir|Güneş Dış Ticaret|Öztürk Kardeşler|Kadıköy|Diyarbakır|"
    "Muğla|Ödeme alındı|Çeşme|Bağdat Caddesi 12|Işık Elektrik|Ümraniye|Yıldız İnşaat Ltd. Şti.|Kırşehir|Ankara|İzmir|"
    "Beşiktaş|Niğde|Müşteri borcu|GÜVEN SİGORTA",
    "fr": "Société Générale|Crédit Lumière|Boulangerie du Château|12, allée des Érables|Orléans|Besançon|Échéance dépassée|"
    "Réglé|Bâtiment Préfabriqué S.A.|Hôtel de la Forêt|Être et Avoir|Coeur de ville|Garçon & Fils|Nîmes|N° 5|Montréal|"
    "Impayé|ÉTABLISSEMENTS LEFÈVRE|Noël Lévêque|Pâtisserie Maïté|Où est la facture|Brûlerie|L’Île d’Yeu|Paris|"
    "À régler",
    "es": "Construcciones Muñoz S.A.|Málaga|Logroño|Calle de Alcalá 7|Camión y Compañía|Cádiz|Dirección General|"
    "Facturación|España|Año Nuevo|Peña Hermanos|Jaén|Panadería San José|Área Metropolitana|"
    "Avenida de la Constitución|Pagaré|Líneas Aéreas|¿Pagado?|COMPAÑÍA ESPAÑOLA|Güímar|Núñez e Hijos|Mérida|León",
    "de": "Müller & Söhne GmbH|Straße des 17. Juni|München|Köln|Düsseldorf|Bäckerei Schröder|Fälligkeit überschritten|"
    "Gebühren|Österreich|Zürich|Würzburg|Großhandel Weiß|Überweisung|Jürgen Groß|Grünstraße 4|Lüdenscheid|"
    "Königsallee|Währung Euro|SCHÄFER BÜROBEDARF|Ärztekammer|Hamburg|Fußpflege",
    "pt": "São Paulo|Construções Conceição|Avenida da República|Brasília|Goiânia|João Pessoa|Transações|"
    "Padaria Três Irmãos|Comércio de Maçãs|Évora|Guimarães|Crédito concedido|Leilões|Órgão público|"
    "Irmãos Gonçalves Ltda.|Ribeirão Preto|Belém|COMÉRCIO E INDÚSTRIA|Técnico|Função|Cobrança",
    "it": "Società per Azioni|Forlì|Città di Castello|Caffè Centrale|Perché no|Cantù|Può attendere|Attività commerciale|"
    "È scaduta|Proprietà Bellomì|Libertà|Qualità e Bontà S.r.l.|Più Gelato|Venerdì|Viale della Libertà 9|Mondovì|"
    "Università|Metà prezzo",
    "ro": "Bucureşti|Iaşi|Timişoara|Braşov|Constanţa|Strada Ştefan cel Mare 4|Societatea Comercială Unirea|"
    "Plată întârziată|Bacău|Câmpulung|Piteşti|Brutăria Pâine şi Sare|Factură achitată|Înălţimea|Râmnicu Vâlcea|"
    "Agenţia Naţională|Mureş|Ţiriac",
    "lt": "Šiauliai|Klaipėda|Panevėžys|Žemaičių kredito unija|Ąžuolas ir partneriai|Gedimino prospektas 9|Įmonė skolinga|"
    "Vilnius|Mokėjimas gautas|Kėdainiai|Žalgiris|Ūkininkų bendrovė|Marijampolė|Druskininkų gėlės|Čiurlionio gatvė|"
    "Tauragė|Elektrėnai",
    "lv": "Rīga|Daugavpils|Liepāja|Brīvības iela 12|Jūrmala|Rēzekne|Apmaksāts laikā|Bērziņš un dēli|Ķekava|Cēsis|Ventspils|"
    "Siguldas maiznīca|Jēkabpils|Ļoti labi|Ģimenes ārsts|Žanis Kalniņš|Čakstes laukums|Šķirotava|Ogre",
    "et": "Põltsamaa|Pärnu|Jõhvi|Võru|Tööstuse tänav 4|Hõbe Äri OÜ|Võlgnevus tasutud|Rõõmus Pagar|Käibemaks|Ülikooli|"
    "Müük ja ost|Šokolaadivabrik|Jüri Järv|Mäe talu|Tõnu Õunapuu|Narva|Kärdla",
    "sv": "Göteborg|Malmö|Västerås|Örebro|Åkerlund & Söner AB|Förfallen faktura|Östersund|Jönköping|Kungsgatan 4|"
    "Bröderna Ågren|Skärholmen|Företagsvägen 8|Räntekostnad|Linköping|Umeå|Självrisk|Händelö|Älmhult|"
    "BYGGNADS FÖRVALTNING|Luleå",
    "da": "København|Århus|Sønderborg|Møllers Bageri|Ålborg|Nørregade 3|Kundeværdi|Frederikshavn|Brødrene Kjær|Rødovre|"
    "Færøerne|Betalt før tid|Sæby|Østerbro|Grønlandske Værksteder|Hillerød|Æblegården",
    "fi": "Jyväskylä|Hämeenlinna|Seinäjoki|Mäkinen Oy|Eräpäivä|Järvenpää|Öljynjalostamo|Pääkatu 8|Ääniraita|Lähetys|"
    "Työkalut|Maksettu myöhässä|Riihimäki|Lehtimäki ja pojat|Hyvinkää|Länsi-Savo",
    "hr": "Šibenik|Čakovec|Požega|Đakovo|Kraljevića Marka 5|Račun plaćen|Željko Horvat|Varaždin|Tvornica Šećera|"
    "Osiječka cesta|Županja|Poduzeće Ćiro|Trgovačko društvo|Međimurje|Kreditna unija Štednja|Zagreb",
    "en": "Café Royal|Zoë Brontë Ltd|Büchler & Sons|Men’s Wear|£ 100 deposit|São Paulo office|Señor Taco|Crème Brûlée Co.|"
    "Résumé Writers|O’Brien’s Bakery|Naïve Art|50 % – paid|London|Invoice overdue|Jürgen’s Deli|Beyoncé Fashion",
}  # fmt: skip
TEXTS: dict[str, list[str]] = {language: texts.split("|") for language, texts in _TEXTS.items()}


def export(language: str, lines: int, chance: random.Random) -> str:
    """Given a language, how many lines below the header, and chance; returns a delimited file as text."""
    texts = TEXTS[language]
    rows = [
        f"{number};{chance.choice(texts)};{chance.choice(texts)};{chance.randrange(10**6) / 100:.2f};2024-01-17"
        for number in range(1, lines + 1)
    ]
    return "\r\n".join(["Code;Name;City;Amount;Date", *rows, ""])
