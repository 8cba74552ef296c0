"""Archives around a table: zip and gz, unpacked into a scratch file as if the table had come without them."""
