"""Seam 2: reading files of every kind in fenced children."""
