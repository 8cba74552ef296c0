"""Words that sample names and places are made of. Nobody real is meant."""

# ruff: noqa: SIM905 - words in a row read better than one word a line

from __future__ import annotations

FRENCH_FIRST = (
    "Amélie Benoît Céline Désiré Élodie François Gaëlle Hervé Inès Joël Koffi Léa Maëlle Noël Océane Paul Régis Solène Thaïs Zoé"
).split()
FRENCH_LAST = (
    "Aubépin Besançon Chênevert Delaître Écuyer Fontanès Grèze Hébrard L'Hermitte Jaurès Kerguélen Lœvenbruck Mâchon Nöel "
    "Ozanne Préverand Rivière Sévigny Thévenot Vœgelin"
).split()
FRENCH_TRADES = (
    "Menuiserie|Boulangerie|Garage|Imprimerie|Librairie|Fromagerie|Maçonnerie|Quincaillerie|Pépinières|Électricité|"
    "Chaudronnerie|Blanchisserie|Traiteur|Tôlerie|Ébénisterie|Œnothèque"
).split("|")
FRENCH_FORMS = ("SARL", "SAS", "SA", "EURL", "& Fils", "et Cie")
FRENCH_STREETS = (
    "rue des Lilas|avenue du Général-Leclerc|place de l'Église|boulevard Gambetta|chemin des Vignes|impasse du Chêne|"
    "quai de la Fosse|cours Mirabeau|allée des Frênes|route d'Orléans"
).split("|")
FRENCH_TOWNS = (
    ("01000", "Bourg-en-Bresse"), ("06400", "Cannes"), ("13100", "Aix-en-Provence"), ("21200", "Beaune"), ("29200", "Brest"),
    ("33000", "Bordeaux"), ("38000", "Grenoble"), ("42000", "Saint-Étienne"), ("44000", "Nantes"), ("59000", "Lille"),
    ("67000", "Strasbourg"), ("69003", "Lyon"), ("75011", "Paris"), ("76600", "Le Havre"),
)  # fmt: skip

ENGLISH_FIRST = "Ava Ben Cora Dean Ella Finn Gina Hugh Iris Jack Kate Liam Maya Noah Olga Pete Rosa Sean Tess Vera".split()
ENGLISH_LAST = (
    "Abbott Barlow Calder Dutton Easton Farrow Garner Hobbs Ingram Jarvis Keller Lowell Mercer Norris O'Dell Prior Quigley "
    "Rawson Sutter Thorne Underhill Vance Whitaker Yardley"
).split()
ENGLISH_PLACES = (
    "Cedar|Granite|Prairie|Lakeside|Summit|Harbor|Copper|Juniper|Mesa|Northgate|Oakridge|Pioneer|Redwood|Silver|Timber|Willow"
).split("|")
ENGLISH_TRADES = (
    "Hardware|Plumbing|Electric|Roofing|Fasteners|Lumber|Tool & Die|Paint|Welding|Fixtures|Pumps|Glass|Insulation|Supply"
).split("|")
ENGLISH_FORMS = ("LLC", "Inc.", "Co.", "& Sons", "Ltd.", "Corp.")
ENGLISH_STREETS = "Main St|Oak Ave|2nd St|Industrial Pkwy|River Rd|Elm St|County Road 9|Depot St|Park Blvd|Mill Ln".split("|")
ENGLISH_TOWNS = (
    ("Springfield", "MA", "01103"), ("Worcester", "MA", "01608"), ("Chicago", "IL", "60607"), ("Peoria", "IL", "61602"),
    ("Dayton", "OH", "45402"), ("Tulsa", "OK", "74103"), ("Boise", "ID", "83702"), ("Fargo", "ND", "58102"),
    ("Duluth", "MN", "55802"), ("Macon", "GA", "31201"), ("Trenton", "NJ", "08608"), ("Tacoma", "WA", "98402"),
)  # fmt: skip

