"""The database: connections, tables, and one file of plain functions per subject.

Functions take an open ``Connection`` and never commit: the caller's transaction decides.
"""

from archiveia.edges.database import tables_eliminations as _tables_eliminations
from archiveia.edges.database.connection import (
    migrate,
    migrate_if_needed,
    open_database,
    reading,
    version,
    writing,
)

__all__ = ["migrate", "migrate_if_needed", "open_database", "reading", "version", "writing"]

del _tables_eliminations  # imported so that all tables are known to ``tables.metadata``
