"""One piece of work of the embedded AWS in a process of its own; prints `seconds processor-seconds` of it.

python local_work.py first|seed|roles ESTATE    of an estate made by estates.write
python local_work.py moto                       moto's own server, for comparison
"""

import gc
import json
import os
import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

REGION = "ap-northeast-1"
ROLES = 5
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
            "Action": "sts:AssumeRole",
        }
    ],
}
Moment = tuple[float, float]


def now() -> Moment:
    return time.perf_counter(), time.process_time()


def first(estate: Any, folder: Path) -> None:
    """From nothing to the first answer; the process is measured from outside, and ends there without saving."""
    from jumpcf.local.session import LocalAws

    with LocalAws(folder, estate, speed=0) as aws:
        account = next(iter(estate.organizations.values())).connection.account
        aws.client("cloudformation", account).list_stack_sets()
        shutil.rmtree(folder)
        os._exit(0)


def seed(estate: Any, folder: Path) -> None:
    """Three organizations, sixty accounts each, from an estate that has been read."""
    from jumpcf.local.session import LocalAws

    begun = now()
    aws = LocalAws(folder, estate, speed=0)
    with aws:
        tell(begun)
        assert len(aws.regions()) >= 180


def roles(estate: Any, folder: Path) -> None:
    """A StackSet of five roles into the sixty accounts of one organization."""
    from jumpcf.local.session import LocalAws

    organization = next(iter(estate.organizations.values()))
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, "Path": "/jump/"}}
    template = {"Resources": {f"Role{number}": role for number in range(ROLES)}}
    with LocalAws(folder, estate, speed=0, save_every=600) as aws:
        client = aws.client("cloudformation", organization.management_account)
        client.create_stack_set(
            StackSetName="roles",
            TemplateBody=json.dumps(template),
            PermissionModel="SERVICE_MANAGED",
            AutoDeployment={"Enabled": True, "RetainStacksOnAccountRemoval": False},
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        begun = now()
        client.create_stack_instances(
            StackSetName="roles",
            DeploymentTargets={"OrganizationalUnitIds": [organization.root]},
            Regions=[REGION],
            OperationPreferences={"MaxConcurrentPercentage": 25, "FailureTolerancePercentage": 10},
        )
        tell(begun)
        pages = client.get_paginator("list_stack_instances").paginate(StackSetName="roles")
        found = [row["Status"] for page in pages for row in page["Summaries"]]
        assert found.count("CURRENT") == len(found) >= 60, len(found)


def moto() -> None:
    """moto's own server, from nothing to the first answer of its IAM (its CloudFormation needs more packages)."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    keys = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
    boto3.client("iam", region_name=REGION, endpoint_url=f"http://{host}:{port}", **keys).list_roles()
    os._exit(0)


def tell(begun: Moment) -> None:
    seconds, processor = now()
    print(seconds - begun[0], processor - begun[1])


def main(what: str, *folders: str) -> None:
    # As `jumpcf` begins; moto's server gets the same.
    gc.set_threshold(100_000, 50, 100)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    if what == "moto":
        moto()
        return
    from jumpcf.estate.load import load

    with TemporaryDirectory() as folder:
        {"first": first, "seed": seed, "roles": roles}[what](load(Path(folders[0])), Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
