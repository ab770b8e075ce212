"""The commands of docs/break-glass.md, run by the `aws` CLI as they stand there, on the embedded AWS under
enforcement: a session of the partner is refused afterwards."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from jumpcf.cli.main import main
from jumpcf.estate.load import load
from jumpcf.local.session import LocalAws
from tests.break_glass import block
from tests.functional.conftest import environment
from tests.local.people import Clock, Device, Person, enrol, with_key
from tests.local.support import denies

JUMP, SHOP, ROBOTS = "111111111111", "441000000001", "810000000001"
OFFICE = "203.0.113.7"
DEV = f"arn:aws:iam::{SHOP}:role/jump/acme-dev-Power"
TRIAL = f"arn:aws:iam::{ROBOTS}:role/jump/acme-trial-Power"


def shut_out(person: Person, device: Device, role: str) -> bool:
    return denies(person.assume, role, **device.shown())


def ended(session: Person) -> bool:
    return denies(session.client("cloudformation").list_stacks)


def test_the_pages_commands_close_a_partner_and_a_person_and_open_again(
    lasting_estate: Path, tmp_path: Path
) -> None:
    folder, desk, clock = tmp_path / "estate", tmp_path / "desk", Clock(float(int(time.time()) - 1800))
    desk.mkdir()
    shutil.copytree(lasting_estate, folder)
    with LocalAws(folder, load(folder), speed=0, clock=clock, enforce=True) as aws:
        taro = with_key(aws, "taro.yamada", address=OFFICE)
        device = enrol(taro, clock, name="taro.yamada")

        def by_hand(heading: str) -> str:
            script = block(heading).replace("--profile shop-dev ", f"--profile local-{SHOP} ")
            path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
            given = {**os.environ, **aws.environment(), "PATH": path}
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", script],
                cwd=desk,
                env=given,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            return done.stdout

        session = taro.assume(TRIAL, **device.shown())
        assert "jump-freeze" in by_hand("## 1. Freeze a partner")
        assert shut_out(taro, device, TRIAL)
        assert not ended(session)
        by_hand("### The sessions in lab")
        before, clock.now = clock.now, time.time() + 1
        assert ended(session)
        clock.now = before
        seen = by_hand("## 4. See what is open")
        assert "acme-members" in seen
        assert seen.count("taro.yamada") == 2
        by_hand("### Thaw a partner")
        by_hand("### Thaw lab")
        assert not ended(session)

        session = taro.assume(DEV, **device.shown())
        assert "jump-freeze" in by_hand("## 2. Freeze one person")
        assert shut_out(taro, device, DEV)
        by_hand("### The sessions of one person")
        assert ended(session)
        by_hand("### Thaw one person")
        assert not ended(taro.assume(DEV, **device.shown()))

        by_hand("### If the policy is not there")
        assert shut_out(taro, device, TRIAL)
        by_hand("### Take the group's own Deny off")
        assert not shut_out(taro, device, TRIAL)
        with environment(aws.environment()):
            assert main(["-q", "-C", str(folder), "plan", "--detailed-exitcode"]) == 0
