"""Where the work on a drop was begun."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("drops", sa.Column("begun_in", sa.JSON(), nullable=True))
