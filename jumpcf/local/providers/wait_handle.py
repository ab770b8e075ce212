"""AWS::CloudFormation::WaitConditionHandle: a resource that is nothing, so that a stack may be empty."""

from typing import ClassVar

from jumpcf.local.providers.base import Made, Properties, Provider, Where


class WaitConditionHandleProvider(Provider):
    """Source: CloudFormation template reference, AWS::CloudFormation::WaitConditionHandle; Ref is a URL."""

    type: ClassVar[str] = "AWS::CloudFormation::WaitConditionHandle"
    drifts: ClassVar[bool] = False
    properties: ClassVar[frozenset[str]] = frozenset()

    def create(self, where: Where, name: str, properties: Properties) -> Made:
        return Made(f"https://cloudformation-waitcondition-{where.region}.s3.{where.suffix}/{name}", {})

    def update(self, where: Where, physical_id: str, old: Properties, new: Properties) -> Made:
        return Made(physical_id, {})

    def delete(self, where: Where, physical_id: str, properties: Properties) -> None:
        return None
