"""The journal in which every decision of a person stands (``journal``)."""

from __future__ import annotations

from archiveia.edges.database.journal import confirmations, journal_entry, journal_list, write_journal

__all__ = ["confirmations", "journal_entry", "journal_list", "write_journal"]
