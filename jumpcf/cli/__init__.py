"""The command line; click and rich live here and only here.

Takes arguments; gives text and exit codes.  May import: pipeline and below.
"""
