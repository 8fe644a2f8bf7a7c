"""The index template, in a server that speaks Elasticsearch's API; and what Logstash's pipeline makes of an audit, done in Python: neither
Elasticsearch nor Logstash is to be had here."""
import json
import pathlib
import re
import urllib.error
import urllib.request

from collector import collector
from organization import documented_outputs
from surroundings import Certificates, demand, free_port, running

DIRECTORY = pathlib.Path("packaging/receivers/elasticsearch")
MODEL = pathlib.Path("Sources/AuditAPI/Models/AuditLogMessage.swift")
PIPELINE = pathlib.Path("packaging/receivers/logstash/auditferry.conf")
SERVER = pathlib.Path(".build-receivers/elasticsearch")
# https://www.elastic.co/docs/reference/elasticsearch/index-lifecycle-actions
ACTIONS = {
    "hot": {"set_priority", "unfollow", "rollover", "readonly", "downsample", "shrink", "forcemerge", "searchable_snapshot"},
    "warm": {"set_priority", "unfollow", "readonly", "downsample", "allocate", "migrate", "shrink", "forcemerge"},
    "delete": {"wait_for_snapshot", "delete"}}


class Server:
    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"

    def ask(self, method, path, body=None, kind="application/json"):
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": kind}, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def count(self, index, field, value):
        return self.ask("POST", f"/{index}/_search", {"query": {"term": {field: value}}, "size": 0, "track_total_hits": True})["hits"]["total"]["value"]

    def create(self, index, documents):
        """How many were new; each of the others has to be refused since it is there."""
        lines = [json.dumps(part) for document in documents for part in ({"create": {"_index": index, "_id": document["id"]}}, document)]
        items = [item["create"] for item in self.ask("POST", "/_bulk", ("\n".join(lines) + "\n").encode(), "application/x-ndjson")["items"]]
        demand({item["status"] for item in items} <= {201, 409}, f"elasticsearch refused {[item for item in items if item['status'] not in (201, 409)][:2]}")
        self.ask("POST", f"/{index}/_refresh")
        return sum(item["status"] == 201 for item in items)


def values(audit, path):
    """All values of a field, as an index has them."""
    found = [audit]
    for name in path.split("."):
        found = [inner for value in found for inner in (value if isinstance(value, list) else [value])]
        found = [value[name] for value in found if isinstance(value, dict) and name in value]
    return {leaf for value in found for leaf in (value if isinstance(value, list) else [value]) if not isinstance(leaf, dict)}


def mapped(properties, prefix=""):
    """The types of all fields."""
    types = {}
    for name, mapping in properties.items():
        types |= mapped(mapping["properties"], f"{prefix}{name}.") if "properties" in mapping else {prefix + name: mapping["type"]}
    return types


def check_template(server, template, audits):
    server.ask("PUT", "/_index_template/genesys-audit", template)
    index = "logs-genesys.audit-default"
    demand(any(re.fullmatch(pattern.replace("*", ".*"), index) for pattern in template["index_patterns"]), "the pattern is not that of the index")
    documents = [audit | {"@timestamp": audit["eventDate"]} for audit in audits]
    demand(server.create(index, documents) == len(audits), "not every audit was created")
    demand(server.create(index, documents) == 0, "audits that came again were created again")
    declared = mapped(template["template"]["mappings"]["properties"])
    present = mapped(server.ask("GET", f"/{index}/_mapping")[index]["mappings"]["properties"])
    demand(present == declared, f"real audits change the mapping: {present.items() ^ declared.items()}")
    known = set(re.findall(r'fields\.read\("(\w+)"\)', MODEL.read_text()))
    mapped_names = set(template["template"]["mappings"]["properties"]) - {"@timestamp"}
    demand(known and mapped_names == known, f"the mapping and the API's model differ: {mapped_names ^ known}")
    for field, kind in {"@timestamp": "date", "eventDate": "date", "remoteIp": "ip", "transactionInitiator": "boolean"}.items():
        demand(declared[field] == kind, f"{field} is mapped as {declared[field]}")
    searched = 0
    for field in ("id", "user.id", "user.name", "remoteIp", "serviceName", "action", "entity.id", "entityType", "status", "level",
                  "propertyChanges.property", "initiatingAction.transactionId", "transactionInitiator", "message.localizableMessageCode"):
        for value in sorted({value for audit in audits for value in values(audit, field)}, key=str)[:5]:
            expected = sum(value in values(audit, field) for audit in audits)
            found = server.count(index, field, value)
            demand(found == expected and expected, f"{field} = '{value}' is in {found} documents, and in {expected} audits")
            searched += 1
    return searched


