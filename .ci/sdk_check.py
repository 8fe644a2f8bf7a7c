#!/usr/bin/env python3
"""Drives the vendor's Python SDK through every method of its AuditApi against a simulator, and checks what comes back.

usage: sdk_check.py BASE_URL CLIENT_ID SECRET

The SDK takes the login host from the API host by replacing "//api." with "//login."; an address without "//api." serves
both. Needs the package purecloudplatformclientv2, and a simulator with a history of at least a few hundred audits in the last
day, without faults but large-pages, which is checked if it is there.

The last line of the output is "N passed, N failed"; exits 1 if any failed.
"""
import datetime
import json
import sys
import time
import urllib.error
import urllib.request

import PureCloudPlatformClientV2 as sdk
from PureCloudPlatformClientV2.rest import ApiException

PAGE_SIZE = 100
MOST_PAGES = 1000
MOST_POLLS = 60


class Check:
    def __init__(self):
        self.passed = 0
        self.failed = 0

    def __call__(self, name, holds):
        self.passed, self.failed = self.passed + bool(holds), self.failed + (not holds)
        print(f"{'ok   ' if holds else 'FAIL '} {name}")

    def refused(self, name, status, call):
        try:
            call()
            self(f"{name}: nothing was refused", False)
        except ApiException as error:
            self(f"{name}: {error.status}", error.status == status)


def interval():
    # A little before now, so that the set does not grow while it is paged.
    end = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=5)
    start = end - datetime.timedelta(days=1)
    return f"{start:%Y-%m-%dT%H:%M:%SZ}/{end:%Y-%m-%dT%H:%M:%SZ}"


def login(check, base, client_id, secret):
    check.refused("a wrong secret", 401, lambda: sdk.ApiClient(host=base).get_client_credentials_token(client_id, secret + "x"))
    client = sdk.ApiClient(host=base).get_client_credentials_token(client_id, secret)
    check("a token", bool(client.access_token))
    return client


def realtime_query(span, number=1, size=PAGE_SIZE, service=None, filters=None, order="ascending"):
    query = sdk.AuditRealtimeQueryRequest()
    query.interval = span
    query.page_number = number
    query.page_size = size
    query.service_name = service
    query.filters = [filter_of(*pair) for pair in filters or []] or None
    query.sort = [sort_of(order)]
    return query


def sort_of(order):
    sort = sdk.AuditQuerySort()
    sort.name, sort.sort_order = "Timestamp", order
    return sort


def filter_of(name, value):
    chosen = sdk.AuditQueryFilter()
    # The SDK's own name for "property".
    chosen.pcProperty, chosen.value = name, value
    return chosen


def services(check, api):
    realtime = api.get_audits_query_realtime_servicemapping().services
    everything = api.get_audits_query_servicemapping().services
    names = {service.name for service in everything}
    check(f"{len(names)} services", len(names) > 1 and len(names) == len(everything))
    check("realtime services are a part of them", {service.name for service in realtime} < names)
    check("services have entities with actions", all(e.name and e.actions for s in everything for e in s.entities))
    return [service.name for service in realtime]


def realtime(check, api, span, names):
    audits, number = [], 1
    while number <= MOST_PAGES:
        page = api.post_audits_query_realtime(realtime_query(span, number))
        audits += page.entities
        check(f"realtime page {number} of {page.page_count}", page.page_number == number and page.page_size == PAGE_SIZE)
        if number >= page.page_count:
            break
        number += 1
    ids = [audit.id for audit in audits]
    check(f"{page.total} audits, each once", page.total == len(ids) == len(set(ids)) > 0)
    dates = [audit.event_date for audit in audits]
    check("ascending, with dates that the SDK reads", all(dates) and dates == sorted(dates))
    newest = api.post_audits_query_realtime(realtime_query(span, order="descending")).entities
    check("descending", [audit.event_date for audit in newest] == dates[::-1][:PAGE_SIZE])
    totals = [api.post_audits_query_realtime(realtime_query(span, service=name)).total for name in names]
    check("the services together are all of them", sum(totals) == len(ids))
    check("levels and states that the SDK knows", {"USER", "SYSTEM"} <= {audit.level for audit in audits})
    return audits


