"""From a report to a letter: what is said, in which language, on which page, in which envelope."""
