"""What deploy/ says is valid by the tools of its own world, and speaks of nothing that the product has not."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from sosie import __version__
from sosie.config import Settings, load_settings
from sosie.server.app import ROUTERS
from tests.processes import ROOT, sosie

DEPLOY = ROOT / "deploy"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
CLIENT = {"SOSIE_TOKEN", "SOSIE_SERVER"}
"""Variables of the command line that are no settings."""


def documents(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


EVERYTHING = [(path.name, document) for path in MANIFESTS for document in documents(path)]
OWN = [(name, document) for name, document in EVERYTHING if not document["apiVersion"].startswith("ray.io/")]
OF_RAY = [(name, document) for name, document in EVERYTHING if document["apiVersion"].startswith("ray.io/")]
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def walked(value: object) -> Iterator[Mapping[str, Any]]:
    """All objects in a document."""
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from walked(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walked(inner)


def ray_spec(document: Mapping[str, Any]) -> Mapping[str, Any]:
    spec: Mapping[str, Any] = document["spec"]
    return spec["rayClusterSpec"] if document["kind"] == "RayJob" else spec


def pod_templates() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, document in EVERYTHING:
        for found in walked(document):
            if isinstance(found.get("template"), Mapping) and "containers" in found["template"].get("spec", {}):
                yield name, found["template"]


def containers() -> list[tuple[str, Mapping[str, Any]]]:
    return [(name, one) for name, template in pod_templates() for one in template["spec"]["containers"]]


@pytest.mark.parametrize(("name", "document"), OWN, ids=[f"{name}:{one['kind']}" for name, one in OWN])
def test_a_manifest_is_valid_by_the_schema_of_kubernetes(name: str, document: dict[str, Any]) -> None:
    kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)


def test_a_manifest_with_a_mistake_is_not_valid() -> None:
    (deployment,) = [document for _, document in OWN if document["metadata"]["name"] == "sosie-redis"][:1]
    wrong = {**deployment, "spec": {**deployment["spec"], "replica": 2}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, kubernetes_validate.latest_version(), strict=True)


@pytest.mark.parametrize(("name", "document"), OF_RAY, ids=[name for name, _ in OF_RAY])
def test_pods_of_a_ray_cluster_are_valid_by_the_schema_of_kubernetes(name: str, document: dict[str, Any]) -> None:
    spec = ray_spec(document)
    groups = [spec["headGroupSpec"], *spec["workerGroupSpecs"]]
    for group in groups:
        pod = {"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": "x"}, "template": group["template"]}
        kubernetes_validate.validate(pod, kubernetes_validate.latest_version(), strict=True)
    assert len({group["groupName"] for group in spec["workerGroupSpecs"]}) == len(spec["workerGroupSpecs"])


@pytest.mark.parametrize(("name", "document"), OF_RAY, ids=[name for name, _ in OF_RAY])
def test_ray_itself_reads_a_cluster_as_it_is_meant(name: str, document: dict[str, Any]) -> None:
    reader = pytest.importorskip("ray.autoscaler._private.kuberay.autoscaling_config")
    spec = ray_spec(document)
    metadata = {"name": "sosie", "namespace": "default"}
    read = reader._derive_autoscaling_config_from_ray_cr({"metadata": metadata, "spec": spec})
    workers = read["available_node_types"]["cpu"]
    assert (workers["resources"]["CPU"], workers["min_workers"]) == (8, spec["workerGroupSpecs"][0]["minReplicas"])
    assert workers["max_workers"] == spec["workerGroupSpecs"][0]["maxReplicas"]
    assert read["available_node_types"]["headgroup"]["resources"]["CPU"] == 0


def test_the_compose_file_is_valid_by_its_specification() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    run = subprocess.run([*command, DEPLOY / "compose.yaml"], capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 0, run.stdout


def test_the_container_file_keeps_the_rules_of_its_linter() -> None:
    linter = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")
    if linter is None:
        pytest.skip("hadolint is not there for this machine")
    run = subprocess.run([linter, DEPLOY / "Containerfile"], capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 0, run.stdout


def variables() -> Iterator[tuple[str, str]]:
    """Every variable that a file of deploy/ sets or names."""
    for path in [*MANIFESTS, DEPLOY / "compose.yaml", DEPLOY / "Containerfile", DEPLOY / "example.env"]:
        for name in set(re.findall(r"\bSOSIE_[A-Z_]+", path.read_text(encoding="utf-8"))):
            yield path.name, name


def test_every_variable_is_a_setting() -> None:
    known = {f"SOSIE_{field.name.upper()}" for field in fields(Settings)} | CLIENT
    found = set(variables())
    assert len(found) > 20
    assert [pair for pair in sorted(found) if pair[1] not in known] == []


def test_the_values_of_variables_are_settings_that_can_be() -> None:
    (config,) = [document["data"] for _, document in EVERYTHING if document["kind"] == "ConfigMap"]
    composed = COMPOSE["services"]["server"]["environment"]
    for values in (config, composed):
        own = {name: value for name, value in values.items() if name.startswith("SOSIE_") and "${" not in value}
        settings = load_settings({}, own)
        assert settings.engine == "ray"
        assert settings.ray_address.startswith("ray://")
        assert settings.needs_of("read") == {}


def commands() -> Iterator[tuple[str, list[str]]]:
    """What the product's image is asked to do."""
    for name, one in containers():
        if one["image"].startswith("sosie:") and "args" in one:
            yield name, one["args"]
    for name, service in COMPOSE["services"].items():
        if "build" in service and "entrypoint" not in service:
            yield f"compose {name}", service["command"]
    for name, document in OF_RAY:
        if document["kind"] == "RayJob":
            program, *rest = shlex.split(document["spec"]["entrypoint"])
            assert program == "sosie"
            yield name, rest
    image = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    for said in re.findall(r"^CMD (\[.*\])$", image, re.MULTILINE):
        yield "Containerfile", yaml.safe_load(said)


