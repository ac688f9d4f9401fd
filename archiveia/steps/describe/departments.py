"""The names of the French departments, past and present, folded."""

from __future__ import annotations

_NAMES = (
    "ain, aisne, allier, alpes-de-haute-provence, basses-alpes, hautes-alpes, alpes-maritimes, ardeche, ardennes, "
    "ariege, aube, aude, aveyron, bouches-du-rhone, calvados, cantal, charente, charente-maritime, "
    "charente-inferieure, cher, correze, corse, corse-du-sud, haute-corse, cote-d'or, cotes-d'armor, cotes-du-nord, "
    "creuse, dordogne, doubs, drome, eure, eure-et-loir, finistere, gard, haute-garonne, gers, gironde, herault, "
    "ille-et-vilaine, indre, indre-et-loire, isere, jura, landes, loir-et-cher, loire, haute-loire, loire-atlantique, "
    "loire-inferieure, loiret, lot, lot-et-garonne, lozere, maine-et-loire, manche, marne, haute-marne, mayenne, "
    "meurthe, meurthe-et-moselle, meuse, morbihan, moselle, nievre, nord, oise, orne, pas-de-calais, puy-de-dome, "
    "pyrenees-atlantiques, basses-pyrenees, hautes-pyrenees, pyrenees-orientales, bas-rhin, haut-rhin, rhone, "
    "haute-saone, saone-et-loire, sarthe, savoie, haute-savoie, seine, paris, seine-maritime, seine-inferieure, "
    "seine-et-marne, seine-et-oise, yvelines, deux-sevres, somme, tarn, tarn-et-garonne, var, vaucluse, vendee, "
    "vienne, haute-vienne, vosges, yonne, territoire de belfort, essonne, hauts-de-seine, seine-saint-denis, "
    "val-de-marne, val-d'oise, guadeloupe, martinique, guyane, reunion, mayotte"
)

DEPARTMENTS = frozenset(_NAMES.split(", "))

FORMER = {
    "Basses-Alpes": ("04",), "Charente-Inférieure": ("17",), "Côtes-du-Nord": ("22",), "Loire-Inférieure": ("44",),
    "Basses-Pyrénées": ("64",), "Seine-Inférieure": ("76",), "Corse": ("2A", "2B"), "Meurthe": ("54", "57"),
    "Seine": ("75", "92", "93", "94"), "Seine-et-Oise": ("78", "91", "95"),
}  # fmt: skip
"""Departments of former names or bounds, with the codes of those of today that hold their communes."""
