"""Which names of a record are counted under a form that people accepted; none of who may be living."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia.steps.folding import fold
from archiveia.steps.living import may_be_known
from archiveia.steps.name_variants import name_key
from archiveia.values import OriginKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from archiveia.steps.living import LivingRule
    from archiveia.values import Record

_INSTITUTIONS = frozenset(
    [
        *(
            "academie",
            "agence",
            "archives",
            "archeveche",
            "assemblee",
            "association",
            "bibliotheque",
            "bureau",
            "caisse",
        ),
        *(
            "centre",
            "chambre",
            "clinique",
            "college",
            "comite",
            "commission",
            "communaute",
            "compagnie",
            "confrerie",
        ),
        *(
            "conseil",
            "cooperative",
            "cour",
            "departement",
            "direction",
            "ecole",
            "eveche",
            "federation",
            "hopital",
        ),
        *(
            "hospice",
            "inspection",
            "institut",
            "lycee",
            "mairie",
            "ministere",
            "musee",
            "office",
            "perception",
        ),
        *("prefecture", "recette", "rectorat", "region", "service", "societe", "sous-prefecture", "syndicat"),
        *("tresorerie", "tribunal", "universite", "ville"),
    ]
)
"""With such a word at its head a name is that of no person, whatever machine found it."""


def is_sure(field: str, form: str, kind: OriginKind) -> bool:
    """Whether a form may be counted under a name: a model alone takes persons for places and organisations."""
    if kind is not OriginKind.MODEL:
        return True
    words = fold(form).split()
    return field == "organisation" and bool(words) and words[0] in _INSTITUTIONS


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What people accepted: the preferred form of (field, form), and the names that one record is counted under."""

    preferred: Mapping[tuple[str, str], str]
    names: tuple[str, ...]


NOBODY = KnownNames({}, ())
"""Nothing was accepted yet."""


def known_names(
    record: Record, preferred: Mapping[tuple[str, str], str], rule: LivingRule, *, today: date
) -> KnownNames:
    """The organisations and persons of a record that archivists accepted, by their preferred form.

    A person counts where the record itself shows that they are dead or in a public role: what another
    record shows is no reason. A form that the record also says of a person is no organisation.
    """
    said = [
        a for a in record.assertions if isinstance(a.value, str) and is_sure(a.field, a.value, a.origin.kind)
    ]
    persons = {name_key(str(a.value), "person") for a in record.assertions if a.field == "person"}
    found: dict[str, None] = {}
    for a in said:
        name = preferred.get((a.field, a.value))
        if name is None:
            continue
        is_organisation = a.field == "organisation" and name_key(a.value, "person") not in persons
        if is_organisation or (a.field == "person" and may_be_known(record, a, rule, today=today)):
            found[name] = None
    return KnownNames(preferred, tuple(found))
