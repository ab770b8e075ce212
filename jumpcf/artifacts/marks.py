"""What marks somebody as a partner's in AWS; the builders write it, planner and gateway read it."""

PARTNER_PATH = "/partner/"
PARTNER_TAG = "jump-partner"
"""An IAM path below the one, and the other as a tag whose value is the partner's name."""

MEMBERS = "-members"
"""After the partner's name: the group that every user of his is in, which carries self-service and every Deny."""
