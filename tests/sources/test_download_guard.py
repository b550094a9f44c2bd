"""Which addresses are asked: a table of those that must not be, in every spelling, and of those that may."""

from __future__ import annotations

import socket

import pytest

from sosie.errors import UsageError
from sosie.sources.download import Allowed, Downloader, Guard, NotFetched
from sosie.sources.download.failures import shown
from tests.web import QUICK, Asked, Site, web

FORBIDDEN = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "169.254.0.1",
    "168.63.129.16",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.254",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:169.254.169.254",
    "::ffff:0:10.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::8.8.8.8",
    "2002:7f00:1::",
    "2002:808:808::1",
    "2001:0:7f00:1::1",
    "2001:db8::1",
    "2001:4860::200:5efe:7f00:1",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "fd12:3456:789a::1",
    "ff02::1",
    "100::1",
    "4000::1",
]

PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "93.184.216.34",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700:4700::1111",
    "2001:4860:4860::8888",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]

ODD = [
    "http://127.1/",
    "http://127.0.1/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0X7F.1/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://127.0.0.1./",
    "http://0/",
    "http://127.0.0.01/",
    "http://169.254.43518/",
    "http://example.com.0x7f000001/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[0:0:0:0:0:ffff:7f00:1]/",
    "http://[fe80::1%25eth0]/",
    "http://[::1",
    "http://１２７.０.０.１/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://127%2e0%2e0%2e1/",
    "http:///etc/passwd",
    "http://",
    "http://user@8.8.8.8/",
    "http://user:secret@example.com/",
    "http://example.com\\@127.0.0.1/",
    "http://example.com /",
    "http://example.com\r\nhost: x/",
    "http://exa\tmple.com/",
    "http://-x.example/",
    "http://a..b/",
    "http://" + "a" * 64 + ".example/",
    "https://example.com:99999/",
    "file:///etc/passwd",
    "ftp://example.com/a.jpg",
    "gopher://127.0.0.1:6379/_x",
    "dict://127.0.0.1:11211/",
    "data:image/png;base64,AAAA",
    "jar:http://example.com!/a",
    "//example.com/a.jpg",
    "example.com/a.jpg",
    "",
]


def spelled(address: str) -> str:
    return f"http://[{address}]/a.jpg" if ":" in address else f"http://{address}/a.jpg"


@pytest.mark.parametrize("address", FORBIDDEN)
def test_an_address_that_is_not_public_is_refused_when_spelled_out_and_behind_a_name(address: str) -> None:
    with pytest.raises(NotFetched):
        Guard().check(spelled(address))
    behind = Guard(resolver=lambda _host, _port: [address])
    with pytest.raises(NotFetched, match=r"shop\.example is|shop\.example"):
        behind.addresses_of("shop.example", 443)
    mixed = Guard(resolver=lambda _host, _port: ["8.8.8.8", address])
    with pytest.raises(NotFetched):
        mixed.addresses_of("shop.example", 443)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_asked(address: str) -> None:
    Guard().check(spelled(address))
    assert Guard(resolver=lambda _host, _port: [address]).addresses_of("shop.example", 80) == [address]


@pytest.mark.parametrize("url", ODD)
def test_an_odd_spelling_is_refused(url: str) -> None:
    with pytest.raises(NotFetched):
        Guard().check(url)


@pytest.mark.parametrize(
    "url",
    ["http://shop.example", "https://cdn-1.shop.example:8443/a%20b.jpg?v=1&x=[2]#top", "HTTPS://Shop.Example/ä.jpg",
     "https://bücher.example/a.jpg", "http://my_bucket.example./x", "http://localhost.example/", "https://8.example/"],
)  # fmt: skip
def test_a_plain_address_may_be_asked(url: str) -> None:
    Guard().check(url)


def test_only_what_the_operator_names_is_allowed_besides() -> None:
    allowed = Allowed.of(["10.1.0.0/16", "127.0.0.1", "intranet.example", "*.corp.example", "fd00::/8"])
    guard = Guard(allowed, lambda host, _port: {"a.corp.example": ["192.168.0.9"]}.get(host, ["10.9.0.1"]))
    for url in ("http://10.1.2.3/", "http://127.0.0.1/", "http://[::ffff:10.1.0.1]/", "http://[fd00::1]/"):
        guard.check(url)
    for url in ("http://10.2.0.1/", "http://127.0.0.2/", "http://[::1]/", "http://169.254.169.254/"):
        with pytest.raises(NotFetched, match="allowed_networks"):
            guard.check(url)
    assert guard.addresses_of("intranet.example", 80) == ["10.9.0.1"]
    assert guard.addresses_of("A.Corp.Example.", 80) == ["192.168.0.9"]
    with pytest.raises(NotFetched):
        guard.addresses_of("corp.example", 80)


@pytest.mark.parametrize("listed", ["10.0.0.0/33", "::1::", "", "*", "10.0.0.1/8"])
def test_an_allow_list_with_nonsense_is_refused(listed: str) -> None:
    with pytest.raises(UsageError, match="allowed_networks"):
        Allowed.of([listed])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://user:secret@shop.example/a?token=abc#x", "https://shop.example/a?..."),
        ("http://a:b@c:d@host/x", "http://host/x"),
        ("user:secret@host", "host"),
        ("https://shop.example/a\r\nb", "https://shop.example/a??b"),
    ],
)
def test_no_secret_of_an_address_is_shown(url: str, expected: str) -> None:
    assert shown(url) == expected


