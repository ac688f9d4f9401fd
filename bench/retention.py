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
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from document_classes import laid_out
from template_acts import MONTHS, STREETS, readings, spoilt

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADING = re.compile(r"^=== (\S+)[^\n]*\n", re.MULTILINE)
_CHOICE = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_VALUE = re.compile(r"\{(\w+)\}")
SPOILT = (0.02, 0.04, 0.06, 0.08)
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


def fit(folders: list[Path], out: Path) -> None:
    """The calibration under which the true rules of these documents are likeliest; the threshold stays."""
    import numpy as np
    from scipy.optimize import minimize

    from archiveia.edges.contracts import load_retention_schedule
    from archiveia.edges.retention_cues import load_calibration, load_retention_cues
    from archiveia.edges.shipped import lexicon
    from archiveia.pipeline.evaluating_retention import read_documents
    from archiveia.steps.retention_cues import CueBook
    from archiveia.steps.retention_rank import may_be_signed, predict

    schedule, now = load_retention_schedule(), load_calibration()
    rules, keep = load_retention_cues()
    book = CueBook(rules, frozenset(c for c, r in schedule.items() if may_be_signed(r)), keep)
    scored = []
    for document in (d for folder in folders for d in read_documents(folder, schedule)):
        found = predict(document.text.split("\f"), book, now, class_codes=(), lexicon=lexicon())
        scores = {r.code: r.score for r in found.ranked}
        if document.rule in scores:
            scored.append((scores[document.rule], np.array(list(scores.values()))))
        else:
            scored.append((None, np.array(list(scores.values()))))

    def surprise(values: tuple[float, float]) -> float:
        sharpness, silence = values
        total = 0.0
        for true, every in scored:
            top = max(silence, *every) if len(every) else silence
            whole = np.exp(sharpness * (every - top)).sum() + np.exp(sharpness * (silence - top))
            mine = silence if true is None else true
            total -= sharpness * (mine - top) - np.log(whole)
        return total / len(scored)

    best = minimize(surprise, (now.sharpness, now.silence), method="Nelder-Mead").x
    data = asdict(now) | {"sharpness": round(float(best[0]), 3), "silence": round(float(best[1]), 3)}
    out.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(data))


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
