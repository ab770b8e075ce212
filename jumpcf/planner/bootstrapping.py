"""What a bootstrap is to do, from what was found; pure."""

from collections.abc import Collection, Iterator, Sequence

from jumpcf.artifacts.bootstrap import STACK_SETS, Blocker, Bootstrap, PipelineStack, Standing, Step


def make_bootstrap(
    estate: str,
    standings: Sequence[Standing],
    stacks: Sequence[PipelineStack],
    *,
    managed: Collection[str],
    provider: tuple[str, bool, bool] | None = None,
) -> Bootstrap:
    """The steps, the organizations first: without trusted access no StackSet is made.

    `managed` are the organizations of whose management account we have credentials; `provider` is the ARN of
    GitHub's, whether params want it made, and whether it is there."""
    steps = [step for one in standings for step in _of_organization(one)]
    blockers = [blocker for one in standings for blocker in _out_of_reach(one, managed)]
    blockers += [blocker for one in stacks for blocker in _unwritable(one)]
    if provider and stacks:
        blockers += _provider(stacks, *provider)
    steps += [
        Step(kind="stack", place=one.place, account=one.account, what=_words(one), stack=one.name)
        for one in stacks
        if one.state in ("new", "changed")
    ]
    return Bootstrap(
        estate=estate,
        standings=tuple(standings),
        stacks=tuple(stacks),
        steps=tuple(steps),
        blockers=tuple(blockers),
    )


def _of_organization(one: Standing) -> Iterator[Step]:
    if not one.trusted:
        yield Step(
            kind="trust",
            place=one.organization,
            account=one.management_account,
            what="turn on trusted access for CloudFormation StackSets",
        )
    if not one.delegated:
        yield Step(
            kind="delegate",
            place=one.organization,
            account=one.management_account,
            what=f"register {one.admin_account} as delegated administrator of StackSets",
        )


def _out_of_reach(one: Standing, managed: Collection[str]) -> Iterator[Blocker]:
    if (one.trusted and one.delegated) or one.own or one.organization in managed:
        return
    commands = ["aws cloudformation activate-organizations-access"] if not one.trusted else []
    if not one.delegated:
        commands.append(
            "aws organizations register-delegated-administrator "
            f"--account-id {one.admin_account} --service-principal {STACK_SETS}"
        )
    lacking = " and ".join(step.what for step in _of_organization(one))
    yield Blocker(
        code="G596",
        what=f"{one.organization}: only the management account {one.management_account} may {lacking}",
        hint=f"add --management-profile PROFILE, or run there: {' && '.join(commands)}",
    )


def _unwritable(one: PipelineStack) -> Iterator[Blocker]:
    where = f"{one.place}: the stack {one.name} in account {one.account}"
    if one.state == "foreign":
        hint = "ask whose it is; once it is deleted there, bootstrap makes its own"
        yield Blocker(code="G598", what=f"{where} does not carry our tag; it is never written to", hint=hint)
    if one.state == "stuck":
        busy = one.status.endswith("_IN_PROGRESS") and "ROLLBACK" not in one.status
        hint = "look at its events in CloudFormation, bring it to an end, then run bootstrap again"
        hint = "wait until it has ended, then run bootstrap again" if busy else hint
        yield Blocker(code="G598", what=f"{where} is in {one.status}", hint=hint)


def _provider(stacks: Sequence[PipelineStack], arn: str, make: bool, there: bool) -> Iterator[Blocker]:
    """An account has one provider for an issuer; one that our stack made is there and is no obstacle."""
    base = next(one for one in stacks if one.place == "jump")
    ours = base.state in ("current", "changed") and "GitHub" not in base.resources
    if make and there and not ours:
        hint = "write pipeline.provider: existing in params/estate.yaml"
        yield Blocker(code="G595", what=f"the jump account has {arn} already", hint=hint)
    if not make and not there:
        hint = "take pipeline.provider: existing out of params/estate.yaml, and it is made"
        yield Blocker(code="G595", what=f"the jump account has no {arn}", hint=hint)


def _words(one: PipelineStack) -> str:
    done = "make" if one.state == "new" else "update"
    return "; ".join([f"{done} the stack {one.name}: {', '.join(one.resources)}", *one.trusted])
