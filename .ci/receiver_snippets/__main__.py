"""Delivers audits by the documented settings to receivers that have loaded the snippets of packaging/receivers.

usage: receiver_snippets PROGRAM [NAME...], all receivers without a name
"""
import pathlib
import sys
import tempfile

from elasticsearch import check_elasticsearch
from journald import check_journald
from organization import organization_of_all_kinds
from splunk import check_splunk
from syslog_receivers import check_rsyslog, check_syslog_ng

CHECKS = {"rsyslog": check_rsyslog, "syslog-ng": check_syslog_ng, "journald": check_journald, "splunk": check_splunk,
          "elasticsearch": check_elasticsearch}


def main():
    program, *names = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="auditferry-snippets-") as directory:
        organization = organization_of_all_kinds(program, pathlib.Path(directory))
        try:
            for name in names or CHECKS:
                place = pathlib.Path(directory, name)
                place.mkdir()
                CHECKS[name](organization, place)
        finally:
            organization.end()


main()
