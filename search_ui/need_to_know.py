"""What the desk shows to whom: a service its own files, sensitive records to who has said why."""

from pathlib import Path
from urllib.parse import quote

from archiveia.errors import NotAllowedError
from archiveia.pipeline import Edges
from archiveia.pipeline.need_to_know import seen_record, withheld
from archiveia.values import Record, Staff

WITHHELD = Path(__file__).parent / "static" / "withheld.svg"
"""Stands for the picture of a sensitive record for which no reason was given yet."""


class ReasonNeededError(Exception):
    """The record is sensitive, and this session has not said why it reads it."""

    def __init__(self, record_id: str) -> None:
        super().__init__(record_id)
        self.form_url = f"/bureau/motif/{quote(record_id, safe='')}"


def read(record_id: str, staff: Staff, edges: Edges) -> Record:
    """One record that this account may read now.

    Raises:
        UnknownUnitError: there is no such record for this account.
        ReasonNeededError: it is sensitive, and no reason was given yet.
    """
    record = seen_record(record_id, staff, edges)
    if withheld([record], staff, edges):
        raise ReasonNeededError(record_id)
    return record


def sees_all(staff: Staff) -> None:
    """Nothing, when the account sees the whole archive.

    Raises:
        NotAllowedError: it sees some services only, and this page speaks of all.
    """
    if staff.sees_only is not None:
        raise NotAllowedError(
            "this page speaks of the whole archive, and your account sees some services only",
            "ask an administrator of these archives",
        )
