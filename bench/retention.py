"""Documents whose retention rule is known, as folders for ``archiveia evaluate retention``.

Run ``python bench/retention.py TEXTS.txt DIR [--renderings 8] [--further 0] [--seed 1] [--read tesseract]``. TEXTS are
invented documents, ``=== CODE`` and the text, with ``[[one wording|another]]`` and ``{date}``-like values: each is
rendered so many times. ``DIR/written`` holds the texts as they are, ``DIR/spoilt`` with 2 to 8 % of the letters
misread, ``DIR/read`` what the engine reads of them drawn as pages and aged as scans.

``python bench/retention.py --fit DIR... [--out models/retention]`` learns wordings and calibration from such sets.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from document_classes import laid_out
from scipy.optimize import minimize
from scipy.special import logsumexp
from template_acts import MONTHS, STREETS, readings, spoilt

from archiveia.edges.contracts import load_retention_schedule
from archiveia.edges.retention_cues import (
    CALIBRATION,
    CUES_ALONE,
    load_calibration,
    load_retention_cues,
    save_wordings,
)
from archiveia.edges.shipped import lexicon
from archiveia.pipeline.evaluating_retention import read_documents
from archiveia.steps.retention_cues import CueBook
from archiveia.steps.retention_rank import AGAINST, FOR, Calibration, may_be_signed, rank, signs_of, weight
from archiveia.steps.retention_wording import NOTHING_SAID, learn
from archiveia.values import SortFinal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archiveia.steps.retention_cues import Hit
    from archiveia.steps.retention_wording import Likeness
    from archiveia.values import RetentionRule

_HEADING = re.compile(r"^=== (\S+)[^\n]*\n", re.MULTILINE)
_CHOICE = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_VALUE = re.compile(r"\{(\w+)\}")
SPOILT = (0.02, 0.04, 0.06, 0.08)
PARTS = 10
PENALTY = 0.01
BY_HAND = {
    CALIBRATION: {"min_cues": 1, "propose_from": 0.6},
    CUES_ALONE: {"min_cues": 2, "propose_from": 0.99, "wording": 0.0},
}
"""What is not fitted: cues alone have to be more, and surer."""
UNDESCRIBED = 5
"""One document in so many, while fitting, is of a kind that nobody described."""
_NEAR = 8
_PARTS_OF_A_SET = ("written", "spoilt", "read")
MARGIN = 0.25
"""Above the worst score of a document that may not go: some cases of every kind are never met while fitting."""
PERSONS = ("MARTIN", "DURAND", "LEFEBVRE", "MOREAU", "GARNIER", "ROUSSEAU")
TOWNS = ("Saint-Aubin-des-Prés", "Vaubourg", "Montreuil-le-Gast", "Kervallan", "Beaulieu-sur-Oise")


def templates(path: Path) -> Iterator[tuple[str, int, str]]:
    """Code, number of the template among those of its code, text."""
    _, *parts = _HEADING.split(path.read_text(encoding="utf-8"))
    seen: dict[str, int] = {}
    for code, text in zip(parts[::2], parts[1::2], strict=True):
        seen[code] = seen.get(code, 0) + 1
        yield code, seen[code], text.strip()


def rendered(template: str, draw: random.Random) -> str:
    """The template with its wordings and values drawn."""
    while _CHOICE.search(template):
        template = _CHOICE.sub(lambda m: draw.choice(m.group(1).split("|")), template)
    year = draw.randint(1972, 2023)

    def value(match: re.Match[str]) -> str:
        day, month = draw.randint(1, 28), draw.choice(MONTHS)
        values = {
            "date": f"{day} {month} {year}",
            "year": str(year),
            "day": str(day),
            "month": month,
            "person": f"{draw.choice(('M.', 'Mme'))} {draw.choice(PERSONS)}",
            "town": draw.choice(TOWNS),
            "street": f"{draw.randint(1, 98)} {draw.choice(STREETS)}",
            "amount": f"{draw.randint(40, 98_000) / 4:.2f}".replace(".", ","),
            "number": str(draw.randint(1, 9_800)),
            "phone": f"02 99 {draw.randint(10, 99)} {draw.randint(10, 99)} {draw.randint(10, 99)}",
            "firm": f"{draw.choice(PERSONS)} et fils",
        }
        return values.get(match.group(1), match.group())

    return _VALUE.sub(value, template)


def write(folder: Path, rows: list[dict[str, str]]) -> None:
    """One folder of labelled documents."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "documents.jsonl").open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(f"{folder}: {len(rows)} documents", file=sys.stderr)


