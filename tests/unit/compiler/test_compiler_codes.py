import re

from unit.compiled import ROOT

from jumpcf.compiler.codes import CODES

FOLDERS = ("jumpcf/compiler",)
TESTS = ("tests/unit/compiler", "tests/golden/quotas")


# cfn-lint's codes have the same form; the other two only list ours.
WITHOUT = ("lint", "codes.py", "test_compiler_codes.py")


def named(*folders):
    texts = [
        path.read_text()
        for folder in folders
        for path in sorted((ROOT / folder).glob("*"))
        if path.is_file() and not path.name.startswith(WITHOUT)
    ]
    return {code for text in texts for code in re.findall(r"\bE[34]\d\d\b", text)}


def test_every_code_in_the_room_is_explained():
    explained = {code for code in CODES if code.startswith("E")}
    assert named(*FOLDERS) - {"E3xx", "E4xx"} == explained


def test_every_code_of_a_stack_module_has_a_test():
    assert {code for code in CODES if code < "E400"} <= named(*TESTS)
