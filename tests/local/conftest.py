"""A small estate on the embedded AWS: two organizations, nested OUs, and a suspended account."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jumpcf.estate.model import Estate, Organization
from jumpcf.local.session import LocalAws
from tests.local.support import CORP, StackSets, make_corp, make_estate, make_other


@pytest.fixture
def corp() -> Organization:
    return make_corp()


@pytest.fixture
def other() -> Organization:
    return make_other()


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