def make(texts: Path, folder: Path, *, renderings: int, further: int, seed: int, engine: str | None) -> None:
    """The folders."""
    rows = []
    may_go = {code for code, rule in load_retention_schedule().items() if may_be_signed(rule)}
    for code, number, template in templates(texts):
        for turn in range(renderings + further * (code in may_go)):
            draw = random.Random(f"{seed} {code} {number} {turn}")  # noqa: S311 - invented documents
            text = rendered(template, draw)
            rows.append({"id": f"{code} {number}.{turn + 1}", "rule": code, "text": text})
    write(folder / "written", rows)
    shares = [SPOILT[n % len(SPOILT)] for n in range(len(rows))]
    worse = [spoilt(row["text"], share, n) for n, (row, share) in enumerate(zip(rows, shares, strict=True))]
    write(folder / "spoilt", [row | {"text": text} for row, text in zip(rows, worse, strict=True)])
    if engine:
        read = readings([laid_out(row["text"]) for row in rows], engine)
        write(folder / "read", [row | {"text": text} for row, text in zip(rows, read, strict=True)])


@dataclass(frozen=True)
class Read:
    """A document of a set, its rule and whether that keeps, its cues, and what words learned from other sets say of it.

    ``seen``: those sets hold documents of its rule; ``unseen``: those were left out, as if nobody had described any.
    """

    source: str
    rule: str
    is_kept: bool
    pages: list[str]
    hits: list[Hit]
    seen: Likeness
    unseen: Likeness


def fit(sets: list[Path], out: Path) -> None:
    """The wordings of these documents, and the calibration: common cues, probabilities, weights and threshold.

    Nothing is fitted to what a document itself taught: its likeness comes from the other sets. A document to keep is
    counted twice, the second time as if nobody had described its kind. The threshold is the highest score that one
    which may not go gets from weights fitted without its rule, and a margin above.
    """
    schedule, now = load_retention_schedule(), load_calibration()
    rules, keep = load_retention_cues()
    book = CueBook(rules, frozenset(c for c, r in schedule.items() if may_be_signed(r)), keep)
    read = _read(sets, schedule, book)
    now = replace(now, common=_common(read))
    unheard = [replace(d, seen=NOTHING_SAID, unseen=NOTHING_SAID) for d in read]
    for name, documents in ((CALIBRATION, read), (CUES_ALONE, unheard)):
        by_hand = Calibration.from_json(asdict(now) | BY_HAND[name])
        fitted = _fitted(documents, book, by_hand)
        text = json.dumps(asdict(fitted), indent=1, ensure_ascii=False) + "\n"
        (out / name).write_text(text, encoding="utf-8")
    save_wordings(learn([(d.source, d.rule, "\f".join(d.pages)) for d in read]), out / "wordings.npz")


def _fitted(read: list[Read], book: CueBook, now: Calibration) -> Calibration:
    now = _probabilities(read, book, now)
    candidates = list(_candidates(read, book, now))
    held = _held_out(candidates)
    worst = max((score for c, score in zip(candidates, held, strict=True) if not c.may_go), default=0.0)
    now = replace(now, weights=_weights(candidates), eliminate_from=round(worst + MARGIN, 3))
    dared = sum(score >= now.eliminate_from for c, score in zip(candidates, held, strict=True) if c.may_go)
    true = sum(document.rule in book.eliminating for document in read)
    print(f"{len(read)} documents, {len(candidates)} candidates; recall {dared / true:.3f}, held out by rule")
    near = {(c.rule, c.said) for c, score in zip(candidates, held, strict=True) if _is_near(c, score, worst)}
    print("nearest the threshold:", ", ".join(f"{rule} taken for {said}" for rule, said in sorted(near)))
    return now


def _read(sets: list[Path], schedule: Mapping[str, RetentionRule], book: CueBook) -> list[Read]:
    """Every document of the sets, its words heard by the other sets."""
    documents = [
        (folder.name, d)
        for folder in sets
        for part in _PARTS_OF_A_SET
        if (folder / part).is_dir()
        for d in read_documents(folder / part, schedule)
    ]
    parts = _parts(sorted({str(d.rule) for _, d in documents}))
    taught = [(name, str(d.rule), d.text) for name, d in documents]
    read = []
    for folder in sets:
        others = [t for t in taught if t[0] != folder.name]
        whole = learn(others)
        without = [learn([t for t in others if parts[t[1]] != part]) for part in range(PARTS)]
        for name, d in documents:
            if name == folder.name:
                pages = d.text.split("\f")
                heard = (w.likeness(pages, lexicon()) for w in (whole, without[parts[str(d.rule)]]))
                is_kept = d.fate is not SortFinal.ELIMINATE
                read.append(Read(name, str(d.rule), is_kept, pages, book.hits(pages, lexicon()), *heard))
        print(f"{folder.name}: heard", file=sys.stderr)
    return read


@dataclass(frozen=True)
class Candidate:
    """A document whose best rule eliminates: its true rule, the one said, the signs, whether it may go."""

    rule: str
    said: str
    signs: list[float]
    may_go: bool


def _is_near(candidate: Candidate, score: float, worst: float) -> bool:
    return not candidate.may_go and score > worst - _NEAR * MARGIN


