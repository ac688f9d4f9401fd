"""What a search page was asked: its whole question is in its address, and goes back into addresses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from starlette.datastructures import QueryParams

PAGE_SIZE = 20
LAST_PAGE = 500
MAX_TEXT_CHARS = 500
"""Of a question; the search reads ten words of it."""
MAX_TICKED = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as a person put it; years that cannot be read are in ``not_understood``."""

    text: str = ""
    class_codes: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    """Series of the classification plan: each stands for all its classes, beside those that are ticked."""
    decades: tuple[int, ...] = ()
    places: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    page: int = 1
    not_understood: tuple[str, ...] = ()

    @property
    def is_narrowed(self) -> bool:
        """Something beside the words restricts the results."""
        return any(
            (
                *(self.class_codes, self.series, self.decades, self.places, self.subjects, self.names),
                *(self.year_from, self.year_to),
            )
        )

    @property
    def offset(self) -> int:
        """How many hits come before this page."""
        return (self.page - 1) * PAGE_SIZE

    def query(self, *, page: int = 1) -> str:
        """The question as the end of an address, at this page of the results."""
        pairs: list[tuple[str, object]] = [("q", self.text)] if self.text else []
        pairs += [("classe", c) for c in self.class_codes]
        pairs += [("serie", s) for s in self.series]
        pairs += [("decennie", d) for d in self.decades]
        pairs += [("lieu", p) for p in self.places]
        pairs += [("sujet", s) for s in self.subjects]
        pairs += [("nom", n) for n in self.names]
        pairs += [(name, y) for name, y in (("de", self.year_from), ("a", self.year_to)) if y is not None]
        if page > 1:
            pairs.append(("page", page))
        return f"?{urlencode(pairs)}" if pairs else "?"

    def widened(self) -> Asked:
        """The same words without any restriction."""
        return replace(Asked(), text=self.text)


def asked_in(params: QueryParams) -> Asked:
    """The question of an address; whatever is in it can be asked."""
    years = {name: params.get(name, "").strip() for name in ("de", "a")}
    bad = tuple(y for y in years.values() if y and _number(y, 1, 9999) is None)
    decades = (_number(d, 0, 9999) for d in params.getlist("decennie")[:MAX_TICKED])
    return Asked(
        text=params.get("q", "").strip()[:MAX_TEXT_CHARS],
        class_codes=_ticked(params, "classe"),
        series=_ticked(params, "serie"),
        decades=tuple(dict.fromkeys(d for d in decades if d is not None)),
        places=_ticked(params, "lieu"),
        subjects=_ticked(params, "sujet"),
        names=_ticked(params, "nom"),
        year_from=_number(years["de"], 1, 9999),
        year_to=_number(years["a"], 1, 9999),
        page=_number(params.get("page", "1"), 1, LAST_PAGE) or 1,
        not_understood=bad,
    )


def _ticked(params: QueryParams, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in params.getlist(name)[:MAX_TICKED] if value))


def page_number(text: str | None) -> int:
    """The number of a page in an address; 1 when there is none that can be used."""
    return _number(text or "", 1, 1_000_000) or 1


def _number(text: str, least: int, most: int) -> int | None:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        return None
    number = int(text)
    return number if least <= number <= most else None
