"""Money is spent by a job only when whoever starts it agrees."""

from __future__ import annotations

from pathlib import Path

from tests.contract.loopback import Loopback
from tests.contract.test_gemini import KEY, gemini
from tests.pictures import folder_of
from tests.server.servers import Server


def test_a_job_names_its_cost_and_is_paid_for_after_a_yes(tmp_path: Path) -> None:
    folder_of(tmp_path / "shop", 6)
    with Loopback(gemini) as google:
        env = {
            "SOSIE_ALLOWED_ROOTS": str(tmp_path / "shop"),
            "SOSIE_EMBEDDERS": "gemini",
            "SOSIE_GEMINI_API_KEY": KEY,
            "SOSIE_GEMINI_BASE_URL": google.url,
            "SOSIE_PAID_IMAGES": "5",
            "SOSIE_WORKERS": "1",
        }
        with Server(tmp_path / "data", env) as server:
            client = server.client
            client.brand("shop", ("folder", {"path": str(tmp_path / "shop")}))
            waiting = client.ended(client.job("shop"))
            sent = [request for request in google.requests if request.method == "POST"]
            agreed = client.ended(client.job("shop", confirm_cost=True))
            assert any("which nobody has agreed to" in line for line in server.log)
            health = client.get("/api/health")["embedders"][0]
    assert len(sent) == 1, "one test picture"
    (sentence,) = waiting["progress"]["fallbacks"]
    assert "6 images will be sent to Google (gemini-embedding-2), for about $0.00" in sentence
    assert "confirm_cost" in sentence
    assert agreed["progress"]["fallbacks"] == []
    assert agreed["params"]["confirm_cost"] is True
    assert (health["name"], health["model"]) == ("gemini", "gemini-embedding-2")
    assert KEY not in f"{waiting} {agreed} {health}"
