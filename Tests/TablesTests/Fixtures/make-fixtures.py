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
# What doubles would round, and dates as pandas writes columns of strings.
big = 2**53 + 1
identifiers = {
    "whole": pa.array([big, None, 7, -big], type=pa.int64()),
    "unsigned": pa.array([2**64 - 1, None, 7, 0], type=pa.uint64()),
    "decimal": pa.array([decimal.Decimal(10**19 + 1), None, 7, 0], type=pa.decimal128(20, 0)),
    "flag": pa.array([True, None, False, True]),
    "instant": pa.array([1_700_000_000_123_456_789, None, 0, 1_500_000_000],
                        type=pa.timestamp("ns")),
    "zoned": pa.array([0, None, 1, 1_500], type=pa.timestamp("ms", "Europe/Paris")),
    "date": pa.array([datetime.date(2024, 2, 29), None, datetime.date(1970, 1, 1), None]),
    "float": pa.array([1.0, None, 2.5, 3.0]),
    "declared": pa.array([big, None, big, 7], type=pa.int64()).dictionary_encode(),
    "day": pa.array(["2024-02-29", None, " 1970-01-02 ", ""], type=pa.large_string()),
    "moment": pa.array(["2024-02-29 12:00:00", "NA", "1970-01-02T00:00:00Z", "1970-01-01"]),
    "almost": pa.array(["2024-02-29", "1970-01-02", "soon", None], type=pa.large_string()),
}
pq.write_table(pa.table(identifiers), here / "identifiers.parquet", row_group_size=2)
# Two rows to a row group, so that every column has several chunks.
pq.write_table(pa.table(columns), here / "types.parquet", row_group_size=2)
pq.write_table(pa.table({"x": [1, 2], "list": [[1], [2, 3]]}), here / "nested.parquet")
exact = decimal.Decimal(2**53 + 1)
decimals = {
    "whole": pa.array([exact, exact - 1, None], type=pa.decimal128(20, 0)),
    "wide": pa.array([exact, -exact, None], type=pa.decimal256(40, 0)),
    "beyond": pa.array([10**20 + 1, 7, None], type=pa.decimal128(30, 0)),
    "fraction": pa.array([exact + decimal.Decimal("0.25"), decimal.Decimal("53.90"), None],
                         type=pa.decimal128(20, 2)),
    "held": pa.array([decimal.Decimal("12345678901234.50"), decimal.Decimal("-0.10"), None],
                     type=pa.decimal128(38, 10)),
}
pq.write_table(pa.table(decimals), here / "decimals.parquet", row_group_size=2)
minutes = [60, None, -90, 0]
durations = {
    unit: pa.array([None if value is None else value * scale for value in minutes],
                   type=pa.duration(unit))
    for unit, scale in [("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)]
}
pq.write_table(pa.table(durations), here / "durations.parquet", row_group_size=2)
pq.write_table(pa.table({"a": [1.0], "tenure\0old": [2.0]}), here / "zero-name.parquet")
