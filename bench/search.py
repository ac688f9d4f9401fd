"""Pages a second and milliseconds a query: the embedded index beside SQLite FTS5, in the same run.

Run ``python bench/search.py [pages]``. The text is synthetic (invented words, Zipf frequencies, 2 %
of them damaged as by an OCR): it measures speed, not relevance. A query of the index gives what a
result page needs: total, three facets, 20 hits with their excerpts. FTS5 gives the total and 20
snippets; it has no facets and tolerates no error.
"""

from __future__ import annotations

import itertools
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from archiveia.edges.search_tantivy import TantivyIndex
from archiveia.values import SearchDocument, SearchQuery

if TYPE_CHECKING:
    from collections.abc import Callable

STARTS = ("b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "v", "ch", "tr")
ENDS = ("", "a", "e", "i", "o", "u", "on", "an", "eur")
SYLLABLES = [start + end for start in STARTS for end in ENDS]
QUERIES = 100


def vocabulary(chance: random.Random, size: int = 30_000) -> list[str]:
    """Invented words of one to five syllables, the short ones first: they are the frequent ones."""
    words = {"".join(chance.choices(SYLLABLES, k=chance.randint(1, 5))) for _ in range(size)}
    return sorted(words, key=lambda word: (len(word) + chance.random() * 6, word))


def pages(chance: random.Random, words: list[str], count: int) -> list[SearchDocument]:
    """Pages of 200 to 400 words, ten pages a record."""
    weights = list(itertools.accumulate(1 / (rank + 1) ** 1.07 for rank in range(len(words))))
    made = []
    for n in range(count):
        text = chance.choices(words, cum_weights=weights, k=chance.randint(200, 400))
        text = [damaged(chance, word) if chance.random() < 0.02 else word for word in text]
        made.append(
            SearchDocument(
                page_id=f"p{n}", record_id=f"r{n // 10}", entity_id="e", page=n % 10 + 1, text=" ".join(text),
                title=f"Registre {n // 10}", class_code=f"c{n % 16}", class_label=None,
                year=chance.randint(1790, 2024), places=(f"commune {n % 300}",),
            )
        )  # fmt: skip
    return made


def damaged(chance: random.Random, word: str) -> str:
    """One letter replaced, as an OCR does."""
    at = chance.randrange(len(word))
    return word[:at] + chance.choice("eiculnrt") + word[at + 1 :]


def questions(chance: random.Random, made: list[SearchDocument]) -> dict[str, list[SearchQuery]]:
    """The queries of each kind, taken from the pages so that they find something."""

    def ask(text: str, **filters: object) -> SearchQuery:
        return SearchQuery(text, "e", None, **filters)  # type: ignore[arg-type]

    def words(count: int, longer_than: int = 3) -> list[str]:
        page = chance.choice(made).text.split()
        return chance.choices([word for word in page if len(word) > longer_than], k=count)

    def phrase() -> str:
        page = chance.choice(made).text.split()
        at = chance.randrange(len(page) - 3)
        return f'"{" ".join(page[at : at + 3])}"'

    kinds: dict[str, Callable[[], SearchQuery]] = {
        "1 word": lambda: ask(words(1)[0]),
        "2 words": lambda: ask(" ".join(words(2))),
        "3 words": lambda: ask(" ".join(words(3))),
        "beginning of 3 letters": lambda: ask(words(1)[0][:3]),
        "1 word with an error": lambda: ask(damaged(chance, words(1, 5)[0])),
        "phrase of 3 words": lambda: ask(phrase()),
        "2 words, 2 filters": lambda: ask(" ".join(words(2)), class_codes=("c1", "c2"), year_from=1890),
        "no word, 2 filters": lambda: ask("", class_codes=("c1", "c2"), year_from=1890),
        "10 words": lambda: ask(" ".join(words(10))),
    }
    return {kind: [make() for _ in range(QUERIES)] for kind, make in kinds.items()}


def fts5(file: Path, made: list[SearchDocument]) -> sqlite3.Connection:
    """The same pages in SQLite."""
    database = sqlite3.connect(file)
    database.execute(
        "create virtual table pages using fts5(text, class unindexed, year unindexed, prefix='3')"
    )
    database.executemany("insert into pages values (?, ?, ?)", ((d.text, d.class_code, d.year) for d in made))
    database.commit()
    return database


def ask_fts5(database: sqlite3.Connection, query: SearchQuery) -> None:
    """Total and 20 snippets."""
    text = query.text if query.text.startswith('"') else " ".join(f'"{w}"' for w in query.text.split()) + "*"
    tests, values = ["1"], []
    if query.text:
        tests, values = ["pages match ?"], [text]
    if query.class_codes:
        tests.append("class in ('c1', 'c2') and year >= 1890")
    where = " and ".join(tests)
    database.execute(f"select count(*) from pages where {where}", values).fetchone()  # noqa: S608 - the tests above
    shown = "snippet(pages, 0, '', '', '', 30)" if query.text else "text"
    order = "order by rank" if query.text else ""
    database.execute(f"select {shown} from pages where {where} {order} limit 20", values).fetchall()  # noqa: S608 - same


def timed(ask: Callable[[SearchQuery], object], queries: list[SearchQuery]) -> str:
    """``p50 / p95`` in milliseconds."""
    spent = []
    for query in queries:
        start = time.perf_counter()
        ask(query)
        spent.append((time.perf_counter() - start) * 1000)
    return f"{statistics.median(spent):7.1f} /{statistics.quantiles(spent, n=20)[-1]:7.1f}"


def main() -> None:
    """Index, ask, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    chance = random.Random(5)  # noqa: S311 - a fixed corpus, not a secret
    words = vocabulary(chance)
    made = pages(chance, words, count)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        index = TantivyIndex(Path(folder) / "index", write=True)
        index.rebuild(made)
        indexed = time.perf_counter()
        database = fts5(Path(folder) / "fts5.sqlite3", made)
        done = time.perf_counter()
        index_bytes = index.describe()["size_bytes"]
        fts5_bytes = (Path(folder) / "fts5.sqlite3").stat().st_size
        print(f"{count} pages; milliseconds p50 / p95 over {QUERIES} queries")
        print(f"{'':24}{'archiveia':>17}{'SQLite FTS5':>19}")
        print(f"{'pages a second':24}{count / (indexed - start):17.0f}{count / (done - indexed):19.0f}")
        print(f"{'MB on disk':24}{index_bytes / 1e6:17.0f}{fts5_bytes / 1e6:19.0f}")
        for kind, queries in questions(chance, made).items():
            ours = timed(index.search, queries)
            print(f"{kind:24}{ours:>17}{timed(lambda q: ask_fts5(database, q), queries):>19}")
        one = [SearchQuery(str(n), "e", None) for n in range(20)]
        print(
            f"{'replace 1 record':24}{timed(lambda q: index.replace([], made[int(q.text) * 10 :][:10]), one):>17}"
        )


if __name__ == "__main__":
    main()
