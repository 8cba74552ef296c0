"""Files that are encrypted with OpenPGP: opened by GnuPG, a process of its own."""
