"""docs/break-glass.md: what `jumpcf partner freeze` does, as plain AWS CLI commands with the example estate's names.

Made from the code's own names, so that the page cannot say another group, policy or StackSet than a deploy makes;
tests/functional/test_break_glass.py runs its commands.
"""

import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path

from jumpcf.artifacts.marks import FREEZE_POLICY, freeze_policy
from jumpcf.aws.identity import DELEGATED_ADMIN, SELF
from jumpcf.estate import names
from jumpcf.estate.load import load
from jumpcf.estate.model import Estate, Grant, Organization, Partner

ROOT = Path(__file__).parents[1]
PARTNER, USER = "acme", "taro.yamada"
EVERYTHING = (
    '{"Version":"2012-10-17","Statement":[{"Sid":"Frozen","Effect":"Deny","Action":"*","Resource":"*"}]}'
)
NOW = "now=$(date -u +%Y-%m-%dT%H:%M:%SZ)"


@functools.cache
def example() -> Estate:
    return load(ROOT)


def block(heading: str) -> str:
    """The commands below a heading of the page, as a script."""
    _, _, rest = page().partition(f"\n{heading}\n")
    assert rest, heading
    found = re.findall(r"```bash\n(.*?)```", re.split(r"\n#", rest)[0], re.DOTALL)
    assert found, heading
    return "\n".join(found)


@functools.cache
def page() -> str:
    estate = example()
    partner = estate.partners[PARTNER]
    return "\n\n".join(_sections(estate, partner)) + "\n"


def _sections(estate: Estate, partner: Partner) -> Iterator[str]:
    jump = f"--profile {estate.jump.profile}"
    group, policy = names.members_group(PARTNER), freeze_policy(estate.partition, estate.jump.account)
    yield f"""# Break glass

What `jumpcf partner freeze` does ([people.md](people.md#the-night-a-laptop-is-stolen)), as plain AWS CLI \
commands, for a night without jumpcf. Made from the code by `make golden`, and run by the tests, with the \
names of the example estate: put your partner (`{PARTNER}`), user (`{USER}`), account \
(`{estate.jump.account}`) and profiles in their places. Print it, and keep it where the people on call find \
it.

Do 1 (or 2) first: it takes a minute and closes the most. Everything here is undone by 5.

Who does this needs, in the jump account, `iam:AttachGroupPolicy`, `AttachUserPolicy`, `DetachGroupPolicy`, \
`DetachUserPolicy`, `PutGroupPolicy`, `PutUserPolicy`, `DeleteGroupPolicy`, `DeleteUserPolicy`, \
`ListAttachedGroupPolicies`, `ListAttachedUserPolicies`, `GetGroup`, `ListUsers`, `ListEntitiesForPolicy` and \
`cloudtrail:LookupEvents`; in an organization's admin account `cloudformation:DescribeStackSet`, \
`UpdateStackSet`, `ListStackSetOperations` and `ListStackSetOperationResults`; in a target account \
`iam:PutRolePolicy`, `DeleteRolePolicy` and `cloudtrail:LookupEvents`. Keep these credentials apart from the \
pipeline's."""
    yield f"""## 1. Freeze a partner

In the jump account. No user of the partner makes a call or takes a role from then on; IAM takes some \
seconds to know it everywhere. The answer must list `{FREEZE_POLICY}`.

```bash
aws iam attach-group-policy {jump} --group-name {group} --policy-arn {policy}
aws iam list-attached-group-policies {jump} --group-name {group}
```"""
    yield f"""## 2. Freeze one person

```bash
aws iam attach-user-policy {jump} --user-name {USER} --policy-arn {policy}
aws iam list-attached-user-policies {jump} --user-name {USER}
```

Leave it on if you take from him all he has ([people.md](people.md#an-emergency)): without it, what he has open in \
the jump account is judged by no policy of his until he is deleted."""
    yield f"""### If the policy is not there

`NoSuchEntity` in 1: write the Deny into the group itself (for a person into the user, by \
`aws iam put-user-policy --user-name {USER}` with the same name and document).

```bash
aws iam put-group-policy {jump} --group-name {group} --policy-name {FREEZE_POLICY} --policy-document \
'{EVERYTHING}'
```"""
    yield from _sessions(estate, partner)
    yield from _look(estate, jump, group, policy)
    yield from _thaw(estate, partner, jump, group, policy)


