"""`python -m jumpcf` and the console script."""

import gc
import sys


def run() -> None:
    # Imports make many objects and no garbage: collecting after every 700 of them costs a tenth of a build.
    gc.set_threshold(100_000, 50, 100)
    from jumpcf.cli.main import main

    sys.exit(main())


if __name__ == "__main__":
    run()
