"""DMN 1.5: models read from XML and evaluated, in FEEL and boxed expressions (conformance level 3).

`parse` reads a model and what it imports; the `Model` it gives is asked for decisions by name.
"""

from __future__ import annotations

from miaopi.kernel.dmn.language import read_temporal
from miaopi.kernel.dmn.model import Model, Traced
from miaopi.kernel.dmn.reading.definitions import Resolve, namespace_of, parse
from miaopi.kernel.dmn.reading.effort import BYTES
from miaopi.kernel.dmn.reasons import Reasons, say

__all__ = ["BYTES", "Model", "Reasons", "Resolve", "Traced", "namespace_of", "parse", "read_temporal", "say"]
