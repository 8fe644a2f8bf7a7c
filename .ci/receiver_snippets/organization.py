"""A simulated organization, and what the built program delivers of it."""
import datetime
import json
import pathlib
import re
import subprocess

import yaml

PATIENCE = 480


class Organization:
    """Serves the audits that the simulator is told of by `flags`."""

    def __init__(self, program, directory, flags):
        self.program, self.directory = program, directory
        self.process = subprocess.Popen([program, "simulate", *map(str, flags)], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]

    def deliver(self, output, prefix=(), **tail):
        """Delivers everything to the output, a mapping of settings. Returns the lines as a file has them, which is what the API sent.

        `prefix` is a command that the program is run by.
        """
        place = self.directory / "delivery"
        for old in place.glob("*"):
            old.unlink()
        place.mkdir(exist_ok=True)
        configuration = {
            "genesys": {"api_url": self.url, "client_id": "simulator", "client_secret": "simulator"},
            "tail": {"since": "3h", "sweep": "off", "reconcile": "off", **tail},
            "offsets": {"path": str(place / "offsets.db")},
            "outputs": {"archive": {"type": "file", "path": str(place / "audits.ndjson")}, "receiver": output}}
        (place / "auditferry.yaml").write_text(yaml.safe_dump(configuration))
        ending = subprocess.run([*prefix, self.program, "run", "--once", "--config", str(place / "auditferry.yaml")],
                                capture_output=True, text=True, timeout=PATIENCE)
        if ending.returncode != 0:
            raise SystemExit(f"the program ended with {ending.returncode}: {ending.stderr[-2000:]}")
        return (place / "audits.ndjson").read_text().splitlines()

    def end(self):
        self.process.kill()
        self.process.wait()


def organization_of_all_kinds(program, directory):
    """Some hundred audits of the last hours, the same for every delivery, and odd ones among them."""
    usual = Organization(program, directory, ["--seed", "11", "--events", "500", "--history", "2h", "--events-per-second", "0.001"])
    try:
        lines = usual.deliver({"type": "file", "path": str(directory / "usual.ndjson")})
    finally:
        usual.end()
    (directory / "audits.ndjson").write_text("".join(line + "\n" for line in lines + odd_audits()))
    return Organization(program, directory, ["--audits", directory / "audits.ndjson"])


def odd_audits():
    """Characters that headers and patterns are written with, and a large one."""
    instant = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=30)
    names = ['a "quoted] [name" \\ = {"id":"no"} ü\t</script>', '] - {"auditferry":"no"}', "<13>1 - - - - - - {}", "long " + "x" * 100_000]
    return [json.dumps({
        "id": f"0b1c0000-0000-4000-8000-00000000000{number}", "user": {"id": "u", "name": '"] {'}, "serviceName": "Directory", "level": "USER",
        "eventDate": instant.strftime("%Y-%m-%dT%H:%M:%S.250Z"), "action": "Update", "entity": {"id": str(number), "name": name[:100]},
        "entityType": "Role" if number == 0 else "User", "status": "SUCCESS",
        "propertyChanges": [{"property": "name", "oldValues": [], "newValues": [name]}]}, ensure_ascii=False, separators=(",", ":"))
        for number, name in enumerate(names)]


def documented_outputs(snippet):
    """The settings of outputs that stand in the comment at the snippet's top, by their names."""
    lines = []
    for line in pathlib.Path(snippet).read_text().splitlines():
        if not line.startswith("#"):
            break
        lines.append(line)
    start = next(number for number, line in enumerate(lines) if line.strip("# ") == "outputs:")
    block = [line[1:] for line in lines[start:]]
    end = next((number for number, line in enumerate(block) if number and not re.match(r"\s{4,}\S", line)), len(block))
    return yaml.safe_load("\n".join(block[:end]))["outputs"]


def substituted(text, replacements):
    """The snippet with other places and ports; each has to be in it."""
    for old, new in replacements.items():
        if old not in text:
            raise SystemExit(f"'{old}' is not in the snippet")
        text = text.replace(old, str(new))
    return text
