"""`--enforce`: who calls, what is asked, and whether the caller's policies allow it.

Takes a request at the gate; gives nothing where it may pass, and raises Denied or NotImplementedHere.
May import jumpcf.policy, the evaluator, besides the rest of this room.
"""
