"""Columns as Parquet, which any data tool reads: arrays, bytes and text by name."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sosie.errors import UsageError

Column = NDArray[Any] | Sequence[bytes | None] | Sequence[str | None]
Columns = Mapping[str, Column]
_SHAPES = b"sosie.shapes"


def pack(columns: Columns) -> bytes:
    """Return the columns, all of one length, as a Parquet file; equal columns give equal bytes."""
    arrow, parquet = _libraries()
    arrays, shapes = {}, {}
    for name, column in columns.items():
        if isinstance(column, np.ndarray) and column.ndim > 1:
            shapes[name] = [column.dtype.str, list(column.shape[1:])]
            arrays[name] = _rows(arrow, column)
        elif isinstance(column, np.ndarray):
            arrays[name] = arrow.array(column)
        else:
            arrays[name] = arrow.array(column, _kind(arrow, column))
    table = arrow.table(arrays).replace_schema_metadata({_SHAPES: json.dumps(shapes).encode()})
    file = io.BytesIO()
    parquet.write_table(table, file, compression="zstd", use_dictionary=False, write_statistics=False)
    return file.getvalue()


def unpack(data: bytes) -> dict[str, Any]:
    """Return what `pack` was given: arrays as arrays, bytes and text as lists."""
    arrow, parquet = _libraries()
    table = parquet.read_table(arrow.BufferReader(data))
    shapes = json.loads(table.schema.metadata[_SHAPES])
    return {name: _column(arrow, table.column(name), shapes.get(name)) for name in table.column_names}


def _column(arrow: Any, column: Any, shape: list[Any] | None) -> Any:
    whole = column.combine_chunks()
    if isinstance(whole, arrow.ChunkedArray):
        whole = arrow.concat_arrays(whole.chunks) if whole.num_chunks else arrow.array([], whole.type)
    if shape is not None:
        kind, sides = np.dtype(shape[0]), tuple(shape[1])
        buffer = whole.buffers()[1]
        flat = np.frombuffer(buffer, kind) if buffer is not None else np.empty(0, kind)
        size = int(np.prod(sides))
        return flat[whole.offset * size : (whole.offset + len(whole)) * size].reshape(len(whole), *sides)
    if arrow.types.is_string(whole.type) or arrow.types.is_large_binary(whole.type):
        return whole.to_pylist()
    return whole.to_numpy(zero_copy_only=False)


def _rows(arrow: Any, column: NDArray[Any]) -> Any:
    """Each row of an array of two or more dimensions as bytes of one length."""
    whole = np.ascontiguousarray(column)
    width = int(np.prod(whole.shape[1:])) * whole.dtype.itemsize
    return arrow.Array.from_buffers(arrow.binary(width), len(whole), [None, arrow.py_buffer(whole)])


def _kind(arrow: Any, column: Sequence[bytes | str | None]) -> Any:
    return arrow.string() if any(isinstance(value, str) for value in column) else arrow.large_binary()


def _libraries() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise UsageError("Steps on files need a package.", next_step="Run pip install sosie[parquet].") from error
    return pyarrow, pyarrow.parquet
