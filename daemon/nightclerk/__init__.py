"""Nightclerk: takes accounting exports from drop folders, books them, files them away and reports."""
