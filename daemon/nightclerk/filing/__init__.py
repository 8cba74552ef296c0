"""Files on our own disk: the spool, the archive, the issues file. Every path is made of our own ids."""
