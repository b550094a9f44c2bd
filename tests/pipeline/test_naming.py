"""Names of images: without secrets, the same at every sync, different for different images."""

from __future__ import annotations

import pytest

from sosie.pipeline.naming import Names, sentence_without_secrets, without_secrets


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://x.example/a.jpg", "https://x.example/a.jpg"),
        ("https://x.example/a.jpg?v=3&w=a%20b", "https://x.example/a.jpg?v=3&w=a%20b"),
        ("https://me:pw@x.example/a.jpg", "https://x.example/a.jpg"),
        ("https://x.example/a.jpg?token=abc", "https://x.example/a.jpg"),
        ("https://x.example/a.jpg?id=5&access_token=abc#top", "https://x.example/a.jpg?id=5#top"),
        ("https://x.example/a.jpg?X-Amz-Signature=1&X-Amz-Date=2&X-Amz-Expires=3&v=4", "https://x.example/a.jpg?v=4"),
        ("https://x.example/a.jpg?Expires=9", "https://x.example/a.jpg?Expires=9"),
        ("https://x.example/a.jpg?sv=1&se=2&sp=r&sig=3", "https://x.example/a.jpg"),
        ("https://x.example/a.jpg?key=shoe&keyword=red", "https://x.example/a.jpg?key=shoe&keyword=red"),
        ("https://[broken/a.jpg?token=s", "https://[broken/a.jpg"),
        ("/pictures/what?token=1.jpg", "/pictures/what?token=1.jpg"),
        ("upload:nike/a@b?token=1.jpg", "upload:nike/a@b?token=1.jpg"),
    ],
)
def test_a_name_has_no_secret(address: str, name: str) -> None:
    assert without_secrets(address) == name


def test_an_address_is_named_once_and_two_that_differ_in_a_secret_alone_differ() -> None:
    names = Names()
    first = names.name("https://x.example/?token=1")
    second = names.name("https://x.example/?token=2")
    assert first == "https://x.example/"
    assert second is not None
    assert second.startswith("https://x.example/#")
    assert names.name("https://x.example/?token=1") is None
    assert names.name("https://x.example/?token=2") is None
    assert Names().name("https://x.example/?token=3") == first


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("https://x.example/a answered 404 (Not Found).", "https://x.example/a answered 404 (Not Found)."),
        ("The feed https://me:pw@x.example/f?key=1&b=2 is closed.", "The feed https://x.example/f?... is closed."),
        ("What is 's3://b/k?sig=1'? Nothing?", "What is 's3://b/k?...'? Nothing?"),
        ("no address at all? yes", "no address at all? yes"),
    ],
)
def test_a_message_shows_no_secret_of_the_addresses_in_it(said: str, shown: str) -> None:
    assert sentence_without_secrets(said) == shown
