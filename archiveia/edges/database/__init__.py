"""The database: connections, tables, and one file of plain functions per subject.

Functions take an open ``Connection`` and never commit: the caller's transaction decides.
"""

from archiveia.edges.database import tables_eliminations as _tables_eliminations
from archiveia.edges.database import tables_rule_sets as _tables_rule_sets
from archiveia.edges.database import tables_waiting as _tables_waiting
from archiveia.edges.database.connection import (
    migrate,
    migrate_if_needed,
    open_database,
    reading,
    shrink,
    version,
    writing,
)

__all__ = ["migrate", "migrate_if_needed", "open_database", "reading", "shrink", "version", "writing"]

# imported so that all tables are known to ``tables.metadata``
del _tables_eliminations, _tables_rule_sets, _tables_waiting
