"""Open data (/open-data): datasets, their files with hashes, the data dictionary, and metadata for catalogues.

The files lie ready: the worker has built them (bot/open_data.py). Metadata has the fields of the Thai government data
catalogue (GD Catalog, ckanext-thai_gdc) and, for others, DCAT as JSON-LD (https://www.w3.org/TR/vocab-dcat-3/).
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from flask import Response, request
from werkzeug.exceptions import NotFound, ServiceUnavailable

from models import freshness
from models.open_files import OpenFile, open_files
from models.storage import read
from web.access import anyone
from web.context import console
from web.public.datasets import DATASETS, Dataset
from web.public.front import CACHED, Front, Shown, shows
from web.public.pages import pages
from web.public.writing import TYPES
from web.words import PageWords, speaking

#: Seconds after which a file that is being built anew is asked for again.
SOON = 60
_JSON = "application/json; charset=utf-8"
_LD = "application/ld+json; charset=utf-8"


def fresh(front: Front, dataset: str | None = None) -> list[OpenFile]:
    """The files that may be handed out: none from before something was taken back."""
    count = freshness.stamps(front.session)["withdrawn"]
    return [row for row in open_files(front.session, dataset) if row.withdrawn == count]


@pages.get("/open-data")
@shows("files", "withdrawn", "town")
def open_data(front: Front) -> Shown:
    """All datasets."""
    rows = fresh(front)
    latest = {name: [row for row in rows if row.dataset == name] for name in DATASETS}
    return front.page("public/open_data.html", datasets=DATASETS, files=latest)


@pages.get("/open-data/<dataset>")
@shows("files", "withdrawn", "town")
def dataset(front: Front, dataset: str) -> Shown:
    """One dataset: what it is, its columns in words, its files by period."""
    found = known(dataset)
    periods: dict[str, list[OpenFile]] = {}
    for row in sorted(fresh(front, dataset), key=lambda row: len(row.period)):  # years before months
        periods.setdefault(row.period, []).append(row)
    return front.page("public/dataset.html", dataset=found, periods=periods, meta=gd_catalog(front, found))


def known(name: str) -> Dataset:
    """The dataset of this name. Raises NotFound."""
    if name not in DATASETS:
        raise NotFound
    return DATASETS[name]


@pages.get("/open-data/<dataset>/dictionary.csv")
@shows("town")
def dictionary(front: Front, dataset: str) -> Shown:
    """The data dictionary: each column with its type and what it means."""
    found, out = known(dataset), io.StringIO(newline="")
    lines = csv.writer(out)
    lines.writerow(("column", "type", "description_th", "description_en"))
    for name, kind in found.columns.items():
        lines.writerow((name, kind, *(column_words(front, language, found.name, name) for language in ("th", "en"))))
    return ("\ufeff" + out.getvalue()).encode(), "text/csv; charset=utf-8"


def column_words(front: Front, language: str, dataset: str, column: str) -> str:
    """What a column means; columns of the same name mean the same wherever nothing else is said."""
    w = front.w if front.w.language == language else speak(front, language)
    own = f"open_data.column.{dataset}_{column}"
    return w(own) if own in w else w(f"open_data.column.{column}")


def speak(front: Front, language: str) -> PageWords:
    """The words of the other language."""
    return speaking(language, front.settings, front.console.public_url)


@pages.get("/open-data/<dataset>/metadata.json")
@shows("files", "withdrawn", "town")
def metadata(front: Front, dataset: str) -> Shown:
    """The dataset in the fields of the Thai government data catalogue."""
    return _dump(gd_catalog(front, known(dataset))), _JSON


@pages.get("/open-data/catalog.jsonld")
@shows("files", "withdrawn", "town")
def catalog(front: Front) -> Shown:
    """All datasets as a DCAT catalogue."""
    base = front.console.public_url
    rows = fresh(front)
    body = {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "spdx": "http://spdx.org/rdf/terms#",
        },
        "@type": "dcat:Catalog",
        "@id": f"{base}/open-data",
        "dct:title": front.w("open_data.title_of", org=front.settings["town.name"]),
        "dct:publisher": {"@type": "foaf:Organization", "foaf:name": front.settings["town.name"]},
        "dct:language": ["th", "en"],
        "dct:license": front.settings["public.licence"],
        "dcat:dataset": [_dcat(front, each, [r for r in rows if r.dataset == each.name]) for each in DATASETS.values()],
    }
    return _dump(body), _LD


def _dcat(front: Front, each: Dataset, rows: list[OpenFile]) -> dict[str, Any]:
    base, w = front.console.public_url, front.w
    return {
        "@type": "dcat:Dataset",
        "@id": f"{base}/open-data/{each.name}",
        "dct:identifier": each.name,
        "dct:title": w(f"open_data.name_{each.name}"),
        "dct:description": w(f"open_data.about_{each.name}"),
        "dct:accrualPeriodicity": "http://purl.org/cld/freq/monthly",
        "dcat:keyword": w.each(f"open_data.tags_{each.name}"),
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dct:title": row.name,
                "dct:issued": row.made_at.isoformat(),
                "dcat:downloadURL": f"{base}/open-data/{row.dataset}/{row.name}",
                "dcat:mediaType": TYPES[row.format].partition(";")[0],
                "dcat:byteSize": row.size,
                "spdx:checksum": {"spdx:algorithm": "SHA256", "spdx:checksumValue": row.sha256},
            }
            for row in rows
        ],
    }


def gd_catalog(front: Front, each: Dataset) -> dict[str, Any]:
    """The fields of ckanext-thai_gdc's dataset form (ckan_dataset.json), in Thai as that catalogue is."""
    w, settings, base = speak(front, "th"), front.settings, front.console.public_url
    rows = fresh(front, each.name)
    newest = max((row.made_at for row in rows), default=None)
    return {
        "name": f"songsiang-{each.name}",
        "data_type": w("open_data.type_points" if each.point else "open_data.type_records"),
        "title": w(f"open_data.name_{each.name}"),
        "organization": settings["town.name"],
        "maintainer": settings["town.name"],
        "maintainer_email": settings["public.email"],
        "tag_string": w.each(f"open_data.tags_{each.name}"),
        "notes": w(f"open_data.about_{each.name}"),
        "objective": w("open_data.objective"),
        "update_frequency_unit": w("open_data.monthly"),
        "update_frequency_interval": 1,
        "geo_coverage": w("open_data.coverage"),
        "data_source": w("open_data.source", org=settings["town.name"]),
        "data_format": [form.upper() for form in each.formats],
        "data_category": w("open_data.public"),
        "license_id": settings["public.licence"],
        "allow_harvest": True,
        "accessible_condition": w("open_data.condition"),
        "data_language": ["th"],
        "last_updated_date": newest.date().isoformat() if newest else "",
        "url": f"{base}/open-data/{each.name}",
        "resources": [
            {
                "name": row.name,
                "url": f"{base}/open-data/{row.dataset}/{row.name}",
                "format": row.format.upper(),
                "hash": f"sha256:{row.sha256}",
                "size": row.size,
                "record_count": row.rows,
                "created": row.made_at.isoformat(),
            }
            for row in rows
        ],
    }


def _dump(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


@pages.get("/open-data/<dataset>/<name>")
def file(dataset: str, name: str) -> Response:
    """One file, as it was built; with the hash as its ETag. 503 for a moment where it is being built anew because
    something in it is public no more."""
    here = console()
    with here.database.read() as session:
        count = freshness.stamps(session)["withdrawn"]
        row = next((each for each in open_files(session, dataset) if each.name == name), None)
    if row is None:
        raise NotFound
    if row.withdrawn != count:
        raise ServiceUnavailable(retry_after=SOON)
    try:
        body = read(here.store, row.token)
    except OSError:
        raise ServiceUnavailable(retry_after=SOON) from None
    response = Response(body, content_type=TYPES[row.format])
    response.headers["Content-Disposition"] = f'attachment; filename="{row.name}"'
    response.headers["Cache-Control"] = CACHED
    response.set_etag(row.sha256)
    return response.make_conditional(request.environ)  # type: ignore[return-value]


file.right = anyone  # type: ignore[attr-defined]
