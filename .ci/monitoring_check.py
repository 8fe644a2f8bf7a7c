#!/usr/bin/env python3
"""Checks packaging/prometheus and packaging/grafana. usage: monitoring_check.py PROGRAM DIRECTORY_OF_PROMTOOL

1. promtool accepts the rules and the configuration, and the tests of the rules pass.
2. The tests are worth something: with any alert's condition replaced by one that never holds, or always does, they fail.
3. Every alert says what it is, what to do, and where its page is.
4. The dashboard can be imported, and promtool parses all of its queries.
5. A real run, scraped by a real Prometheus: every metric and label that alerts and dashboard name is there, every query of the dashboard
   returns something, and alerts fire for an output that refuses, for a configuration that is refused, and for the program's end.
"""
import concurrent.futures
import json
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

import yaml

PROGRAM, TOOLS = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
RULES = pathlib.Path("packaging/prometheus/alerts.yaml")
TESTS = pathlib.Path("packaging/prometheus/alerts.test.yaml")
CONFIGURATION = pathlib.Path("packaging/prometheus/prometheus.yaml")
DASHBOARD = pathlib.Path("packaging/grafana/dashboard.json")
RUNBOOK = pathlib.Path("Sources/Forwarder/Documentation.docc/Runbook.md")
PATIENCE = 240


def demand(condition, message):
    if not condition:
        sys.exit(f"monitoring: {message}")


def promtool(*arguments, directory="."):
    return subprocess.run([TOOLS / "promtool", *arguments], cwd=directory, capture_output=True, text=True)


def accepted(*arguments):
    ending = promtool(*arguments)
    demand(ending.returncode == 0, f"promtool {' '.join(map(str, arguments))}:\n{ending.stdout}{ending.stderr}")


def alerts():
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def rule_text(name):
    return next(rule["expr"] for rule in alerts() if rule["alert"] == name)


def passes(name, expression=None):
    """Whether the tests of the alert `name`, and the first look at the healthy day, pass, with another condition where one is given."""
    rules, tests = yaml.safe_load(RULES.read_text()), yaml.safe_load(TESTS.read_text())
    healthy, *scenes = tests["tests"]
    scenes = [scene for scene in scenes if re.search(rf"\b{name}\b", scene["name"])]
    demand(scenes, f"no test is named after {name}")
    morning = healthy | {"promql_expr_test": healthy["promql_expr_test"][:1]}
    tests["tests"] = [morning] + scenes
    concerned = set(re.findall(r"\bAuditferry\w+", " ".join(scene["name"] for scene in scenes)))
    for group in rules["groups"]:
        group["rules"] = [rule for rule in group["rules"] if rule["alert"] in concerned]
        for rule in group["rules"]:
            if rule["alert"] == name:
                rule["expr"] = expression or rule["expr"]
    rules["groups"] = [group for group in rules["groups"] if group["rules"]]
    with tempfile.TemporaryDirectory() as directory:
        pathlib.Path(directory, RULES.name).write_text(yaml.safe_dump(rules))
        pathlib.Path(directory, TESTS.name).write_text(yaml.safe_dump(tests))
        return promtool("test", "rules", TESTS.name, directory=directory).returncode == 0


def check_rules():
    accepted("check", "config", CONFIGURATION)
    accepted("check", "rules", RULES)
    changes = [(rule["alert"], expression) for rule in alerts() for expression in (None, "vector(0) > 1", "vector(1)")]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        whole = pool.submit(promtool, "test", "rules", TESTS)
        outcomes = pool.map(lambda change: passes(*change), changes)
        demand(whole.result().returncode == 0, f"promtool test rules {TESTS}:\n{whole.result().stdout}{whole.result().stderr}")
        for (name, expression), passed in zip(changes, outcomes):
            demand(passed == (expression is None), f"{name}: its tests {'pass' if passed else 'fail'} with '{expression or rule_text(name)}'")
    runbook = RUNBOOK.read_text()
    for rule in alerts():
        name, notes = rule["alert"], rule["annotations"]
        demand(re.fullmatch("Auditferry[A-Z][A-Za-z]+", name), f"'{name}' is no name for an alert")
        demand(rule["labels"]["severity"] in ("critical", "warning", "info"), f"{name}: the severity is unknown")
        demand(set(notes) == {"summary", "description", "runbook"}, f"{name}: {sorted(notes)} are not the annotations")
        demand(notes["runbook"] == f"{RUNBOOK}#{name.lower()}", f"{name}: '{notes['runbook']}' is not its page")
        demand(re.search(rf"^#+ {name}$", runbook, re.M), f"{RUNBOOK} has no section '{name}'")
    print(f"{len(alerts())} alerts, and tests that notice when one never fires, or always")


