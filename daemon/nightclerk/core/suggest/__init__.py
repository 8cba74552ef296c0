"""What a file most likely is: which entity its rows are, which column fills which field, and the YAML that says so.

Pure: what was found in the files comes in as values, and the text of a tenant's file goes out.
"""
