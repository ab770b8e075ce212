"""`user withdraw`: what became of each as text."""

from jumpcf.artifacts.withdrawn import Withdrawal, Withdrawn
from jumpcf.cli import withdraw_view


def withdrawal(user: str, state: str, told: str) -> Withdrawal:
    return Withdrawal(partner="acme", user=user, reason="nobody has used it", state=state, told=told)  # type: ignore[arg-type]


def test_what_became_of_each_stands_in_a_line() -> None:
    done = withdrawal("ken", "succeeded", "the unused password of ken is withdrawn")
    failed = withdrawal("taro.yamada", "failed", "access is denied [A504]")
    made = Withdrawn(estate="example", days=14, people=(done, failed))
    assert withdraw_view.text(made).splitlines() == [
        "done    acme/ken          the unused password of ken is withdrawn",
        "FAILED  acme/taro.yamada  access is denied [A504]",
    ]
    assert not made.whole
    assert "unused for 1 day or longer" in withdraw_view.text(Withdrawn(estate="example", days=1, people=()))
