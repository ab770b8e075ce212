from pathlib import Path

import jumpcf.compiler.rules
from jumpcf.compiler.rules.run import RULES

HERE = Path(__file__).parent
ROOM = Path(str(jumpcf.compiler.rules.__file__)).parent


def test_a_rule_is_one_file_with_one_test_and_one_bad_example():
    stems = sorted(path.stem for path in ROOM.glob("j2*.py"))
    assert stems == sorted(path.stem.removeprefix("test_") for path in HERE.glob("test_j2*.py"))
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes)) == [stem[:5].upper() for stem in stems]
    assert sorted(path.stem for path in (HERE / "bad").glob("*.txt")) == codes


def test_every_rule_says_what_it_means_and_where_it_is_from():
    for rule in RULES:
        assert rule.meaning.endswith(".")
        assert rule.source.startswith("https://docs.aws.amazon.com/")
