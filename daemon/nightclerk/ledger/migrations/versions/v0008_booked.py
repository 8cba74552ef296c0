"""In what order runs were booked: what was held is booked later than its number tells."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("runs", sa.Column("booked", sa.Integer(), nullable=True))
    op.execute("UPDATE runs SET booked = id WHERE ending IN ('imported', 'imported_with_rejects', 'undo')")
    op.create_index("runs_booked", "runs", ["booked"])
