"""`python -m miaopi VERB …`: what `./miaopi` runs once the environment stands."""

from __future__ import annotations

import sys

from miaopi.config.loading import loading

with loading():
    from miaopi.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
