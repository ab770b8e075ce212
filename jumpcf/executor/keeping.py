"""A run's plan, journal and result in the artifact bucket, beside those in `.jumpcf/`.

    state/runs/<run>/plan.json, header.json, journal/000001.jsonl, 000002.jsonl, ...
    state/manifests/<digest>.json
    state/deployed.json

A journal's objects are made once and never written again: one for each event, holding the line that the file
on the disk holds.  Only `deployed.json` is replaced.
"""

from dataclasses import replace

from jumpcf.artifacts.codec import canonical, decode, digest
from jumpcf.artifacts.deployment import Deployment, Deployments
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.stored import Stored
from jumpcf.errors import AwsRefused
from jumpcf.executor.lock import Store

RUNS = "state/runs/"
MANIFESTS = "state/manifests/"
DEPLOYED = "state/deployed.json"


class BucketCopy:
    """Takes a journal's lines in their order.  Until `open`, when there is a bucket and the lock is ours, it keeps
    them; after a failure it takes nothing more.  Raises AwsRefused where S3 refuses."""

    def __init__(self, store: Store, run: str, plan: Plan) -> None:
        self._store, self._folder, self._plan = store, f"{RUNS}{run}/", plan
        self._number = 0
        self._waiting: list[bytes] = []
        self._open = False
        self._broken = False

    def open(self) -> None:
        """Write the plan and every line so far; from now on `line` writes at once."""
        make(self._store, f"{self._folder}plan.json", canonical(self._plan))
        waiting, self._waiting, self._open = self._waiting, [], True
        for data in waiting:
            self.line(data)

    def line(self, data: bytes) -> None:
        """The journal's next line; on return it is in the bucket, once that is open."""
        if not self._open:
            self._waiting.append(data)
        elif not self._broken:
            try:
                make(self._store, self._folder + _name(self._number), data)
            except AwsRefused:
                self._broken = True
                raise
            self._number += 1


def _name(number: int) -> str:
    """The first line says whose journal it is."""
    return f"journal/{number:06d}.jsonl" if number else "header.json"


def make(store: Store, key: str, body: bytes) -> None:
    """An object that is made once; AwsRefused G534 where there is another under its name."""
    if store.create(key, body) is not None:
        return
    found = store.read(key)
    if found is None or found.body != body:  # the same bytes: the answer to our first attempt was lost
        raise AwsRefused(
            "G534",
            f"{key} in the artifact bucket is somebody else's",
            "find out who writes there, then run again",
        )


def note_deployed(store: Store, estate: str, manifest: bytes, places: dict[str, Deployment]) -> bytes:
    """Put the manifest, and the word of it at these places, into the bucket; gives the whole record.  The lock
    must be ours."""
    make(store, f"{MANIFESTS}{digest(manifest)}.json", manifest)
    found = store.read(DEPLOYED)
    before = deployed(found) or Deployments(estate=estate, places={})
    record = canonical(replace(before, places={**before.places, **places}))
    if found is None:
        store.create(DEPLOYED, record)
    else:
        store.replace(DEPLOYED, record, found.etag)
    return record


def deployed(found: Stored | None) -> Deployments | None:
    """What was deployed where; None where that was never written, or by another version."""
    try:
        return decode(Deployments, found.body) if found else None
    except ValueError:
        return None
