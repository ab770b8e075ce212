"""With --enforce: what a stack with a service role does is judged by the role's policies, not by the caller's.

Source: CloudFormation User Guide, "CloudFormation service role".
"""

from jumpcf.local.providers.base import Properties
from jumpcf.local.records import Stack
from jumpcf.local.world import World


def check(
    world: World, stack: Stack, kind: str, name: str, before: Properties | None, after: Properties | None
) -> None:
    """Refuse a resource whose making, change or deletion the stack's service role may not do.

    A stack without one works with its caller's rights, which are not judged further than the call itself.
    """
    if world.enforce and stack.role_arn is not None:
        from jumpcf.local.enforce import stack_work  # with --enforce only, as in the gate

        stack_work.check(world, stack, kind, name, before, after)