SPANISH_FIRST = (
    "Agustín Belén Camila Darío Emilia Fabián Germán Inés Joaquín Lucía Martín Noemí Óscar Paula Raúl Sofía Tomás Úrsula".split()
)
SPANISH_LAST = (
    "Acuña Benítez Cáceres Domínguez Echagüe Fernández Güemes Ibáñez Lagüe Muñoz Núñez Ordóñez Peña Quiñones Rodríguez Saldías "
    "Ünda Yáñez"
).split()
SPANISH_TRADES = (
    "Almacén|Barraca|Carnicería|Distribuidora|Estación|Farmacia|Ferretería|Librería|Óptica|Panadería|Papelería|Peluquería|Tornería|"
    "Vidriería|Viñedos|Zapatería"
).split("|")
SPANISH_FORMS = ("S.A.", "S.R.L.", "Ltda.", "e Hijos", "S.A.S.")
SPANISH_STREETS = (
    "18 de Julio|Av. Italia|Bvar. Artigas|Cno. Maldonado|Colón|Cuareim|Dr. Pouey|Gral. Rivera|José Enrique Rodó|Sarandí"
).split("|")
SPANISH_TOWNS = (
    ("Montevideo", "Montevideo", 11200), ("Ciudad de la Costa", "Canelones", 15000), ("Salto", "Salto", 50000),
    ("Paysandú", "Paysandú", 60000), ("Maldonado", "Maldonado", 20000), ("Rivera", "Rivera", 40000),
    ("Mercedes", "Soriano", 75000), ("Colonia del Sacramento", "Colonia", 70000), ("Tacuarembó", "Tacuarembó", 45000),
)  # fmt: skip

QUEBEC_LAST = (
    "Archambault Bélanger Côté Désilets Émond Fréchette Gagné Héroux Jodoin Lévesque Ménard Nadeau Ouellet Pépin Quévillon "
    "Raîche St-Onge Thériault Vézina"
).split()
QUEBEC_KINDS = (
    "Condos",
    "Construction",
    "Coopérative",
    "Garderie",
    "Gestion",
    "Habitations",
    "Immeubles",
    "Résidence",
    "Rénovations",
)
QUEBEC_FORMS = ("inc.", "ltée", "enr.", "S.E.N.C.")
QUEBEC_STREETS = (
    "rue Saint-Denis|chemin Sainte-Foy|boul. René-Lévesque|montée Paiement|rang du Bas-de-l'Église|rue des Érables|"
    "côte du Palais|route 138|av. du Parc|terrasse Dufferin"
).split("|")
QUEBEC_TOWNS = (
    ("Saguenay", "G7H 4R5"), ("Québec", "G1R 2L3"), ("Trois-Rivières", "G9A 1J4"), ("Montréal", "H2X 3K8"),
    ("Gatineau", "J8Y 2B6"), ("Lévis", "G6V 7T9"), ("Rouyn-Noranda", "J9X 5C1"), ("Sept-Îles", "G4R 4X3"),
    ("Rimouski", "G5L 1S6"),
)  # fmt: skip
QUEBEC_GOODS = (
    ("Coude 90°", "unité"), ("Tuyau de cuivre 1/2 po", "pied"), ("Té réduit", "unité"), ("Robinet à bille", "unité"),
    ("Chauffe-eau électrique", "unité"), ("Clapet antiretour", "unité"), ("Drain français", "pied"),
    ("Pompe de puisard", "unité"), ("Manchon d'accouplement", "unité"), ("Siphon chromé", "unité"),
    ("Évier en acier inoxydable", "unité"), ("Joint d'étanchéité", "sac"),
)  # fmt: skip
QUEBEC_SERVICES = (
    "Appel de service|Débouchage à la caméra|Installation de chauffe-eau|Main-d'œuvre compagnon|Main-d'œuvre apprenti|"
    "Déplacement|Inspection préachat|Fermeture d'entrée d'eau"
).split("|")

AGENCY_CLIENTS = (
    "Bakery|Brewing|Clinic|Dental|Design|Fitness|Gardens|Hotels|Kitchens|Media|Motors|Outfitters|Realty|Robotics|Studios"
).split("|")
AGENCY_GOODS = (
    ("WEB-BUILD", "Website build", "Service"), ("WEB-CARE", "Website care plan, monthly", "Service"),
    ("SEO-AUDIT", "Search audit", "Service"), ("ADS-MGMT", "Campaign management", "Service"),
    ("BRAND-KIT", "Brand kit", "Non-inventory"), ("PRINT-A5", "Flyers A5", "Inventory"),
    ("PRINT-A4", "Brochures A4", "Inventory"), ("PHOTO-DAY", "Photography, day rate", "Service"),
    ("HOST-STD", "Hosting, standard", "Service"),
    ("COPY-HR", "Copywriting, hourly", "Service"), ("VIDEO-MIN", "Video, per minute", "Service"),
    ("BANNER", "Roll-up banner", "Inventory"),
)  # fmt: skip
