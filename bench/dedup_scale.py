"""Near-duplicates of a growing archive: our index beside plain datasketch (and rensa), at equal bands.

Run ``python bench/dedup_scale.py CORPUS... [--pages 10000,100000] [--systems archiveia,datasketch]``. CORPUS:
folders with ``.jsonl`` texts. Each system runs in a process of its own: every page is signed, looked up among
those before it, and added. One page in ten is a copy of an earlier one with letters misread; recall is the share
of these copies whose original is among the candidates. Times are CPU seconds without the making of the texts.
``--identical N``: N pages of one text instead, until the pairs are made.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archiveia.steps.dedup_letters import letters
from archiveia.steps.dedup_signatures import PERMUTATIONS, SCHEMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BLOCK = 1_000
QUERIES = 1_000
CHUNKS, CHUNK_WORDS = 22, 14
"""A page is so many runs of so many words, each from another place of the corpora: 310 words."""
SHARES = (0.005, 0.01, 0.02, 0.03)
"""Letters misread in a copy; its original is as clean as the corpora."""
LONG = SCHEMES[-1]


class Pages:
    """Page texts by number, always the same: the texts themselves are not kept."""

    def __init__(self, folders: list[Path]) -> None:
        texts = []
        for path in sorted(p for folder in folders for p in folder.rglob("*.jsonl")):
            for line in path.open(encoding="utf-8"):
                row = json.loads(line)
                texts += [v for k, v in row.items() if k in ("text", "current") and isinstance(v, str)]
        self.words = " ".join(dict.fromkeys(texts)).split()

    def original_of(self, number: int) -> int | None:
        """The page of which this one is a copy; ``None`` for a page of its own."""
        if number % 10 or not number:
            return None
        chosen = random.Random(number).randrange(number)  # noqa: S311 - invented pages, not a secret
        return chosen if chosen % 10 else chosen + 1

    def share_of(self, number: int) -> float:
        """The share of letters that are misread in a copy."""
        return SHARES[number // 10 % len(SHARES)]

    def __getitem__(self, number: int) -> str:
        original = self.original_of(number)
        if original is None:
            draw = random.Random(-1 - number)  # noqa: S311 - as above
            last = len(self.words) - CHUNK_WORDS
            starts = [int(draw.random() * last) for _ in range(CHUNKS)]
            return " ".join(" ".join(self.words[s : s + CHUNK_WORDS]) for s in starts)
        draw = random.Random(number)  # noqa: S311 - as above
        spoilt = list(self[original])
        for _ in range(round(len(spoilt) * self.share_of(number))):
            spoilt[int(draw.random() * len(spoilt))] = draw.choice("aceilmnorstu")
        return "".join(spoilt)


def archiveia_system() -> tuple[Callable[[list[str]], Any], Callable[..., list[list[int]]]]:
    """Sign texts; look signatures up (and add them first)."""
    from archiveia.steps.dedup_index import LookalikeIndex
    from archiveia.steps.dedup_signatures import Signature, signature

    index = LookalikeIndex()

    def look_up(numbers: list[int], made: list[Signature], *, add: bool) -> list[list[int]]:
        if add:
            index.add({str(n): m for n, m in zip(numbers, made, strict=True)})
        return [[int(c.page) for c in found] for found in index.near(made)]

    return (lambda texts: [signature(text) for text in texts]), look_up


def _shingled(text: str) -> set[str]:
    bare = letters(text)
    return {bare[n : n + LONG.shingle_letters] for n in range(len(bare) - LONG.shingle_letters + 1)}


def datasketch_system() -> tuple[Callable[[list[str]], Any], Callable[..., list[list[int]]]]:
    """The same with datasketch as its documentation shows it."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(num_perm=PERMUTATIONS, params=(LONG.bands, LONG.rows))

    def sign(texts: list[str]) -> list[MinHash]:
        made = []
        for text in texts:
            one = MinHash(num_perm=PERMUTATIONS)
            one.update_batch([shingle.encode() for shingle in _shingled(text)])
            made.append(one)
        return made

    def look_up(numbers: list[int], made: list[MinHash], *, add: bool) -> list[list[int]]:
        found = []
        for number, one in zip(numbers, made, strict=True):
            found.append(index.query(one))
            if add:
                index.insert(number, one, check_duplication=False)
        return found

    return sign, look_up


def rensa_system() -> tuple[Callable[[list[str]], Any], Callable[..., list[list[int]]]]:
    """The same with rensa, which is no dependency of ours."""
    from rensa import RMinHash, RMinHashLSH  # type: ignore[import-not-found]

    index = RMinHashLSH(threshold=0.7, num_perm=LONG.bands * LONG.rows, num_bands=LONG.bands)

    def sign(texts: list[str]) -> list[Any]:
        made = []
        for text in texts:
            one = RMinHash(num_perm=LONG.bands * LONG.rows, seed=1)
            one.update(list(_shingled(text)))
            made.append(one)
        return made

    def look_up(numbers: list[int], made: list[Any], *, add: bool) -> list[list[int]]:
        found = []
        for number, one in zip(numbers, made, strict=True):
            found.append(list(index.query(one)))
            if add:
                index.insert(number, one)
        return found

    return sign, look_up


