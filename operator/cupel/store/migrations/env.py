"""What Alembic runs for every schema: on the connection it is given, with a version table for each."""

from __future__ import annotations

from alembic import context

settings = context.config.attributes
context.configure(
    connection=settings["connection"],
    version_table=settings["version_table"],
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
