"""The papers of an elimination: made once, kept for ever under their digests, named by the events they belong to."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from archiveia.edges import database
from archiveia.edges.database import journal
from archiveia.edges.papers_odt import odt_bytes
from archiveia.edges.papers_pdf import pdf_bytes
from archiveia.errors import RefusedError, UnknownUnitError
from archiveia.pipeline import eliminating
from archiveia.steps.eliminate_papers import bordereau_csv, bordereau_paper, certificate_paper
from archiveia.values.eliminations import Act

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archiveia.pipeline.workplace import Edges
    from archiveia.steps.eliminate_standing import Standing
    from archiveia.values.eliminations import Hand
    from archiveia.values.papers import Paper

KINDS = {
    "pdf": "application/pdf",
    "odt": "application/vnd.oasis.opendocument.text",
    "csv": "text/csv; charset=utf-8",
}


def issue(elimination_id: str, shown_seal: str, *, by: Hand, edges: Edges) -> Standing:
    """The standing of the list, of which no letter changes any more, if it is the one that was shown.

    Raises:
        RefusedError: something stands against it, or it is another one by now.
    """
    known, here = eliminating.load(elimination_id, edges)
    if here.bordereau is None:
        raise RefusedError(f"le bordereau {known.number} est vide", eliminating.ADVICE)
    papers = _printed(bordereau_paper(here.bordereau, shown_seal, head=_head(edges)))
    papers["csv"] = bordereau_csv(here.bordereau, shown_seal).encode("utf-8-sig")
    facts = {"sha256": shown_seal, "on": edges.today().isoformat(), "documents": _digests(papers)}
    return eliminating.act(elimination_id, Act.ISSUE, facts, by=by, edges=edges, files=papers.values())[1]


def certify(elimination_id: str, *, by: Hand, edges: Edges) -> Standing:
    """The standing with its certificate, which says what was destroyed and until when backups hold it."""
    _known, here = eliminating.load(elimination_id, edges)
    is_done = Act.DESTROYED in here.done  # else the act is refused
    papers = _printed(certificate_paper(here, head=_head(edges))) if is_done else {}
    facts = {"on": edges.today().isoformat(), "documents": _digests(papers)}
    return eliminating.act(elimination_id, Act.CERTIFY, facts, by=by, edges=edges, files=papers.values())[1]


def attest(elimination_id: str, facts: Mapping[str, str], *, by: Hand, edges: Edges) -> Standing:
    """The standing with its certificate, once somebody answers for the destruction of the paper."""
    eliminating.act(elimination_id, Act.ATTEST, facts, by=by, edges=edges)
    return certify(elimination_id, by=by, edges=edges)


def document(elimination_id: str, act: Act, kind: str, edges: Edges) -> tuple[str, bytes]:
    """The name and the bytes of a paper of this elimination: of its ``ISSUE``, ``VISA`` or ``CERTIFY``.

    Raises:
        UnknownUnitError: there is none.
    """
    known, here = eliminating.load(elimination_id, edges)
    facts = here.done[act].facts if act in here.done else {}
    if act is Act.VISA and facts:
        sha256, kind = facts["file_sha256"], facts["file_kind"]
    else:
        sha256 = facts.get("documents", {}).get(kind)
    path = edges.storage.kept(sha256) if sha256 else None
    if path is None or not path.exists():
        raise UnknownUnitError(
            f"no such paper of {known.number}", "choose one on the page of the elimination"
        )
    name = {Act.ISSUE: "bordereau", Act.VISA: "visa", Act.CERTIFY: "certificat"}[act]
    return f"{name}-{known.number}.{kind}", path.read_bytes()


def _printed(paper: Paper) -> dict[str, bytes]:
    return {"pdf": pdf_bytes(paper), "odt": odt_bytes(paper)}


def _digests(papers: Mapping[str, bytes]) -> dict[str, str]:
    return {kind: hashlib.sha256(data).hexdigest() for kind, data in papers.items()}


def _head(edges: Edges) -> str | None:
    """The head of the journal as it is printed: whoever holds the paper can tell whether the journal was rewritten."""
    with database.reading(edges.database) as connection:
        found = journal.head(connection, edges.entity)
    return None if found is None else str(found)
