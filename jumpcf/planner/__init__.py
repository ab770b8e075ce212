"""Manifest and observed to plan and status; pure.

Takes records; gives records.  May import: artifacts, policy, errors.
"""
