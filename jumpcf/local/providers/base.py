"""What every resource provider promises to the stack engine."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from moto.utilities.utils import get_partition

from jumpcf.local.refusals import NotImplementedHere

Properties = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Where:
    """The account and region that a stack lives in."""

    account: str
    region: str

    @property
    def partition(self) -> str:
        return str(get_partition(self.region))

    @property
    def suffix(self) -> str:
        """AWS::URLSuffix."""
        return "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"


@dataclass(frozen=True, slots=True)
class Made:
    """A created resource: what Ref gives, and what Fn::GetAtt gives."""

    physical_id: str
    attributes: dict[str, str]


class Provider:
    """One resource type.

    `properties` are all that the type has in AWS's schema; what is there but not emulated is in `inert`
    (stored, compared, without effect).  `replaces` are the properties whose change makes a new resource.
    `drifts` says whether the type supports drift detection.
    Every method may raise a moto ServiceException or HTTPException: the service's refusal.
    A `create` that fails leaves nothing behind (`undone`), an `update` that fails everything as it was: both check
    first.
    """

    type: ClassVar[str]
    name_property: ClassVar[str] = ""
    name_limit: ClassVar[int] = 64
    drifts: ClassVar[bool] = True
    properties: ClassVar[frozenset[str]]
    required: ClassVar[frozenset[str]] = frozenset()
    replaces: ClassVar[frozenset[str]] = frozenset()

    @property
    def taggable(self) -> bool:
        """Whether stack-level tags reach the resource."""
        return "Tags" in self.properties

    def create(self, where: Where, name: str, properties: Properties) -> Made:
        raise NotImplementedError

    def update(self, where: Where, physical_id: str, old: Properties, new: Properties) -> Made:
        raise NotImplementedError

    def delete(self, where: Where, physical_id: str, properties: Properties) -> None:
        raise NotImplementedError

    def taken(self, where: Where, properties: Properties) -> str | None:
        """The resource's own name, where somebody has it already; None where it has none or is free."""
        name = properties.get(self.name_property)
        return name if name and self.read(where, str(name), properties) is not None else None

    def read(self, where: Where, physical_id: str, expected: Properties) -> Properties | None:
        """The resource as the service has it now, in the template's words; None where it is gone.

        What has no value is left out or empty.  `expected` tells how the template words what the service
        keeps in another form.
        """
        raise NotImplementedError


@contextmanager
def undone(undo: Callable[[], object]) -> Iterator[None]:
    """Around what follows the making of a resource: where it fails, `undo` takes away what is half made."""
    try:
        yield
    except Exception:  # refusals of moto's and of ours, and our own faults too: none of them may leave a half
        undo()
        raise


def refuse_properties(kind: str, properties: Properties, names: Iterable[str]) -> None:
    """Refuse properties that AWS knows and the embedded AWS does not."""
    given = sorted(set(names) & properties.keys())
    if given:
        raise NotImplementedHere(f"The embedded AWS does not implement {', '.join(given)} of {kind}.")


def tags_of(properties: Properties) -> list[dict[str, str]]:
    """The Tags property as a list of Key and Value."""
    tags = properties.get("Tags") or []
    if isinstance(tags, dict):
        return [{"Key": key, "Value": str(value)} for key, value in tags.items()]
    return [{"Key": tag["Key"], "Value": str(tag["Value"])} for tag in tags]


def synchronize(
    old: Iterable[str], new: Iterable[str], add: Callable[[str], Any], remove: Callable[[str], Any]
) -> None:
    """Make what was `old` into `new`: remove first, so that quotas hold in between."""
    before, after = list(old), list(new)
    for item in before:
        if item not in after:
            remove(item)
    for item in after:
        if item not in before:
            add(item)