@pytest.mark.parametrize(
    "where",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost/",
        "http://127.1/",
        "//[::ffff:10.0.0.1]/x",
        "http://rebinding.example/",
        "file:///etc/passwd",
        "http://u:p@127.0.0.1/",
    ],
)
def test_a_redirect_to_what_must_not_be_asked_is_refused(where: str) -> None:
    """The site itself is allowed by its address and port's network; nothing else of this machine is."""
    with Site() as site:
        site.pages["/a.jpg"] = lambda asked: asked.answer(b"", 302, location=where)
        names = {"localhost": ["127.0.0.1"], "site.example": ["127.0.0.1"], "rebinding.example": ["10.0.0.7"]}
        guard = Guard(Allowed.of(["site.example"]), lambda host, _port: names[host])
        with Downloader(guard, QUICK) as download, pytest.raises(NotFetched):
            download.get(f"http://site.example:{site.port}/a.jpg")
        assert len(site.asked) == 1


def test_a_name_that_changes_its_address_is_connected_to_the_one_that_was_checked() -> None:
    """DNS rebinding: the first look gives a harmless address, each later one this machine's."""
    looks = []

    def rebinding(host: str, _port: int) -> list[str]:
        looks.append(host)
        return ["127.0.0.1"] if len(looks) == 1 else ["127.0.0.2"]

    with Site() as site:
        site.pages["/a"] = lambda asked: asked.answer(asked.headers["host"].encode())
        guard = Guard(Allowed.of(["127.0.0.1"]), rebinding)
        with Downloader(guard, QUICK) as download:
            url = f"http://rebinding.example:{site.port}/a"
            assert download.get(url).body == f"rebinding.example:{site.port}".encode()
            assert looks == ["rebinding.example"]
            assert download.get(url).status == 200
        with Downloader(guard, QUICK) as download, pytest.raises(NotFetched, match="this machine"):
            download.get(url)


def test_the_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with Site({"/a": b"here"}) as site, web() as download:
        assert download.get(f"{site.url}/a").body == b"here"


def test_without_an_allow_list_this_machine_is_not_asked() -> None:
    with Site({"/a": b"here"}) as site, Downloader(limits=QUICK) as download:
        for host in ("127.0.0.1", "localhost", socket.gethostname()):
            with pytest.raises(NotFetched, match=r"allowed_networks|has no address"):
                download.get(f"http://{host}:{site.port}/a")
        assert site.asked == []


def test_secret_headers_do_not_follow_to_another_host() -> None:
    def there(asked: Asked) -> None:
        asked.answer(asked.headers.get("authorization", "none").encode())

    with Site({"/there": there}) as other, Site() as site:
        site.pages["/away"] = lambda asked: asked.answer(b"", 302, location=f"http://127.0.0.2:{other.port}/there")
        site.pages["/near"] = lambda asked: asked.answer(b"", 302, location="/there")
        site.pages["/there"] = there
        with web() as download:
            secret = {"authorization": "Bearer s3cret"}
            assert download.get(f"{site.url}/near", headers=secret).body == b"Bearer s3cret"
            with pytest.raises(NotFetched, match="cannot be reached"):
                download.get(f"{site.url}/away", headers=secret)
        away = other.url.replace("127.0.0.1", "localhost")
        site.pages["/away"] = lambda asked: asked.answer(b"", 302, location=f"{away}/there")
        with web() as download:
            assert download.get(f"{site.url}/away", headers=secret).body == b"none"


def test_a_proxy_that_the_operator_names_is_used_and_does_not_open_what_is_closed() -> None:
    def pass_on(asked: Asked) -> None:
        asked.answer(f"proxied {asked.path} for {asked.headers.get('proxy-authorization', 'nobody')}".encode())

    with Site() as proxy:
        proxy.reply = pass_on  # type: ignore[method-assign]
        names = {"shop.example": ["93.184.216.34"], "inner.example": ["10.0.0.1"]}

        def resolver(host: str, _port: int) -> list[str]:
            if host not in names:
                raise OSError("no such name here")
            return names[host]

        url = proxy.url.replace("http://", "http://me:secret@")
        with Downloader(Guard(resolver=resolver), QUICK, proxy=url) as download:
            body = download.get("http://shop.example/a.jpg").body
            assert body == b"proxied http://shop.example/a.jpg for Basic bWU6c2VjcmV0"
            assert b"far.example" in download.get("http://far.example/a.jpg").body
            for closed in ("http://inner.example/", "http://169.254.169.254/", f"http://127.0.0.1:{proxy.port}/"):
                with pytest.raises(NotFetched, match="allowed_networks"):
                    download.get(closed)
        assert len(proxy.asked) == 2
    with pytest.raises(UsageError, match="download_proxy"):
        Downloader(proxy="socks5://127.0.0.1")


def test_headers_that_steer_the_connection_cannot_be_set() -> None:
    with Site({"/a": b"here"}) as site, web() as download:
        for name in ("Host", "transfer-encoding"):
            with pytest.raises(NotFetched, match="cannot be set"):
                download.get(f"{site.url}/a", headers={name: "inner.example"})
        assert site.asked == []
