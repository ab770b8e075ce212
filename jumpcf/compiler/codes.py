"""Every code of this room with its meaning in one sentence; E3xx are stacks, E4xx quotas."""

from jumpcf.compiler import forms
from jumpcf.compiler.quotas import QUOTAS

CODES: dict[str, str] = {
    "E301": "There is no stack module in stacks/.",
    "E302": "A stack module cannot be loaded.",
    "E303": "A stack module does not declare a usable STACK.",
    "E304": "A stack module has no function build.",
    "E305": "A stack module's build failed.",
    "E306": "A stack module's build gave something that is not a template.",
    "E307": "A template cannot be rendered: a required property is missing, or a value has no place in it.",
    "E308": "Two stack modules make one stack.",
    **forms.CODES,
    "J2901": "cfn-lint does not know the region.",
    "J2902": "A lint worker ended without an answer (exit code 70).",
    "J2903": "cfn-lint broke on a template (exit code 70).",
    **{quota.code: f"Over a quota: {quota.limit:,} {quota.what}." for quota in QUOTAS.values()},
}
