"""A scene in words, and the request that AWS would make of it.

Every field is one word of the battery's rows.  `requests` fills the words in for a subject: "own" network is
the partner's, "end" is the grant's end.  A word may stand for several things ("protected" accounts); then
every one of them must be decided as the row says.
"""

import dataclasses
import datetime
import ipaddress
from collections.abc import Iterator

from jumpcf.estate import names
from jumpcf.estate.model import Organization
from jumpcf.policy.request import Request
from tests.battery.subjects import Subject

STRANGER = "999999999999"
JOINS_LATER = "555500000001"  # an account that is not there yet
SECOND = datetime.timedelta(seconds=1)

# IAM User Guide, id_credentials_mfa_configure-api-require; aws login: assumed (live check 4).
MFA: dict[str, tuple[str | None, str | None]] = {
    "long-term key": (None, None),
    "console without MFA": ("false", None),
    "console with MFA": ("true", "60"),
    "console with old MFA": ("true", "43200"),
    "session token without MFA": ("false", None),
    "session token with MFA": ("true", "60"),
    "aws login with MFA": ("true", "60"),
    "aws login without MFA": ("false", None),
    "key with MFA code": ("true", "0"),
    "MFA just too old": ("true", None),
    "MFA of unknown age": ("true", None),
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Who asks, with what, from where, when, for what; the defaults are a user who takes his role."""

    caller: str = "user"
    credentials: str = "console with MFA"
    network: str = "own"
    time: str = "now"
    path: str = "own"
    tag: str = "own"
    name: str = "own"
    home: str = "jump"
    session: str = "own"
    organization: str = "own"
    unit: str = "own"
    account: str = "target"
    action: str = "sts:AssumeRole"
    resource: str = "role"
    boundary: str = ""  # the value of iam:PermissionsBoundary
    frozen: str = "no"  # whether the freeze policy is attached
    key: str = ""  # more condition keys, "name=value;name=value"; "-name" takes one away


Many = list[str | None]


def networks(word: str, subject: Subject) -> Many:
    """Addresses: of the partner's networks, just beside them, anywhere else, or none (a VPC endpoint)."""
    mine = [ipaddress.ip_network(one) for one in subject.partner.networks]
    if word == "own":
        return [str(mine[0][min(1, mine[0].num_addresses - 1)])]
    if word == "every end":
        return [str(address) for net in mine for address in (net[0], net[-1])]
    if word == "neighbour":
        beside = [address for net in mine for address in (net[0] - 1, net[-1] + 1)]
        return [str(one) for one in beside if not any(one in net for net in mine)]
    if word == "outside":
        return ["8.8.8.8"]
    if word == "outside v6":
        return ["2600:1f18::1"]
    assert word == "vpc endpoint", word
    return [None]


def times(word: str, subject: Subject) -> Many:
    """Instants around the ends of grant, partner and user, "2027-03-31T15:00:00Z"."""
    ends = {"end": subject.grant.until.ends, "contract end": subject.partner.until.ends}
    ends["user end"] = subject.user.until.ends if subject.user.until else ends["end"]
    ends["now"] = ends["end"]
    name, _, shift = word.partition(" ")
    if word in ends or word == "contract end":
        at, delta = ends[word], -datetime.timedelta(days=300) if word == "now" else datetime.timedelta()
    else:
        at = ends[shift]
        delta = {
            "before": -SECOND,
            "hour-after": datetime.timedelta(hours=1),
            "years-after": 2000 * 86400 * SECOND,
        }[name]
    return [(datetime.datetime.fromisoformat(at) + delta).strftime("%Y-%m-%dT%H:%M:%SZ")]


def paths(word: str, subject: Subject) -> Many:
    own = names.user_path(subject.partner.name)
    other = {
        "other partner": "/partner/other-partner/",
        "longer name": f"{own[:-1]}x/",
        "none": "/",
        "no partner": "/partner/",
        "below another": f"/staff{own}",
        "other case": own.upper(),
    }
    return [{"own": own, **other}[word]]


def tags(word: str, subject: Subject) -> Many:
    own = subject.partner.name
    words = {
        "own": own,
        "other": "other-partner",
        "absent": None,
        "other case": own.upper(),
        "longer": f"{own}x",
    }
    return [words[word]]


def accounts(word: str, subject: Subject) -> Many:
    estate, organization, grant = subject.estate, subject.organization, subject.grant
    closed = {*grant.protected, *grant.excepted, estate.jump.account}
    if word in ("target", "every target"):
        below = units_below(subject)
        open_ = [one.id for one in organization.accounts if one.unit in below and one.id not in closed]
        if not open_ and estate.assume_scope != "accounts":
            return [JOINS_LATER]
        return list(open_ if word == "every target" else open_[:1])
    if word == "jump":
        return [estate.jump.account]
    if word == "protected":
        return sorted({*grant.protected} - {estate.jump.account})
    if word == "excepted":
        return list(grant.excepted)
    assert word == "stranger", word
    return [STRANGER]


def units_below(subject: Subject) -> set[str]:
    """The grant's units with everything below them."""
    found = set(subject.grant.units)
    for unit in subject.organization.units:  # sorted by path: parents first
        if unit.parent in found:
            found.add(unit.id)
    return found


def org_paths(word: str, subject: Subject) -> Many:
    """aws:ResourceOrgPaths: the organization, its root and the OUs down to the account's, per unit."""
    return list(dict.fromkeys(_org_path(word, subject.organization, unit) for unit in subject.grant.units))


def _org_path(word: str, organization: Organization, unit: str) -> str | None:
    root = unit.startswith("r-")
    home, top = organization.id, organization.root
    inside = f"{home}/{top}/" if root else f"{home}/{top}/{unit}/"
    words = {
        "own": inside,
        "below": f"{inside}ou-zzzz-99999999/",
        "moved": f"{home}/{top}/" if root else f"{home}/{top}/ou-zzzz-77777777/{unit}/ou-zzzz-99999999/",
        "other": f"{home}/r-zzzz/" if root else f"{home}/{top}/ou-zzzz-99999999/",
        "longer id": f"{home}/{top}x/" if root else f"{home}/{top}/{unit}1/",
        "of another organization": f"o-stranger00/{inside.partition('/')[2]}",
        "absent": None,
    }
    return words[word]


def role_arns(word: str, subject: Subject, account: str) -> Many:
    """What is asked for, in the target's account."""
    partner, grant, level = subject.partner.name, subject.grant.name, subject.level.name
    kind = subject.level.boundary
    arn = f"arn:{subject.estate.partition}"
    role, user = f"{arn}:iam::{account}:role", f"{arn}:iam::{subject.estate.jump.account}:user"
    mine = "/team/" if kind == "relaxed" else names.delegated_path(partner, grant, level, kind)
    jump = subject.estate.jump
    bucket = names.bucket(subject.estate.name, jump.account, jump.region)
    words = {
        "role": f"{role}/jump/{names.role(partner, grant, level)}",
        "*": "*",
        "other partner's role": f"{role}/jump/other-partner-{grant}-{level}",
        "other grant's role": f"{role}/jump/{partner}-zzz-{level}",
        "other level's role": f"{role}/jump/{partner}-{grant}-Zzz",
        "role outside the path": f"{role}/{names.role(partner, grant, level)}",
        "longer role": f"{role}/jump/{names.role(partner, grant, level)}x",
        "role below": f"{role}/jump/x/{names.role(partner, grant, level)}",
        "any role": f"{role}/anything",
        "jump role": f"{role}/jump/something",
        "self": f"{user}{names.user_path(partner)}{subject.user.name}",
        "colleague": f"{user}{names.user_path(partner)}some.body",
        "self without path": f"{user}/{subject.user.name}",
        "self of another partner": f"{user}/partner/other-partner/{subject.user.name}",
        "device": f"{arn}:iam::{subject.estate.jump.account}:mfa/phone",
        "own group": f"{arn}:iam::{subject.estate.jump.account}:group{names.user_path(partner)}{partner}-ops",
        "sign-in client": f"{arn}:signin:us-east-1:{subject.estate.jump.account}:oauth2/public-client/localhost",
        "console": f"{arn}:signin:us-east-1:{subject.estate.jump.account}:console",
        "object": f"{arn}:s3:::bucket/key",
        "mine": f"{role}{mine}app",
        "delegated role": f"{role}{names.delegated_path(partner, grant, level, kind)}app",
        "my policy": f"{arn}:iam::{account}:policy{mine}app",
        "my profile": f"{arn}:iam::{account}:instance-profile{mine}app",
        "old role": f"{role}/LegacyAdmin",
        "old policy": f"{arn}:iam::{account}:policy/LegacyAdmin",
        "old profile": f"{arn}:iam::{account}:instance-profile/LegacyAdmin",
        "role of another level": f"{role}{names.delegated_path(partner, grant, 'Zzz', kind)}app",
        "role made under a wider boundary": f"{role}{names.delegated_path(partner, grant, level, 'zzz')}app",
        "service-linked role": f"{role}/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        "jump policy": f"{arn}:iam::{account}:policy/jump/other/thing",
        "artifact": f"{arn}:s3:::{bucket}/templates/x.json",
        "journal": f"{arn}:s3:::{bucket}/journal/x.json",
        "bucket": f"{arn}:s3:::{bucket}",
    }
    if word in words:
        return [words[word]]
    return [word.replace("{arn}", arn).replace("{account}", account).replace("{partner}", partner)]


def boundaries(word: str, subject: Subject, account: str) -> str | None:
    """iam:PermissionsBoundary: the boundary that the role has or gets."""
    partner, grant, level = subject.partner.name, subject.grant.name, subject.level
    own = names.boundary_path(partner, grant, level.name, level.boundary)
    where = f"arn:{subject.estate.partition}:iam::{account}:policy"
    return {
        "": None,
        "own": f"{where}{own}boundary",
        "wider": f"{where}{names.boundary_path(partner, grant, level.name, 'zzz')}boundary",
        "other level": f"{where}{names.boundary_path(partner, grant, 'Zzz', level.boundary)}boundary",
        "other grant": f"{where}{names.boundary_path(partner, 'zzz', level.name, level.boundary)}boundary",
        "elsewhere": f"{where}/elsewhere{own.removeprefix('/jump')}boundary",
        "other partner": f"{where}{names.boundary_path('zzz', grant, level.name, level.boundary)}boundary",
        "delegated policy": f"{where}{names.delegated_path(partner, grant, level.name, level.boundary)}wide",
        "AdministratorAccess": f"arn:{subject.estate.partition}:iam::aws:policy/AdministratorAccess",
    }[word]


def requests(scene: Scene, subject: Subject) -> Iterator[Request]:
    """Every request that the scene stands for."""
    for account in accounts(scene.account, subject):
        for resource in role_arns(scene.resource, subject, account or ""):
            for address in networks(scene.network, subject):
                for unit in org_paths(scene.unit, subject):
                    yield _request(scene, subject, account or "", resource or "", address, unit)


def _request(
    scene: Scene, subject: Subject, account: str, resource: str, address: str | None, unit: str | None
) -> Request:
    target = scene.caller in ("session", "chained session")
    homes = {"stranger": STRANGER, "admin": subject.organization.connection.account}
    home = homes.get(scene.home, account if target else subject.estate.jump.account)
    principal, about = caller(scene, subject, home)
    context: dict[str, str | tuple[str, ...] | None] = {
        **about,
        "aws:CurrentTime": times(scene.time, subject)[0],
        "aws:SourceIp": address,
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
        "aws:PrincipalAccount": home,
        "aws:ResourceAccount": account,
        "aws:ResourceOrgID": organization_id(scene.organization, subject.organization.id),
        "aws:ResourceOrgPaths": None if unit is None else (unit,),
        "iam:PermissionsBoundary": boundaries(scene.boundary, subject, account),
    }
    if scene.action.startswith("sts:"):
        context["sts:RoleSessionName"] = sessions(scene.session, subject)
    for name, there, value in (one.removeprefix("-").partition("=") for one in scene.key.split(";") if one):
        context[name] = filled(value, subject) if there else None
    return Request(
        action=scene.action,
        resource=resource,
        context={key: value for key, value in context.items() if value is not None},
        principal=principal,
        principal_account=home,
        resource_account=account,
    )


def filled(value: str, subject: Subject) -> str:
    partner, user = subject.partner.name, subject.user.name
    words = {"{partner}": partner, "{PARTNER}": partner.upper(), "{user}": user, "{USER}": user.upper()}
    words |= {"{organization}": subject.organization.id, "{ORGANIZATION}": subject.organization.id.upper()}
    for placeholder, text in words.items():
        value = value.replace(placeholder, text)
    return value


def organization_id(word: str, own: str) -> str | None:
    """aws:ResourceOrgID of the target."""
    words = {
        "own": own,
        "other": "o-stranger00",
        "longer": f"{own}x",
        "other case": own.upper(),
        "absent": None,
    }
    return words[word]


def sessions(word: str, subject: Subject) -> str | None:
    user = subject.user.name
    left = [one.name for one in subject.partner.left] or ["nobody"]
    words = {
        "own": user,
        "who left first": left[0],
        "who left last": left[-1],
        "who left, longer": f"{left[0]}x",
        "ends like who left": f"x{left[0]}",
        "somebody else": "some.body",
        "default": "botocore-session-1790000000",
        "console": "AWS-CLI-session-1790000000",
        "longer": f"{user}x",
        "other case": user.upper(),
        "none": None,
    }
    return words[word]


def caller(scene: Scene, subject: Subject, home: str) -> tuple[str, dict[str, str | None]]:
    """The principal's ARN, and the condition keys that AWS takes from who he is."""
    arn = f"arn:{subject.estate.partition}"
    user = subject.user.name if scene.name == "own" else "some.body"
    (path,), (tag,) = paths(scene.path, subject), tags(scene.tag, subject)
    mfa, age = MFA[scene.credentials]
    if scene.credentials == "MFA just too old":
        age = str(subject.level.mfa_max_age)
    if scene.caller == "user":
        own = f"{arn}:iam::{home}:user{path}{user}"
        return own, {
            "aws:PrincipalArn": own,
            "aws:PrincipalType": "User",
            "aws:PrincipalTag/jump-partner": tag,
            "aws:username": user,
            "aws:userid": "AIDAEXAMPLE00000000",
            "aws:MultiFactorAuthPresent": mfa,
            "aws:MultiFactorAuthAge": age,
        }
    if scene.caller == "root":
        own = f"{arn}:iam::{home}:root"
        return own, {"aws:PrincipalArn": own, "aws:PrincipalType": "Account", "aws:userid": home}
    if scene.caller == "federated user":
        own = f"{arn}:sts::{home}:federated-user/{user}"
        return own, {
            "aws:PrincipalArn": own,
            "aws:PrincipalType": "FederatedUser",
            "aws:userid": f"{home}:{user}",
        }
    level = (subject.partner.name, subject.grant.name, subject.level.name)
    role = names.role(*level)
    arns = {
        "session": f"/jump/{role}",
        "chained session": f"{names.delegated_path(*level, subject.level.boundary)}app",
        "jump account's role": f"{path}{role}",
    }
    where = arns[scene.caller]
    session = sessions(scene.session, subject)
    return f"{arn}:sts::{home}:assumed-role/{where.rpartition('/')[2]}/{session}", {
        "aws:PrincipalArn": f"{arn}:iam::{home}:role{where}",
        "aws:PrincipalType": "AssumedRole",
        "aws:PrincipalTag/jump-partner": tag,
        "aws:userid": f"AROAEXAMPLE00000000:{session}",
    }