def check_lifecycle(template):
    policy = json.loads((DIRECTORY / "lifecycle.json").read_text())["policy"]
    for phase, content in policy["phases"].items():
        demand(set(content["actions"]) <= ACTIONS[phase], f"the phase {phase} has {set(content['actions'])}")
    instructions = (DIRECTORY / "README.md").read_text()
    demand(f'_ilm/policy/{template["template"]["settings"]["index.lifecycle.name"]}"' in instructions, "the policy is called otherwise")


def check_pipeline(audits, lines):
    """Fields that the pipeline names are in audits or records; braces close; the audit's own id is the document's."""
    text = re.sub(r"^\s*#.*$", "", PIPELINE.read_text(), flags=re.M)
    depth = 0
    for mark in re.findall(r"[{}]", re.sub(r'"[^"]*"', "", text)):
        depth += 1 if mark == "{" else -1
        demand(depth >= 0, "logstash: a brace closes nothing")
    demand(depth == 0, "logstash: a brace is not closed")
    demand('document_id => "%{[@metadata][id]}"' in text and '"[@metadata][id]" => "%{[id]}"' in text, "logstash: the id is another")
    record = next(json.loads(line) for line in lines if line.startswith('{"auditferry":'))
    named = re.findall(r'(?:if|source =>|match =>) \[("?[\w", \[\]]+?)\](?= [{=]|\s)', text)
    names = set(re.findall(r"\w+", " ".join(named).replace("ISO8601", "")))
    demand({"auditferry", "time", "eventDate", "client"} <= names, f"logstash: only {names} were found in the pipeline")
    for name in names:
        demand(name in record or any(name in audit or name in audit.get("client", {}) for audit in audits), f"logstash: nobody has '{name}'")
    demand("logs-%{[@metadata][dataset]}-default" in text and '"genesys.audit"' in text, "logstash: the data stream is another")


def check_elasticsearch(organization, directory):
    output = documented_outputs(PIPELINE)["logstash"]
    certificates = Certificates(directory / "certificates")
    with collector(certificates) as (port, streams):
        lines = organization.deliver(
            output | {"address": f"127.0.0.1:{port}", "tls": {"ca_file": str(certificates.directory / "ca.pem")}}, heartbeat="1s")
    received = b"".join(streams).decode().splitlines()
    sent, got = ([line for line in some if not line.startswith('{"auditferry"')] for some in (lines, received))
    demand(sorted(sent) == sorted(got), f"the collector got {len(got)} audits of {len(sent)}")
    audits = [json.loads(line) for line in got]
    check_pipeline(audits, received)
    template = json.loads((DIRECTORY / "index-template.json").read_text())
    check_lifecycle(template)
    port = free_port()
    program = next(SERVER.glob("lib/python3*/site-packages/noida_db/noida-db"))
    command = [program, "start", "--data-dir", directory / "data", "--only", "elasticsearch", "--elasticsearch-port", port]
    with running(command, directory / "server.log", [port]):
        searched = check_template(Server(port), template, audits)
    print(f"elasticsearch: {len(audits)} audits, each once; the mapping holds; {searched} searches find what they must")
