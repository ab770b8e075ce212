"""What was deployed where by whom last: what lies in the artifact bucket as `state/deployed.json`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """The latest run that reached a place.  `manifest` is the digest of the manifest's canonical form, found in
    the bucket as `state/manifests/<digest>.json`; `at` the end (UTC); `as_wanted` whether all there was as that
    manifest wants it."""

    manifest: str
    run: str
    at: str
    as_wanted: bool
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployments:
    """By place: "jump" and each organization's name."""

    estate: str
    places: dict[str, Deployment]
    schema: int = 1
