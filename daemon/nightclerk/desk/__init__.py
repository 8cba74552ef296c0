"""What people ask outside the corridor: how a file reads, what happened, where rejected rows are."""
