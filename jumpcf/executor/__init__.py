"""Runs a plan: order, threads, journal, progress.  It decides nothing; it does what the plan says.

Takes a plan and a gateway; gives an outcome for each operation.  May import: artifacts, aws, errors.
"""
