"""AWS::SSM::Parameter."""

from typing import TYPE_CHECKING, Any, ClassVar

from jumpcf.local import parameter_store
from jumpcf.local.providers.base import Made, Properties, Provider, Where, refuse_properties, tags_of
from jumpcf.local.refusals import ResourceRefused

if TYPE_CHECKING:
    from moto.ssm.models import SimpleSystemManagerBackend


def _backend(where: Where) -> "SimpleSystemManagerBackend":
    found: SimpleSystemManagerBackend = parameter_store.backends()[where.account][where.region]
    return found


class ParameterProvider(Provider):
    """String and StringList: CloudFormation makes no SecureString.
    Source: CloudFormation template reference, AWS::SSM::Parameter."""

    type: ClassVar[str] = "AWS::SSM::Parameter"
    name_property: ClassVar[str] = "Name"
    name_limit: ClassVar[int] = 1011
    properties: ClassVar[frozenset[str]] = frozenset(
        ["AllowedPattern", "DataType", "Description", "Name", "Policies", "Tags", "Tier", "Type", "Value"]
    )
    required: ClassVar[frozenset[str]] = frozenset({"Type", "Value"})
    replaces: ClassVar[frozenset[str]] = frozenset({"Name"})

    def create(self, where: Where, name: str, properties: Properties) -> Made:
        self._put(where, name, properties, overwrite=False)
        return self._made(name, properties)

    def update(self, where: Where, physical_id: str, old: Properties, new: Properties) -> Made:
        self._put(where, physical_id, new, overwrite=True)
        ssm = _backend(where)
        ssm.remove_tags_from_resource("Parameter", physical_id, [tag["Key"] for tag in tags_of(old)])
        ssm.add_tags_to_resource("Parameter", physical_id, {tag["Key"]: tag["Value"] for tag in tags_of(new)})
        return self._made(physical_id, new)

    def delete(self, where: Where, physical_id: str, properties: Properties) -> None:
        _backend(where).delete_parameter(physical_id)

    def read(self, where: Where, physical_id: str, expected: Properties) -> Properties | None:
        ssm = _backend(where)
        found = ssm.get_parameters([physical_id]).get(physical_id)
        if found is None:
            return None
        tags = ssm.list_tags_for_resource("Parameter", physical_id)
        return dict(expected) | {
            "Description": found.description,
            "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
            "Type": found.parameter_type,
            "Value": found.value,
        }

    def _put(self, where: Where, name: str, properties: Properties, *, overwrite: bool) -> None:
        refuse_properties(self.type, properties, {"Policies"})
        if properties["Type"] not in ("String", "StringList"):
            raise ResourceRefused(f"{properties['Type']} is not a type of {self.type}.")
        store: Any = _backend(where)  # moto takes None where its types do not say so
        store.put_parameter(
            name,
            properties.get("Description", ""),
            str(properties["Value"]),
            properties["Type"],
            properties.get("AllowedPattern"),
            None,
            overwrite,
            [] if overwrite else tags_of(properties),
            properties.get("DataType", "text"),
            tier=properties.get("Tier"),
            policies=None,
        )

    def _made(self, name: str, properties: Properties) -> Made:
        return Made(name, {"Type": properties["Type"], "Value": str(properties["Value"])})
