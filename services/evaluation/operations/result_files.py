"""Results as files, written in a child of the bounded worker, which alone loads what writes them."""

import tempfile
from pathlib import Path
from typing import Any

import orjson


def write_labelled_data(payload: dict[str, Any], data: bytes) -> bytes:
    """Return an SPSS file (.sav) of one table with labelled variables; hidden figures are missing values.

    `payload` holds `title` and `labels` (column -> label); `data` is `{columns, rows, numbers}`, where `numbers`
    names the columns that hold numbers.
    """
    import pandas as pd  # noqa: PLC0415  heavy: loaded where it is used
    import pyreadstat  # noqa: PLC0415

    table = orjson.loads(data)
    frame = pd.DataFrame(table["rows"], columns=table["columns"], dtype=object)
    for column in table["columns"]:
        if column in table["numbers"]:
            frame[column] = pd.to_numeric(frame[column]).astype(float)
        else:
            frame[column] = frame[column].fillna("").astype(str)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "result.sav")
        pyreadstat.write_sav(frame, path, file_label=payload["title"][:60], column_labels=payload["labels"])
        return path.read_bytes()