def queries(dashboard):
    """Every query with its panel's title, and what stands for Grafana's variables."""
    found = [(panel["title"], target["expr"]) for panel in dashboard["panels"] for target in panel.get("targets", [])]
    found += [(note["name"], note["expr"]) for note in dashboard["annotations"]["list"] if "expr" in note]
    return [(title, substituted(expression)) for title, expression in found]


def substituted(expression):
    for name, value in (("$__rate_interval", "1m"), ("$__range", "1m"), ("$job", ".*"), ("$instance", ".*"), ("$output", ".*")):
        expression = expression.replace(name, value)
    demand("$" not in expression, f"'{expression}' has an unknown variable")
    return expression


def check_dashboard():
    dashboard = json.loads(DASHBOARD.read_text())
    demand(dashboard["uid"] == "auditferry" and dashboard["id"] is None, "the dashboard's uid changed, or it has an id")
    panels = dashboard["panels"]
    demand(len({panel["id"] for panel in panels}) == len(panels), "two panels have the same id")
    cells = set()
    for panel in panels:
        place = panel["gridPos"]
        for cell in [(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])]:
            demand(cell not in cells and cell[0] < 24, f"'{panel['title']}' lies over another panel or beside the page")
            cells.add(cell)
        demand(panel["type"] == "row" or panel["datasource"]["uid"] == "${datasource}", f"'{panel['title']}' has a data source of its own")
        demand(panel["type"] == "row" or panel["description"], f"'{panel['title']}' explains nothing")
    rules = [{"record": f"query:number_{number}", "expr": expression} for number, (_, expression) in enumerate(queries(dashboard))]
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}, file)
        file.flush()
        accepted("check", "rules", file.name)
    print(f"{len(panels)} panels, {len(rules)} queries")
    return dashboard


def metric_names(expression):
    return set(re.findall(r"\b((?:auditferry|process)_[a-z_]+)", expression))


def label_names(expression):
    """Of matchers, of `by` and of `on`."""
    names = {name for block in re.findall(r"{([^}]*)}", expression) for name in re.findall(r"([a-z_]+)\s*(?:=~|!~|!=|=)", block)}
    lists = re.findall(r"\b(?:by|on)\s*\(([^)]*)\)", expression)
    return names | {name.strip() for text in lists for name in text.split(",")}


