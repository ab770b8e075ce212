"""Every code of this room with its meaning in one sentence, and the one error that carries them."""

from jumpcf.errors import Exit, JumpcfError

CODES: dict[str, str] = {
    "P201": "A policy document is not JSON, or has a key twice.",
    "P202": "A policy document has an element that the evaluator does not know.",
    "P203": "A statement lacks an element, or has one in a form that IAM does not have.",
    "P204": "An action of a policy has a form that the evaluator does not know.",
    "P205": "A resource of a policy has a form that the evaluator does not know.",
    "P206": "A principal of a policy has a form that the evaluator does not know.",
    "P207": "A condition operator that the evaluator does not know.",
    "P208": "A condition key that the evaluator does not know.",
    "P209": "A condition's value is not of its operator's type.",
    "P210": "A policy variable that the evaluator does not know, or one where IAM has none.",
    "P211": "A key with several values is compared without ForAnyValue or ForAllValues.",
    "P212": "A value of the request's context is not of the type that a condition compares.",
    "P213": "A request that AWS could not get.",
    "P214": "A policy stands where another kind of policy belongs.",
    "P215": "A role is taken inside one account, which the evaluator does not judge.",
}


class UnknownConstruct(JumpcfError):
    """A policy or a request has something that the evaluator does not implement; it never guesses."""

    exit_code = Exit.PROBLEMS

    def at(self, where: str) -> "UnknownConstruct":
        """The same, said of a place: "<policy>/<sid>"."""
        return UnknownConstruct(self.code, self.what, self.hint, where=where)
