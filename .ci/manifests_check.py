#!/usr/bin/env python3
"""Checks packaging/kubernetes against the schemas of two versions of Kubernetes, and whether its parts fit together."""
import pathlib
import subprocess
import sys

import yaml

DIRECTORY = pathlib.Path("packaging/kubernetes")
VERSIONS = ("1.29", "1.37")
# `shutdown_timeout`, in seconds.
SHUTDOWN_TIMEOUT = 20


def demand(condition, message):
    if not condition:
        sys.exit(f"manifests: {message}")


def check_schemas(files):
    tool = pathlib.Path(sys.executable).with_name("kubernetes-validate")
    for version in VERSIONS:
        ending = subprocess.run([tool, "--strict", "--kubernetes-version", version, *files], capture_output=True, text=True)
        passed = (ending.stdout + ending.stderr).count(" passed for resource ")
        demand(ending.returncode == 0 and passed == len(files), f"{version}: {ending.stdout}{ending.stderr}")


def check_pod(workload, configuration):
    demand(workload["spec"]["replicas"] == 1, "there are several instances")
    template = workload["spec"]["template"]
    pod, container = template["spec"], template["spec"]["containers"][0]
    # https://kubernetes.io/docs/concepts/security/pod-security-standards/, restricted; and more.
    context = pod["securityContext"] | container["securityContext"]
    for name, value in {"runAsNonRoot": True, "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                        "capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": "RuntimeDefault"}}.items():
        demand(context[name] == value, f"{name} is {context[name]}")
    demand(context["runAsUser"] == 65532 == context["fsGroup"], "the user is not the image's")
    demand(pod["automountServiceAccountToken"] is False, "it gets a token that it needs for nothing")
    demand(pod["terminationGracePeriodSeconds"] > SHUTDOWN_TIMEOUT, "it is killed before it has delivered")
    demand("memory" in container["resources"]["limits"] and "cpu" in container["resources"]["requests"], "its resources are not bounded")

    volumes = {volume["name"]: volume for volume in pod["volumes"]} | {
        claim["metadata"]["name"]: claim for claim in workload["spec"]["volumeClaimTemplates"]}
    demand({mount["name"] for mount in container["volumeMounts"]} == set(volumes), "volumes and mounts are not the same")
    demand(volumes["configuration"]["configMap"]["name"] == configuration["metadata"]["name"], "the configuration is called otherwise")
    secret = volumes["secret"]["secret"]["secretName"]
    demand(all(variable["valueFrom"]["secretKeyRef"]["name"] == secret for variable in container["env"]), "there are two secrets")
    ports = {port["name"] for port in container["ports"]}
    for name, path in (("startupProbe", "/healthz"), ("livenessProbe", "/healthz"), ("readinessProbe", "/readyz")):
        demand(container[name]["httpGet"]["path"] == path and container[name]["httpGet"]["port"] in ports, f"{name} asks elsewhere")
    return template["metadata"]["labels"], ports


def main():
    files = sorted(DIRECTORY.glob("*.yaml"))
    check_schemas(files)
    manifests = {path.stem: yaml.safe_load(path.read_text()) for path in files}
    labels, ports = check_pod(manifests["workload"], manifests["configuration"])
    selectors = [manifests["workload"]["spec"]["selector"]["matchLabels"], manifests["service"]["spec"]["selector"],
                 manifests["network"]["spec"]["podSelector"]["matchLabels"]]
    demand(all(selector.items() <= labels.items() for selector in selectors), f"one of {selectors} selects nothing")
    demand(manifests["workload"]["spec"]["serviceName"] == manifests["service"]["metadata"]["name"], "the service is called otherwise")
    named = [port["targetPort"] for port in manifests["service"]["spec"]["ports"]]
    named += [port["port"] for rule in manifests["network"]["spec"]["ingress"] for port in rule["ports"]]
    demand(set(named) <= ports, f"the pod has no port {set(named) - ports}")
    print(f"{len(files)} manifests, for Kubernetes {' and '.join(VERSIONS)}")


main()
