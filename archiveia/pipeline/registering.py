"""Finding the input files of a run: each gets an id from its content and place, and a first outcome if it has one.

A file's place is its path under the parent of the PATH that was given: ``scans/1923/p1.jpg`` for
``archiveia run /anywhere/scans``. Ids of records are made of entity, batch, place, content and first
page, never of the order of arrival, so that two runs give the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from archiveia.edges import database
from archiveia.edges.database import sources, units
from archiveia.edges.folders import FoundFile, find_files, hash_file, printable
from archiveia.errors import ArchiveiaError, BadRequestError, UnreadableScanError
from archiveia.steps.intake import groups, kind_of, stable_id
from archiveia.values import Level, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from archiveia.pipeline.workplace import Edges
    from archiveia.values import FileKind


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as found: hashed, its kind told by its first bytes, or the reason why not."""

    found: FoundFile
    sha256: str | None = None
    size_bytes: int | None = None
    kind: FileKind | None = None
    refusal: ArchiveiaError | None = None


def register(
    path: Path,
    *,
    batch: str | None = None,
    producer: str | None = None,
    edges: Edges,
    seen: Callable[[int], None] | None = None,
) -> list[str]:
    """The ids of every file found under ``path``, in the order of their places; all are in the database.

    ``batch`` is by default the name of the folder. ``seen`` is told how many files were hashed so far.

    Raises:
        BadRequestError: there is nothing at ``path``.
    """
    name = default_batch(path) if batch is None else batch
    return register_together([path], batch=name, producer=producer, edges=edges, seen=seen)


def register_together(
    paths: Sequence[Path],
    *,
    batch: str,
    producer: str | None,
    edges: Edges,
    seen: Callable[[int], None] | None = None,
) -> list[str]:
    """Like ``register``, for several paths that make one batch: of two same files, that of the first place counts."""
    found = [file for path in paths for file in find_files(path)]
    rows = []
    for number, file in enumerate(found, start=1):
        rows.append(_look(file, edges))
        if seen is not None:
            seen(number)
    return _save(rows, batch, producer, edges)


def default_batch(path: Path) -> str:
    """The name of the folder that was given, or of the folder of the file that was given."""
    resolved = path.resolve()
    folder = resolved if resolved.is_dir() else resolved.parent
    return folder.name or "racine"


def _look(file: FoundFile, edges: Edges) -> _Seen:
    """The file with its digest and kind, or the reason why it cannot be taken in."""
    if file.refusal is not None:
        return _Seen(file, refusal=file.refusal)
    sha256 = size = None
    try:
        sha256, size, head = hash_file(file.path, edges.settings.limits.max_file_bytes)
        return _Seen(file, sha256, size, kind_of(head))
    except ArchiveiaError as error:
        return _Seen(file, sha256, size, refusal=error)
    except OSError as error:
        reason = UnreadableScanError(
            f"cannot be read: {error.strerror or error}", "check the file and its permissions, then run again"
        )
        return _Seen(file, refusal=reason)


def _save(rows: Sequence[_Seen], batch: str, producer: str | None, edges: Edges) -> list[str]:
    if not batch.strip():
        raise BadRequestError("the batch has an empty name", "give one with --batch")
    entity, now = edges.entity, edges.now()
    batch_id = stable_id("batch", entity, batch)
    series_id = stable_id("series", batch_id)
    fonds_id = stable_id("fonds", entity)
    group_of = groups({r.found.place: r.kind for r in rows})
    records = [_row(r, entity, batch_id, group_of.get(r.found.place)) for r in rows]
    with database.writing(edges.database) as connection:
        units.add_units(
            connection,
            [
                {"id": fonds_id, "entity_id": entity, "parent_id": None, "level": Level.FONDS, "position": 1},
                {
                    "id": series_id,
                    "entity_id": entity,
                    "parent_id": fonds_id,
                    "level": Level.SERIES,
                    "position": 1,
                },
            ],
        )
        units.add_batch(
            connection,
            batch_id=batch_id,
            entity_id=entity,
            name=batch,
            producer=producer,
            unit_id=series_id,
            now=now,
        )
        already = sources.known(connection, [r["id"] for r in records])
        fresh = [r | {"registered_at": now} for r in records if r["id"] not in already]
        earlier = sources.first_with(connection, entity, {r["sha256"] for r in fresh if r["sha256"]})
        sources.add(connection, _with_duplicates(fresh, earlier))
    return [r["id"] for r in records]


def _row(seen: _Seen, entity: str, batch_id: str, group: tuple[str, int] | None) -> dict[str, Any]:
    path, place = printable(str(seen.found.at)), seen.found.place
    key, rank = group or (place, 1)
    return {
        "id": stable_id(
            "source",
            entity,
            batch_id,
            place,
            path,
            seen.sha256 or "",
        ),
        "entity_id": entity,
        "batch_id": batch_id,
        "path": path,
        "place": place,
        "group_key": key,
        "group_rank": rank,
        "sha256": seen.sha256,
        "size_bytes": seen.size_bytes,
        "kind": seen.kind,
        "outcome": Outcome.REJECTED if seen.refusal else None,
        "step": "intake" if seen.refusal else None,
        "reason": seen.refusal.message if seen.refusal else None,
        "remedy": seen.refusal.remedy if seen.refusal else None,
        "duplicate_of": None,
    }


def _with_duplicates(rows: Sequence[dict[str, Any]], earlier: dict[str, str]) -> list[dict[str, Any]]:
    """The rows, originals first; those whose bytes were seen before point to the first file that had them."""
    first = dict(earlier)
    marked = []
    for row in sorted(rows, key=lambda r: (r["place"], r["path"])):
        digest = row["sha256"]
        if digest is not None and digest in first:
            said = {"outcome": Outcome.DUPLICATE, "step": "intake", "reason": None, "remedy": None}
            marked.append(row | said | {"duplicate_of": first[digest]})
            continue
        if digest is not None:
            first[digest] = row["id"]
        marked.append(row)
    return sorted(marked, key=lambda r: r["duplicate_of"] is not None)
