"""Estate and stacks/ to manifest and templates, offline and deterministic.

Takes an estate and a folder of stack modules; gives templates, a manifest, problems.
May import: stack, estate, iam, policy, artifacts, errors.
"""
