"""What the fork server is asked and what it answers: fixed numbers beside the descriptors that are passed."""

from __future__ import annotations

import struct

#: A request: the greatest size of a scratch file, with the descriptors of a pipe's end, the file and two scratch files.
REQUEST = struct.Struct(">Q")
DESCRIPTORS = 4
#: An answer: the child's process id, with a descriptor of its process.
ANSWER = struct.Struct(">Q")
