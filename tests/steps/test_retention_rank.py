"""Rules of the retention schedule that a text speaks for: exact words to eliminate, misread words to keep."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiveia.steps.retention_cues import CueBook, RuleCues
from archiveia.steps.retention_rank import Calibration, known_share, predict

if TYPE_CHECKING:
    import random

RULES = {
    "FIN-004": RuleCues("FIN-004", ("facture",), ("net à payer", "total ttc", "prix unitaire")),
    "POL-014": RuleCues("POL-014", ("registre des objets trouvés",), ("restitué à", "objet déposé")),
    "ADM-001": RuleCues("ADM-001", ("registre des délibérations",), ("après en avoir délibéré",)),
    "MAR-001": RuleCues("MAR-001", ("marché de travaux",), ("maître d'ouvrage",)),
}
BOOK = CueBook(RULES, exact=frozenset(("FIN-004", "POL-014")), keep=("registre", "inventaire"))
CALIBRATION = Calibration(sharpness=0.9, silence=2.5, propose_from=0.8, may_eliminate_from=0.8, min_known=0.5)
INVOICE = (
    "FACTURE du 3 mai\nLivraison de fournitures de bureau\nPrix unitaire, total TTC\nNet à payer : 12 euros"
)
LEXICON = frozenset(
    [
        "livraison",
        "fournitures",
        "bureau",
        "prix",
        "unitaire",
        "total",
        "payer",
        "euros",
        "facture",
        "mai",
        "conseil",
    ]
)


def _predict(*pages: str, class_codes: tuple[str, ...] = ()):
    return predict(pages, BOOK, CALIBRATION, class_codes=class_codes, lexicon=LEXICON)


def test_an_invoice_may_be_proposed_for_elimination_and_says_why():
    found = _predict(INVOICE)
    best = found.ranked[0]
    assert (best.code, found.to_eliminate) == ("FIN-004", "FIN-004")
    spans = {INVOICE[h.evidence.start : h.evidence.end] for h in best.hits}
    assert spans == {"FACTURE", "Prix unitaire", "total TTC", "Net à payer"}


def test_a_misread_letter_hides_a_cue_of_elimination_and_not_one_of_keeping():
    assert [h.cue.code for h in BOOK.hits(["Factvre"])] == []
    assert [h.cue.code for h in BOOK.hits(["Registre des délibcrations"])] == ["ADM-001"]


def test_a_longer_name_covers_the_shorter_one_in_it():
    assert [h.cue.code for h in BOOK.hits(["Registre des objets trouvés"])] == ["POL-014"]
    assert [h.cue.code for h in BOOK.hits(["Registre des objets perdus"])] == [""]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("Net à payer : 12 euros, prix unitaire", "Le titre ne dit pas", id="no title"),
        pytest.param("FACTURE de mai", "Un seul indice", id="a title alone"),
        pytest.param(
            "Registre des factures\n" + INVOICE, "Un mot du titre", id="a word that speaks for keeping"
        ),
        pytest.param("Marché de travaux\n" + INVOICE, "Le titre porte aussi", id="two names"),
        pytest.param(
            "FACTVRE FACTURE prixx unitaire qzt net à payer wkx zzzq ghtr brtm",
            "trop mal lu",
            id="badly read",
        ),
    ],
)
def test_in_doubt_a_person_decides(text: str, reason: str):
    found = _predict(text)
    assert found.to_eliminate is None
    assert any(reason in sentence for sentence in found.why)


def test_a_text_that_says_nothing_of_any_rule_has_none():
    assert _predict("Il fait beau sur la place.").ranked == ()
    assert _predict("").ranked == ()


def test_the_class_of_the_document_counts():
    alone, with_class = _predict("facture"), _predict("facture", class_codes=("FIN-004",))
    assert alone.ranked[0].probability < with_class.ranked[0].probability


def test_probabilities_leave_room_for_none_of_the_rules():
    found = _predict(INVOICE)
    assert 0.8 < sum(r.probability for r in found.ranked) < 1.0


def test_words_of_some_length_tell_how_well_a_text_was_read():
    assert known_share(["livraison bureau"], LEXICON) == 1.0
    assert known_share(["livraison burcau"], LEXICON) == pytest.approx(9 / 15)
    assert known_share(["12 le"], LEXICON) == 0.0


PHRASES = (
    *(text for rule in RULES.values() for text in (*rule.names, *rule.says)),
    *BOOK.keep,
    "livraison de bureau",
    "le conseil",
)


@given(
    phrases=st.lists(st.sampled_from(PHRASES), min_size=1, max_size=9),
    slips=st.randoms(use_true_random=False),
)
@settings(max_examples=400, deadline=None)
def test_letters_misread_never_bring_an_elimination_about(phrases: list[str], slips: random.Random):
    """At most one letter of each word of five letters is misread: what cues to keep forgive."""
    clean = "\n".join(phrases)
    worse = re.sub(r"\w{5,}", lambda m: _misread(m.group(), slips), clean)
    everything = frozenset(re.findall(r"\w+", f"{clean} {worse}".lower()))
    before, after = (
        predict([text], BOOK, CALIBRATION, class_codes=(), lexicon=everything) for text in (clean, worse)
    )
    assert before.to_eliminate is not None or after.to_eliminate is None


def _misread(word: str, slips: random.Random) -> str:
    at = slips.randrange(len(word))
    return word[:at] + slips.choice("abcdeilort") + word[at + 1 :] if slips.random() < 0.5 else word
