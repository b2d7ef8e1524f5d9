"""Alembic's entry: runs the migrations on the connection that `database.migrate` hands over."""

from alembic import context

from print_service.ledger.tables import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
