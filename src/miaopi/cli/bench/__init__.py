"""`bench NAME`: a benchmark beside its peers or its ceiling, in turns of one run (DESIGN.md §7.1)."""

from __future__ import annotations

import cyclopts

from miaopi.cli.bench.apply import bench_apply
from miaopi.cli.bench.decide import bench_decide

app = cyclopts.App(name="bench", help="测速：与同一次运行中的对手比 / Benchmarks beside a peer in the same run.")
app.command(bench_apply, name="apply")
app.command(bench_decide, name="decide")
