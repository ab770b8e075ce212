"""AWS inside the process: own CloudFormation on moto's core, beneath boto3.

Takes an estate to seed from; gives an endpoint and credentials.  May import: estate, policy, errors.
"""