def called(words: list[str]) -> str:
    """The full name of the command that these words call, and "" for what it does not take."""
    run = sosie(*words, "--help", env={"COLUMNS": "200"})
    found = re.match(r"Usage: ([a-z -]+?) \[OPTIONS\]", run.stdout)
    return found[1] if found and run.returncode == 0 else ""


def test_every_command_is_one_of_the_product() -> None:
    found = {where: called(words) for where, words in commands()}
    assert set(found.values()) == {"sosie serve", "sosie scan", "sosie cache prune"}
    assert called(["serve", "--no-such-option"]) == ""


def test_probes_ask_paths_that_the_server_answers_without_a_sign_in() -> None:
    paths = {route.path for router in ROUTERS for route in router.routes if hasattr(route, "path")}
    asked = {probe["httpGet"]["path"] for _, one in containers() for probe in walked(one) if "httpGet" in probe}
    checked = COMPOSE["services"]["server"]["healthcheck"]["test"][-1]
    asked.add("/" + checked.partition("8000/")[2])
    assert asked == {"/api/health/live", "/api/health/ready"}
    assert asked <= paths


def test_the_port_that_is_listened_on_is_the_port_that_is_asked() -> None:
    (service,) = [one for _, one in OWN if one["kind"] == "Service" and one["metadata"]["name"] == "sosie"]
    (server,) = [one for _, one in containers() if one["name"] == "server"]
    (port,) = service["spec"]["ports"]
    listening = int(server["args"][server["args"].index("--port") + 1])
    assert {port["port"], server["ports"][0]["containerPort"]} == {listening}
    assert port["targetPort"] == server["ports"][0]["name"]
    assert COMPOSE["services"]["server"]["command"] == server["args"]
    assert f"server:{listening}" in (DEPLOY / "nginx.conf").read_text(encoding="utf-8")


