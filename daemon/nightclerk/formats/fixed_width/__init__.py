"""Text of fixed width."""
