"""Which drops book the rows that a run had parked."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("drops", sa.Column("retries", sa.Integer(), nullable=True))
