"""DBF tables of dBase, FoxPro, Clipper and their kin."""
