"""Real S3 on loopback (moto), and servers that list and give objects as Google Cloud and Azure do."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import boto3
from moto.server import ThreadedMotoServer

from tests.contract.loopback import Loopback, Reply, Request

KEYS = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
ENVIRONMENT = {"SOSIE_SOURCE_AWS_ACCESS_KEY_ID": "key", "SOSIE_SOURCE_AWS_SECRET_ACCESS_KEY": "secret"}
STAMP = "Sun, 22 Nov 2026 10:00:00 GMT"


@contextmanager
def s3(objects: Mapping[str, bytes], bucket: str = "shop") -> Iterator[tuple[str, Any]]:
    """Give the endpoint of a server that has these objects in a bucket, and a client for it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        client = boto3.client("s3", endpoint_url=endpoint, **KEYS)
        client.create_bucket(Bucket=bucket)
        for key, body in objects.items():
            client.put_object(Bucket=bucket, Key=key, Body=body)
        yield endpoint, client
        client.close()
    finally:
        server.stop()


class GoogleCloud(Loopback):
    """Lists and gives objects as the XML API of Google Cloud Storage does."""

    def __init__(self, objects: Mapping[str, bytes]) -> None:
        super().__init__(lambda request: _google(request, objects))


class Azure(Loopback):
    """Lists and gives objects as Azure Blob Storage does."""

    def __init__(self, objects: Mapping[str, bytes]) -> None:
        super().__init__(lambda request: _azure(request, objects))


def _google(request: Request, objects: Mapping[str, bytes]) -> Reply:
    asked, key = _asked(request)
    if key:
        return _object(objects.get(key))
    prefix = asked.get("prefix", "")
    listed = "".join(
        f"<Contents><Key>{escape(name)}</Key><Size>{len(body)}</Size><ETag>{_mark(body)}</ETag>"
        "<LastModified>2026-11-22T10:00:00.000Z</LastModified></Contents>"
        for name, body in sorted(objects.items())
        if name.startswith(prefix)
    )
    return _xml(f"<ListBucketResult><IsTruncated>false</IsTruncated>{listed}</ListBucketResult>")


def _azure(request: Request, objects: Mapping[str, bytes]) -> Reply:
    asked, key = _asked(request)
    if key:
        return _object(objects.get(key))
    prefix = asked.get("prefix", "")
    listed = "".join(
        f"<Blob><Name>{escape(name)}</Name><Properties><Last-Modified>{STAMP}</Last-Modified>"
        f"<Content-Length>{len(body)}</Content-Length><Content-Type>image/jpeg</Content-Type>"
        f"<Etag>{_mark(body)}</Etag></Properties></Blob>"
        for name, body in sorted(objects.items())
        if name.startswith(prefix)
    )
    return _xml(f"<EnumerationResults><Blobs>{listed}</Blobs><NextMarker /></EnumerationResults>")


def _asked(request: Request) -> tuple[dict[str, str], str]:
    """Return the query, and the key below the bucket; the path may begin with slashes of the endpoint."""
    parts = urlsplit("/" + request.path.lstrip("/"))
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return asked, unquote(parts.path).removeprefix("/shop").strip("/")


def _xml(text: str) -> Reply:
    return Reply(200, f'<?xml version="1.0" encoding="utf-8"?>{text}'.encode(), {"content-type": "application/xml"})


def _object(body: bytes | None) -> Reply:
    if body is None:
        return Reply(404)
    return Reply(200, body, {"etag": _mark(body), "last-modified": STAMP, "content-type": "image/jpeg"})


def _mark(body: bytes) -> str:
    return f"mark-{len(body)}"
