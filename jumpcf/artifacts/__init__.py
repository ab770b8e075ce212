"""What is written to disk: frozen records with one canonical JSON form and a schema version.

Takes nothing from the world; gives records and their codec.  May import: errors.
"""
