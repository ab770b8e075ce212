"""Every resource type that the embedded CloudFormation knows; any other is refused."""

from jumpcf.local.providers.base import Provider
from jumpcf.local.providers.iam_group import GroupProvider
from jumpcf.local.providers.iam_oidc import OidcProvider
from jumpcf.local.providers.iam_policy import ManagedPolicyProvider
from jumpcf.local.providers.iam_role import RoleProvider
from jumpcf.local.providers.iam_user import UserProvider
from jumpcf.local.providers.kms import AliasProvider, KeyProvider
from jumpcf.local.providers.s3 import BucketPolicyProvider, BucketProvider
from jumpcf.local.providers.ssm import ParameterProvider
from jumpcf.local.providers.wait_handle import WaitConditionHandleProvider

_ALL: tuple[Provider, ...] = (
    AliasProvider(),
    BucketPolicyProvider(),
    BucketProvider(),
    GroupProvider(),
    KeyProvider(),
    ManagedPolicyProvider(),
    OidcProvider(),
    ParameterProvider(),
    RoleProvider(),
    UserProvider(),
    WaitConditionHandleProvider(),
)

PROVIDERS: dict[str, Provider] = {provider.type: provider for provider in _ALL}
