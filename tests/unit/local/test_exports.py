"""What a shell exports to talk to the embedded AWS."""

from pathlib import Path

from jumpcf.local.credentials import environment

JUMP = "111111111111"


def test_the_exports_hold_in_any_folder():
    files = Path(".jumpcf/local/aws-config"), Path(".jumpcf/local/aws-credentials")
    exports = environment("http://127.0.0.1:4599", *files, JUMP, "eu-central-1")
    assert exports["AWS_CONFIG_FILE"] == str(Path.cwd() / files[0])
    assert exports["AWS_SHARED_CREDENTIALS_FILE"] == str(Path.cwd() / files[1])
