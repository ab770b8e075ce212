"""Initial passwords that are to be withdrawn, and what became of them, as text."""

from jumpcf.artifacts.operation import WithdrawPassword
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.withdrawn import Withdrawn
from jumpcf.cli.live import MARKS
from jumpcf.planner.words import count


def wanted(plan: Plan) -> str:
    """Whose, before anybody is asked."""
    work = [one for one in plan.operations if isinstance(one, WithdrawPassword)]
    lines = [f"  - {one.partner}/{one.user}  ({one.reason})" for one in work]
    return "\n".join(["initial passwords", *lines])


def text(made: Withdrawn) -> str:
    """One line for each person."""
    if not made.people:
        return f"Nothing to withdraw: no initial password is unused for {count(made.days, 'day')} or longer."
    wide = max(len(f"{one.partner}/{one.user}") for one in made.people)
    return "\n".join(
        f"{MARKS[one.state]:7} {f'{one.partner}/{one.user}':<{wide}}  {one.told}" for one in made.people
    )
