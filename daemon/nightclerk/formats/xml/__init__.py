"""XML exports as rows: one pass through a parser that believes nothing, into blocks of columns."""