def test_what_is_referred_to_is_there() -> None:
    names = {(one["kind"], one["metadata"].get("name")): one for _, one in EVERYTHING}
    for _, found in ((name, part) for name, document in EVERYTHING for part in walked(document)):
        if "secretKeyRef" in found:
            wanted = found["secretKeyRef"]
            assert wanted["key"] in names["Secret", wanted["name"]]["stringData"]
        if "configMapRef" in found:
            assert ("ConfigMap", found["configMapRef"]["name"]) in names
        if "claimName" in found:
            assert ("PersistentVolumeClaim", found["claimName"]) in names
        if "secretName" in found and "mode" in found:
            assert "auth_token" in names["Secret", found["secretName"]]["stringData"]
    backends = [
        part["service"]["name"]
        for _, one in EVERYTHING
        for part in walked(one)
        if "pathType" not in part and isinstance(part.get("service"), Mapping)
    ]
    assert backends
    assert all(("Service", name) in names for name in backends)


def test_services_and_what_keeps_pods_find_the_pods_that_they_mean() -> None:
    labels = [template["metadata"]["labels"] for _, template in pod_templates() if "metadata" in template]
    for _, document in OWN:
        if document["kind"] == "Service":
            wanted = document["spec"]["selector"]
            assert [one for one in labels if wanted.items() <= one.items()], document["metadata"]["name"]
        if document["kind"] in ("Deployment", "StatefulSet"):
            spec = document["spec"]
            assert spec["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items()


def test_hosts_of_addresses_are_services() -> None:
    (config,) = [document["data"] for _, document in EVERYTHING if document["kind"] == "ConfigMap"]
    secrets = {one["metadata"]["name"]: one["stringData"] for _, one in EVERYTHING if one["kind"] == "Secret"}
    ports = {
        one["metadata"]["name"]: {port["port"] for port in one["spec"]["ports"]}
        for _, one in OWN
        if one["kind"] == "Service"
    }
    (cluster,) = [one["metadata"]["name"] for _, one in OF_RAY if one["kind"] == "RayCluster"]
    ports[f"{cluster}-head-svc"] = {10001}
    addresses = [config["SOSIE_REDIS_URL"], config["SOSIE_RAY_ADDRESS"], secrets["sosie"]["SOSIE_DATABASE_URL"]]
    for address in addresses:
        host, port = re.findall(r"(?://|@)([a-z-]+):(\d+)", address)[0]
        assert int(port) in ports[host], address
    composed = str(COMPOSE["services"]["server"]["environment"])
    hosts = re.findall(r"(?://|@)([a-z-]+):\d+", composed)
    assert len(hosts) == 3
    assert set(hosts) <= set(COMPOSE["services"])


def test_pods_and_services_run_the_image_of_this_version_and_of_one_ray() -> None:
    images = {one["image"] for _, one in containers() if one["image"].startswith("sosie")}
    images |= {one["image"] for one in COMPOSE["services"].values() if "build" in one}
    assert images == {f"sosie:{__version__}"}
    versions = {ray_spec(one)["rayVersion"] for _, one in OF_RAY}
    (version,) = versions
    pinned = re.search(r"ray\[default,client\]==([\d.]+)\.\*", (DEPLOY / "Containerfile").read_text(encoding="utf-8"))
    assert pinned
    assert version.startswith(pinned[1] + ".")


def test_nothing_starts_with_a_password_that_everybody_knows() -> None:
    secrets = [one["stringData"] for _, one in EVERYTHING if one["kind"] == "Secret"]
    for values in secrets:
        assert all(value == "" or (name.endswith("_URL") and ":@" in value) for name, value in values.items())
    lines = (DEPLOY / "example.env").read_text(encoding="utf-8").splitlines()
    assert {"SOSIE_PASSWORD=", "POSTGRES_PASSWORD=", "RAY_AUTH_TOKEN="} <= set(lines)
