"""What is wrong with the data of a file, column by column: pure collectors that take in block after block.

Memory grows with the columns, never with the rows, but for what must be compared with each other: keys and names, up to
stated caps (``kept.MOST_ROWS``, ``names.MOST_NAMES``, ``check_digits.MOST_CHECKED``).
"""
