"""Print the manual: `python -m tests.spec`."""

from __future__ import annotations

import sys

from tests.spec.manual import print_manual

sys.stdout.write(print_manual())
