"""The manifests are what Kubernetes accepts, to the letter, and fit together."""

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from django.conf import settings
from django.urls import resolve

from crm import VERSION
from crm.timetable import QUEUES

FOLDER = Path(settings.BASE_DIR) / "deploy" / "k8s"
# The oldest and the newest that are looked after.
KUBERNETES = ("1.31", "1.34")


def manifests() -> list[tuple[str, dict[str, Any]]]:
    """Every document, with its file."""
    files = [file for file in sorted(FOLDER.glob("*.yaml")) if file.name != "kustomization.yaml"]
    return [(file.name, each) for file in files for each in yaml.safe_load_all(file.read_text())]


def pods() -> list[tuple[str, dict[str, Any]]]:
    """What pods are made of, by the name of what makes them."""
    return [
        (one["metadata"]["name"], one["spec"]["template"]["spec"])
        for _file, one in manifests()
        if "template" in one.get("spec", {})
    ]


@pytest.mark.parametrize("version", KUBERNETES)
def test_each_keeps_to_the_schema(version: str) -> None:
    for file, manifest in manifests():
        try:
            kubernetes_validate.validate(manifest, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            pytest.fail(f"{file}: {error.message}")


def test_a_word_too_many_is_refused() -> None:
    (web, *_) = [one for file, one in manifests() if file == "web.yaml"]
    web["spec"]["replicaz"] = 2
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(web, KUBERNETES[-1], strict=True)


def test_every_file_is_among_the_resources_but_the_secret() -> None:
    told = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
    files = {file.name for file in FOLDER.glob("*.yaml")} - {"kustomization.yaml", "secret.example.yaml"}
    assert {*told["resources"]} == files
    assert told["images"][0]["newTag"] == VERSION


def test_every_pod_is_limited_and_has_no_rights() -> None:
    assert {name for name, _ in pods()} >= {"candid-web", "candid-beat", "candid-migrate"}
    for name, pod in pods():
        assert pod["securityContext"]["runAsNonRoot"] and pod["automountServiceAccountToken"] is False, name
        for container in pod["containers"]:
            assert container["securityContext"]["readOnlyRootFilesystem"], name
            assert container["resources"]["limits"]["memory"] and container["resources"]["requests"]["cpu"], name


def test_probes_ask_addresses_that_there_are() -> None:
    (web,) = [pod["containers"][0] for name, pod in pods() if name == "candid-web"]
    for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert resolve(web[kind]["httpGet"]["path"]).view_name.startswith("health-")
    # Liveness asks nothing but the process: a database that is down is no reason to kill it.
    assert web["livenessProbe"]["httpGet"]["path"] == "/health/live/"
    for name, pod in pods():
        assert name == "candid-migrate" or "livenessProbe" in pod["containers"][0], name


def test_every_queue_has_its_workers() -> None:
    read: list[str] = []
    for _name, pod in pods():
        words = pod["containers"][0]["command"]
        if "--queues" in words:
            read += words[words.index("--queues") + 1].split(",")
            assert pod["terminationGracePeriodSeconds"] >= 120
    assert sorted(read) == sorted(QUEUES)


def test_names_lead_to_what_there_is() -> None:
    kinds = {(one["kind"], one["metadata"]["name"]) for _file, one in manifests()}
    for _name, pod in pods():
        for source in pod["containers"][0]["envFrom"]:
            ((kind, named),) = source.items()
            assert ({"configMapRef": "ConfigMap", "secretRef": "Secret"}[kind], named["name"]) in kinds
        claims = [
            volume["persistentVolumeClaim"]["claimName"]
            for volume in pod["volumes"]
            if "persistentVolumeClaim" in volume
        ]
        assert all(("PersistentVolumeClaim", claim) in kinds for claim in claims)
    assert ("Service", "candid-web") in kinds
