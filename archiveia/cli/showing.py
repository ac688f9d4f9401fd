"""``demo``: the main job on sample scans (or on your own), then seven proofs, each with what it shows."""

from __future__ import annotations

import re
import shlex
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiveia import pipeline
from archiveia.cli.output import progress
from archiveia.cli.working import exit_code, print_account
from archiveia.edges import database
from archiveia.edges.database import units
from archiveia.pipeline import deciding, eliminating, publishing, requesting, rule_sets, searching
from archiveia.pipeline.indexing import title_of
from archiveia.settings import read_settings
from archiveia.values import Signature, ThirdPartyRights
from archiveia.values.eliminations import Support

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from archiveia.pipeline import Account, Edges
    from archiveia.values import Record

WRONG = 1


@dataclass(frozen=True, slots=True)
class Shown:
    """What the proofs are shown on: the account, the records, the word that is searched."""

    account: Account
    records: tuple[Record, ...]
    word: str
    edges: Edges


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether something holds, and the lines that let anyone see it."""

    holds: bool
    lines: Sequence[str]


def demo(args: argparse.Namespace) -> int:
    """Run the main job and show the seven proofs; 0 when all of them hold."""
    settings = read_settings(home=args.home)
    with pipeline.open_edges(settings) as edges, progress() as tell:
        edges.progress = tell
        folder, word = args.scans, None
        if folder is None:
            from archiveia.demo.box import write_samples
            from archiveia.demo.texts import SURNAME

            folder, word = settings.home_dir / "scans", SURNAME
            print(f"sample scans: {folder}")
            write_samples(folder)
        account = pipeline.run([folder], edges, producer="Démonstration")
    print_account(account)
    edges = pipeline.connect(settings)
    try:
        if args.scans is None:
            _decide_on_samples(_records(account, edges), edges)
        records = _records(account, edges)
        shown = Shown(account, records, word or _word_seen(records), edges)
        holds = [
            _show(number, title, proof, shown)
            for number, (title, proof) in enumerate(PROOFS.items(), start=1)
        ]
    finally:
        edges.close()
    again = f"ARCHIVEIA_HOME={shlex.quote(str(args.home))} {shlex.quote(sys.argv[0])}"
    print(f"\n{sum(holds)} of {len(holds)} proofs hold. Now look at it in a browser:")
    print(f"  {again} user add NAME     (an account for the staff desk)")
    print(f"  {again} serve")
    return 0 if all(holds) and exit_code(account) != WRONG else WRONG


def _records(account: Account, edges: Edges) -> tuple[Record, ...]:
    ids = list(dict.fromkeys(r for f in account.files for r in f.records))
    with database.reading(edges.database) as connection:
        return tuple(units.load_records(connection, ids, edges.entity))


def _decide_on_samples(records: Sequence[Record], edges: Edges) -> None:
    """What an archivist would decide: one délibération is open to all, one old invoice is ripe for elimination.

    So that the public has something to find beside what is closed, and nothing but a visa is missing.
    """
    for record in records:
        if record.value("class") == "DELIB" and len(record.values("person")) and record.value("date"):
            decided = {"class": "DELIB", "date": record.value("date"), "access_category": "C01"}
            deciding.confirm(record.id, decided, actor="Démonstration", edges=edges)
            publishing.publish(
                record.id,
                rights=ThirdPartyRights.NONE,
                data_class="none",
                actor="Démonstration",
                edges=edges,
            )
            break
    for record in records:
        if record.value("class") == "FACTURE":
            decided = {"class": "FACTURE", "retention_rule": "FIN-004", "trigger_on": "1986-12-31"}
            deciding.confirm(record.id, decided, actor="Démonstration", edges=edges)
    signature = Signature(
        "le maire (invention de la démonstration)", edges.today(), "avis favorable, inventé"
    )
    pipeline.redo(
        rule_sets.sign(["FIN-004"], signature, actor="Démonstration", edges=edges), ("retain",), edges
    )


def _pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count} pages"


def _word_seen(records: Sequence[Record]) -> str:
    """A long word that stands on several pages: something to search for in scans that nobody knows."""
    words: Counter[str] = Counter()
    for record in records:
        for page in record.pages:
            words.update({w.lower() for w in re.findall(r"[^\W\d_]{7,}", page.text)})
    return words.most_common(1)[0][0] if words else ""


def _show(number: int, title: str, proof: Callable[[Shown], Proof], shown: Shown) -> bool:
    proved = proof(shown)
    print(f"\n{number}. {title}: {'yes' if proved.holds else 'NO'}")
    for line in proved.lines:
        print(f"   {line}")
    return proved.holds


def every_page_is_accounted_for(shown: Shown) -> Proof:
    """Files found = sum of the outcomes; pages seen = sum of the states = pages of the index and sheets."""
    account = shown.account
    pages = account.pages
    lines = [
        f"{len(account.files)} files = " + " + ".join(f"{n} {o}" for o, n in account.outcomes.items()),
        f"{sum(pages.values())} pages = " + " + ".join(f"{n} {s}" for s, n in pages.items()),
        *account.mistakes,
    ]
    return Proof(not account.mistakes and sum(account.outcomes.values()) == len(account.files), lines)


def the_box_is_cut(shown: Shown) -> Proof:
    """Each file with the pieces that it holds; a box scanned in one go holds several."""
    cut = [f for f in shown.account.files if len(f.records) > 1]
    if not cut:
        return Proof(holds=True, lines=["no file of these holds several pieces (no separator sheet in them)"])
    titles = {r.id: r for r in shown.records}
    lines = []
    for file in cut:
        lines.append(f"{file.place}: {len(file.records)} pieces")
        for number, record_id in enumerate(file.records, start=1):
            record = titles[record_id]
            lines.append(f"  {number}. {record.value('class') or 'à classer':<12} {title_of(record)}")
    return Proof(holds=True, lines=lines)


def an_ocr_error_does_not_hide_a_name(shown: Shown) -> Proof:
    """The word is found where it was read rightly, and where a letter was misread."""
    if not shown.word:
        return Proof(holds=False, lines=["no text was read"])
    results = searching.search(shown.word, shown.edges, public=False, limit=100)
    misread = [h for h in results.hits if not h.exact]
    lines = [f"archiveia search {shown.word}: {_pages(results.total)}"]
    for hit in misread[:3]:
        start, end = hit.excerpt.marks[0] if hit.excerpt.marks else (0, 0)
        lines.append(f"read as « {hit.excerpt.text[start:end]} »: {hit.title}, page {hit.page}")
    if not misread:
        damaged = shown.word[:2] + "x" + shown.word[3:]
        again = searching.search(damaged, shown.edges, public=False)
        lines.append(f"archiveia search {damaged} (one letter wrong): {again.total} pages")
        return Proof(again.total > 0, lines)
    return Proof(results.total > len(misread), lines)


def the_public_finds_nothing_closed(shown: Shown) -> Proof:
    """The same query as the public: only what a person opened, in the hits and in every count."""
    staff = searching.search(shown.word, shown.edges, public=False)
    public = searching.search(shown.word, shown.edges, public=True, limit=100)
    with database.reading(shown.edges.database) as connection:
        opened = {r.id for r in shown.records if searching.is_public(connection, r, shown.edges)}
    counted = sum(count for _value, count in public.facets.get("class", ()))
    titles = {r.id: title_of(r) for r in shown.records}
    lines = [
        f"archiveia search {shown.word}: {_pages(staff.total)} for the staff",
        f"archiveia search {shown.word} --public: {_pages(public.total)}, {counted} in the facets",
        *(f"  {titles[h.record_id]}, page {h.page}" for h in public.hits),
        f"{len(opened)} of {len(shown.records)} records are open: a person confirmed class and date, and published",
    ]
    leaked = {h.record_id for h in public.hits} - opened
    return Proof(not leaked and counted <= public.total, lines)


def retention_is_proposed_with_its_source(shown: Shown) -> Proof:
    """A proposal with its rule and source, whose trigger is said to be unknown rather than guessed."""
    proposals = [(r, r.value("retention")) for r in shown.records]
    unknown = [(r, p) for r, p in proposals if p["rule"] and p["trigger_on"] is None]
    ruled = unknown or [(r, p) for r, p in proposals if p["rule"]]
    if not ruled:
        waiting = [p["why"][0] for _r, p in proposals if p["why"]]
        return Proof(holds=bool(waiting), lines=["no rule could be chosen without a person:", *waiting[:2]])
    record, proposal = ruled[0]
    return Proof(
        holds=bool(proposal["source"]),
        lines=[
            f"{title_of(record)} ({record.value('class')}): rule {proposal['rule']}, {proposal['label']}",
            f"trigger: {proposal['trigger']} -> {proposal['trigger_on'] or 'unknown'}",
            f"due: {proposal['due_on'] or 'unknown'}; sort final: {proposal['fate'] or 'a person decides'}",
            f"source: {proposal['source']}",
        ],
    )


def elimination_needs_a_visa(shown: Shown) -> Proof:
    """An elimination is refused, and the want of a visa is among the reasons."""
    if not shown.records:
        return Proof(holds=False, lines=["there is no record"])
    ripe = [r for r in shown.records if r.value("retention")["fate"] == "E"]
    ready = [r for r in ripe if r.value("retention")["due_on"]] or ripe or list(shown.records)
    tried = eliminating.dry_run([ready[0].id], Support.DIGITAL, shown.edges)
    lacks = [*tried.stays.get(ready[0].id, ()), *eliminating.lacks(tried, shown.edges)]
    lines = [f"archiveia eliminate dry-run {ready[0].id}   ({title_of(ready[0])})", *lacks]
    return Proof(any("visa" in lack for lack in lacks), lines)


def a_request_has_its_legal_date(shown: Shown) -> Proof:
    """A request gets a number, and the last day to answer it."""
    subject = f"Les documents où figure le nom {shown.word}" if shown.word else "Les documents de ce fonds"
    acknowledged = requesting.receive("Démonstration", "demande@example.fr", subject, edges=shown.edges)
    first_lines = [line for line in acknowledged.letter.splitlines() if line.strip()][:4]
    lines = [f"request {acknowledged.number}, to be answered by {acknowledged.due_on}", *first_lines]
    return Proof(acknowledged.due_on > shown.edges.today(), lines)


PROOFS: dict[str, Callable[[Shown], Proof]] = {
    "Every page is accounted for": every_page_is_accounted_for,
    "The box is cut into its pieces": the_box_is_cut,
    "A surname with an OCR error is found": an_ocr_error_does_not_hide_a_name,
    "The same query asked as the public finds nothing closed": the_public_finds_nothing_closed,
    "Retention is proposed with its source, an unknown trigger stays unknown": retention_is_proposed_with_its_source,
    "An elimination is refused for want of a visa": elimination_needs_a_visa,
    "An access request is acknowledged with its legal date": a_request_has_its_legal_date,
}