def expansion(check, api, span):
    plain = api.post_audits_query_realtime(realtime_query(span, size=500)).entities
    named = api.post_audits_query_realtime(realtime_query(span, size=500), expand=["user"]).entities
    check("names only if asked for", not any(audit.user and audit.user.name for audit in plain))
    check("names if asked for", all(audit.user.name for audit in named if audit.user and audit.user.id))
    check("the same audits", [audit.id for audit in plain] == [audit.id for audit in named])


def filters(check, api, span, audits):
    chosen = [("EntityType", "Queue"), ("Action", "MemberAdd")]
    page = api.post_audits_query_realtime(realtime_query(span, filters=chosen, size=500))
    expected = [a for a in audits if a.entity_type == "Queue" and a.action == "MemberAdd"]
    check(f"{page.total} audits by filter", page.total == len(expected) > 0)
    check.refused("Action without EntityType", 400, lambda: api.post_audits_query_realtime(
        realtime_query(span, filters=chosen[1:])))


def related(check, api, audits):
    member = next((a for a in audits if (a.context or {}).get("correlationId")), None)
    check("there is a change of several audits", member)
    request = sdk.AuditRealtimeRelatedRequest()
    request.audit_id = member.id
    request.sort = [sort_of("ascending")]
    siblings = api.post_audits_query_realtime_related(request, expand=["user"]).entities
    check("its audits are related", member.id in {a.id for a in siblings} and len(siblings) == 3)
    check("by one correlation id", {a.context["correlationId"] for a in siblings} == {member.context["correlationId"]})
    request.audit_id = "00000000-0000-4000-8000-000000000000"
    check.refused("an unknown audit", 404, lambda: api.post_audits_query_realtime_related(request))


def asynchronous(check, api, span, realtime_ids, realtime_names):
    query = sdk.AuditQueryRequest()
    query.interval = span
    query.sort = [sort_of("ascending")]
    created = api.post_audits_query(query)
    check(f"a query was accepted ({created.state})", created.id and created.interval == span)
    for _ in range(MOST_POLLS):
        state = api.get_audits_query_transaction_id(created.id).state
        if state not in ("Queued", "Running"):
            break
        time.sleep(0.2)
    check("it succeeded", state == "Succeeded")
    audits, cursor = [], {}
    for _ in range(MOST_PAGES):
        page = api.get_audits_query_transaction_id_results(created.id, page_size=PAGE_SIZE, expand=["user"], **cursor)
        audits += page.entities
        if not page.cursor:
            break
        cursor = {"cursor": page.cursor}
    ids = [audit.id for audit in audits]
    check(f"{len(ids)} audits by cursor, each once", len(set(ids)) == len(ids) > PAGE_SIZE)
    check("all realtime audits are among them", set(realtime_ids) <= set(ids))
    others = {audit.service_name for audit in audits if audit.id not in set(realtime_ids)}
    check("the others are of services that realtime lacks", others and others.isdisjoint(realtime_names))
    check("names on request", all(audit.user.name for audit in audits if audit.user and audit.user.id))
    check.refused("an unknown query", 404, lambda: api.get_audits_query_transaction_id("none"))
    large_page(check, api, created.id, ids)


def large_page(check, api, transaction, ids):
    try:
        page = api.get_audits_query_transaction_id_results(transaction, page_size=500, allow_redirect=True)
        check("a page of 500", [audit.id for audit in page.entities] == ids[:500])
    except ApiException as error:
        check("a large page is a redirect", error.status == 302)
        address = json.loads(error.body)["downloadUrl"]
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(address, timeout=30) as response:
            audits = json.load(response)
        check("its file has the page", [audit["id"] for audit in audits] == ids[:500])
        check("with eventTime", all("eventTime" in audit and "eventDate" not in audit for audit in audits))
        try:
            opener.open(urllib.request.Request(address, headers={"Authorization": "Bearer x"}), timeout=30)
            check("the file refuses a token", False)
        except urllib.error.HTTPError as refusal:
            check("the file refuses a token", refusal.code == 403)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    base, client_id, secret = sys.argv[1:]
    check = Check()
    api = sdk.AuditApi(login(check, base.rstrip("/"), client_id, secret))
    span = interval()
    names = services(check, api)
    audits = realtime(check, api, span, names)
    expansion(check, api, span)
    filters(check, api, span, audits)
    related(check, api, audits)
    asynchronous(check, api, span, [audit.id for audit in audits], names)
    print(f"{check.passed} passed, {check.failed} failed")
    sys.exit(1 if check.failed else 0)


if __name__ == "__main__":
    main()
