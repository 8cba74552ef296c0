"""Seam 3: the receiving application's database. One transaction per run; identifiers come from the configuration only."""