def missing(metrics, expressions):
    """What the expressions name and the metrics have not."""
    names = set(re.findall(r"^([a-z_]+)[ {]", metrics, re.M))
    labels = set(re.findall(r'[{,]([a-z_]+)="', metrics)) | {"job", "instance"}
    endpoints = set(re.findall(r'endpoint="([^"]*)"', metrics))
    lacking = set()
    for expression in expressions:
        lacking |= metric_names(expression) - names | label_names(expression) - labels
        lacking |= set(re.findall(r'endpoint!?="([^"]*)"', expression)) - endpoints
    return lacking


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def eventually(look, what):
    """What `look` gives once it gives something; connections may be refused until then."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if found := look():
                return found
        except OSError:
            pass
        time.sleep(0.2)
    sys.exit(f"monitoring: {what() if callable(what) else what} did not come within {PATIENCE} s")


class Prometheus:
    """A Prometheus with the project's own configuration, but for the port, the intervals, and the time that alerts wait."""

    def __init__(self, directory, target):
        self.url = f"http://127.0.0.1:{free_port()}"
        rules = yaml.safe_load(RULES.read_text())
        for group in rules["groups"]:
            for rule in group["rules"]:
                rule.pop("for", None)
        configuration = yaml.safe_load(CONFIGURATION.read_text())
        configuration["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        configuration["scrape_configs"][0]["static_configs"][0]["targets"] = [target]
        (directory / RULES.name).write_text(yaml.safe_dump(rules))
        (directory / CONFIGURATION.name).write_text(yaml.safe_dump(configuration))
        self.command = [
            TOOLS / "prometheus", f"--config.file={directory / CONFIGURATION.name}", f"--storage.tsdb.path={directory / 'series'}",
            f"--web.listen-address={self.url.removeprefix('http://')}", "--log.level=warn"]

    def query(self, expression):
        return json.loads(get(f"{self.url}/api/v1/query?" + urllib.parse.urlencode({"query": expression})))["data"]["result"]

    def judged_rules(self):
        """All rules, once each has been evaluated."""
        groups = json.loads(get(f"{self.url}/api/v1/rules"))["data"]["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        return rules if all(rule["health"] != "unknown" for rule in rules) else None

    def firing(self, name):
        found = json.loads(get(f"{self.url}/api/v1/alerts"))["data"]["alerts"]
        return [alert for alert in found if alert["labels"]["alertname"] == name and alert["state"] == "firing"]


def check_run(dashboard, directory):
    simulator = start([PROGRAM, "simulate", "--events", "2000", "--history", "2h", "--events-per-second", "5", "--faults", "no-id"],
                      stdout=subprocess.PIPE)
    url = simulator.stdout.readline().split()[-1]
    port = free_port()
    configuration = directory / "auditferry.yaml"
    configuration.write_text(yaml.safe_dump({
        "genesys": {"api_url": url, "client_id": "simulator", "client_secret": "simulator"},
        "tail": {"since": "1h", "poll_interval": "1s"}, "offsets": {"path": str(directory / "offsets.db")},
        "outputs": {"archive": {"type": "file", "path": str(directory / "audits.ndjson")},
                    "siem": {"type": "tcp", "address": f"127.0.0.1:{free_port()}"}},
        "http": {"listen": f"127.0.0.1:{port}"}}))
    run = start([PROGRAM, "run", "--config", configuration], stderr=open(directory / "run.log", "wb"))
    prometheus = Prometheus(directory, f"127.0.0.1:{port}")
    start(prometheus.command)

    found = queries(dashboard)
    expressions = [expression for _, expression in found] + [rule["expr"] for rule in alerts()]
    metrics = f"http://127.0.0.1:{port}/metrics"
    eventually(lambda: not missing(get(metrics), expressions),
               lambda: f"in a real run {missing(get(metrics), expressions)}")
    for title, expression in found:
        # Whether a process starts within the minute is not to be said.
        if title != "Starts":
            eventually(lambda: prometheus.query(expression), f"'{title}', a result of {expression},")
    for rule in eventually(prometheus.judged_rules, "an evaluation of every rule"):
        demand(rule["health"] == "ok", f"{rule['name']}: {rule.get('lastError', rule['health'])}")

    refused = eventually(lambda: prometheus.firing("AuditferryOutputDisconnected"), "the alert of the output that refuses")
    demand([alert["labels"]["output"] for alert in refused] == ["siem"], f"the alert fires for {refused}")
    demand(refused[0]["annotations"]["summary"] == "siem takes no audits", f"it says {refused[0]['annotations']}")
    check_reload(run, configuration, prometheus)
    eventually(lambda: not prometheus.firing("AuditferryDown"), "AuditferryDown to be silent while the program runs")
    run.terminate()
    demand(run.wait(60) == 0, f"the run ended with {run.returncode}:\n{(directory / 'run.log').read_text()[-2000:]}")
    eventually(lambda: prometheus.firing("AuditferryDown"), "the alert of the program's end")
    print("a real run has every metric and label, every query has a result, and three alerts fired as they must")


def check_reload(run, configuration, prometheus):
    """A configuration with a mistake, and then the one before again."""
    alert = "AuditferryReloadRefused"
    in_force = configuration.read_text()
    demand(not prometheus.firing(alert), f"{alert} fires although nothing was refused")
    configuration.write_text(in_force.replace("poll_interval", "pol_interval"))
    run.send_signal(signal.SIGHUP)
    eventually(lambda: prometheus.firing(alert), "the alert of the configuration that was refused")
    configuration.write_text(in_force)
    run.send_signal(signal.SIGHUP)
    eventually(lambda: not prometheus.firing(alert), "the end of the alert of the configuration that was refused")


processes = []


def start(command, **streams):
    processes.append(subprocess.Popen([str(word) for word in command], text=True, **streams))
    return processes[-1]


try:
    check_rules()
    found = check_dashboard()
    with tempfile.TemporaryDirectory() as name:
        try:
            check_run(found, pathlib.Path(name))
        finally:
            for process in processes:
                process.kill()
                process.wait()
except subprocess.TimeoutExpired as problem:
    sys.exit(f"monitoring: {problem}")
