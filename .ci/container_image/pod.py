"""The image as packaging/kubernetes runs it."""
import os
import pathlib
import re
import urllib.error
import urllib.request

import yaml

from runtime import PATIENCE, Container, demand, eventually, made


def status(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except OSError:
        return None


def check_pod(directory, url):
    """As the manifests say: the configuration, the mounts with their modes, the user, the arguments, the probes and the limit."""
    manifests = {path.stem: yaml.safe_load(path.read_text()) for path in pathlib.Path("packaging/kubernetes").glob("*.yaml")}
    pod = manifests["workload"]["spec"]["template"]
    context, container = pod["spec"]["securityContext"], pod["spec"]["containers"][0]
    owner = (0, context["fsGroup"])
    modes = {volume["name"]: volume.get("secret", {}).get("defaultMode", 0o644) for volume in pod["spec"]["volumes"]}
    sources = {
        "state": made(directory / "pod-state", 0o2770, owner),
        "configuration": made(directory / "pod-configuration", 0o755, owner, **manifests["configuration"]["data"]),
        "secret": made(directory / "pod-secret", 0o755, owner, client_secret="simulator")}
    os.chmod(sources["secret"] / "client_secret", modes["secret"])
    mounts = [(sources[mount["name"]], mount["mountPath"], "ro" if mount.get("readOnly") else "rw") for mount in container["volumeMounts"]]
    run = Container(directory, container["args"] + ["--since", "30m"], mounts, {"GENESYSCLOUD_API_URL": url} | {
        variable["name"]: "simulator" for variable in container["env"]}, f"{context['runAsUser']}:{context['runAsGroup']}")
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        ask = container[probe]["httpGet"]
        place = f"http://127.0.0.1:{ports[ask['port']]}{ask['path']}"
        eventually(lambda: status(place) == 200, f"200 at {place}, the {probe},")
    notes = pod["metadata"]["annotations"]
    place = f"http://127.0.0.1:{notes['prometheus.io/port']}{notes['prometheus.io/path']}"
    with urllib.request.urlopen(place, timeout=PATIENCE) as answer:
        demand(b"auditferry_build_info" in answer.read(), f"no metrics at {place}")
    listening = pathlib.Path("/proc/net/tcp").read_text()
    demand(f"00000000:{ports['http']:04X} 00000000:0000 0A" in listening, "it does not listen on the pod's address")
    eventually(lambda: len(run.ids()) > 300, "the first audits")
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{run.identifier}/status").read_text())[1]) / 1024
    demand(peak < int(container["resources"]["requests"]["memory"].removesuffix("Mi")), f"it needed {peak:.0f} MiB, more than is requested")
    demand(run.stopped() == 0, f"it did not end with 0: {run.errors()}")
    print(f"a pod as the manifests say is alive and ready, gives metrics, delivers audits, and needed {peak:.0f} MiB")
