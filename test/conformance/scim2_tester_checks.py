"""Runs every check of scim2-tester against one Tenant URL and prints what they found as one JSON document."""

import json
import sys

from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import check_server
from tenant_client import open_tenant


def main() -> None:
    with open_tenant() as http:
        results = check_server(SyncSCIMClient(http))
    checks = [
        {
            "status": result.status.name,
            "title": result.title or "",
            "resourceType": result.resource_type,
            "reason": result.reason or "",
            "data": repr(result.data)[:2000] if result.status.name in ("ERROR", "CRITICAL") else None,
        }
        for result in results
    ]
    json.dump(checks, sys.stdout)


if __name__ == "__main__":
    main()
