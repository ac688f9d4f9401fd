"""What Alembic runs; the connection comes from ``archiveia.edges.database.migrate``."""

from alembic import context

from archiveia.edges.database.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
