"""`python -m jumpcf` and the console script."""

import sys


def run() -> None:
    from jumpcf.cli.main import main

    sys.exit(main())


if __name__ == "__main__":
    run()
