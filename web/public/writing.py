"""Open data written down: CSV (UTF-8 with a byte order mark), JSON, GeoJSON and XLSX of the same records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from web import sheets
from web.public.datasets import Dataset, Record
from web.sheets import Cell, Column

#: What each format is to a browser.
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "geojson": "application/geo+json; charset=utf-8",
    "xlsx": sheets.TYPES["xlsx"],
}
_WIDE = {"title": 40, "name": 40, "description": 50, "outcome": 50, "url": 36, "objective": 40, "why": 40, "answer": 40}


def write(path: Path, dataset: Dataset, form: str, records: Sequence[Record], about: dict[str, Any]) -> None:
    """Write the records into a file. `about` are facts of the dataset for JSON (title, licence, period, source)."""
    match form:
        case "csv":
            with path.open("wb") as file:
                sheets.write_csv(file, _columns(dataset), _rows(dataset, records, iso=True))
        case "xlsx":
            with path.open("wb") as file:
                sheets.write_xlsx(file, dataset.name, _columns(dataset), _rows(dataset, records, iso=False))
        case "geojson":
            path.write_bytes(_json({"type": "FeatureCollection", **about, "features": _features(records)}))
        case _:
            path.write_bytes(_json({**about, "fields": list(dataset.columns), "records": list(records)}))


def _columns(dataset: Dataset) -> list[Column]:
    return [Column(name, _WIDE.get(name, 14)) for name in dataset.columns]


def _rows(dataset: Dataset, records: Iterable[Record], *, iso: bool) -> Iterable[list[Cell]]:
    for record in records:
        cells = (record[name] for name in dataset.columns)
        yield [cell.isoformat() if iso and isinstance(cell, date) else cell for cell in cells]


def _features(records: Iterable[Record]) -> list[dict[str, Any]]:
    found = []
    for record in records:
        lat, lon = record["latitude"], record["longitude"]
        point = {"type": "Point", "coordinates": [lon, lat]} if lat is not None and lon is not None else None
        told = {name: value for name, value in record.items() if name not in ("latitude", "longitude")}
        found.append({"type": "Feature", "geometry": point, "properties": told})
    return found


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, default=_plain).encode()


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
