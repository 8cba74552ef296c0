"""Workbooks: XLSX, XLS and ODS, each read by its own reader into the same cells, and these into rows of text."""
