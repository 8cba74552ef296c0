"""What processes of ours are asked and what they answer beside data: fixed numbers."""

from __future__ import annotations

import struct

#: A request: the greatest size of a scratch file, with the descriptors of a pipe's end, the file and the scratch files.
REQUEST = struct.Struct(">Q")
SCRATCH_FILES = 3
DESCRIPTORS = 2 + SCRATCH_FILES
#: An answer: the child's process id, with a descriptor of its process.
ANSWER = struct.Struct(">Q")
#: What the writer of a workbook answers first: how many rows it was asked for, and how many are in the workbook, which follows.
ROWS_WRITTEN = struct.Struct(">QQ")
