"""Text into typed values: one file per kind of value. Nothing is guessed; what does not fit is null here and an issue later."""
