"""What a site's robots.txt lets programs read, and how fast (RFC 9309)."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from protego import Protego

from sosie.errors import SourceFailure
from sosie.sources.base import Web

AGENT = "Sosie"
"""The name that sites may address in their robots.txt."""

LONGEST_DELAY = 10.0
"""Seconds between two requests that a site may ask for with Crawl-delay; more is taken as this."""

_OWN = "If the site is your own, set robots to false."
_READ = 500 * 1024
_MOST = 5_000_000


@dataclass(frozen=True, slots=True)
class _Rules:
    refused: str = ""
    next_step: str = _OWN
    parsed: Protego | None = None
    delay: float = 0.0


@dataclass
class Robots:
    """Asks each site for its rules once. `own` are hosts of the operator, which are not asked."""

    web: Web
    own: frozenset[str] = frozenset()
    _rules: dict[str, _Rules] = field(default_factory=dict)
    _asked: dict[str, float] = field(default_factory=dict)

    def refusal(self, url: str) -> tuple[str, str]:
        """Return why a page or sitemap must not be read and what can be done, or two empty texts when it may."""
        parts = urlsplit(url)
        if (parts.hostname or "") in self.own:
            return "", ""
        rules = self._rules_of(f"{parts.scheme}://{parts.netloc}")
        if rules.refused or rules.parsed is None:
            return rules.refused, rules.next_step if rules.refused else ""
        return ("", "") if rules.parsed.can_fetch(url, AGENT) else ("is not allowed by the site's robots.txt", _OWN)

    def wait(self, url: str) -> None:
        """Wait until the site may be asked again, as long as it wishes but at most 10 seconds."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        delay = self._rules[site].delay if site in self._rules else 0.0
        if delay:
            time.sleep(max(0.0, self._asked.get(site, 0.0) + delay - time.monotonic()))
        self._asked[site] = time.monotonic()

    def _rules_of(self, site: str) -> _Rules:
        if site not in self._rules:
            self._rules[site] = self._read(site)
        return self._rules[site]

    def _read(self, site: str) -> _Rules:
        """Ask a site for its rules: what is not there allows all, what fails allows nothing (RFC 9309, 2.3.1)."""
        try:
            answer = self.web.get(f"{site}/robots.txt", max_bytes=_MOST)
        except SourceFailure as error:
            reason = f"is not read, since the site's robots.txt cannot be had: {error.message.rstrip('.')}"
            return _Rules(reason, next_step=f"{error.next_step} {_OWN}".strip())
        if answer.status >= 500:
            return _Rules(f"is not read, since the site's robots.txt answered {answer.status}")
        if not 200 <= answer.status < 300:
            return _Rules()
        text = answer.body[:_READ].decode("utf-8", "replace").lstrip("\ufeff")
        parsed = Protego.parse(text)
        delay = parsed.crawl_delay(AGENT) or 0.0
        return _Rules(parsed=parsed, delay=min(delay, LONGEST_DELAY) if delay > 0 else 0.0)
