"""Findings as people read them: a table for a spreadsheet, a page to print."""

from __future__ import annotations

import csv
import io
from html import escape
from typing import TYPE_CHECKING

from archiveia.steps.cleaning import LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from archiveia.steps.cleaning import Finding

COLUMNS = ("où", "constat", "champ", "valeur", "explication", "correction proposée", "autres endroits")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for the beginning of a formula (OWASP, *CSV Injection*)."""
_STYLE = """body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#1d1d1f}
table{border-collapse:collapse;width:100%;table-layout:fixed}
th:nth-child(1),th:nth-child(2),th:nth-child(4){width:20%}
th,td{border:1px solid #c9c9ce;padding:.4rem .6rem;text-align:left;
vertical-align:top;overflow-wrap:anywhere}thead th{background:#f2f2f5}td:first-child{white-space:pre-line}
@media print{body{font-size:11px;margin:0}}"""


def as_csv(findings: Sequence[Finding]) -> str:
    """Semicolons between the cells, as French spreadsheets expect; no cell is taken for a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(COLUMNS)
    for f in findings:
        cells = (f.where[0], LABELS[f.fault], f.field, f.value, f.why, f.mend or "", ", ".join(f.where[1:]))
        writer.writerow([harmless(cell) for cell in cells])
    return text.getvalue()


def harmless(cell: str) -> str:
    """The cell as no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def as_html(findings: Sequence[Finding], name: str, day: date) -> str:
    """A page of its own, without scripts: a heading and a table for each kind of finding."""
    title = f"Contrôle de « {escape(name)} »"
    parts = [
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title>',
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>",
        f"<p>{day:%d/%m/%Y} · {_counted(len(findings))}. Rien n’a été changé.</p>",
    ]
    for fault, label in LABELS.items():
        of_kind = [f for f in findings if f.fault is fault]
        if of_kind:
            parts.append(f"<h2>{label} ({len(of_kind)})</h2><table><thead><tr>")
            parts += [
                f'<th scope="col">{column}</th>' for column in ("Où", "Valeur", "Explication", "Correction")
            ]
            parts.append("</tr></thead><tbody>")
            parts += map(_html_row, of_kind)
            parts.append("</tbody></table>")
    return "\n".join([*parts, "</body></html>", ""])


def _counted(count: int) -> str:
    return f"{count} constats" if count > 1 else "aucun constat" if not count else "un constat"


def _html_row(finding: Finding) -> str:
    where = "\n".join(finding.where)
    value = f"{finding.field} : {finding.value}" if finding.value else finding.field
    cells = (where, value, finding.why, finding.mend or "–")
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
