#!/usr/bin/env python3
"""Checks the answers of an audit API against its Swagger 2.0 document.

usage: specification_check.py BASE_URL OPENAPI_YML [--client-id ID] [--client-secret SECRET]
       specification_check.py --self-test OPENAPI_YML

Calls all seven operations, including those errors that a client can cause, and demands of every answer that its status is
declared, that its body keeps to the declared schema (with no undeclared member), and that the code of an error is a declared one.
Run the simulator with the fault large-pages, so that there is a 302. A second client, with "-without-permission" after
the id of the first, must lack the permission.

Needs the packages jsonschema and PyYAML. The last line of the output is "N passed, N failed"; exits 1 if any failed.
"""
import argparse
import base64
import copy
import datetime
import json
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import jsonschema
import yaml

QUERY = "/api/v2/audits/query"
TIMEOUT_SECONDS = 30
MOST_POLLS = 60
MOST_REQUESTS_TO_A_LIMIT = 2000
# Made to break today's schema, so that clients show how they bear it; set aside here.
FUTURE_SERVICE = "SomeFutureService"

formats = jsonschema.FormatChecker(formats=())


@formats.checks("date-time")
def is_date_time(value):
    return not isinstance(value, str) or bool(
        re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z", value))


@formats.checks("interval")
def is_interval(value):
    return not isinstance(value, str) or len(value.split("/")) == 2


@formats.checks("int32")
def is_int32(value):
    return not isinstance(value, int) or -2**31 <= value < 2**31


class Specification:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.document = yaml.safe_load(file)
        self.definitions = copy.deepcopy(self.document["definitions"])
        for definition in self.definitions.values():
            # A member that is not declared is a misspelled one.
            if "properties" in definition:
                definition.setdefault("additionalProperties", False)

    def operations(self):
        return {(method, path) for path, item in self.document["paths"].items() for method in item}

    def problems(self, method, path, status, body):
        """What is wrong with an answer: a list of texts."""
        responses = self.document["paths"][path][method]["responses"]
        response = responses.get(str(status))
        if response is None:
            return [f"status {status} is not declared"]
        try:
            value = json.loads(body)
        except ValueError as error:
            return [f"the body is not JSON: {error}"]
        schema = {**response["schema"], "definitions": self.definitions}
        validator = jsonschema.Draft4Validator(schema, format_checker=formats)
        problems = [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(without_future(value))]
        if status >= 400 and not problems:
            if value.get("status") != status:
                problems.append(f"$.status: {value.get('status')} in an answer with status {status}")
            if value.get("code") not in response.get("x-inin-error-codes", {}):
                problems.append(f"$.code: '{value.get('code')}' is not declared")
        if status < 400 and not value:
            problems.append("the body says nothing")
        return problems


def without_future(value):
    if isinstance(value, dict) and isinstance(value.get("entities"), list):
        kept = [audit for audit in value["entities"] if audit.get("serviceName") != FUTURE_SERVICE]
        return {**value, "entities": kept}
    return value


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


class Client:
    opener = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler({}))

    def __init__(self, base, client_id, secret):
        self.base = base.rstrip("/")
        self.client_id = client_id
        self.secret = secret
        self.token = self.new_token(client_id)

    def new_token(self, client_id):
        basic = base64.b64encode(f"{client_id}:{self.secret}".encode()).decode()
        status, body = self.send(
            "POST", "/oauth/token", b"grant_type=client_credentials",
            {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"})
        if status != 200:
            sys.exit(f"specification_check: the token was refused with {status}")
        return json.loads(body)["access_token"]

    def send(self, method, path, body=None, headers=None):
        request = urllib.request.Request(self.base + path, data=body, headers=headers or {}, method=method)
        try:
            with self.opener.open(request, timeout=TIMEOUT_SECONDS) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


class Run:
    def __init__(self, specification, client):
        self.specification = specification
        self.client = client
        self.passed = 0
        self.failed = 0
        self.called = set()

    def note(self, name, problems):
        if problems:
            self.failed += 1
            print(f"FAIL  {name}")
            for problem in problems[:5]:
                print(f"      {problem}")
        else:
            self.passed += 1
            print(f"ok    {name}")

    def call(self, name, method, path, expected, body=None, token="own", media="application/json", query="", **parts):
        """Sends one request and checks the answer; returns its body."""
        headers = {}
        token = self.client.token if token == "own" else token
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            headers["Content-Type"] = media
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        status, answer = self.client.send(method.upper(), path.format(**parts) + query, body, headers)
        problems = self.specification.problems(method, path, status, answer)
        if status not in expected:
            problems.insert(0, f"status {status} where {' or '.join(map(str, expected))} is right")
        self.called.add((method, path))
        self.note(f"{method.upper()} {path}: {name} ({status})", problems)
        return json.loads(answer) if not problems else {}


def interval():
    now = datetime.datetime.now(datetime.timezone.utc)
    start = now - datetime.timedelta(days=7)
    return f"{start:%Y-%m-%dT%H:%M:%SZ}/{now:%Y-%m-%dT%H:%M:%SZ}"


def realtime(run):
    path = QUERY + "/realtime"
    body = {"interval": interval(), "pageSize": 200, "sort": [{"name": "Timestamp", "sortOrder": "ascending"}]}
    page = run.call("a page", "post", path, [200], body)
    run.call("a page with names", "post", path, [200], body, query="?expand=user")
    run.call("a service", "post", path, [200], {**body, "serviceName": "Directory"})
    filters = [{"property": "EntityType", "value": "User"}, {"property": "Action", "value": "Update"}]
    run.call("filters", "post", path, [200], {**body, "filters": filters})
    run.call("an empty interval", "post", path, [200], {"interval": "2020-01-01T00:00:00Z/2020-01-01T00:00:00Z"})
    run.call("no interval", "post", path, [400], {})
    run.call("no instant", "post", path, [400], {"interval": "yesterday/today"})
    run.call("reversed", "post", path, [400], {"interval": "2026-01-02T00:00:00Z/2026-01-01T00:00:00Z"})
    run.call("an unknown property", "post", path, [400], {**body, "filters": [{"property": "Level", "value": "x"}]})
    run.call("Action alone", "post", path, [400], {**body, "filters": filters[1:]})
    run.call("a page too large", "post", path, [400], {**body, "pageSize": 501})
    run.call("an unknown expansion", "post", path, [400], body, query="?expand=group")
    run.call("no JSON", "post", path, [400], b"{")
    run.call("another media type", "post", path, [415], body, media="text/plain")
    run.call("a body too large", "post", path, [413], b" " * 600_000)
    related = QUERY + "/realtime/related"
    audits = page.get("entities") or [{"id": "none"}]
    run.call("related audits", "post", related, [200], {"auditId": audits[0]["id"]}, query="?expand=user")
    run.call("an unknown audit", "post", related, [404], {"auditId": "00000000-0000-4000-8000-000000000000"})
    run.call("no audit", "post", related, [400], {})
    run.call("another media type", "post", related, [415], {}, media="text/plain")


def asynchronous(run):
    status, results = QUERY + "/{transactionId}", QUERY + "/{transactionId}/results"
    body = {
        "interval": interval(), "sort": [{"name": "Timestamp", "sortOrder": "descending"}],
        "filters": [{"property": "EntityType", "value": "User"}]}
    run.call("a query with filters", "post", QUERY, [200, 202], {**body, "serviceName": "Directory"})
    run.call("more than 31 days", "post", QUERY, [400], {"interval": "2026-01-01T00:00:00Z/2026-03-01T00:00:00Z"})
    run.call("no JSON", "post", QUERY, [400], b"[]")
    run.call("another media type", "post", QUERY, [415], body, media="text/plain")
    created = run.call("a query", "post", QUERY, [200, 202], {"interval": interval()})
    transaction = created.get("id", "none")
    for _ in range(MOST_POLLS):
        state = run.call("its state", "get", status, [200, 202], transactionId=transaction).get("state")
        if state not in ("Queued", "Running"):
            break
        time.sleep(0.2)
    run.note(f"the query succeeded ({state})", [] if state == "Succeeded" else ["it did not"])
    page = run.call("a page", "get", results, [200], transactionId=transaction)
    cursor = urllib.parse.quote(page.get("cursor") or "none")
    run.call("the next page", "get", results, [200], query=f"?cursor={cursor}&expand=user", transactionId=transaction)
    large = run.call("a large page", "get", results, [302], query="?pageSize=500&allowRedirect=true", transactionId=transaction)
    run.note("the 302 has an address", [] if large.get("downloadUrl", "").startswith("http") else ["it has none"])
    run.call("a large page, no redirect", "get", results, [400], query="?pageSize=500", transactionId=transaction)
    run.call("a page too large", "get", results, [400], query="?pageSize=501", transactionId=transaction)
    run.call("a foreign cursor", "get", results, [400], query="?cursor=none", transactionId=transaction)
    run.call("an unknown query", "get", status, [404], transactionId="none")
    run.call("an unknown query", "get", results, [404], transactionId="none")


def refusals(run):
    """Each operation without a token, with a bad one, without the permission, and beyond the rate limit."""
    powerless = run.client.new_token(run.client.client_id + "-without-permission")
    spent = run.client.new_token(run.client.client_id)
    for _ in range(MOST_REQUESTS_TO_A_LIMIT):
        status, _ = run.client.send("GET", QUERY + "/servicemapping", headers={"Authorization": f"Bearer {spent}"})
        if status == 429:
            break
    for method, path in sorted(run.specification.operations()):
        body = {} if method == "post" else None
        run.call("no token", method, path, [401], body, token=None, transactionId="none")
        run.call("a bad token", method, path, [401], body, token="nonsense", transactionId="none")
        run.call("no permission", method, path, [403], body, token=powerless, transactionId="none")
        run.call("too many requests", method, path, [429], body, token=spent, transactionId="none")


def check(specification, client):
    run = Run(specification, client)
    run.call("services", "get", QUERY + "/realtime/servicemapping", [200])
    run.call("services", "get", QUERY + "/servicemapping", [200])
    realtime(run)
    asynchronous(run)
    refusals(run)
    missing = specification.operations() - run.called
    run.note("all seven operations were called", [str(operation) for operation in missing])
    return run


def self_test(specification):
    """Feeds answers with one fault each; every one of them must be found."""
    run = Run(specification, None)
    path = QUERY + "/realtime"
    audit = {"id": "a", "level": "USER", "eventDate": "2026-03-02T08:15:04Z", "status": "SUCCESS", "propertyChanges": []}
    page = {"entities": [audit], "pageSize": 25, "pageNumber": 1, "total": 1, "pageCount": 1}
    error = {"message": "m", "code": "bad.request", "status": 400, "contextId": "c", "details": [], "errors": []}
    right = [(200, page), (400, error), (200, {**page, "entities": [{"serviceName": FUTURE_SERVICE, "level": "PARTNER"}]})]
    wrong = [
        (418, error), (202, page), (200, []), (200, {}), (200, {**page, "total": "1"}), (200, {**page, "totals": 1}),
        (200, {**page, "entities": [{**audit, "level": "PARTNER"}]}), (200, {**page, "entities": [{**audit, "id": None}]}),
        (200, {**page, "entities": [{**audit, "eventDate": "yesterday"}]}), (200, {**page, "pageCount": 2**31}),
        (200, {**page, "entities": [{**audit, "eventTime": "2026-03-02T08:15:04Z"}]}),
        (400, {**error, "code": "no.such.code"}), (400, {**error, "status": 404}), (400, {**error, "reason": "x"})]
    for status, body in right:
        run.note(f"right: {status} {str(body)[:70]}", specification.problems("post", path, status, json.dumps(body)))
    for status, body in wrong:
        found = specification.problems("post", path, status, json.dumps(body))
        run.note(f"wrong: {status} {found[0] if found else body}", [] if found else ["the fault was not found"])
    found = specification.problems("post", path, 200, b"<html>")
    run.note(f"wrong: {found}", [] if found else ["the fault was not found"])
    return run


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("base_url", nargs="?")
    parser.add_argument("specification")
    parser.add_argument("--client-id", default="simulator")
    parser.add_argument("--client-secret", default="simulator")
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    specification = Specification(arguments.specification)
    if arguments.self_test:
        run = self_test(specification)
    elif arguments.base_url:
        run = check(specification, Client(arguments.base_url, arguments.client_id, arguments.client_secret))
    else:
        parser.error("BASE_URL is missing")
    print(f"{run.passed} passed, {run.failed} failed")
    sys.exit(1 if run.failed else 0)


if __name__ == "__main__":
    main()
