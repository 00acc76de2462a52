"""Runs every check of scim2-tester against one Tenant URL and prints what they found as one JSON document.

The Tenant URL and the token come from the environment, so that the token shows in no list of processes.
"""

import json
import os
import sys

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import check_server


def main() -> None:
    headers = {"Authorization": f"Bearer {os.environ['SCIM_TOKEN']}"}
    with Client(base_url=os.environ["SCIM_TENANT_URL"], headers=headers, timeout=30) as http:
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
