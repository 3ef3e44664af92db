"""The registers as Parquet files, one a table, each saying in its metadata that it is synthetic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pyarrow
from pyarrow import parquet

from demo_city.population.tables import Table

TYPES: Final = (
    (bool, pyarrow.bool_()), (int, pyarrow.int64()), (datetime, pyarrow.timestamp("ms", "UTC")), (date, pyarrow.date32()),
    (Decimal, pyarrow.decimal128(16, 2)),
)
METADATA: Final = {"synthetic": "true", "note": "演示：虚构人口 / invented people"}


def write_tables(tables: Sequence[Table], folder: Path) -> list[Path]:
    """`<agency>-<table>.parquet` for each, zstd; the same rows give the same bytes. Returns the paths."""
    written = []
    for table in tables:
        columns = list(zip(*table.rows, strict=True)) if table.rows else [() for _ in table.columns]
        arrays = [pyarrow.array(column, _type(column)) for column in columns]
        schema = pyarrow.schema([(name, array.type) for name, array in zip(table.columns, arrays, strict=True)], metadata=METADATA)
        path = folder / f"{table.agency}-{table.name}.parquet"
        parquet.write_table(pyarrow.table(arrays, schema=schema), path, compression="zstd")
        written.append(path)
    return written


def _type(column: Sequence[object]) -> Any:
    """The Arrow type of the first value that is there; text where there is none."""
    first = next((value for value in column if value is not None), "")
    return next((arrow for python, arrow in TYPES if isinstance(first, python)), pyarrow.string())
