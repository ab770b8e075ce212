"""The estate: what one `params/` folder says, read strictly and checked across files.

Takes a folder; gives an `Estate`, or every Problem at once.  May import: artifacts, policy, errors.
"""
