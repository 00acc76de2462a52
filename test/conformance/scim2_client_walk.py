"""Walks scim2-client through the life of a user and of a group, and prints each step and what came of it as JSON.

scim2-client validates every answer against the schemas that the server publishes, so a step that passes says more than
its own comparisons do. The steps build on each other: the first one that fails ends the walk.
"""

import json
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import Error, PatchOp, PatchOperation, SearchRequest
from tenant_client import open_tenant


class Failed(Exception):
    """A step failed, and is on record."""


class Walk:
    def __init__(self, scim: SyncSCIMClient) -> None:
        self.scim = scim
        self.steps: list[dict[str, Any]] = []

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # whatever the client complains of is the finding
            self.steps.append({"step": name, "passed": False, "detail": f"{type(error).__name__}: {error}"})
            raise Failed(name) from error
        self.steps.append({"step": name, "passed": True, "detail": ""})

    def patch(self, resource: Any, op: str, path: str, value: Any = None) -> None:
        model = type(resource)
        operation = PatchOperation(op=op, path=path, value=value)
        self.scim.modify(model, resource.id, PatchOp[model](operations=[operation]))

    def read(self, resource: Any) -> Any:
        return self.scim.query(type(resource), resource.id)

    def users_called(self, model: Any, name: str) -> list[str]:
        answer = self.scim.query(model, None, SearchRequest(filter=f'userName eq "{name}"'))
        return [user.id for user in answer.resources or []]


def expect(actual: Any, expected: Any) -> None:
    if actual != expected:
        raise AssertionError(f"got {actual!r}, expected {expected!r}")


def expect_refusal(answer: Any, status: int) -> None:
    expect((type(answer), getattr(answer, "status", None)), (Error, status))


def user_life(walk: Walk, name: str) -> Any:
    scim = walk.scim
    with walk.step("discovers schemas, resource types and configuration"):
        scim.discover()
        model = scim.get_resource_model("User")
    with walk.step("creates a user"):
        user = scim.create(model(user_name=name, display_name="Ada", active=True))
        expect((user.user_name, user.display_name, user.active), (name, "Ada", True))
        expect(user.meta.location.rsplit("/", 1)[-1], user.id)
    with walk.step("reads the user by id"):
        expect(walk.read(user), user)
    with walk.step("finds the user by name in another case"):
        expect(walk.users_called(model, name.upper()), [user.id])
    with walk.step("finds nobody by an unknown name"):
        expect(walk.users_called(model, f"x{name}"), [])
    with walk.step("refuses a second user of that name"):
        expect_refusal(scim.create(model(user_name=name.upper()), raise_scim_errors=False), 409)
    with walk.step("adds, replaces and removes an attribute"):
        walk.patch(user, "add", "title", "Analyst")
        walk.patch(user, "replace", "displayName", "Ada L")
        expect((walk.read(user).title, walk.read(user).display_name), ("Analyst", "Ada L"))
        walk.patch(user, "remove", "title")
        expect(walk.read(user).title, None)
    with walk.step("deactivates the user"):
        walk.patch(user, "replace", "active", False)
        expect(walk.read(user).active, False)
    with walk.step("replaces the user whole"):
        whole = walk.read(user)
        whole.nick_name = "Countess"
        expect(scim.replace(whole).nick_name, "Countess")
    return user


def group_life(walk: Walk, user: Any, name: str) -> None:
    scim = walk.scim
    with walk.step("creates a group"):
        group = scim.create(scim.get_resource_model("Group")(display_name=name))
        expect(group.display_name, name)
    with walk.step("adds a member"):
        walk.patch(group, "add", "members", [{"value": user.id}])
        expect([member.value for member in walk.read(group).members or []], [user.id])
    with walk.step("shows the group on the user"):
        expect([membership.value for membership in walk.read(user).groups or []], [group.id])
    with walk.step("removes the member"):
        walk.patch(group, "remove", f'members[value eq "{user.id}"]')
        expect((walk.read(group).members or [], walk.read(user).groups or []), ([], []))
    with walk.step("deletes both"):
        scim.delete(type(group), group.id)
        scim.delete(type(user), user.id)
    with walk.step("knows neither afterwards"):
        for gone in (group, user):
            expect_refusal(scim.query(type(gone), gone.id, raise_scim_errors=False), 404)
    with walk.step("lets the name be taken again"):
        again = scim.create(type(user)(user_name=user.user_name))
        scim.delete(type(again), again.id)


def main() -> None:
    with open_tenant() as http:
        walk = Walk(SyncSCIMClient(http))
        try:
            user = user_life(walk, f"ada.{uuid.uuid4()}@example.com")
            group_life(walk, user, f"Walkers {uuid.uuid4()}")
        except Failed:
            pass  # the last step on record tells
    json.dump(walk.steps, sys.stdout)


if __name__ == "__main__":
    main()
