"""The journal: written line by line, read back whatever happened to the machine."""

import datetime
import re
import resource
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jumpcf import __version__
from jumpcf.artifacts.codec import content_digest
from jumpcf.artifacts.operation import DeleteStack, OffboardUser
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import Outcome
from jumpcf.executor.journal import Journal, read

NOON = datetime.datetime(2026, 5, 4, 12, 0, 0, tzinfo=datetime.UTC)
PLAN = Plan(estate="example", organizations=("corp",), manifest="m", stacks=(), stack_sets=(), operations=())


def operation(key: str) -> DeleteStack:
    return DeleteStack(id=key, place="jump", stack=f"stack-{key}", reason="why")


def written(folder: Path) -> Path:
    with Journal.start(folder, PLAN, now=NOON, run="abcd1234") as journal:
        for key in ("0a", "0b", "0c", "0d"):
            journal.started(operation(key))
        journal.finished(operation("0a"), Outcome(state="succeeded"))
        journal.finished(
            operation("0b"), Outcome(state="failed", reason="no", accounts=(("402000000000", "held"),))
        )
        journal.left(operation("0c"))
        journal.finished(operation("0e"), Outcome(state="skipped", reason="0b failed"))
    return journal.path


def test_the_first_line_says_which_plan_of_which_estate(tmp_path):
    path = written(tmp_path / "journal")
    header = read(path).header
    assert path.name == "20260504T120000Z-abcd1234.jsonl"
    assert (header.estate, header.plan, header.version) == ("example", content_digest(PLAN), __version__)
    assert header.at == "2026-05-04T12:00:00Z"


def test_what_succeeded_and_what_is_open_can_be_told(tmp_path):
    recorded = read(written(tmp_path))
    assert recorded.whole
    assert recorded.succeeded == {"0a"}
    assert recorded.open == {"0c": "jumpcf-0c-abcd1234", "0d": "jumpcf-0d-abcd1234"}
    assert recorded.entries[5].accounts == (("402000000000", "held"),)


def test_every_line_says_what_was_done_and_to_whom(tmp_path):
    ken = OffboardUser(
        id="0f",
        place="jump",
        stack="stack-0f",
        reason="why",
        user="ken",
        path="/partner/acme/",
        partner="acme",
        resource="UserKen",
        members="acme-members",
    )
    with Journal.start(tmp_path, PLAN, run="abcd1234") as journal:
        journal.started(ken)
        journal.finished(operation("0a"), Outcome(state="skipped"))
    assert [entry.work for entry in read(journal.path).entries] == ["offboard-user ken", "delete-stack"]


def test_a_journal_from_before_lines_said_so_is_still_read(tmp_path):
    path = written(tmp_path)
    path.write_bytes(re.sub(rb'"work":"[^"]*",', b"", path.read_bytes()))
    assert {entry.work for entry in read(path).entries} == {""}
    assert read(path).succeeded == {"0a"}


def test_half_a_line_on_a_full_disk_is_taken_back(tmp_path):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Journal.start(tmp_path, PLAN, run="abcd1234") as journal:
        journal.started(operation("0a"))
        full = journal.path.stat().st_size + 10
        resource.setrlimit(resource.RLIMIT_FSIZE, (full, before[1]))
        try:
            with pytest.raises(OSError, match="too large"):
                journal.started(operation("0b"))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        journal.left(operation("0a"))
    recorded = read(journal.path)
    assert recorded.whole
    assert [entry.event for entry in recorded.entries] == ["started", "left"]


def test_two_runs_never_share_a_token(tmp_path):
    tokens = set()
    for _ in range(2):
        with Journal.start(tmp_path, PLAN) as journal:
            tokens.add(journal.token(operation("0123456789ab")))
    assert len(tokens) == 2
    assert all(re.fullmatch(r"[a-zA-Z0-9][-a-zA-Z0-9]{0,99}", token) for token in tokens)


def test_a_token_that_aws_would_refuse_is_refused_here(tmp_path):
    with (
        Journal.start(tmp_path, PLAN, run="not a nonce") as journal,
        pytest.raises(ValueError, match="OperationId"),
    ):
        journal.token(operation("0a"))


def test_only_its_owner_may_read_it_and_an_old_one_is_never_overwritten(tmp_path):
    path = written(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        written(tmp_path)


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(min_value=0))
def test_a_journal_cut_at_any_byte_never_forgets_a_line_that_was_whole(tmp_path_factory, cut):
    folder = tmp_path_factory.mktemp("journal")
    path = written(folder)
    data = path.read_bytes()
    cut %= len(data) + 1
    path.write_bytes(data[:cut])
    lines = data[:cut].count(b"\n")
    if lines == 0:
        with pytest.raises(ValueError, match="no journal"):
            read(path)
        return
    recorded = read(path)
    assert len(recorded.entries) == lines - 1
    assert recorded.whole == data[:cut].endswith(b"\n")
    assert recorded.entries == read_whole(data, folder)[: lines - 1]


def read_whole(data: bytes, folder: Path):
    path = folder / "whole.jsonl"
    path.write_bytes(data)
    return read(path).entries


def test_a_broken_line_that_is_not_the_last_is_refused_by_its_number(tmp_path):
    path = written(tmp_path)
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([*lines[:2], b'{"event": "started', *lines[2:]]))
    with pytest.raises(ValueError, match="line 3"):
        read(path)


def test_a_journal_of_another_schema_is_refused(tmp_path):
    path = written(tmp_path)
    path.write_bytes(path.read_bytes().replace(b'"schema":1', b'"schema":2'))
    with pytest.raises(ValueError, match="schema 2"):
        read(path)
