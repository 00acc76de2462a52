"""The HTTP client that the scripts beside this file use: it has the Tenant URL and the token from the environment.

From the environment, so that the token shows in no list of processes.
"""

import json
import os

from httpx2 import Client, HTTPTransport, Request, Response
from scim2_models import ServiceProviderConfig


class BeforeRfc9865(HTTPTransport):
    """Hides `pagination` of RFC 9865 from a scim2-models that is older than it, and refuses what it does not know."""

    def handle_request(self, request: Request) -> Response:
        response = super().handle_request(request)
        if request.method != "GET" or not request.url.path.endswith("/ServiceProviderConfig"):
            return response
        body = json.loads(response.read())
        body.pop("pagination", None)
        return Response(response.status_code, headers={"content-type": "application/scim+json"}, json=body)


def open_tenant() -> Client:
    knows_pagination = "pagination" in ServiceProviderConfig.model_fields
    return Client(
        base_url=os.environ["SCIM_TENANT_URL"],
        headers={"Authorization": f"Bearer {os.environ['SCIM_TOKEN']}"},
        timeout=30,
        transport=HTTPTransport() if knows_pagination else BeforeRfc9865(),
    )
