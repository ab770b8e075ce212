"""Policy building blocks over awacs: pure functions of plain values.

Takes strings and tuples; gives awacs objects.  May import: artifacts, errors.
"""
