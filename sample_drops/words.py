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
