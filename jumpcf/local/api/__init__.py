"""The calls of the embedded CloudFormation, parsed and answered by botocore's own service model.

Takes requests; gives answers and refusals.  May import: moto's response base, the rest of local.
"""
