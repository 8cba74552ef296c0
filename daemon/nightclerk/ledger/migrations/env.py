"""Runs the migrations on the connection that ``ledger.upgrade`` hands over, inside its transaction."""

from alembic import context

given = context.config.attributes
context.configure(
    connection=given["connection"], version_table=given["version_table"], target_metadata=None, transactional_ddl=True
)
context.run_migrations()
