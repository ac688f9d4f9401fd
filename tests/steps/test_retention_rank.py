"""Rules of the retention schedule that a text speaks for, and what speaks against elimination."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiveia.steps.retention_cues import CueBook, RuleCues
from archiveia.steps.retention_rank import Calibration, known_share, predict
from archiveia.steps.retention_wording import learn

if TYPE_CHECKING:
    import random

RULES = {
    "FIN-004": RuleCues("FIN-004", ("facture",), ("net à payer", "total ttc", "prix unitaire")),
    "POL-014": RuleCues("POL-014", ("registre des objets trouvés",), ("restitué à", "objet déposé")),
    "ADM-001": RuleCues("ADM-001", ("registre des délibérations",), ("après en avoir délibéré",)),
    "VOI-005": RuleCues("VOI-005", ("analyse d'eau",), ("eau conforme",), alike="VOI-006"),
    "MAR-001": RuleCues("MAR-001", ("marché de travaux",), ("maître d'ouvrage",)),
}
BOOK = CueBook(
    RULES, eliminating=frozenset(("FIN-004", "POL-014", "VOI-005")), keep=("registre", "inventaire")
)
WORDINGS = learn(
    [
        (source, cues.code, " ".join((*cues.names, *cues.says, own)))
        for source in ("one", "two")
        for cues, own in zip(
            RULES.values(), ("bureau livraison", "clefs", "conseil", "", "chantier"), strict=True
        )
    ]
)
CALIBRATION = Calibration(
    wording=0.1,
    sharpness=0.9,
    silence=2.5,
    propose_from=0.8,
    eliminate_from=5.0,
    min_cues=2,
    min_known=0.5,
    weights={
        "evidence": 0.5,
        "cues": 0.5,
        "likeness": 0.02,
        "margin": 0.02,
        "kept_evidence": -0.5,
        "keep_words": -2.0,
    },
    common={"total ttc": 1},
)
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
    return predict(pages, BOOK, WORDINGS, CALIBRATION, class_codes=class_codes, lexicon=LEXICON)


def test_an_invoice_may_be_proposed_for_elimination_and_says_why():
    found = _predict(INVOICE)
    best = found.ranked[0]
    assert (best.code, found.to_eliminate) == ("FIN-004", "FIN-004")
    spans = {INVOICE[h.evidence.start : h.evidence.end] for h in best.hits}
    assert spans == {"FACTURE", "Prix unitaire", "total TTC", "Net à payer"}


def test_a_cue_forgives_a_misread_letter_and_no_word_is_taken_for_another():
    def codes(text: str) -> list[str]:
        return [hit.cue.code for hit in BOOK.hits([text], frozenset(("fracture",)))]

    assert codes("Factvre") == ["FIN-004"]
    assert codes("Fracture") == []
    assert codes("Registre des délibcrations") == ["ADM-001"]


def test_a_longer_name_covers_the_shorter_one_in_it():
    assert [h.cue.code for h in BOOK.hits(["Registre des objets trouvés"], LEXICON)] == ["POL-014"]
    assert [h.cue.code for h in BOOK.hits(["Registre des objets perdus"], LEXICON)] == [""]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("Facture de bureau", "Trop peu d’indices", id="a title alone"),
        pytest.param(
            "Livraison au bureau, prix unitaire, payer le total ttc", "ne suffit pas", id="no title"
        ),
        pytest.param("Registre\n" + INVOICE, "Un mot du titre", id="a word that speaks for keeping"),
        pytest.param("Marché de travaux\n" + INVOICE, "indices de documents à conserver", id="two names"),
        pytest.param("Régistrc dcs delibcrations\n" + INVOICE, "Un mot du titre", id="a name badly read"),
        pytest.param(
            "FACTURE prixx unitaire qztv net à payer wkxv zzzq ghtr brtm xvcw", "trop mal lu", id="badly read"
        ),
        pytest.param("Analyse d'eau\neau conforme", "Seule une personne distingue", id="alike"),
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
    """At most one letter of each word of five letters is misread: what cues and words to keep forgive."""
    clean = "\n".join(phrases)
    worse = re.sub(r"\w{5,}", lambda m: _misread(m.group(), slips), clean)
    real = frozenset(re.findall(r"\w+", clean.lower()))
    calibration = replace(CALIBRATION, min_known=0.0)
    before, after = (
        predict([text], BOOK, WORDINGS, calibration, class_codes=(), lexicon=real) for text in (clean, worse)
    )
    assert before.to_eliminate is not None or after.to_eliminate is None


def _misread(word: str, slips: random.Random) -> str:
    at = slips.randrange(len(word))
    return word[:at] + slips.choice("abcdeilort") + word[at + 1 :] if slips.random() < 0.5 else word
