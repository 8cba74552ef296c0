"""Seam 1: where drops come from. Each implements ``ports.Source``; ``tests/contract/test_source.py`` holds them to it."""
