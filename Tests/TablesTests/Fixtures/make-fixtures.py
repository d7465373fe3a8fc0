"""Writes the Parquet files of this folder, with types that our own writer never writes.

Needs pyarrow. The expected values are in ParquetTests.swift.
"""

import datetime
import decimal
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

here = pathlib.Path(__file__).parent
utc = datetime.timezone.utc
numbers = {
    name: pa.array([None, 1, 2, 3, None, 100], type=getattr(pa, name)())
    for name in ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
                 "float32", "float64"]
}
columns = numbers | {
    "float16": pa.array([None, 1, 2, 3, None, 100], type=pa.float32()).cast(pa.float16()),
    "decimal": pa.array([None, decimal.Decimal("1.25"), decimal.Decimal("-2.50"), 3, None, 100],
                        type=pa.decimal128(9, 2)),
    "flag": pa.array([None, True, False, True, None, False]),
    "word": pa.array([None, " b ", "a", "", "b", "?"]),
    "large": pa.array([None, "b", "a", "c", "b", "a"], type=pa.large_string()),
    "digits": pa.array([None, "1", " ", "3", "04", "5"]),
    # The last entry of the dictionary is used by no row, and the rows do not follow its order.
    "declared": pa.DictionaryArray.from_arrays(
        pa.array([None, 2, 0, 2, 0, 1], type=pa.int8()), ["1", "2", "3", "9"]),
    "date": pa.array([None] + [datetime.date(1970, 1, day) for day in (1, 2, 3, 4, 5)]),
    "seconds": pa.array([None, 0, 1, 2, 3, 4], type=pa.timestamp("ms")),
    "nanos": pa.array([None, 0, 1_500_000_000, 2, 3, 4], type=pa.timestamp("ns", "UTC")),
    "clock": pa.array([None, 0, 1, 2, 3, 3600], type=pa.time32("s")),
    "nothing": pa.nulls(6),
}
# Two rows to a row group, so that every column has several chunks.
pq.write_table(pa.table(columns), here / "types.parquet", row_group_size=2)
pq.write_table(pa.table({"x": [1, 2], "list": [[1], [2, 3]]}), here / "nested.parquet")
