"""What currencies in use are called in the seven languages of the files, one and many, folded as ``folding.fold`` does, frozen
here like ``codes``.

A test compares the names with Babel's data and fails when they drift apart. Imported only where a currency is read.
"""

from __future__ import annotations

_NAMES = """
AED: dirham de los emiratos arabes unidos, dirham degli eau, dirham degli emirati arabi uniti, dirham des emirats arabes unis,
dirham dos eau, dirham dos emirados arabes unidos, dirhams de los emiratos arabes unidos, dirhams des emirats arabes unis, dirhams
dos eau, uae dirham, uae dirhams, united arab emirates dirham, vae dirham, verenigde arabische emiraten dirham; AFN: afegane
afegao, afeganes afegaos, afgani afgano, afganis afganos, afghaanse afghani, afghan afghani, afghan afghanis, afghani, afghani
afghan, afghanis afghan, afghanische afghani, afghanischer afghani; ALL: albanese lek, albanian lek, albanian leke, albanische
lek, albanischer lek, lek albanais, lek albanes, lek albanese, leke albanesi, leks albanais, leks albaneses; AMD: armeense dram,
armenian dram, armenian drams, armenische dram, armenischer dram, dram armeni, dram armenien, dram armenio, dram armeno, drams
armeniens, drams armenios; AOA: angolan kwanza, angolan kwanzas, angolanische kwanza, angolanischer kwanza, angolese kwanza,
kuanza angoleno, kuanzas angolenos, kwanza angolais, kwanza angolano, kwanzas angolais, kwanzas angolani, kwanzas angolanos; ARS:
argentijnse peso, argentine peso, argentine pesos, argentinische pesos, argentinischer peso, peso argentin, peso argentino, pesos
argentini, pesos argentinos, pesos argentins; AUD: australian dollar, australian dollars, australische dollar, australischer
dollar, dolar australiano, dolares australianos, dollar australien, dollari australiani, dollaro australiano, dollars australiens;
AWG: aruba florin, arubaanse gulden, aruban florin, fiorini di aruba, fiorino di aruba, florim arubano, florin arubais, florin
arubeno, florines arubenos, florins arubais, florins arubanos; AZN: aserbaidschan manat, azerbaijani manat, azerbaijani manats,
azerbeidzjaanse manat, manat azerbaiyano, manat azeri, manat azero, manats azerbaiyanos, manats azeris; BAM: bosnia herzegovina
convertible mark, bosnia herzegovina convertible marks, bosnische convertibele mark, konvertible mark bosnien und herzegowina,
marchi convertibili della bosnia herzegovina, marco conversivel da bosnia e herzegovina, marco convertibile della bosnia
herzegovina, marco convertible de bosnia y herzegovina, marcos conversiveis da bosnia e herzegovina, marcos convertibles de bosnia
y herzegovina, mark convertible bosniaque, marks convertibles bosniaques; BBD: barbadaanse dollar, barbadian dollar, barbadian
dollars, barbados dollar, dolar barbadense, dolares barbadenses, dollar barbadien, dollari di barbados, dollaro di barbados,
dollars barbadiens; BDT: bangladesch taka, bangladeshi taka, bangladeshi takas, bengalese taka, taka bangladese, taka bangladeshi,
taka bangladesi, taka bengalese, taka bengalesi, taka bengali, takas bangladeshis, takas bangladesies, takas bengalis; BGN:
bulgaarse lev, bulgaarse leva, bulgarian lev, bulgarian leva, bulgarische lew, bulgarischer lew, lev bulgare, lev bulgaro, leva
bulgara, leva bulgari, levas bulgaras, levs bulgares, levs bulgaros; BHD: bahrain dinar, bahraini dinar, bahraini dinars,
bahreinse dinar, dinar bahreini, dinar bareini, dinar bareinita, dinares bareinies, dinares bareinitas, dinari del bahrein, dinaro
del bahrein, dinars bahreinis; BIF: burundese frank, burundi franc, burundi francs, burundian franc, burundian francs, franc
burundais, franchi del burundi, franco burundes, franco burundiano, franco del burundi, francos burundeses, francos burundianos,
francs burundais; BMD: bermuda dollar, bermudan dollar, bermudan dollars, dolar bermudeno, dolar bermudense, dolares bermudenos,
dolares bermudenses, dollar bermudien, dollari delle bermuda, dollaro delle bermuda, dollars bermudiens; BND: brunei dollar,
brunei dollars, bruneise dollar, dolar bruneano, dolares bruneanos, dollar bruneien, dollari del brunei, dollaro del brunei,
dollars bruneiens; BOB: boliviaanse boliviano, bolivian boliviano, bolivian bolivianos, boliviani, bolivianische bolivianos,
bolivianischer boliviano, boliviano, boliviano bolivien, boliviano da bolivia, bolivianos, bolivianos boliviens, bolivianos da
bolivia; BRL: brasilianische real, brasilianischer real, braziliaanse real, brazilian real, brazilian reals, reais brasileiros,
real brasileiro, real brasileno, real brasiliani, real brasiliano, real bresilien, reales brasilenos, reals bresiliens; BSD:
bahamaanse dollar, bahamas dollar, bahamian dollar, bahamian dollars, dolar bahameno, dolar bahamense, dolares bahamenos, dolares
bahamenses, dollar bahameen, dollari delle bahamas, dollaro delle bahamas, dollars bahameens; BTN: bhutaanse ngultrum, bhutan
ngultrum, bhutanese ngultrum, bhutanese ngultrums, gultrum butanes, gultrums butaneses, ngultrum bhutanese, ngultrum bhutanesi,
ngultrum bouthanais, ngultrum butanes, ngultrums bouthanais, ngultruns butaneses; BWP: botswaanse pula, botswanan pula, botswanan
pulas, botswanische pula, botswanischer pula, pula botsuanesa, pula botsuano, pula botswanais, pula del botswana, pulas
botsuanesas, pulas botsuanos, pulas botswanais; BYN: belarusian ruble, belarusian rubles, belarussische roebel, rouble bielorusse,
roubles bielorusses, rubli bielorussi, rublo bielorruso, rublo bielorrusso, rublo bielorusso, rublos bielorrusos, rublos
bielorrussos, weissrussische rubel, weissrussischer rubel; BZD: belizaanse dollar, belize dollar, belize dollars, dolar beliceno,
dolar belizenho, dolares belicenos, dolares belizenhos, dollar belizeen, dollari del belize, dollaro del belize, dollars
belizeens; CAD: canadese dollar, canadian dollar, canadian dollars, dolar canadense, dolar canadiense, dolares canadenses, dolares
canadienses, dollar canadien, dollari canadesi, dollaro canadese, dollars canadiens, kanadische dollar, kanadischer dollar; CDF:
congolese franc, congolese francs, congolese frank, franc congolais, franchi congolesi, franco congoleno, franco congoles, franco
congolese, francos congolenos, francos congoleses, francs congolais, kongo franc, kongo francs; CHF: franc suisse, franchi
svizzeri, franco suico, franco suizo, franco svizzero, francos suicos, francos suizos, francs suisses, schweizer franken, swiss
franc, swiss francs, zwitserse frank; CLP: chilean peso, chilean pesos, chileense peso, chilenische pesos, chilenischer peso, peso
chileno, peso chilien, peso cileno, pesos chilenos, pesos chiliens, pesos cileni; CNY: chinese yuan, chinesischer yuan, renminbi
yuan, yuan chines, yuan cinese, yuan cinesi, yuan renminbi, yuan renminbi chinois, yuanes renminbi, yuans chineses, yuans renminbi
chinois; COP: colombiaanse peso, colombian peso, colombian pesos, kolumbianische pesos, kolumbianischer peso, peso colombiano,
peso colombien, pesos colombiani, pesos colombianos, pesos colombiens; CRC: colon costaricain, colon costaricani, colon
costaricano, colon costarricense, colon costarriquenho, colones costarricenses, colons costaricains, colons costarriquenhos, costa
rica colon, costa ricaanse colon, costa rican colon, costa rican colons; CUP: cubaanse peso, cuban peso, cuban pesos, kubanische
pesos, kubanischer peso, peso cubain, peso cubano, pesos cubains, pesos cubani, pesos cubanos; CVE: cabo verde escudo, cabo verde
escudos, cape verdean escudo, cape verdean escudos, escudo cabo verdiano, escudo capoverdiano, escudo capverdien, escudo de cabo
verde, escudos cabo verdianos, escudos capoverdiani, escudos capverdiens, escudos de cabo verde, kaapverdische escudo; CZK: coroa
tcheca, coroas tchecas, corona ceca, corona checa, coronas checas, corone ceche, couronne tcheque, couronnes tcheques, czech
koruna, czech korunas, tschechische krone, tschechische kronen, tsjechische kronen, tsjechische kroon; DJF: djiboutiaanse frank,
djiboutian franc, djiboutian francs, dschibuti franc, franc djiboutien, franchi di gibuti, franco di gibuti, franco djiboutiano,
franco yibutiano, francos djiboutianos, francos yibutianos, francs djiboutiens; DKK: coroa dinamarquesa, coroas dinamarquesas,
corona danesa, corona danese, coronas danesas, corone danesi, couronne danoise, couronnes danoises, danische krone, danische
kronen, danish krone, danish kroner, deense kronen, deense kroon; DOP: dominicaanse peso, dominican peso, dominican pesos,
dominikanische pesos, dominikanischer peso, peso dominicain, peso dominicano, pesos dominicains, pesos dominicani, pesos
dominicanos; DZD: algerian dinar, algerian dinars, algerijnse dinar, algerische dinar, algerischer dinar, dinar algerien, dinar
argelino, dinares argelinos, dinari algerini, dinaro algerino, dinars algeriens; EGP: agyptische pfund, agyptisches pfund,
egyptian pound, egyptian pounds, egyptisch pond, libra egipcia, libras egipcias, livre egyptienne, livres egyptiennes, sterlina
egiziana, sterline egiziane; ERN: eritrean nakfa, eritrean nakfas, eritreische nakfa, eritreischer nakfa, eritrese nakfa, nafka
erythreen, nafkas erythreens, nakfa da eritreia, nakfa eritrei, nakfa eritreo, nakfas da eritreia, nakfas eritreos; ETB:
athiopische birr, athiopischer birr, bir etiope, bires etiopes, birr ethiopien, birr etiope, birr etiopi, birrs ethiopiens, birrs
etiopes, ethiopian birr, ethiopian birrs, ethiopische birr; EUR: euro, euros; FJD: dolar fijiano, dolar fiyiano, dolares fijianos,
dolares fiyianos, dollar fidjien, dollari delle figi, dollaro delle figi, dollars fidjiens, fidschi dollar, fiji dollar, fijian
dollar, fijian dollars; FKP: falkland islands pound, falkland islands pounds, falkland pfund, falklandeilands pond, libra
malvinense, libras malvinenses, livre des iles malouines, livres des iles malouines, sterlina delle falkland, sterline delle
falkland; GBP: britische pfund, britisches pfund, british pound, british pounds, britse pond, libra esterlina, libras esterlinas,
livre sterling, livres sterling, sterlina britannica, sterline britanniche; GEL: georgian lari, georgian laris, georgische lari,
georgischer lari, lari georgiani, lari georgiano, lari georgien, lari georgiens, laris georgianos; GHS: cedi ganes, cedi ghaneen,
cedi ghanes, cedi ghanese, cedi ghanesi, cedis ganeses, cedis ghaneens, cedis ghaneses, ghanaian cedi, ghanaian cedis, ghanaische
cedi, ghanaischer cedi, ghanese cedi; GIP: gibraltar pfund, gibraltar pound, gibraltar pounds, gibraltarees pond, libra de
gibraltar, libra gibraltarena, libras de gibraltar, libras gibraltarenas, livre de gibraltar, livres de gibraltar, sterlina di
gibilterra, sterline di gibilterra; GMD: dalasi gambiani, dalasi gambiano, dalasi gambien, dalasis gambianos, dalasis gambiens,
gambia dalasi, gambiaanse dalasi, gambian dalasi, gambian dalasis; GNF: franc guineen, franchi della guinea, franco della guinea,
franco guineano, francos guineanos, francs guineens, guinea franc, guinean franc, guinean francs, guinese frank; GTQ: guatemalan
quetzal, guatemalan quetzals, guatemalteekse quetzal, guatemaltekische quetzales, guatemaltekischer quetzal, quetzais
guatemaltecos, quetzal guatemaltechi, quetzal guatemalteco, quetzal guatemalteque, quetzales guatemaltecos, quetzals
guatemalteques; GYD: dolar guianense, dolar guyanes, dolares guianenses, dolares guyaneses, dollar du guyana, dollari della
guyana, dollaro della guyana, dollars du guyana, guyaanse dollar, guyana dollar, guyanaese dollar, guyanaese dollars; HKD: dolar
de hong kong, dolar hongkones, dolares de hong kong, dolares hongkoneses, dollar de hong kong, dollari di hong kong, dollaro di
hong kong, dollars de hong kong, hong kong dollar, hong kong dollars, hongkong dollar, hongkongse dollar; HNL: honduran lempira,
honduran lempiras, honduras lempira, hondurese lempira, lempira honduregna, lempira hondurenha, lempira hondureno, lempira
hondurien, lempiras hondurenhas, lempiras hondurenos, lempiras honduriens, lempire honduregne; HTG: gourde haitiani, gourde
haitiano, gourde haitienne, gourdes haitianos, gourdes haitiennes, gurde haitiano, gurdes haitianos, haitiaanse gourde, haitian
gourde, haitian gourdes, haitianische gourde, haitianische gourdes; HUF: fiorini ungheresi, fiorino ungherese, florim hungaro,
florins hungaros, forint hongrois, forinto hungaro, forintos hungaros, forints hongrois, hongaarse forint, hungarian forint,
hungarian forints, ungarische forint, ungarischer forint; IDR: indonesian rupiah, indonesian rupiahs, indonesische roepia,
indonesische rupiah, roupie indonesienne, roupies indonesiennes, rupia indonesia, rupia indonesiana, rupias indonesias, rupie
indonesiane; ILS: israeli new shekel, israeli new shekels, israelische neue schekel, israelische nieuwe shekel, israelischer neuer
schekel, nouveau shekel israelien, nouveaux shekels israeliens, novo shekel israelense, novos shekels israelenses, nuevo sequel
israeli, nuevos sequeles israelies, nuovi sicli israeliani, nuovo siclo israeliano; INR: indian rupee, indian rupees, indiase
roepie, indische rupie, indische rupien, roupie indienne, roupies indiennes, rupia india, rupia indiana, rupias indianas, rupias
indias, rupie indiane; IQD: dinar irakien, dinar iraqui, dinar iraquiano, dinares iraquianos, dinares iraquies, dinari iracheni,
dinaro iracheno, dinars irakiens, iraakse dinar, irakische dinar, irakischer dinar, iraqi dinar, iraqi dinars; IRR: iraanse rial,
iranian rial, iranian rials, iranische rial, iranischer rial, rial irani, rial iraniani, rial iraniano, riales iranianos, riales
iranies, riyal iranien, riyals iraniens; ISK: coroa islandesa, coroas islandesas, corona islandesa, corona islandese, coronas
islandesas, corone islandesi, couronne islandaise, couronnes islandaises, icelandic krona, icelandic kronur, ijslandse kronen,
ijslandse kroon, islandische krone, islandische kronen; JMD: dolar jamaicano, dolares jamaicanos, dollar jamaicain, dollari
giamaicani, dollaro giamaicano, dollars jamaicains, jamaicaanse dollar, jamaican dollar, jamaican dollars, jamaika dollar; JOD:
dinar jordaniano, dinar jordanien, dinar jordano, dinares jordanianos, dinares jordanos, dinari giordani, dinaro giordano, dinars
jordaniens, jordaanse dinar, jordanian dinar, jordanian dinars, jordanische dinar, jordanischer dinar; JPY: iene japones, ienes
japoneses, japanese yen, japanische yen, japanischer yen, japanse yen, yen giapponese, yen giapponesi, yen japonais, yen japones,
yenes japoneses, yens japonais; KES: chelin keniano, chelines kenianos, kenia schilling, keniaanse shilling, kenyan shilling,
kenyan shillings, scellini kenioti, scellino keniota, shilling kenyan, shillings kenyans, xelim queniano, xelins quenianos; KGS:
kirgisische som, kirgisischer som, kirgizische som, kyrgystani som, kyrgystani soms, som kirghisi, som kirghiso, som kirghize, som
kirguis, som quirguiz, soms kirghizes, soms kirguises, sons quirguizes; KHR: cambodian riel, cambodian riels, cambodjaanse riel,
kambodschanische riel, kambodschanischer riel, riel cambodgien, riel cambogiani, riel cambogiano, riel cambojano, riel camboyano,
rieles cambojanos, rieles camboyanos, riels cambodgiens; KMF: comorese frank, comorian franc, comorian francs, franc comorien,
franchi comoriani, franco comorense, franco comoriano, francos comorenses, francos comorianos, francs comoriens, komoren franc,
komoren francs; KPW: noord koreaanse won, nordkoreanische won, nordkoreanischer won, north korean won, won norcoreano, won nord
coreen, won nordcoreani, won nordcoreano, won norte coreano, wons norcoreanos, wons nord coreens, wons norte coreanos; KRW: south
korean won, sudkoreanische won, sudkoreanischer won, won sud coreen, won sudcoreani, won sudcoreano, won sul coreano, won
surcoreano, wons sud coreens, wons sul coreanos, wons surcoreanos, zuid koreaanse won; KWD: dinar koweitien, dinar koweitiens,
dinar kuwaiti, dinar kuwaitiano, dinares kuwaitianos, dinares kuwaities, dinari kuwaitiani, dinaro kuwaitiano, koeweitse dinar,
kuwait dinar, kuwaiti dinar, kuwaiti dinars; KYD: cayman islands dollar, cayman islands dollars, dolar das ilhas cayman, dolar de
las islas caiman, dolares das ilhas cayman, dolares de las islas caiman, dollar des iles caimans, dollari delle isole cayman,
dollaro delle isole cayman, dollars des iles caimans, kaaimaneilandse dollar, kaiman dollar; KZT: kasachische tenge, kasachischer
tenge, kazachse tenge, kazakhstani tenge, kazakhstani tenges, tenge cazaque, tenge kazakh, tenge kazaki, tenge kazako, tenges
cazaques, tenges kazakhs, tengue kazajo, tengues kazajos; LAK: kip laosiano, kip laotiani, kip laotiano, kip laotien, kips
laosianos, kips laotiens, laotiaanse kip, laotian kip, laotian kips, laotische kip, laotischer kip; LBP: lebanese pound, lebanese
pounds, libanees pond, libanesische pfund, libanesisches pfund, libra libanesa, libras libanesas, lira libanese, lire libanesi,
livre libanaise, livres libanaises; LKR: roupie srilankaise, roupies srilankaises, rupia cingalesa, rupia di sri lanka, rupia
esrilanquesa, rupias cingalesas, rupias esrilanquesas, rupie di sri lanka, sri lanka rupie, sri lanka rupien, sri lankaanse
roepie, sri lankan rupee, sri lankan rupees; LRD: dolar liberiano, dolares liberianos, dollar liberien, dollari liberiani, dollaro
liberiano, dollars liberiens, liberiaanse dollar, liberian dollar, liberian dollars, liberianische dollar, liberianischer dollar;
LSL: lesothaanse loti, lesotho loti, lesotho lotis, loti, loti del lesotho, loti lesotense, loti lesothan, loti lesotiano, lotis
lesotenses, lotis lesotianos, maloti del lesotho, maloti lesothans; LYD: dinar libio, dinar libyen, dinares libios, dinari libici,
dinaro libico, dinars libyens, libische dinar, libyan dinar, libyan dinars, libysche dinar, libyscher dinar; MAD: dirham marocain,
dirham marocchini, dirham marocchino, dirham marroqui, dirham marroquino, dirhams marocains, dirhams marroquies, dirhams
marroquinos, marokkaanse dirham, marokkanische dirham, marokkanischer dirham, moroccan dirham, moroccan dirhams; MDL: lei moldavi,
leu moldave, leu moldavio, leu moldavo, leus moldaves, leus moldavios, leus moldavos, moldau leu, moldavische leu, moldovan lei,
moldovan leu; MGA: ariari malgache, ariaris malgaches, ariary malgache, ariary malgasci, ariary malgascio, ariary malgaxe, ariarys
malgaches, ariarys malgaxes, madagaskar ariary, malagassische ariary, malagasy ariaries, malagasy ariary; MKD: denar macedonien,
denars macedoniens, dinar macedonio, dinares macedonios, dinari macedoni, dinaro macedone, macedonian denar, macedonian denari,
macedonische denar, mazedonische denari, mazedonischer denar; MMK: kiat de myanmar, kiats de myanmar, kyat di myanmar, kyat
myanmarais, kyats myanmarais, myanmar kyat, myanmar kyats, myanmarese kyat, myanmarische kyat, myanmarischer kyat, quiate
mianmarense, quiates mianmarenses; MNT: mongolian tugrik, mongolian tugriks, mongolische togrog, mongolischer togrog, mongoolse
tugrik, tugrik mongol, tugrik mongoli, tugrik mongolo, tugriks mongois, tugriks mongoles, tugriks mongols; MOP: macanese pataca,
macanese patacas, macao pataca, macause pataca, pataca di macao, pataca macaense, pataca macanaise, patacas di macao, patacas
macaenses, patacas macanaises; MRU: mauretanische ouguiya, mauretanischer ouguiya, mauritaanse ouguiya, mauritanian ouguiya,
mauritanian ouguiyas, ouguiya della mauritania, ouguiya mauritana, ouguiya mauritanien, ouguiyas mauritanas, ouguiyas
mauritaniens, uguiya mauritano, uguiyas mauritanos; MUR: mauritiaanse roepie, mauritian rupee, mauritian rupees, mauritius rupie,
mauritius rupien, roupie mauricienne, roupies mauriciennes, rupia mauriciana, rupia mauriziana, rupias mauricianas, rupie
mauriziane; MVR: maldivian rufiyaa, maldivian rufiyaas, maldivische rufiyaa, malediven rufiyaa, malediven rupien, rufiya maldiva,
rufiyaa delle maldive, rufiyaa maldivienne, rufiyaas maldiviennes, rufiyas maldivas, rupia maldivana, rupias maldivanas; MWK:
kuacha malaui, kuachas malauies, kwacha malauiana, kwacha malawiani, kwacha malawiano, kwacha malawite, kwachas malauianas,
kwachas malawites, malawi kwacha, malawian kwacha, malawian kwachas, malawische kwacha; MXN: mexicaanse peso, mexican peso,
mexican pesos, mexikanische pesos, mexikanischer peso, peso messicano, peso mexicain, peso mexicano, pesos messicani, pesos
mexicains, pesos mexicanos; MYR: malaysian ringgit, malaysian ringgits, malaysische ringgit, malaysischer ringgit, maleisische
ringgit, ringgit malaio, ringgit malais, ringgit malese, ringgit malesi, ringgits malaios, ringgits malais, ringit malasio,
ringits malasios; MZN: meticais mocambicanos, meticais mozambicains, metical mocambicano, metical mozambicain, metical
mozambicani, metical mozambicano, metical mozambiqueno, meticales mozambiquenos, mosambikanische meticais, mosambikanischer
metical, mozambican metical, mozambican meticals, mozambikaanse metical; NAD: dolar namibiano, dolar namibio, dolares namibianos,
dolares namibios, dollar namibien, dollari namibiani, dollaro namibiano, dollars namibiens, namibia dollar, namibian dollar,
namibian dollars, namibische dollar; NGN: naira nigerian, naira nigeriana, naira nigeriano, nairas nigerianas, nairas nigerianos,
nairas nigerians, naire nigeriane, nigeriaanse naira, nigerian naira, nigerian nairas, nigerianische naira, nigerianischer naira;
NIO: cordoba nicaraguense, cordoba nicaraguensi, cordoba oro, cordoba oro nicaraguayen, cordobas nicaraguenses, cordobas oro,
cordobas oro nicaraguayens, nicaragua cordoba, nicaragua cordobas, nicaraguaanse cordoba, nicaraguan cordoba, nicaraguan cordobas;
NOK: coroa norueguesa, coroas norueguesas, corona noruega, corona norvegese, coronas noruegas, corone norvegesi, couronne
norvegienne, couronnes norvegiennes, noorse kronen, noorse kroon, norwegian krone, norwegian kroner, norwegische krone,
norwegische kronen; NPR: nepalese roepie, nepalese rupee, nepalese rupees, nepalesische rupie, nepalesische rupien, roupie
nepalaise, roupies nepalaises, rupia nepalesa, rupia nepalese, rupia nepali, rupias nepalesas, rupias nepalies, rupie nepalesi;
NZD: dolar neozelandes, dolares neozelandeses, dollar neo zelandais, dollari neozelandesi, dollaro neozelandese, dollars neo
zelandais, neuseeland dollar, new zealand dollar, new zealand dollars, nieuw zeelandse dollar; OMR: omaanse rial, omani rial,
omani rials, omanische rials, omanischer rial, rial omanense, rial omani, rial omanita, rial omaniti, riales omanenses, riales
omanies, riyal omanais, riyals omanis; PAB: balboa panameen, balboa panamenho, balboa panameno, balboa panamense, balboa
panamensi, balboas panameens, balboas panamenhos, balboas panamenos, panamaische balboas, panamaischer balboa, panamanian balboa,
panamanian balboas, panamese balboa; PEN: novo sol peruano, novos sois peruanos, peruaanse sol, peruanische sol, peruanischer sol,
peruvian sol, peruvian soles, sol peruano, sol peruviani, sol peruviano, sol peruvien, soles peruanos, sols peruviens; PGK: kina
papouan neo guineen, kina papu, kina papuana, kina papuane, kina papuasia, kinas papouan neo guineens, kinas papuasias, kinas
papues, papoea nieuw guinese kina, papua neuguineischer kina, papua new guinean kina; PHP: filipijnse peso, peso filipino, peso
filippino, peso philippin, pesos filipinos, pesos filippini, pesos philippins, philippine peso, philippine pesos, philippinische
pesos, philippinischer peso; PKR: pakistaanse roepie, pakistani rupee, pakistani rupees, pakistanische rupie, pakistanische
rupien, roupie pakistanaise, roupies pakistanaises, rupia pakistana, rupia pakistani, rupia paquistanesa, rupias pakistanies,
rupias paquistanesas, rupie pakistane; PLN: esloti polaco, eslotis polacos, polish zloty, polish zlotys, polnische złoty,
polnischer złoty, poolse zloty, zloty polacchi, zloty polacco, zloty polonais, zloty polones, zlotys polonais, zlotys poloneses;
PYG: guarani paraguaio, guarani paraguayani, guarani paraguayano, guarani paraguayen, guarani paraguayo, guaranies paraguayos,
guaranis paraguaios, guaranis paraguayens, paraguayaanse guarani, paraguayan guarani, paraguayan guaranis, paraguayische
guaranies, paraguayischer guarani; QAR: katar riyal, qatarese rial, qatari riyal, qatari riyals, rial catari, rial catariano, rial
qatariani, rial qatariano, riales catarianos, riales cataries, riyal qatari, riyals qataris; RON: lei roumains, lei rumeni, leu
romeno, leu roumain, leu rumano, leu rumeno, leus romenos, leus rumanos, roemeense leu, romanian lei, romanian leu, rumanische
leu, rumanischer leu; RSD: dinar serbe, dinar serbio, dinar servio, dinara serbi, dinares serbios, dinares servios, dinaro serbo,
dinars serbes, serbian dinar, serbian dinars, serbische dinaren, serbischer dinar, servische dinar; RUB: rouble russe, roubles
russes, rubli russi, rublo ruso, rublo russo, rublos rusos, rublos russos, russian ruble, russian rubles, russische roebel,
russische rubel, russischer rubel; RWF: franc rwandais, franchi ruandesi, franco ruandes, franco ruandese, francos ruandeses,
francs rwandais, ruanda franc, ruanda francs, rwandan franc, rwandan francs, rwandese frank; SAR: rial saudi, riales saudies,
riyal saoudien, riyal saudita, riyal sauditi, riyales sauditas, riyals saoudiens, saoedi arabische riyal, saudi rial, saudi riyal,
saudi riyals; SBD: dolar das ilhas salomao, dolar salomonense, dolares das ilhas salomao, dolares salomonenses, dollar des iles
salomon, dollari delle isole salomone, dollaro delle isole salomone, dollars des iles salomon, salomon dollar, salomonen dollar,
solomon islands dollar, solomon islands dollars; SCR: roupie des seychelles, roupies des seychelles, rupia delle seychelles, rupia
seichelense, rupia seychellense, rupias seichelenses, rupias seychellenses, rupie delle seychelles, seychellen rupie, seychellen
rupien, seychellois rupee, seychellois rupees, seychelse roepie; SDG: libra sudanesa, libras sudanesas, livre soudanaise, livres
soudanaises, soedanees pond, sterlina sudanese, sterline sudanesi, sudanese pound, sudanese pounds, sudanesische pfund,
sudanesisches pfund; SEK: coroa sueca, coroas suecas, corona sueca, corona svedese, coronas suecas, corone svedesi, couronne
suedoise, couronnes suedoises, schwedische krone, schwedische kronen, swedish krona, swedish kronor, zweedse kronen, zweedse
kroon; SGD: dolar singapurense, dolar singapuriano, dolares singapurenses, dolares singapurianos, dollar de singapour, dollari di
singapore, dollaro di singapore, dollars de singapour, singapore dollar, singapore dollars, singaporese dollar, singapur dollar;
SHP: libra de santa elena, libra de santa helena, libras de santa elena, libras de santa helena, livre de sainte helene, livres de
sainte helene, sint heleens pond, st helena pfund, st helena pound, st helena pounds, sterlina di sant elena, sterline di sant
elena; SLE: leona sierraleonesa, leonas sierraleonesas, leone de serra leoa, leone della sierra leone, leone sierra leonais,
leones de serra leoa, leones sierra leonais, leoni della sierra leone, sierra leonean leone, sierra leonean leones, sierra
leonische leones, sierra leonischer leone, sierra leoonse leone; SOS: chelin somali, chelines somalies, scellini somali, scellino
somalo, shilling somalien, shillings somaliens, somali shilling, somali shillings, somalia schilling, somalische shilling, xelim
somali, xelins somalis; SRD: dolar surinames, dolares surinameses, dollar surinamais, dollari del suriname, dollaro del suriname,
dollars surinamais, surinaamse dollar, suriname dollar, surinamese dollar, surinamese dollars; SSP: libra sul sudanesa, libra
sursudanesa, libras sul sudanesas, libras sursudanesas, livre sud soudanaise, livres sud soudanaises, south sudanese pound, south
sudanese pounds, sterlina sud sudanese, sterline sud sudanesi, sudsudanesische pfund, sudsudanesisches pfund, zuid soedanees pond;
STN: dobra de sao tome e principe, dobra di sao tome e principe, dobra santomeen, dobra santotomense, dobras de sao tome e
principe, dobras santomeens, dobras santotomenses, santomese dobra, sao tome principe dobra, sao tome principe dobras, sao
tomeische dobras, sao tomeischer dobra; SYP: libra siria, libras sirias, lira siriana, lire siriane, livre syrienne, livres
syriennes, syrian pound, syrian pounds, syrisch pond, syrische pfund, syrisches pfund; SZL: emalangeni, lilangeni, lilangeni
esuatini, lilangeni suazi, lilangeni swazi, lilangenis esuatinies, lilangenis suazis, lilangenis swazis, swasilandische
emalangeni, swasilandischer lilangeni, swazi emalangeni, swazi lilangeni, swazische lilangeni; THB: baht tailandes, baht
thailandais, baht thailandese, baht thailandesi, bahts tailandeses, bahts thailandais, bat tailandes, bats tailandeses, thai baht,
thailandische baht, thailandischer baht, thaise baht; TJS: somoni tadjik, somoni tadjique, somoni tagiki, somoni tagiko, somoni
tayiko, somonis tadjiks, somonis tadjiques, somonis tayikos, tadschikistan somoni, tadzjiekse somoni, tajikistani somoni,
tajikistani somonis; TMT: manat turcomano, manat turcomeno, manat turkmeni, manat turkmeno, manats turcomanos, manats turcomenos,
nouveau manat turkmene, nouveaux manats turkmenes, turkmeense manat, turkmenistan manat, turkmenistani manat; TND: dinar tunecino,
dinar tunisiano, dinar tunisien, dinares tunecinos, dinares tunisianos, dinari tunisini, dinaro tunisino, dinars tunisiens,
tunesische dinar, tunesischer dinar, tunisian dinar, tunisian dinars; TOP: pa anga tongan, pa angas tongans, paanga tongano,
paangas tonganos, paʻanga tonganesa, paʻanga tongani, paʻanga tongano, paʻangas tonganesas, tongaanse paʻanga, tongaische paʻanga,
tongaischer paʻanga, tongan paʻanga; TRY: lira turca, liras turcas, lire turche, livre turque, livres turques, turkische lira,
turkish lira, turkse lira; TTD: dolar de trinidad e tobago, dolar de trinidad y tobago, dolares de trinidad e tobago, dolares de
trinidad y tobago, dollar de trinite et tobago, dollari di trinidad e tobago, dollaro di trinidad e tobago, dollars de trinite et
tobago, trinidad en tobago dollar, trinidad tobago dollar, trinidad tobago dollars, trinidad und tobago dollar; TWD: neue taiwan
dollar, neuer taiwan dollar, new taiwan dollar, new taiwan dollars, nieuwe taiwanese dollar, nouveau dollar taiwanais, nouveaux
dollars taiwanais, novo dolar taiwanes, novos dolares taiwaneses, nuevo dolar taiwanes, nuevos dolares taiwaneses, nuovi dollari
taiwanesi, nuovo dollaro taiwanese; TZS: chelin tanzano, chelines tanzanos, scellini della tanzania, scellino della tanzania,
shilling tanzanien, shillings tanzaniens, tansania schilling, tanzaniaanse shilling, tanzanian shilling, tanzanian shillings,
xelim tanzaniano, xelins tanzanianos; UAH: grivna ucraniana, grivnas ucranianas, grivnia ucraina, grivnie ucraine, hryvnia
ucraniano, hryvnia ukrainienne, hryvnias ucranianos, hryvnias ukrainiennes, oekraiense hryvnia, ukrainian hryvnia, ukrainian
hryvnias, ukrainische hrywen, ukrainische hrywnja; UGX: chelin ugandes, chelines ugandeses, oegandese shilling, scellini ugandesi,
scellino ugandese, shilling ougandais, shillings ougandais, uganda schilling, ugandan shilling, ugandan shillings, xelim
ugandense, xelins ugandenses; USD: amerikaanse dollar, dolar americano, dolar estadounidense, dolares americanos, dolares
estadounidenses, dollar des etats unis, dollari statunitensi, dollaro statunitense, dollars des etats unis, us dollar, us dollars;
UYU: peso uruguaio, peso uruguayano, peso uruguayen, peso uruguayo, pesos uruguaios, pesos uruguayani, pesos uruguayens, pesos
uruguayos, uruguayaanse peso, uruguayan peso, uruguayan pesos, uruguayische pesos, uruguayischer peso; UZS: oezbeekse sum, som
uzbeque, sons uzbeques, sum ouzbek, sum uzbechi, sum uzbeco, sum uzbeko, sums ouzbeks, sums uzbekos, usbekistan sum, uzbekistani
som; VES: bolivar venezolano, bolivar venezuelano, bolivar venezuelien, bolivares venezolanos, bolivares venezuelani, bolivares
venezuelanos, bolivars venezueliens, venezolaanse bolivar, venezolanische bolivares, venezolanischer bolivar, venezuelan bolivar,
venezuelan bolivars; VND: dong vietnamien, dong vietnamita, dong vietnamiti, dongs vietnamiens, dongs vietnamitas, vietnamese
dong, vietnamesische dong, vietnamesischer dong; VUV: vanuatu vatu, vanuatu vatus, vanuatuaanse vatu, vatu de vanuatu, vatu di
vanuatu, vatu vanuatense, vatu vanuatuan, vatus de vanuatu, vatus vanuatenses, vatus vanuatuans; WST: samoaanse tala, samoan tala,
samoanische tala, samoanischer tala, tala samoan, tala samoani, tala samoano, talas samoanos, talas samoans; XAF: central african
cfa franc, central african cfa francs, cfa franc beac, cfa frank, franc cfa beac, franchi cfa beac, franco cfa beac, franco cfa de
africa central, franco cfa de beac, francos cfa de africa central, francos cfa de beac, francs cfa beac; XCD: dolar del caribe
oriental, dolar do caribe oriental, dolares del caribe oriental, dolares do caribe oriental, dollar des caraibes orientales,
dollari dei caraibi orientali, dollaro dei caraibi orientali, dollars des caraibes orientales, east caribbean dollar, east
caribbean dollars, oost caribische dollar, ostkaribische dollar, ostkaribischer dollar; XCG: caribbean guilder, caribbean
guilders, caribische gulden, florin caribeen, florin caribeno, florines caribenos, florins caribeens; XOF: cfa franc bceao, cfa
francs bceao, franc cfa bceao, franchi cfa bceao, franco cfa bceao, franco cfa de africa occidental, franco cfa de bceao, francos
cfa de africa occidental, francos cfa de bceao, francs cfa bceao, west african cfa franc, west african cfa francs; XPF: cfp franc,
cfp francs, cfp frank, franc cfp, franchi cfp, franco cfp, francos cfp, francs cfp; YER: jemen rial, jemenitische rial, rial
iemenita, rial yemeni, rial yemenita, rial yemeniti, riales iemenitas, riales yemenies, riyal yemenita, riyal yemenite, riyals
yemenites, yemeni rial, yemeni rials; ZAR: rand sud africain, rand sudafricani, rand sudafricano, rand sul africano, rands sud
africains, rands sudafricanos, rands sul africanos, south african rand, sudafrikanische rand, sudafrikanischer rand, zuid
afrikaanse rand; ZMW: kuacha zambiano, kuachas zambianos, kwacha, kwacha zambiani, kwacha zambiano, kwacha zambien, kwachas
zambianos, kwachas zambiens, zambiaanse kwacha, zambian kwacha, zambian kwachas; ZWG: zimbabwean gold
"""
#: Folded name → three letters. No name means two currencies.
CURRENCY_NAMES: dict[str, str] = {
    name: code
    for code, names in (entry.split(": ") for entry in " ".join(_NAMES.split()).split("; "))
    for name in names.split(", ")
}
