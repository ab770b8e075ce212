"""AWS::IAM::OIDCProvider."""

from typing import ClassVar

from moto.iam.models import OpenIDConnectProvider

from jumpcf.local.providers.base import Made, Properties, Provider, Where, tags_of
from jumpcf.local.providers.identities import backend


class OidcProvider(Provider):
    """Source: CloudFormation template reference, AWS::IAM::OIDCProvider."""

    type: ClassVar[str] = "AWS::IAM::OIDCProvider"
    properties: ClassVar[frozenset[str]] = frozenset({"ClientIdList", "Tags", "ThumbprintList", "Url"})
    replaces: ClassVar[frozenset[str]] = frozenset({"Url"})

    def create(self, where: Where, name: str, properties: Properties) -> Made:
        made = backend(where).create_open_id_connect_provider(
            properties["Url"],
            list(properties.get("ThumbprintList") or []),
            list(properties.get("ClientIdList") or []),
            tags_of(properties),
        )
        return _made(made)

    def update(self, where: Where, physical_id: str, old: Properties, new: Properties) -> Made:
        found = backend(where).get_open_id_connect_provider(physical_id)
        found.client_id_list = list(new.get("ClientIdList") or [])
        found.thumbprint_list = list(new.get("ThumbprintList") or [])
        found.tags = {tag["Key"]: tag for tag in tags_of(new)}
        return _made(found)

    def delete(self, where: Where, physical_id: str, properties: Properties) -> None:
        backend(where).delete_open_id_connect_provider(physical_id)

    def read(self, where: Where, physical_id: str, expected: Properties) -> Properties | None:
        found = backend(where).open_id_providers.get(physical_id)
        if found is None:
            return None
        return {
            "ClientIdList": found.client_id_list,
            "Tags": list(found.tags.values()),
            "ThumbprintList": found.thumbprint_list,
            "Url": f"https://{found.url}",
        }


def _made(provider: OpenIDConnectProvider) -> Made:
    return Made(provider.arn, {"Arn": provider.arn})
