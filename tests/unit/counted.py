"""Resources of a chosen size, and what a ledger counts of a template made of them."""

from unit import builders as an

from jumpcf.artifacts.codec import canonical
from jumpcf.compiler.ledger import Ledger
from jumpcf.errors import Mark
from jumpcf.stack import StackContext

MARK = Mark("params/partners/acme.yaml", 10, 3)


def a_resource(kind, **properties):
    return {"Type": f"AWS::IAM::{kind}", "Properties": properties}


def a_role(**properties):
    return a_resource("Role", **({"AssumeRolePolicyDocument": {}} | properties))


def inline(*sizes):
    return [{"PolicyDocument": a_policy(size)} for size in sizes]


def a_policy(size):
    """A document of exactly `size` characters without white space, and some white space."""
    frame = len('{"x":""}')
    return {"x": "a " * (size - frame)}


def tags(number):
    return [{"Key": f"key{each}", "Value": "x"} for each in range(number)]


def counted_template(body, *, name="x", place="corp", tags=None, raised=None):
    ledger = Ledger(raised or {})
    context = StackContext(estate=an.an_estate(), name=name)
    tags = {"jumpcf-estate": "example"} if tags is None else tags
    ledger.template(place, canonical(body), body, context, MARK, tags)
    return ledger


def context_of(estate, grant=None):
    partner = estate.partners["acme"]
    grant = grant or partner.grants[0]
    return StackContext(
        estate=estate,
        name=f"jump-acme-{grant.name}",
        partner=partner,
        grant=grant,
        organization=estate.organizations["corp"],
        levels=tuple(estate.levels[level] for level in grant.levels),
    )