def _candidates(read: list[Read], book: CueBook, now: Calibration) -> Iterator[Candidate]:
    for document in read:
        may_go = document.rule in book.eliminating
        for likeness in (document.seen, document.unseen) if document.is_kept else (document.seen,):
            best = rank(document.hits, likeness, book, now, ())
            if not best or best[0].code not in book.eliminating or book.rules[best[0].code].alike:
                continue
            signs = signs_of(document.hits, best, likeness, book)
            if signs.cues >= now.min_cues:
                yield Candidate(document.rule, best[0].code, list(asdict(signs).values()), may_go)


def _common(read: list[Read]) -> dict[str, int]:
    """In how many types of documents, other than its own, each cue was met."""
    met: dict[str, set[str]] = {}
    for document in read:
        for hit in document.hits:
            if hit.cue.code != document.rule:
                met.setdefault(" ".join(hit.cue.words), set()).add(document.rule)
    return {words: len(types) for words, types in sorted(met.items())}


def _probabilities(read: list[Read], book: CueBook, now: Calibration) -> Calibration:
    """With the weight of likeness, the sharpness and the score of silence under which the true rules are likeliest.

    One document in so many is of a kind that nobody described: silence is true of it.
    """
    codes = sorted(book.rules)
    at = {code: n for n, code in enumerate(codes)}
    by_cues = np.zeros((len(read), len(codes)))
    for n, document in enumerate(read):
        for hit in document.hits:
            if hit.cue.code:
                by_cues[n, at[hit.cue.code]] += weight(hit, now.common)
    seen, unseen = (
        np.array([[said.get(code, 0.0) for code in codes] for said in which])
        for which in ([d.seen.sure for d in read], [d.unseen.sure for d in read])
    )
    true = np.array([at[d.rule] for d in read])
    few = np.arange(0, len(read), UNDESCRIBED)

    def surprise(values: np.ndarray) -> float:
        wording, sharpness, silence = values
        total = 0.0
        for scores, mine in (
            (by_cues + wording * seen, true),
            (by_cues[few] * (np.arange(len(codes)) != true[few, None]) + wording * unseen[few], None),
        ):
            whole = logsumexp(np.c_[sharpness * scores, np.full(len(scores), sharpness * silence)], axis=1)
            own = silence if mine is None else scores[np.arange(len(scores)), mine]
            total += float((whole - sharpness * own).sum())
        return total / (len(read) + len(few))

    found = minimize(surprise, (now.wording, now.sharpness, now.silence), method="Nelder-Mead").x
    wording, sharpness, silence = (round(float(v), 4) for v in found)
    return replace(now, wording=wording, sharpness=sharpness, silence=silence)


def _weights(candidates: list[Candidate]) -> dict[str, float]:
    """Logistic weights, those that speak for never negative, those against never positive."""
    signs = np.array([[*c.signs, 1.0] for c in candidates])
    side = np.array([1.0 if c.may_go else -1.0 for c in candidates])
    bounds = [*((0.0, None) for _ in FOR), *((None, 0.0) for _ in AGAINST), (None, None)]

    def loss(weights: np.ndarray) -> float:
        return float(np.logaddexp(0, -side * (signs @ weights)).mean() + PENALTY * (weights[:-1] ** 2).sum())

    found = minimize(loss, np.zeros(signs.shape[1]), bounds=bounds, method="L-BFGS-B").x
    return {name: round(float(w), 3) for name, w in zip((*FOR, *AGAINST), found[:-1], strict=True)}


def _held_out(candidates: list[Candidate]) -> list[float]:
    """The score of each candidate by weights that saw no document of its rule."""
    parts = _parts(sorted({c.rule for c in candidates}))
    weights = [_weights([c for c in candidates if parts[c.rule] != k]) for k in range(PARTS)]
    names = (*FOR, *AGAINST)
    return [
        sum(weights[parts[c.rule]][name] * sign for name, sign in zip(names, c.signs, strict=True))
        for c in candidates
    ]


def _parts(rules: list[str]) -> dict[str, int]:
    """The part of each rule, drawn."""
    drawn = random.Random(1).sample(rules, len(rules))  # noqa: S311 - parts, not secrets
    return {rule: n % PARTS for n, rule in enumerate(drawn)}


def main() -> None:
    """Make the folders, or fit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("texts", type=Path, nargs="?")
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--renderings", type=int, default=8)
    parser.add_argument(
        "--further", type=int, default=0, help="as many more of each row that may be eliminated"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--read", metavar="ENGINE", help="draw the texts as scans and read them")
    parser.add_argument("--fit", type=Path, nargs="+", metavar="DIR")
    parser.add_argument("--out", type=Path, default=Path("models/retention"))
    args = parser.parse_args()
    if args.fit:
        fit(args.fit, args.out)
    else:
        make(
            args.texts,
            args.folder,
            renderings=args.renderings,
            further=args.further,
            seed=args.seed,
            engine=args.read,
        )


if __name__ == "__main__":
    main()
