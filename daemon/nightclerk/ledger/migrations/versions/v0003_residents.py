"""Which machine and state folder works with the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("installation", sa.Column("resident", sa.Text(), nullable=True))
    op.add_column("installation", sa.Column("resident_words", sa.Text(), nullable=True))
