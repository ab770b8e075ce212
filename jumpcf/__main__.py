"""`python -m jumpcf` and the console script."""

import gc
import os
import sys


def run() -> None:
    # Imports make many objects and no garbage: collecting after every 700 of them costs a tenth of a build.
    gc.set_threshold(100_000, 50, 100)
    # pydantic would look through every installed package for plugins that have no business with params/.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        from jumpcf.cli.main import main

        code = main()
    except KeyboardInterrupt:  # before or after the error boundary of `main`
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    run()