SYSTEMS = {"archiveia": archiveia_system, "datasketch": datasketch_system, "rensa": rensa_system}


def grow(name: str, folders: list[Path], stops: list[int], limit_s: float) -> Iterator[dict[str, Any]]:
    """The figures of one system at each size."""
    pages = Pages(folders)
    base_mb = _memory_mb()
    sign, look_up = SYSTEMS[name]()
    hits = dict.fromkeys(SHARES, 0)
    copies = dict.fromkeys(SHARES, 0)
    spent = {"sign": 0.0, "look up": 0.0}
    candidates, last = 0, (0, 0.0)
    for start in range(0, stops[-1], BLOCK):
        numbers = list(range(start, start + BLOCK))
        texts = [pages[n] for n in numbers]
        made = _timed(spent, "sign", sign, texts)
        found = _timed(spent, "look up", look_up, numbers, made, add=True)
        candidates += sum(map(len, found))
        for number, near in zip(numbers, found, strict=True):
            original = pages.original_of(number)
            if original is not None:
                copies[pages.share_of(number)] += 1
                hits[pages.share_of(number)] += original in near
        done, total_s = start + BLOCK, sum(spent.values())
        if done in stops or total_s > limit_s:
            fresh = [pages[10**9 + 10 * n + 1] for n in range(QUERIES)]
            asked = dict(spent)
            made = _timed(asked, "sign", sign, fresh)
            _timed(asked, "look up", look_up, list(range(len(fresh))), made, add=False)
            yield {
                "system": name,
                "pages": done,
                "build_s": round(total_s, 1),
                "sign_us": round(spent["sign"] / done * 1e6),
                "look_up_us": round(spent["look up"] / done * 1e6),
                "page_us_since_last": round((total_s - last[1]) / (done - last[0]) * 1e6),
                "query_us": round((asked["look up"] - spent["look up"]) / len(fresh) * 1e6),
                "memory_mb": round(_memory_mb() - base_mb),
                "candidates_per_page": round(candidates / done, 2),
                "recall": {f"{share:.1%}": round(hits[share] / copies[share], 4) for share in SHARES},
                "recall_all": round(sum(hits.values()) / sum(copies.values()), 4),
                "is_cut_off": done not in stops,
            }
            last = done, total_s
        if total_s > limit_s:
            return


def _timed(
    spent: dict[str, float], what: str, do: Callable[..., Any], *args: object, **kwargs: object
) -> Any:
    started_s = time.process_time()
    made = do(*args, **kwargs)
    spent[what] += time.process_time() - started_s
    return made


def _memory_mb() -> float:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def identical(folders: list[Path], count: int) -> dict[str, Any]:
    """What a crowd of pages of one text costs, in batches of 5,000."""
    from archiveia.steps.dedup import clusters, signatures_of, similar_pairs
    from archiveia.steps.dedup_index import LookalikeIndex

    text, index = Pages(folders)[1], LookalikeIndex()
    started_s, pairs = time.process_time(), []
    for start in range(0, count, 5_000):
        batch = {f"p{n:08d}": text for n in range(start, min(start + 5_000, count))}
        pairs += similar_pairs(signatures_of(batch), index, lambda _: text, threshold=0.75)
    pairs_s = time.process_time() - started_s
    groups = clusters(pairs)
    return {
        "identical": count,
        "pairs": len(pairs),
        "clusters": len(groups),
        "in_clusters": sum(map(len, groups)),
        "pairs_s": round(pairs_s, 1),
        "clusters_s": round(time.process_time() - started_s - pairs_s, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _run(args: argparse.Namespace, name: str) -> None:
    stops = [int(n) for n in args.pages.split(",")]
    for figures in grow(name, args.folders, stops, args.limit_s):
        print(json.dumps(figures, ensure_ascii=False), flush=True)


def main() -> None:
    """Print the figures, one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--pages", default="10000,100000")
    parser.add_argument("--systems", default="archiveia,datasketch")
    parser.add_argument(
        "--limit-s", type=float, default=7_200, help="CPU seconds after which a system is stopped"
    )
    parser.add_argument("--identical", type=int)
    args = parser.parse_args()
    if args.identical:
        print(json.dumps(identical(args.folders, args.identical)))
        sys.exit()
    for name in args.systems.split(","):
        one = multiprocessing.get_context("spawn").Process(target=_run, args=(args, name))
        one.start()
        one.join()


if __name__ == "__main__":
    main()
