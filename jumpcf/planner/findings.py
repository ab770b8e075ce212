"""The codes of `doctor`: how bad each is, what it means, and where AWS or jumpcf says so."""

from dataclasses import dataclass

from jumpcf.artifacts.checkup import Finding, Severity

UG = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"
OG = "https://docs.aws.amazon.com/organizations/latest/userguide"
IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide"


@dataclass(frozen=True, slots=True)
class Kind:
    severity: Severity
    meaning: str
    source: str


KINDS: dict[str, Kind] = {
    "D701": Kind(
        "error", "A place refuses the credentials, or something that must be read", "docs/problems.md"
    ),
    "D702": Kind("error", "The credentials belong to another account than params name", "docs/problems.md"),
    "D703": Kind("error", "The account is in another organization than params name", "docs/problems.md"),
    "D704": Kind(
        "error", "Trusted access for StackSets is off", f"{UG}/stacksets-orgs-activate-trusted-access.html"
    ),
    "D705": Kind(
        "error",
        "The admin account is no delegated administrator of StackSets",
        f"{UG}/stacksets-orgs-delegated-admin.html",
    ),
    "D706": Kind(
        "hint",
        "StackSets are run from the management account (CallAs SELF)",
        f"{OG}/orgs_best-practices_mgmt-acct.html",
    ),
    "D707": Kind("warning", "An operation on a StackSet is under way", f"{UG}/stacksets-concepts.html"),
    "D708": Kind(
        "error", "A stack or StackSet of our name does not carry our tags", "docs/plan-and-deploy.md"
    ),
    "D709": Kind(
        "error", "An account has something of the name already", f"{UG}/stacksets-troubleshooting.html"
    ),
    "D710": Kind("error", "params/ have problems, collisions of names among them", "docs/problems.md"),
    "D711": Kind("warning", "A quota is nearly full", f"{IAM}/reference_iam-quotas.html"),
    "D712": Kind("warning", "The lock is not what AWS says now", "docs/estate.md"),
    "D713": Kind(
        "hint",
        "Levels that make roles are safe only behind the resource control policy that a build writes",
        f"{OG}/orgs_manage_policies_rcps.html",
    ),
    "D714": Kind("error", "A service control policy stops StackSets", f"{OG}/orgs_manage_policies_scps.html"),
    "D715": Kind("hint", "An assumption about AWS that nobody verified is in use", "docs/live-checks.md"),
    "D716": Kind("hint", "Boundaries of roles stay in target accounts when a grant goes", "docs/security.md"),
    "D717": Kind("error", "A package's version is not one that jumpcf allows", "setup.cfg"),
    "D718": Kind("error", "A file was written by another version of jumpcf", "docs/architecture.md"),
    "D719": Kind("error", "The clock of this machine is wrong", f"{IAM}/reference_sigv-troubleshooting.html"),
    "D720": Kind(
        "warning", "The pipeline's roles are not as params and stacks/ want them", "docs/bootstrap.md"
    ),
    "D721": Kind(
        "error",
        "The lock is of another tree than the organization's; plan and deploy refuse it",
        "docs/start.md",
    ),
    "D722": Kind("warning", "The last attempt failed in accounts", "docs/upkeep.md"),
    "D723": Kind(
        "error",
        "A user under /partner/ is in no stack: nothing of ours ends what he can do",
        "docs/doctor.md",
    ),
}


def finding(code: str, where: str, what: str, fix: str) -> Finding:
    kind = KINDS[code]
    return Finding(
        code=code,
        severity=kind.severity,
        where=where,
        what=what,
        fix=fix,
        meaning=kind.meaning,
        source=kind.source,
    )
