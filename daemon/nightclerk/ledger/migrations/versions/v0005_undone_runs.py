"""Which run took which one back, and which drops book an archived file again."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("runs", sa.Column("undoes", sa.Integer(), nullable=True))
    op.add_column("runs", sa.Column("undone_by", sa.Integer(), nullable=True))
    op.add_column("drops", sa.Column("replays", sa.Integer(), nullable=True))
    op.add_column("drops", sa.Column("replayed_by", sa.Text(), nullable=True))
