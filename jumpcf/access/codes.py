"""Every code of this room with its meaning in one sentence, and its errors."""

from jumpcf.errors import Exit, JumpcfError

CODES: dict[str, str] = {
    "E601": "A template has something that decides about access and that the proof does not know.",
    "E602": "A template's Condition has a form that the proof does not know.",
    "E603": "A user, partner, account, role or level on the command line that the estate does not have.",
    "E604": "A name on the command line that several accounts have.",
    "E605": "A date on the command line that is none.",
    "E606": "An action, a resource or a condition key on the command line that no request can have.",
    "E607": "A simulated move that AWS does not make: a management account cannot leave its organization.",
    "E611": "There is no tests/access.yaml.",
    "E612": "An assertion has an unknown key, or lacks one.",
    "E613": "A value of an assertion is not of its kind.",
    "E614": "An assertion names something that the estate does not have.",
    "E615": "A file of snapshots/ is not what `aws iam get-policy-version` prints.",
}


class UnknownTemplate(JumpcfError):
    """A template has something that the proof does not implement; it never guesses."""

    exit_code = Exit.PROBLEMS
