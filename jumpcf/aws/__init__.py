"""The seam to AWS: the only importer of boto3 beside `local`.

Takes connections and operations; gives observations and outcomes.  May import: artifacts, errors.
"""
