"""What holds for every policy and request: hypothesis makes them from a small world, so that they meet."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from unit.policy.aws_cases import ACCOUNT, EVERYTHING, OTHER_ACCOUNT, doc, trust

from jumpcf.policy.document import Policy, parse
from jumpcf.policy.evaluate import assume_role, identity, judge
from jumpcf.policy.request import Request

ACTIONS = ("s3:GetObject", "s3:PutObject", "iam:CreateUser", "iam:GetUser")
PATTERNS = ("*", "s3:*", "iam:Get*", "s3:?etObject", "IAM:createuser")
BUCKETS = ("arn:aws:s3:::a/x", "arn:aws:s3:::b/x/y")
RESOURCES = ("*", "arn:aws:s3:::a/*", "arn:aws:s3:::?/x", "arn:aws:s3:::b/${aws:username}/*")
KEYS = {
    "aws:username": ("x", "David"),
    "aws:SourceIp": ("203.0.113.7", "2001:db8::1", "198.51.100.1"),
    "aws:MultiFactorAuthPresent": ("true", "false"),
    "aws:TagKeys": (("a",), ("a", "b"), ()),
}
CONDITIONS = (
    {"StringEquals": {"aws:username": "x"}},
    {"StringNotLike": {"aws:username": ["D*", "y"]}},
    {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}},
    {"NotIpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}},
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    {"Null": {"aws:username": "true"}},
    {"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}, "Bool": {"aws:MultiFactorAuthPresent": "true"}},
    {"ForAnyValue:StringNotEquals": {"aws:TagKeys": "a"}},
)


def some(values: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)


@st.composite
def statements(draw: st.DrawFn, effect: str | None = None) -> dict[str, Any]:
    action = draw(st.sampled_from(["Action", "Action", "NotAction"]))
    resource = draw(st.sampled_from(["Resource", "Resource", "NotResource"]))
    # In a NotResource an absent variable is refused, and that is tested elsewhere.
    names = RESOURCES if resource == "Resource" else RESOURCES[:3]
    made = {
        "Effect": effect or draw(st.sampled_from(["Allow", "Deny"])),
        action: draw(some(PATTERNS)),
        resource: draw(some(names)),
    }
    condition = draw(st.none() | st.sampled_from(CONDITIONS))
    return made | ({"Condition": condition} if condition else {})


@st.composite
def requests(draw: st.DrawFn) -> Request:
    context = {key: draw(st.none() | st.sampled_from(values)) for key, values in KEYS.items()}
    return Request(
        action=draw(st.sampled_from(ACTIONS)),
        resource=draw(st.sampled_from(("*", *BUCKETS))),
        context={key: value for key, value in context.items() if value is not None},
        principal=f"arn:aws:iam::{ACCOUNT}:user/David",
        principal_account=ACCOUNT,
        resource_account=OTHER_ACCOUNT,
    )


documents = st.lists(statements(), min_size=1, max_size=4)
few = settings(max_examples=60, deadline=None)


def read(written: list[dict[str, Any]]) -> Policy:
    return parse(doc(*written), name="generated")


@few
@given(documents, statements("Deny"), requests(), st.integers(0, 4))
def test_a_deny_that_is_added_never_allows(
    written: list[dict[str, Any]], added: dict[str, Any], request: Request, place: int
) -> None:
    before = judge(request, read(written))
    after = judge(request, read([*written[:place], added, *written[place:]]))
    assert before.allowed or not after.allowed
    assert before.effect != "explicit-deny" or after.effect == "explicit-deny"


@few
@given(documents, statements("Allow"), requests(), st.integers(0, 4))
def test_an_allow_that_is_removed_never_allows(
    written: list[dict[str, Any]], extra: dict[str, Any], request: Request, place: int
) -> None:
    without = judge(request, read(written))
    assert not without.allowed or judge(request, read([*written[:place], extra, *written[place:]])).allowed


@few
@given(documents.flatmap(lambda one: st.tuples(st.just(one), st.permutations(one))), requests())
def test_the_order_of_statements_is_irrelevant(
    orders: tuple[list[dict[str, Any]], list[dict[str, Any]]], request: Request
) -> None:
    one, another = orders
    assert judge(request, read(one)).effect == judge(request, read(another)).effect


@few
@given(documents, documents, requests())
def test_one_policy_or_two_of_the_same_statements_decide_alike(
    one: list[dict[str, Any]], other: list[dict[str, Any]], request: Request
) -> None:
    assert judge(request, read(one), read(other)).effect == judge(request, read([*one, *other])).effect


def in_capitals(statement: dict[str, Any]) -> dict[str, Any]:
    made = dict(statement)
    for element in ("Action", "NotAction"):
        if element in made:
            made[element] = [action.upper() for action in made[element]]
    if "Condition" in made:
        made["Condition"] = {
            operator: {key.upper(): value for key, value in keys.items()}
            for operator, keys in made["Condition"].items()
        }
    return made


@few
@given(documents, requests())
def test_actions_and_the_names_of_keys_have_no_letter_case(
    written: list[dict[str, Any]], request: Request
) -> None:
    shouted = Request(
        action=request.action.split(":")[0] + ":" + request.action.split(":")[1].swapcase(),
        resource=request.resource,
        context={key.swapcase(): value for key, value in request.context.items()},
        principal=request.principal,
        principal_account=request.principal_account,
        resource_account=request.resource_account,
    )
    decided = judge(request, read(written)).effect
    assert judge(request, read([in_capitals(each) for each in written])).effect == decided
    assert judge(shouted, read(written)).effect == decided


@few
@given(documents, documents, documents, requests())
def test_a_boundary_or_a_session_policy_only_takes_away(
    own: list[dict[str, Any]],
    boundary: list[dict[str, Any]],
    session: list[dict[str, Any]],
    request: Request,
) -> None:
    bounded = identity(request, [read(own)], read(boundary), [read(session)])
    alone = identity(request, [read(own)])
    assert alone.allowed or not bounded.allowed
    assert identity(request, [read(own)], read([EVERYTHING])).effect == alone.effect


@few
@given(documents, documents, requests())
def test_a_role_is_taken_only_where_both_accounts_allow(
    own: list[dict[str, Any]], other: list[dict[str, Any]], request: Request
) -> None:
    policy, trusting = read(own), parse(doc(*(one | {"Principal": "*"} for one in other)), name="trust")
    both = assume_role(request, group_policies=[policy], trust=trusting)
    parts = (judge(request, policy), judge(request, trusting))
    assert both.allowed == all(part.allowed for part in parts)
    assert (both.effect == "explicit-deny") == any(part.effect == "explicit-deny" for part in parts)
    assert both.by


def test_the_world_above_is_not_all_denied() -> None:
    everybody = parse(trust("*", Action="*"), name="trust")
    request = Request(
        action=ACTIONS[0],
        resource=BUCKETS[0],
        context={},
        principal=f"arn:aws:iam::{ACCOUNT}:user/David",
        principal_account=ACCOUNT,
        resource_account=OTHER_ACCOUNT,
    )
    assert assume_role(request, group_policies=[read([EVERYTHING])], trust=everybody).allowed