def _sessions(estate: Estate, partner: Partner) -> Iterator[str]:
    longest = max(seconds for grant in partner.grants for seconds in grant.session.values())
    yield f"""## 3. End the sessions that exist already

1 and 2 leave sessions that were taken before, until they end by themselves: {longest // 3600} hours for \
`{PARTNER}` (`defaults.session`, or `session` of a level or grant in `params/`; 12 hours at most), and \
roles that the partner's people made and took from such a session up to an hour longer (of a `relaxed` level \
without end; [people.md](people.md#the-night-a-laptop-is-stolen) says how to find and stop them). Shells that \
are open go on, and EKS takes tokens of such a session until it ends: the same page has the commands.

For a partner, per organization, in its admin account: the template that is there, with every end set to \
now. That closes the roles' trust and their fence, in every account. The template of before stays beside it \
as `NAME.json`: keep these files for 5. (A template of more than 51,200 bytes goes to a bucket, and in by \
`--template-url`.)"""
    for organization, grants in _organizations(estate, partner):
        yield f"""### The sessions in {organization.name}

```bash
{NOW}
for name in {" ".join(names.stack_set(PARTNER, grant.name) for grant in grants)}; do
  aws cloudformation describe-stack-set {_way(organization)} --stack-set-name $name --query \
StackSet.TemplateBody --output text > $name.json
  sed -E 's/("aws:CurrentTime": ?")[^"]*/\\1'$now'/g' $name.json > $name.frozen.json
  aws cloudformation update-stack-set {_way(organization)} --stack-set-name $name --template-body \
file://$name.frozen.json --capabilities CAPABILITY_NAMED_IAM --operation-preferences \
MaxConcurrentPercentage=100,FailureTolerancePercentage=100
done
```"""
    grant = next(one for one in partner.grants if one.name == "dev")
    told = {"StringLike": {"aws:userid": f"*:{USER}"}, "DateLessThan": {"aws:TokenIssueTime": "$now"}}
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": told}
    written = json.dumps({"Version": "2012-10-17", "Statement": [deny]}, separators=(",", ":"))
    document = written.replace('"', r"\"")  # in the shell's double quotes, for $now
    yield f"""### The sessions of one person

A StackSet cannot say this without a new template, so in each target account (here with the profile \
`{_account(estate, grant)}`), on each role that he may have taken; two minutes later once more, for what \
was let in meanwhile. Where that is too many accounts, freeze the partner.

```bash
{NOW}
for role in {" ".join(names.role(PARTNER, grant.name, level) for level in grant.levels)}; do
  aws iam put-role-policy --profile {_account(estate, grant)} --role-name $role --policy-name \
{FREEZE_POLICY} --policy-document "{document}"
done
```"""


def _look(estate: Estate, jump: str, group: str, policy: str) -> Iterator[str]:
    yield f"""## 4. See what is open

Who is frozen, and who is in the group; a user under the partner's path who is not in the group is not \
bound by it (freeze him by 2).

```bash
aws iam list-entities-for-policy {jump} --policy-arn {policy}
aws iam get-group {jump} --group-name {group} --query 'Users[].UserName'
aws iam list-users {jump} --path-prefix {names.user_path(PARTNER)} --query 'Users[].UserName'
```

How far 3 is in an organization: `aws cloudformation list-stack-set-operations` with the StackSet's name, \
and `aws cloudformation list-stack-set-operation-results` with the operation's id; an account that FAILED \
is open until its sessions end. What somebody did: `aws cloudtrail lookup-events --lookup-attributes \
AttributeKey=Username,AttributeValue={USER}`, in the jump account and in the accounts that he took roles in \
(a role's session bears his name)."""


def _thaw(estate: Estate, partner: Partner, jump: str, group: str, policy: str) -> Iterator[str]:
    yield f"""## 5. Afterwards

As soon as jumpcf is at hand, `jumpcf partner freeze {PARTNER} --reason …`: until `frozen:` stands in \
`params/`, the next deploy gives the StackSets their old templates back. To open again, `jumpcf partner \
thaw {PARTNER}`, then take off what 3 put on roles. By hand:"""
    yield f"""### Thaw a partner

```bash
aws iam detach-group-policy {jump} --group-name {group} --policy-arn {policy}
```"""
    for organization, grants in _organizations(estate, partner):
        yield f"""### Thaw {organization.name}

```bash
for name in {" ".join(names.stack_set(PARTNER, grant.name) for grant in grants)}; do
  aws cloudformation update-stack-set {_way(organization)} --stack-set-name $name --template-body \
file://$name.json --capabilities CAPABILITY_NAMED_IAM --operation-preferences \
MaxConcurrentPercentage=100,FailureTolerancePercentage=100
done
```"""
    grant = next(one for one in partner.grants if one.name == "dev")
    yield f"""### Thaw one person

```bash
aws iam detach-user-policy {jump} --user-name {USER} --policy-arn {policy}
for role in {" ".join(names.role(PARTNER, grant.name, level) for level in grant.levels)}; do
  aws iam delete-role-policy --profile {_account(estate, grant)} --role-name $role --policy-name {FREEZE_POLICY}
done
```"""
    yield f"""### Take the group's own Deny off

A person's: `aws iam delete-user-policy --user-name {USER} --policy-name {FREEZE_POLICY}`.

```bash
aws iam delete-group-policy {jump} --group-name {group} --policy-name {FREEZE_POLICY}
```"""


def _organizations(estate: Estate, partner: Partner) -> Iterator[tuple[Organization, list[Grant]]]:
    for name, organization in estate.organizations.items():
        if grants := [one for one in partner.grants if one.organization == name]:
            yield organization, grants


def _way(organization: Organization) -> str:
    way = organization.connection
    call_as = SELF if way.account == organization.management_account else DELEGATED_ADMIN
    return f"--profile {way.profile} --region {way.region} --call-as {call_as}"


def _account(estate: Estate, grant: Grant) -> str:
    """The name of an account that the grant reaches."""
    return next(
        one.name for one in estate.organizations[grant.organization].accounts if one.unit in grant.units
    )
