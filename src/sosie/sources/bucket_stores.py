"""Opening a bucket with obstore: with whose credentials, with how much patience, and what its errors mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from sosie.errors import SourceFailure

if TYPE_CHECKING:
    from obstore.store import AzureStore, GCSStore, S3Store

    Store = S3Store | GCSStore | AzureStore

Scheme = Literal["s3", "gs", "az"]

_CLIENT = {"connect_timeout": timedelta(seconds=10), "timeout": timedelta(seconds=60)}
_PATIENCE: Any = {"max_retries": 3, "retry_timeout": timedelta(seconds=30)}
_STATUS = re.compile(r"status code: (\d{3})")
_VARIABLES = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "gs": "GOOGLE_SERVICE_ACCOUNT_KEY",
    "az": "AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_TOKEN",
}
_OWN = "SOSIE_SOURCE_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which bucket: `endpoint`, `region` and `account` are empty where the cloud's own are meant."""

    scheme: Scheme
    bucket: str
    prefix: str
    endpoint: str = ""
    region: str = ""
    account: str = ""

    @property
    def root(self) -> str:
        """The address that all keys of the bucket are appended to."""
        return f"{self.scheme}://{self.bucket}/"

    @property
    def shown(self) -> str:
        """The place as people know it."""
        return f"{self.root}{self.prefix}"


def open_store(
    place: Place, environment: Mapping[str, str], *, anonymous: bool, trusted: bool, proxy: str = ""
) -> Store:
    """Return the store of a bucket.

    Credentials named for sources (`SOSIE_SOURCE_AWS_ACCESS_KEY_ID`, ...) come first. Without them, a trusted source
    takes those that the cloud's own tools would take (variables, files, the role of the machine), others take none.
    With a `proxy`, nothing is asked but through it.
    Raises `SourceFailure` when obstore is missing or a setting cannot be.
    """
    try:
        import obstore.store
    except ImportError as error:
        reason = "Buckets need obstore."
        raise SourceFailure(reason, next_step="Run `pip install sosie[s3]` and try again.") from error
    own = {name.removeprefix(_OWN): value for name, value in environment.items() if name.startswith(_OWN) and value}
    keys = {} if anonymous else _credentials(place.scheme, own)
    open_to_all = anonymous or (not keys and not trusted)
    given: dict[str, Any] = {"skip_signature": True} if open_to_all else {}
    client: Any = {**_CLIENT, "allow_http": place.endpoint.startswith("http://")}
    client |= {"proxy_url": proxy} if proxy else {}
    with plain_errors(place):
        if place.scheme == "s3":
            given |= {"endpoint": place.endpoint, "region": place.region, "credential_provider": _provider(keys)}
            return obstore.store.S3Store(place.bucket, client_options=client, retry_config=_PATIENCE, **_there(given))
        if place.scheme == "gs":
            given |= {"base_url": place.endpoint, **keys}
            return obstore.store.GCSStore(place.bucket, client_options=client, retry_config=_PATIENCE, **_there(given))
        account = place.account or own.get("AZURE_STORAGE_ACCOUNT_NAME", "")
        given |= {"endpoint": place.endpoint, "account_name": account, "credential_provider": _provider(keys)}
        return obstore.store.AzureStore(place.bucket, client_options=client, retry_config=_PATIENCE, **_there(given))


def _there(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value not in ("", None)}


def _credentials(scheme: Scheme, own: Mapping[str, str]) -> dict[str, Any]:
    """Return the credentials that are named for sources, as obstore takes them; empty when there are none."""
    if scheme == "s3" and {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} <= own.keys():
        keys = {"access_key_id": own["AWS_ACCESS_KEY_ID"], "secret_access_key": own["AWS_SECRET_ACCESS_KEY"]}
        return {**keys, "token": own.get("AWS_SESSION_TOKEN"), "expires_at": None}
    if scheme == "gs" and "GOOGLE_SERVICE_ACCOUNT_KEY" in own:
        return {"service_account_key": own["GOOGLE_SERVICE_ACCOUNT_KEY"]}
    if scheme == "az" and "AZURE_STORAGE_ACCOUNT_KEY" in own:
        return {"access_key": own["AZURE_STORAGE_ACCOUNT_KEY"], "expires_at": None}
    if scheme == "az" and "AZURE_STORAGE_SAS_TOKEN" in own:
        return {"sas_token": own["AZURE_STORAGE_SAS_TOKEN"], "expires_at": None}
    return {}


def _provider(keys: dict[str, Any]) -> Any:
    return (lambda: keys) if keys else None


@contextmanager
def plain_errors(place: Place, key: str = "") -> Iterator[None]:
    """Turn what obstore raises into `SourceFailure`: its own texts may hold signed addresses, and are not passed on."""
    from obstore.exceptions import BaseError, InvalidPathError

    try:
        yield
    except InvalidPathError:
        raise
    except (BaseError, FileNotFoundError, ValueError, OSError) as error:
        raise _failure(place, key, error) from error


def _failure(place: Place, key: str, error: Exception) -> SourceFailure:
    from obstore.exceptions import NotFoundError, PermissionDeniedError, UnauthenticatedError

    text = str(error)
    found = _STATUS.search(text)
    status = int(found[1]) if found else 0
    what = f"{place.root}{key}" if key else f"The bucket {place.shown}"
    if isinstance(error, NotFoundError | FileNotFoundError) or status == 404:
        return SourceFailure(f"{what} is not there.", next_step="Check its name and its endpoint.")
    if isinstance(error, PermissionDeniedError | UnauthenticatedError) or status in (401, 403):
        own = _VARIABLES[place.scheme]
        step = f"Set {own} (with {_OWN} in front for this program alone), or anonymous for a public bucket."
        return SourceFailure(f"{what} may not be read with these credentials.", next_step=step)
    if status in (301, 307, 400) and place.scheme == "s3":
        return SourceFailure(f"{what} is not served there ({status}).", next_step="Set the region of the bucket.")
    if "error sending request" in text or "timed out" in text:
        return SourceFailure(f"{what} cannot be reached.", next_step="Check the endpoint and the network.")
    if "Account must be specified" in text:
        return SourceFailure(f"{what} needs the name of its account.", next_step="Set account.")
    answered = f"answered {status}" if status else f"answered something that is not understood ({type(error).__name__})"
    return SourceFailure(f"{what} {answered}.", next_step="Check the endpoint; try again later.")
