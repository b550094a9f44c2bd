"""The hub's own `InferenceClient`, with every failure sorted as our own requests sort theirs."""

from __future__ import annotations

from typing import Any

from sosie.errors import EmbedderFailure
from sosie.fingerprints.embedders.http import check_answer, from_network, host_of, no_answer, without_secret


class InferenceEndpoint:
    """Asks one address for the features of inputs. `secret` is sent as a bearer token and never appears in an error."""

    def __init__(self, url: str, *, secret: str, timeout: float) -> None:
        from huggingface_hub import InferenceClient  # Imported here: only who asks an endpoint waits for it.

        # Without a header of ours, the client would send the token that is saved on this machine, to whatever address.
        headers = None if secret else {"authorization": ""}
        self._client = InferenceClient(base_url=url, token=secret or None, timeout=timeout, headers=headers)
        self._host, self._secret = host_of(url), secret

    def features(self, inputs: Any) -> Any:
        """Give the table of numbers, float32 of any shape, that is answered; None for another answer, which the client
        cannot give, and where HF_HUB_OFFLINE keeps the client (not the address, which is no hub) from asking.

        Raises `TryAgainError`, `RefusedError` and `EmbedderFailure`.
        """
        try:
            return self._client.feature_extraction(inputs)
        except Exception as error:  # the hub's own kinds, its HTTP library's, and those of odd answers
            response = _response(error)
            if response is not None:
                check_answer(self._host, response.status_code, response.headers, response.content, self._secret)
            if isinstance(error, (TypeError, ValueError)) or type(error).__name__ == "OfflineModeIsEnabled":
                return None
            if from_network(error):
                raise no_answer(error, self._host, self._secret) from None
            said = without_secret(str(error), self._secret)
            raise EmbedderFailure(f"huggingface failed ({type(error).__name__}: {said}).") from None


def _response(error: BaseException | None) -> Any:
    """The answer that led to an error: the client fails in other words over answers that it did not expect."""
    while error is not None:
        response = getattr(error, "response", None)
        if response is not None:
            return response
        error = error.__cause__ or error.__context__
    return None
