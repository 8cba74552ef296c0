"""Seam 4: what carries finished letters. Every implementation passes ``tests/contract/test_channel.py``."""
