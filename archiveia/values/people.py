"""Who works in the archives: accounts with a role, the services whose files they see, the person behind them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an account may do; ``search_ui.permissions`` says it action by action."""

    ARCHIVIST = "archivist"
    RECORDS_MANAGER = "records_manager"
    ACCESS_OFFICER = "access_officer"
    SERVICE = "service"
    """A producing service: it sees its own files and delivers new ones."""
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    """Sees everything, changes nothing."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Who is logged in, and the token that their forms must carry.

    ``person`` names the human being: one person may hold several accounts, and counts as one wherever the law
    wants two. ``session`` tells the sessions of an account apart; it is no secret.
    """

    user_id: int
    name: str
    entity_id: str
    csrf_token: str
    role: Role
    services: tuple[str, ...] = ()
    person: str = ""
    session: str = ""

    @property
    def sees_only(self) -> frozenset[str] | None:
        """The services whose files this account sees; ``None`` for the whole archive.

        A producing service without any service named sees nothing: rights are given, never presumed.
        """
        if self.services or self.role is Role.SERVICE:
            return frozenset(self.services)
        return None


def person_key(person: str) -> str:
    """What two ways to write one person's name have in common: letters and digits, without case or accents.

    >>> person_key(" DURAND,  Zoé") == person_key("durand zoe")
    True
    """
    plain = (c for c in unicodedata.normalize("NFKD", person.casefold()) if not unicodedata.combining(c))
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    return " ".join(sorted(words))
