"""A thesaurus read from SKOS: relations hold both ways, only French counts, and what is no SKOS says so."""

from __future__ import annotations

from xml.etree.ElementTree import XML, Element

import pytest

from archiveia.edges.xml_files import read_xml
from archiveia.errors import BadRequestError
from archiveia.steps.skos import changes, thesaurus_in
from archiveia.values import Concept, Thesaurus

SCHEME = (
    '<ConceptScheme about="urn:t"><title>Thésaurus d\'essai</title><modified>2020</modified></ConceptScheme>'
)
WATER = """<Concept about="urn:t:eau"><prefLabel lang="fr-fr">eau</prefLabel><prefLabel lang="en">water</prefLabel>
<altLabel lang="fr">eaux  douces</altLabel><narrower resource="urn:t:lavoir"/><narrower resource="urn:gone"/>
<scopeNote lang="fr">Note.</scopeNote></Concept>"""
WASH = '<Concept about="urn:t:lavoir"><prefLabel lang="fr">lavoir</prefLabel><related resource="urn:t:eau"/></Concept>'
ENGLISH = '<Concept about="urn:x"><prefLabel lang="en">x</prefLabel></Concept>'


def read(*parts: str) -> Thesaurus:
    root = XML(f"<RDF>{''.join(parts)}</RDF>")
    return thesaurus_in(root, "essai.rdf")


def test_labels_are_french_and_relations_hold_both_ways():
    thesaurus = read(SCHEME, WATER, WASH)
    water, wash = thesaurus.concepts
    assert (thesaurus.uri, thesaurus.title, thesaurus.modified) == ("urn:t", "Thésaurus d'essai", "2020")
    assert water == Concept(
        "urn:t:eau",
        "eau",
        ("eaux douces",),
        "Note.",
        narrower=("urn:t:lavoir",),
        related=("urn:t:lavoir",),
    )
    assert (wash.broader, wash.related) == (("urn:t:eau",), ("urn:t:eau",))


def test_a_concept_may_be_a_description_with_a_type_and_stand_twice():
    kind = '<type resource="http://www.w3.org/2004/02/skos/core#Concept"/>'
    twice = f'<Description about="urn:t:eau">{kind}<prefLabel>autre</prefLabel><altLabel>onde</altLabel></Description>'
    assert read(SCHEME, WATER, twice).concepts[0].alt_labels == ("eaux douces", "onde")


@pytest.mark.parametrize(
    "said", ["<title>Liste d'autorité Actions</title>", "<title>A</title><type>Liste contrôlée</type>"]
)
def test_a_list_of_authority_stands_beside_another_thesaurus(said):
    assert read(f'<ConceptScheme about="urn:t">{said}</ConceptScheme>', WATER).is_companion
    assert not read(SCHEME, WATER).is_companion


def test_without_the_element_of_the_thesaurus_the_concepts_say_which_it_is():
    inside = WATER.replace("</Concept>", '<inScheme resource="urn:s"/></Concept>')
    assert (read(inside).uri, read(inside).title) == ("urn:s", "essai.rdf")


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        pytest.param([SCHEME], "holds no SKOS concept with a French label", id="no concept"),
        pytest.param([SCHEME, ENGLISH], "with a French label", id="english"),
        pytest.param([SCHEME, WASH.replace("urn:t:lavoir", "#x")], "no SKOS concept", id="no address"),
        pytest.param([WATER], "holds 0 concept schemes", id="no scheme"),
        pytest.param([SCHEME, SCHEME.replace("urn:t", "urn:u"), WATER], "holds 2 concept schemes", id="two schemes"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_says_so(parts, said):
    with pytest.raises(BadRequestError, match=said):
        read(*parts)


def test_another_xml_file_says_so():
    with pytest.raises(BadRequestError, match="is no RDF file"):
        thesaurus_in(Element("alto"), "page.xml")


def test_changes_are_told_by_address():
    old = [Concept("a", "eau"), Concept("b", "lavoir"), Concept("c", "voirie"), Concept("d", "pont")]
    new = [
        Concept("a", "eaux"),
        Concept("b", "lavoir", ("buanderie",)),
        Concept("d", "pont"),
        Concept("e", "quai"),
    ]
    found = changes(old, new)
    assert (found.added, found.removed) == (("quai",), ("voirie",))
    assert (found.renamed, found.changed) == ((("eau", "eaux"),), ("lavoir",))


@pytest.mark.parametrize(
    ("file", "concepts", "alt_labels", "is_companion"),
    [
        ("thesaurus_matiere.rdf", 1502, 1005, False),
        ("Actions.rdf", 71, 44, True),
        ("Typologie.rdf", 238, 65, True),
        ("Contexte_historique.rdf", 132, 3, True),
    ],
)
def test_the_official_thesauri_are_read_whole(reference, file, concepts, alt_labels, is_companion):
    thesaurus = thesaurus_in(read_xml(reference / "thesaurus" / file), file)
    assert len(thesaurus.concepts) == concepts
    assert sum(len(c.alt_labels) for c in thesaurus.concepts) == alt_labels
    assert thesaurus.is_companion is is_companion
    known = {c.uri for c in thesaurus.concepts}
    assert all(set(c.broader + c.narrower + c.related) <= known for c in thesaurus.concepts)
