"""Makes ``schemas/communes.csv.gz`` from the official list of communes, as its npm package brings it.

Nothing of it is needed at run time. To refresh the list:

    npm pack @etalab/decoupage-administratif@6.0.0
    python tools/communes.py etalab-decoupage-administratif-6.0.0.tgz schemas/communes.csv.gz

then write the version and the printed SHA-256 into ``schemas/README.md`` and ``NOTICE``.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import json
import sys
import tarfile
from pathlib import Path
from typing import Any

COLUMNS = ("code", "name", "kind", "department", "part_of", "population")
KINDS = {
    "commune-actuelle": "current",
    "commune-deleguee": "delegated",
    "commune-associee": "associated",
    "arrondissement-municipal": "arrondissement",
}


def main() -> None:
    """Write the table, departments first, and say what it holds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("package", type=Path, help="the .tgz that npm pack made")
    parser.add_argument("target", type=Path)
    asked = parser.parse_args()
    with tarfile.open(asked.package) as archive:
        departments = _read(archive, "departements")
        communes = _read(archive, "communes")
    rows = [(d["code"], d["nom"], "department", d["code"], "", "") for d in departments]
    rows += sorted(map(_row, communes))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    with asked.target.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.getvalue().encode())
    digest = hashlib.sha256(asked.target.read_bytes()).hexdigest()
    sys.stdout.write(f"{len(rows)} rows, {asked.target.stat().st_size} bytes, SHA-256 {digest}\n")


def _read(archive: tarfile.TarFile, name: str) -> list[dict[str, Any]]:
    member = archive.extractfile(f"package/data/{name}.json")
    if member is None:
        sys.exit(f"package/data/{name}.json is not in the package: its form has changed, correct this tool")
    found: list[dict[str, Any]] = json.load(member)
    return found


def _row(commune: dict[str, Any]) -> tuple[str, str, str, str, str, str]:
    whole = commune.get("chefLieu") or commune.get("commune") or ""
    department = commune.get("departement") or commune["code"][: 3 if commune["code"].startswith("97") else 2]
    return (
        commune["code"],
        commune["nom"],
        KINDS[commune["type"]],
        department,
        "" if whole == commune["code"] and commune["type"] == "commune-actuelle" else whole,
        str(commune.get("population", "")),
    )


if __name__ == "__main__":
    main()
