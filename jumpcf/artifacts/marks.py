"""What makes somebody a partner's in AWS: an IAM path below the one, and the other as a tag with his name.

The builders write both, the planner and the gateway know a partner's user by both.
"""

PARTNER_PATH = "/partner/"
PARTNER_TAG = "jump-partner"
