"""The corridor: every file walks the same twelve steps, whoever opened the door."""
