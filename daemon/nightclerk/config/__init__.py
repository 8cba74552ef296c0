"""YAML with positions → checked nouns, every problem of every file at once; secrets, schema, documentation and starter."""
