"""Resource types of the embedded CloudFormation, one provider each, on moto's services.

Takes resolved properties; gives physical ids and attributes, or an AWS refusal.  May import: moto, errors.
"""
