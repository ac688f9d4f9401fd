"""Which dossiers a sampling keeps (*tri*): by the population of the collectivité, drawn from a seed, and recorded."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archiveia.values import Json

METHOD = "per year, the dossiers whose SHA-256 of « seed:identifier » is smallest, rounded up"
"""Written in the record, so that anyone draws the same sample again without this program."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """What ``schemas/sampling.json`` says of some rules: the share kept from each population on."""

    rules: tuple[str, ...]
    source: str
    is_first_year_kept: bool
    brackets: tuple[tuple[int, int], ...]
    """``(from_population, share_percent)``, smallest first."""

    def share_percent(self, population: int) -> int:
        """The share of the dossiers that a collectivité of this population keeps."""
        return next(share for least, share in reversed(self.brackets) if population >= least)


@dataclass(frozen=True, slots=True)
class Sample:
    """What is kept and what is left, and the ``record`` of how it was drawn, which is kept for ever."""

    kept: tuple[str, ...]
    left: tuple[str, ...]
    record: Mapping[str, Json]


def draw_sample(
    years: Mapping[str, int | None], sampling: Sampling, *, rule: str, population: int, seed: str
) -> Sample:
    """The sample of these dossiers, given by the year of each. The same seed always draws the same one.

    The first year is kept in full where the source says so, and so is what has no known year: nothing is left out
    on a guess. The rest is drawn year by year, so that every year stays represented.
    """
    share = sampling.share_percent(population)
    by_year: dict[int | None, list[str]] = defaultdict(list)
    for identifier, year in years.items():
        by_year[year].append(identifier)
    known = sorted(year for year in by_year if year is not None)
    whole = {None, *known[:1]} if sampling.is_first_year_kept else {None}
    kept: set[str] = set()
    counts: list[dict[str, Json]] = []
    for year in (*known, *([None] if None in by_year else [])):
        here = by_year[year]
        number = len(here) if year in whole else -(-len(here) * share // 100)
        kept.update(_drawn(here, seed)[:number])
        counts.append({"year": year, "dossiers": len(here), "kept": number, "in_full": year in whole})
    record = {
        "rule": rule,
        "source": sampling.source,
        "population": population,
        "share_percent": share,
        "seed": seed,
        "method": METHOD,
        "years": counts,
        "dossiers": len(years),
        "kept": sorted(kept),
        "fingerprint": hashlib.sha256("\n".join(sorted(years)).encode()).hexdigest(),
    }
    return Sample(tuple(sorted(kept)), tuple(sorted(set(years) - kept)), record)


def _drawn(identifiers: Sequence[str], seed: str) -> list[str]:
    """The identifiers in the order of their lot."""
    return sorted(identifiers, key=lambda i: (hashlib.sha256(f"{seed}:{i}".encode()).digest(), i))
