"""What Splunk would make of delivered bytes, by the snippets' own settings. Splunk itself is not to be had here: its steps are done in Python,
as props.conf(5) and transforms.conf(5) describe them: break lines, find the time, then the transforms in their order."""
import configparser
import datetime
import json
import pathlib
import re

from collector import collector
from organization import documented_outputs
from surroundings import Certificates, demand

DIRECTORY = pathlib.Path("packaging/receivers/splunk")
DEFAULT_LOOKAHEAD = 4096


def settings(name):
    parser = configparser.RawConfigParser(delimiters=("=",), comment_prefixes=("#",), strict=True)
    parser.optionxform = str
    parser.read_string((DIRECTORY / name).read_text())
    return {section: dict(parser[section]) for section in parser.sections()}


class Event:
    def __init__(self, raw, sourcetype):
        self.raw, self.sourcetype, self.host, self.fields, self.time = raw, sourcetype, None, {}, None

    def transformed(self, rule):
        """As transforms.conf(5): where REGEX is found within LOOKAHEAD characters, DEST_KEY becomes FORMAT."""
        found = re.search(rule["REGEX"], self.raw[:int(rule.get("LOOKAHEAD", DEFAULT_LOOKAHEAD))])
        if not found:
            return
        value = re.sub(r"\$(\d)", lambda group: found[int(group[1])], rule["FORMAT"])
        match rule.get("DEST_KEY"):
            case "_raw": self.raw = value
            case "MetaData:Sourcetype": self.sourcetype = value.removeprefix("sourcetype::")
            case "MetaData:Host": self.host = value.removeprefix("host::")
            case None:
                demand(rule["WRITE_META"] == "true", "a transform has no destination")
                name, field = value.split("::", 1)
                self.fields[name] = field
            case other: raise SystemExit(f"splunk: nobody knows the key {other}")


def indexed(stream, sourcetype):
    """The events that Splunk makes of a stream."""
    props, transforms = settings("props.conf")[sourcetype], settings("transforms.conf")
    demand(props["SHOULD_LINEMERGE"] == "false" and props["TZ"] == "UTC", f"{sourcetype}: lines are merged, or times are no UTC")
    text, start, events = stream.decode(props["CHARSET"]), 0, []
    for found in re.finditer(props["LINE_BREAKER"], text):
        # The first group is what is thrown away.
        events.append(Event(text[start:found.start(1)], sourcetype))
        start = found.end(1)
    demand(start == len(text), f"{sourcetype}: the last event has no end")
    for event in events:
        demand(len(event.raw.encode()) < int(props["TRUNCATE"]), f"{sourcetype}: an event would be cut")
        prefix = re.search(props["TIME_PREFIX"], event.raw)
        demand(prefix, f"{sourcetype}: no time in {event.raw[:300]}")
        within = event.raw[prefix.end():][:int(props["MAX_TIMESTAMP_LOOKAHEAD"])]
        event.time = datetime.datetime.strptime(within[:len("2026-01-01T00:00:00")], props["TIME_FORMAT"])
        for name in props["TRANSFORMS-auditferry"].split(", "):
            event.transformed(transforms[name])
    return events


def check_events(name, events, lines):
    """Each audit is there once and unchanged, with its own time and id, and records of the program itself are told from audits."""
    audits = [event for event in events if event.sourcetype == "genesys:cloud:audit"]
    records = [event for event in events if event.sourcetype == "auditferry:record"]
    demand(len(audits) + len(records) == len(events), f"{name}: {set(event.sourcetype for event in events)} are the sourcetypes")
    demand(all(event.raw.startswith('{"auditferry":') for event in records) and records, f"{name}: records are not told from audits")
    expected = [line for line in lines if not line.startswith('{"auditferry":')]
    demand(sorted(event.raw for event in audits) == sorted(expected), f"{name}: {len(audits)} audits, of {len(expected)}")
    for event in audits:
        audit = json.loads(event.raw)
        demand(event.fields == {"audit_id": audit["id"]}, f"{name}: {audit['id']} has the fields {event.fields}")
        demand(event.time.isoformat() == audit["eventDate"][:19], f"{name}: {audit['eventDate']} is taken for {event.time}")
    return len(audits), len(records)


def check_fields(lines):
    """Every field that a calculated field reads is in a real audit."""
    paths = set()

    def walk(value, path):
        paths.add(path)
        for key, inner in value.items() if isinstance(value, dict) else ():
            walk(inner, f"{path}.{key}" if path else key)
        if isinstance(value, list):
            paths.add(f"{path}{{}}")

    for line in lines:
        walk(json.loads(line), "")
    for name, expression in settings("props.conf")["genesys:cloud:audit"].items():
        if name.startswith("EVAL-"):
            bare = re.sub(r'"[^"]*"', "", expression)
            read = set(re.findall(r"'([^']+)'", bare))
            read |= {word for word in re.findall(r"\b([a-z]\w*)\b(?!\s*\()", re.sub(r"'[^']*'", "", bare)) if word != "Failed"}
            demand(read <= paths, f"{name} reads {read - paths}, which no audit has")


def check_splunk(organization, directory):
    outputs = documented_outputs(DIRECTORY / "inputs.conf")
    inputs = settings("inputs.conf")
    demand(set(outputs) == {"splunk", "splunk_syslog", "splunk_file"}, f"splunk: {set(outputs)} are documented")
    demand(f"monitor://{outputs['splunk_file']['path']}" in inputs, "another file is monitored than is written")
    certificates = Certificates(directory / "certificates")
    for name, port_section in (("splunk", "tcp-ssl:6514"), ("splunk_syslog", "tcp://6515")):
        sourcetype = inputs[port_section]["sourcetype"]
        demand(outputs[name]["address"].endswith(port_section.split(":")[-1].strip("/")), f"{name}: the ports differ")
        for extra in ({},) if name == "splunk" else ({}, {"structured_data": "off"}):
            with collector(certificates if "tls" in outputs[name] else None) as (port, streams):
                output = dict(outputs[name], address=f"127.0.0.1:{port}", **extra)
                if "tls" in output:
                    output["tls"] = {"ca_file": str(certificates.directory / "ca.pem")}
                lines = organization.deliver(output, heartbeat="1s")
            events = [event for stream in streams for event in indexed(stream, sourcetype)]
            audits, records = check_events(name, events, lines)
            demand(all(event.host for event in events) == (name == "splunk_syslog"), f"{name}: the host is not that of the header")
            print(f"splunk, {name}{' without structured data' if extra else ''}: {audits} audits, {records} records, by its settings alone")
    check_fields(lines)
