"""What finished jobs found."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy import select

from sosie.errors import NotFound
from sosie.report import Report
from sosie.store.catalogue import Catalogue
from sosie.store.job_tables import job, job_brand, result, result_part
from sosie.store.upsert import upsert
from sosie.types import Pairs

_STEPS = 10_000
SHARES = "brands"
"""The part of a result that holds `groups_by_brand` as JSON."""


def save_result(catalogue: Catalogue, name: str, claim: int, report: Report, *, now: float) -> bool:
    """Keep the report of a job; False, and nothing is kept, when another server has taken the job over (`claim`)."""
    packed = zlib.compress(report.to_json().encode("ascii"), 1)
    with catalogue.writing() as connection:
        held = select(job.c.id).where(job.c.id == name, job.c.claim == claim, job.c.state == "running")
        if connection.execute(held).first() is None:
            return False
        connection.execute(result.delete().where(result.c.job == name))
        connection.execute(result.insert().values(job=name, created=now, report=packed))
        connection.execute(result_part.delete().where(result_part.c.job == name))
        if report.looser is not None:
            connection.execute(result_part.insert().values(job=name, name="pairs", data=pack_pairs(report.looser)))
        shares = json.dumps(groups_by_brand(report)).encode("ascii")
        connection.execute(result_part.insert().values(job=name, name=SHARES, data=shares))
    return True


def groups_by_brand(report: Report) -> dict[str, int]:
    """Return in how many groups of a report each brand has an image; brands without any are left out."""
    images = report.images
    return Counter(brand for group in report.groups for brand in {images[member].brand for member in group.members})


def load_shares(catalogue: Catalogue, names: Iterable[str]) -> dict[str, Mapping[str, int]]:
    """Return `groups_by_brand` of results by their names; results that were kept without are left out."""
    query = select(result_part.c.job, result_part.c.data)
    query = query.where(result_part.c.name == SHARES, result_part.c.job.in_(list(names)))
    with catalogue.reading() as connection:
        return {str(name): json.loads(data) for name, data in connection.execute(query)}


def load_part(catalogue: Catalogue, name: str, part: str) -> bytes | None:
    """Return what goes with the report of a job under a name, or None."""
    query = select(result_part.c.data).where(result_part.c.job == name, result_part.c.name == part)
    with catalogue.reading() as connection:
        row = connection.execute(query).first()
    return None if row is None else bytes(row[0])


def find_part(catalogue: Catalogue, part: str) -> bytes | None:
    """Return what goes with any report under a name, or None."""
    query = select(result_part.c.data).where(result_part.c.name == part).order_by(result_part.c.job.desc()).limit(1)
    with catalogue.reading() as connection:
        row = connection.execute(query).first()
    return None if row is None else bytes(row[0])


def save_part(catalogue: Catalogue, name: str, part: str, data: bytes) -> None:
    """Keep something with the report of a job, as long as that is there."""
    with catalogue.writing() as connection:
        if connection.execute(select(result.c.job).where(result.c.job == name)).first() is not None:
            upsert(connection, result_part, [{"job": name, "name": part, "data": data}], replace=True)


def pack_pairs(pairs: Pairs) -> bytes:
    """Return pairs in few bytes: two ids of four bytes and the score in ten-thousandths, deflated."""
    import numpy as np

    score = np.rint(pairs.score.astype(np.float64) * _STEPS).astype(np.uint16)
    columns = (pairs.a.astype(np.int32), pairs.b.astype(np.int32), score)
    return zlib.compress(b"".join(column.tobytes() for column in columns), 1)


def unpack_pairs(data: bytes) -> Pairs:
    """Return the pairs that `pack_pairs` packed."""
    import numpy as np

    plain = zlib.decompress(data)
    count = len(plain) // 10
    a, b = (np.frombuffer(plain, np.int32, count, start).astype(np.int64) for start in (0, 4 * count))
    score = np.frombuffer(plain, np.uint16, count, 8 * count)
    return Pairs(a, b, np.round(score / _STEPS, 4).astype(np.float32))


def load_result(catalogue: Catalogue, name: str) -> Report:
    """Return the report of a job that is done. Raises `NotFound`."""
    query = select(result.c.report).join(job, job.c.id == result.c.job)
    with catalogue.reading() as connection:
        row = connection.execute(query.where(result.c.job == name, job.c.state == "done")).first()
    if row is None:
        raise NotFound(f"There is no result {name[:40]}.", next_step="A result is there once its job is done.")
    return Report.from_json(zlib.decompress(row[0]))


def packed_result(catalogue: Catalogue, name: str) -> tuple[float, bytes] | None:
    """Return when a job was done (seconds since 1970) and its report as deflated JSON; None where there is none."""
    query = select(job.c.finished, result.c.report).join(job, job.c.id == result.c.job)
    with catalogue.reading() as connection:
        row = connection.execute(query.where(result.c.job == name, job.c.state == "done")).first()
    return None if row is None else (float(row[0]), bytes(row[1]))


def newest_result(catalogue: Catalogue, brands: Iterable[str] = ()) -> str | None:
    """Return the name of the newest result, of those that all these brands take part in when some are given."""
    query = select(job.c.id).join(result, job.c.id == result.c.job).where(job.c.state == "done")
    for brand in brands:
        query = query.where(job.c.id.in_(select(job_brand.c.job).where(job_brand.c.brand == brand)))
    with catalogue.reading() as connection:
        row = connection.execute(query.order_by(job.c.finished.desc(), job.c.id.desc()).limit(1)).first()
    return None if row is None else str(row[0])
