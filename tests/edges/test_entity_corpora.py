from __future__ import annotations

import json

import pytest

from archiveia.edges.entity_corpora import by_reading, load_corpus
from archiveia.errors import BadRequestError

HIPE = """TOKEN\tNE-COARSE-LIT\tNE-COARSE-METO\tMISC
# hipe2022:document_id = one
M\tB-PER\t_\tNoSpaceAfter
.\tI-PER\t_\t_
Martin\tI-PER\t_\tEndOfLine
à\tO\t_\t_
Dinan\tB-loc\t_\tNoSpaceAfter
,\tO\t_\t_
L'Ouest\tB-HumanProd\t_\t_
# hipe2022:document_id = two
rien\tO\t_\t_
"""


def names(text):
    return [(n.field, text.text[n.start : n.end]) for n in text.names]


def test_a_hipe_table_gives_its_documents_with_their_spaces_and_names(tmp_path):
    (tmp_path / "a.tsv").write_text(HIPE, encoding="utf-8")
    corpus = load_corpus(tmp_path)
    assert [(t.name, t.group) for t in corpus.texts] == [("one", "one"), ("two", "two")]
    assert corpus.texts[0].text == "M. Martin\nà Dinan, L'Ouest "
    assert names(corpus.texts[0]) == [("person", "M. Martin"), ("place", "Dinan")]
    assert corpus.fields == ("person", "place")


def test_runs_of_one_tag_are_one_name_where_there_is_no_b(tmp_path):
    lines = "Emmanuel I-PER\nDESOLES I-PER\nde O\nRENNES I-LOC\n, O\nParis I-LOC\nLe I-ORG\n"
    (tmp_path / "b.bio").write_text(lines, encoding="utf-8")
    (text,) = load_corpus(tmp_path).texts
    assert text.text.startswith("Emmanuel DESOLES de RENNES, Paris Le")
    assert names(text) == [
        ("person", "Emmanuel DESOLES"),
        ("place", "RENNES"),
        ("place", "Paris"),
        ("organisation", "Le"),
    ]


def test_a_stream_is_parted_into_texts_whose_groups_share_no_stretch(tmp_path):
    (tmp_path / "b.bio").write_text("mot O\n" * 6000 + "Dinan I-LOC\n", encoding="utf-8")
    texts = load_corpus(tmp_path).texts
    groups = [t.group for t in texts]
    assert (len(texts), len(set(groups))) == (13, 10)
    assert groups == sorted(groups, key=lambda g: int(g.split()[-1]))


def test_entries_have_one_text_for_each_reading_and_keep_the_group_of_their_book(tmp_path):
    entry = {
        "id": "1",
        "book": "Bottin",
        "ner_xml": "<PER>Dufan &amp; fils</PER>, <ACT>pharm.</ACT>, <LOC>r. Antin</LOC> 3",
        "ner_pero": "<PER>Dufau</PER>, pharm.",
        "ner_tess": None,
    }
    (tmp_path / "entries.jsonl").write_text(json.dumps(entry) + "\n", encoding="utf-8")
    found = by_reading(load_corpus(tmp_path).texts)
    assert list(found) == ["text", "ocr_pero"]
    (text,) = found["text"]
    assert (text.text, text.group) == ("Dufan & fils, pharm., r. Antin 3", "Bottin")
    assert names(text) == [("person", "Dufan & fils"), ("place", "r. Antin")]


def test_a_folder_without_marked_names_or_with_a_broken_file_is_refused(tmp_path):
    with pytest.raises(BadRequestError, match="no text with marked names"):
        load_corpus(tmp_path)
    (tmp_path / "entries.jsonl").write_text("{\n", encoding="utf-8")
    with pytest.raises(BadRequestError, match=r"entries\.jsonl cannot be read"):
        load_corpus(tmp_path)


@pytest.mark.corpora
@pytest.mark.parametrize(
    ("corpus", "fields"),
    [
        ("ner-hipe2022-fr", ("person", "place", "organisation")),
        ("ner-soduco-directories", ("person", "place")),
        ("ner-europeana-bnf", ("person", "place", "organisation")),
    ],
)
def test_real_corpora_are_read_and_every_name_is_inside_its_text(corpora, corpus, fields):
    found = load_corpus(corpora / corpus)
    assert found.fields == fields
    assert all(t.text[n.start : n.end].strip() for t in found.texts for n in t.names)
