"""A small estate on the embedded AWS: two organizations, nested OUs, and a suspended account."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jumpcf.estate.model import Estate, Organization
from jumpcf.local.session import LocalAws
from tests.local.support import (
    ADMIN,
    CORP,
    DEV,
    EMPTY,
    OTHER,
    ROOT,
    SANDBOX,
    SUSPENDED,
    WORKLOADS,
    StackSets,
    make_estate,
    make_organization,
)


@pytest.fixture
def corp() -> Organization:
    """Three levels of units: the management account at the root, three accounts in Workloads, four in its Dev."""
    accounts = {CORP: ROOT, SUSPENDED: DEV, "300000000009": SANDBOX}
    accounts |= {f"30000000000{number}": WORKLOADS if number % 2 else DEV for number in (1, 2, 3, 4, 6, 7)}
    return make_organization(
        "corp",
        ("o-corp0example", ROOT, CORP),
        {
            ROOT: ("/", None),
            WORKLOADS: ("/Workloads", ROOT),
            DEV: ("/Workloads/Dev", WORKLOADS),
            EMPTY: ("/Workloads/Dev/Empty", DEV),
            SANDBOX: ("/Sandbox", ROOT),
        },
        accounts,
        ADMIN,
    )


@pytest.fixture
def other() -> Organization:
    root = "r-cd34"
    return make_organization(
        "other",
        ("o-other00example", root, OTHER),
        {root: ("/", None)},
        {OTHER: root, "500000000001": root, "500000000002": root},
    )


@pytest.fixture
def estate(corp: Organization, other: Organization) -> Estate:
    return make_estate(corp, other)


@pytest.fixture
def aws(tmp_path: Path, estate: Estate) -> Iterator[LocalAws]:
    """The embedded AWS, doing everything at once."""
    with LocalAws(tmp_path, estate, speed=0) as started:
        yield started


@pytest.fixture
def sets(aws: LocalAws) -> StackSets:
    """Corp's StackSets, as its management account."""
    return StackSets(aws.client("cloudformation", CORP))


@pytest.fixture
def organizations(aws: LocalAws) -> Any:
    """Corp's Organizations, as its management account."""
    return aws.client("organizations", CORP)
