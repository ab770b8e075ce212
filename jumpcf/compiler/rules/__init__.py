"""jumpcf's own rules on rendered templates.

Takes a rendered template and what was asked of awacs; gives findings.  May import: iam, policy, errors.
"""
