"""What must outlive the process that does a tenant's rounds."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "rounds",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("kept_until", sa.DateTime(), nullable=True),
        sa.Column("refused_at", sa.DateTime(), nullable=True),
        sa.Column("refused_with", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant"),
    )
