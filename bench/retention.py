"""Documents whose retention rule is known, as folders for ``archiveia evaluate retention``.

Run ``python bench/retention.py TEXTS.txt DIR [--renderings 8] [--seed 1] [--read tesseract] [--only E]``. TEXTS are
invented documents, ``=== CODE`` and the text, with ``[[one wording|another]]`` and ``{date}``-like values: each is
rendered so many times. ``DIR/written`` holds the texts as they are, ``DIR/spoilt`` with 2 to 8 % of the letters
misread, ``DIR/read`` what the engine reads of them drawn as pages and aged as scans.

``python bench/retention.py --fit DIR... [--out calibration.json]`` fits the calibration on such folders.
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
from template_acts import MONTHS, STREETS, readings, spoilt

from archiveia.edges.contracts import load_retention_schedule
from archiveia.edges.retention_cues import load_calibration, load_retention_cues
from archiveia.edges.shipped import lexicon
from archiveia.pipeline.evaluating_retention import read_documents
from archiveia.steps.retention_cues import CueBook
from archiveia.steps.retention_rank import AGAINST, FOR, may_be_signed, rank, signs_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archiveia.pipeline.evaluating_retention import LabelledDocument
    from archiveia.steps.retention_cues import Hit
    from archiveia.steps.retention_rank import Calibration, Ranked

_HEADING = re.compile(r"^=== (\S+)[^\n]*\n", re.MULTILINE)
_CHOICE = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_VALUE = re.compile(r"\{(\w+)\}")
SPOILT = (0.02, 0.04, 0.06, 0.08)
PARTS = 10
PENALTY = 0.01
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


def make(texts: Path, folder: Path, *, renderings: int, seed: int, engine: str | None) -> None:
    """The folders."""
    rows = []
    for code, number, template in templates(texts):
        for turn in range(renderings):
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
class Candidate:
    """A document whose best rule eliminates: its true rule, what speaks for and against, whether it may go."""

    rule: str
    signs: list[float]
    may_go: bool


def fit(folders: list[Path], out: Path) -> None:
    """The calibration of these documents: common cues, probabilities, the weights and threshold of elimination.

    The threshold is the highest score that a document which may not go gets from weights fitted without any document
    of its rule, and a margin above.
    """
    schedule, now = load_retention_schedule(), load_calibration()
    rules, keep = load_retention_cues()
    book = CueBook(rules, frozenset(c for c, r in schedule.items() if may_be_signed(r)), keep)
    read = [
        (d, book.hits(d.text.split("\f"), lexicon())) for f in folders for d in read_documents(f, schedule)
    ]
    now = replace(now, common=_common(read))
    ranked = [rank(hits, now, ()) for _, hits in read]
    now = replace(now, **_probabilities([d.rule for d, _ in read], ranked, now))
    candidates = [
        Candidate(
            str(document.rule),
            list(asdict(signs_of(hits, best, book, now, document.text.split("\f"))).values()),
            document.rule in book.eliminating,
        )
        for (document, hits), best in zip(read, ranked, strict=True)
        if best and best[0].code in book.eliminating and book.rules[best[0].code].alike is None
    ]
    weights = _weights(candidates)
    held = _held_out(candidates)
    worst = max((score for c, score in zip(candidates, held, strict=True) if not c.may_go), default=0.0)
    now = replace(now, weights=weights, eliminate_from=round(worst + MARGIN, 3))
    dared = sum(score >= now.eliminate_from for c, score in zip(candidates, held, strict=True) if c.may_go)
    true = sum(document.rule in book.eliminating for document, _ in read)
    print(f"{len(read)} documents, {len(candidates)} candidates; recall {dared / true:.3f}, held out by rule")
    out.write_text(json.dumps(asdict(now), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _common(read: list[tuple[LabelledDocument, list[Hit]]]) -> dict[str, int]:
    """In how many types of documents, other than its own, each cue was met."""
    met: dict[str, set[str]] = {}
    for document, hits in read:
        for hit in hits:
            if hit.cue.code != document.rule:
                met.setdefault(" ".join(hit.cue.words), set()).add(str(document.rule))
    return {words: len(types) for words, types in sorted(met.items())}


def _probabilities(
    true: list[str | None], ranked: list[tuple[Ranked, ...]], now: Calibration
) -> dict[str, float]:
    """The sharpness and the score of silence under which the true rules are likeliest."""
    scored = [
        (next((r.score for r in best if r.code == rule), None), np.array([r.score for r in best]))
        for rule, best in zip(true, ranked, strict=True)
    ]

    def surprise(values: tuple[float, float]) -> float:
        sharpness, silence = values
        total = 0.0
        for mine, every in scored:
            top = max(silence, *every) if len(every) else silence
            whole = np.exp(sharpness * (every - top)).sum() + np.exp(sharpness * (silence - top))
            total -= sharpness * ((silence if mine is None else mine) - top) - np.log(whole)
        return float(total / len(scored))

    found = minimize(surprise, (now.sharpness, now.silence), method="Nelder-Mead").x
    return {"sharpness": round(float(found[0]), 3), "silence": round(float(found[1]), 3)}


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
    rules = sorted({c.rule for c in candidates})
    part = {rule: n % PARTS for n, rule in enumerate(random.Random(1).sample(rules, len(rules)))}  # noqa: S311 - parts, not secrets
    weights = [_weights([c for c in candidates if part[c.rule] != k]) for k in range(PARTS)]
    names = (*FOR, *AGAINST)
    return [
        sum(weights[part[c.rule]][name] * sign for name, sign in zip(names, c.signs, strict=True))
        for c in candidates
    ]


def main() -> None:
    """Make the folders, or fit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("texts", type=Path, nargs="?")
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--renderings", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--read", metavar="ENGINE", help="draw the texts as scans and read them")
    parser.add_argument("--fit", type=Path, nargs="+", metavar="DIR")
    parser.add_argument("--out", type=Path, default=Path("models/retention/calibration.json"))
    args = parser.parse_args()
    if args.fit:
        fit(args.fit, args.out)
    else:
        make(args.texts, args.folder, renderings=args.renderings, seed=args.seed, engine=args.read)


if __name__ == "__main__":
    main()
