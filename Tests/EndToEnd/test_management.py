"""Workspaces, keys, people, segments: the management interface as a shop's own programs use it."""

import pytest
import requests

from api import API, Workspace, consent, eventually, identify, track
from test_wrong_input import refusal


class TestWorkspaces:
    def test_made_with_its_keys_shown_once(self, operator):
        response = operator.call("POST", "/workspaces", {"key": "fresh-1", "name": "Fresh", "currency": "usd", "timezone": "Europe/Rome"})
        assert response.status_code == 201
        made = response.json()
        assert made["writeKey"] != made["secretKey"]
        assert (made["key"], made["name"], made["currency"], made["consentPolicy"]) == ("fresh-1", "Fresh", "USD", "explicit")
        [listed] = [item for item in operator.get("/workspaces")["items"] if item["key"] == "fresh-1"]
        assert "writeKey" not in listed and "secretKey" not in listed

    def test_a_key_is_taken_once(self, operator):
        operator.ask("POST", "/workspaces", {"key": "twice"})
        problem = refusal(operator.call("POST", "/workspaces", {"key": "twice"}), 409, "conflict")
        assert problem["errors"][0]["pointer"] == "/key"

    def test_every_fault_at_once(self, operator):
        wrong = {"key": "No Good", "currency": "money", "consentPolicy": "maybe", "colour": "red"}
        problem = refusal(operator.call("POST", "/workspaces", wrong), 400, "invalid_request")
        assert {fault["pointer"] for fault in problem["errors"]} == {"/key", "/currency", "/consentPolicy", "/colour"}

    def test_an_idempotency_key_makes_one(self, operator):
        headers = {"Idempotency-Key": "order-1234567890"}
        first = operator.call("POST", "/workspaces", {"key": "once", "name": "Once"}, headers=headers)
        again = operator.call("POST", "/workspaces", {"key": "once", "name": "Once"}, headers=headers)
        assert first.status_code == 201 and again.status_code in (200, 201)
        assert again.json() == first.json()
        other = operator.call("POST", "/workspaces", {"key": "once", "name": "Other"}, headers=headers)
        refusal(other, 409, "conflict")
        another = operator.call("POST", "/workspaces", {"key": "once-more", "name": "Once"}, headers=headers)
        refusal(another, 409, "conflict")

    def test_nobody_else_may(self, server, shop):
        refusal(requests.get(server.url + "/api/v1/workspaces", timeout=10), 401, "unauthorized")
        refusal(API(server.url, "wrong").call("GET", "/workspaces"), 401, "unauthorized")
        refusal(API(server.url, shop.write_key).call("GET", "/workspaces"), 401, "unauthorized")
        refusal(API(server.url, shop.secret_key).call("GET", "/workspaces"), 404, "not_found")
        refusal(API(server.url, shop.secret_key).call("POST", "/clock", {"advance": "1h"}), 404, "not_found")

    def test_a_secret_key_opens_its_own_workspace_only(self, operator, shop):
        other = Workspace.make(operator)
        other.send(track("E", "u"))
        assert shop.call("GET", "/people").status_code == 200
        for path in ("", "/people", "/people/user:u", "/segments", "/messages", "/quarantine", "/audit"):
            theirs = shop.call("GET", f"{other.prefix}{path}")
            missing = shop.call("GET", f"/workspaces/no-such-shop{path}")
            refusal(theirs, 404, "not_found")
            refusal(missing, 404, "not_found")
        refusal(shop.call("PUT", f"{other.prefix}/segments/s", {"segment": "s", "event": "E"}), 404, "not_found")
        refusal(shop.call("DELETE", f"{other.prefix}/people/user:u"), 404, "not_found")
        assert other.person("user:u")["userId"] == "u"

    def test_the_same_person_in_two_workspaces_is_two(self, operator, shop):
        other = Workspace.make(operator)
        shop.send(identify("u", {"city": "Rome"}))
        other.send(identify("u", {"city": "Oslo"}))
        assert shop.person("user:u")["traits"] == {"city": "Rome"}
        assert other.person("user:u")["traits"] == {"city": "Oslo"}


class TestPeople:
    def test_every_reference_finds_the_same(self, shop):
        shop.send(
            identify("42", {"email": "Ann@Example.com", "phone": "+39 06 1234 567"}, anonymousId="a-1", context={"device": {"id": "d-1"}})
        )
        person = shop.person("user:42")
        for ref in (person["id"], "email:ann@example.com", "email:ANN@example.com", "phone:+39061234567", "anonymous:a-1", "device:d-1"):
            assert shop.person(ref)["id"] == person["id"], ref

    def test_the_list_in_pages(self, shop):
        shop.send(*(identify(f"u-{number}", {"n": number}) for number in range(25)))
        whole = [item["userId"] for item in shop.pages("/people", limit=1000)]
        paged = [item["userId"] for item in shop.pages("/people", limit=7)]
        assert sorted(whole) == sorted(f"u-{number}" for number in range(25))
        assert paged == whole

    def test_search(self, shop):
        shop.send(identify("u-1", {"email": "ann@example.com", "first_name": "Ann"}), identify("u-2", {"first_name": "Bob"}))
        assert [item["userId"] for item in shop.get("/people", query="ann@example.com")["items"]] == ["u-1"]
        assert [item["userId"] for item in shop.get("/people", query="bob")["items"]] == ["u-2"]
        assert shop.get("/people", query="nobody")["items"] == []

    def test_the_timeline_in_pages_newest_first(self, shop):
        shop.send(*(track("E", "u", f"m-{n}", timestamp=f"2026-01-01T00:00:{n:02}.000Z") for n in range(30)))
        found = [item["id"] for item in shop.timeline("user:u", limit=7)]
        assert found == [f"m-{n}" for n in reversed(range(30))]
        item = shop.timeline("user:u")[0]
        assert set(item) == {"id", "type", "event", "at", "receivedAt", "properties"}

    @pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 1001}, {"limit": "many"}, {"cursor": "nonsense"}])
    def test_wrong_paging(self, shop, wrong):
        shop.send(track("E", "u"))
        for path in ("/people", "/people/user:u/timeline", "/messages", "/quarantine"):
            refusal(shop.call("GET", path, **wrong), 400, "invalid_request")

    def test_late_events_count_where_they_happened(self, shop):
        shop.send(track("E", "u", "new", timestamp="2026-02-01T00:00:00Z"))
        shop.send(track("E", "u", "old", timestamp="2026-01-01T00:00:00Z"))
        assert [item["id"] for item in shop.timeline("user:u")] == ["new", "old"]
        [counter] = shop.person("user:u")["events"]
        assert (counter["count"], counter["first"], counter["last"]) == (2, "2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z")

    def test_consents_are_receipts(self, shop):
        shop.send(identify("u", context=consent(marketing=True)))
        body = {"consents": {"marketing.email": False}, "source": "preference centre", "textVersion": "2026-02"}
        shop.ask("PUT", "/people/user:u/consents", body)
        receipts = {item["purpose"]: item for item in shop.get("/people/user:u/consents")["items"]}
        assert receipts["marketing"]["granted"] is True
        email = receipts["marketing.email"]
        assert (email["granted"], email["source"], email["textVersion"]) == (False, "preference centre", "2026-02")
        assert "at" in email

    def test_orders_and_refunds(self, shop):
        def order(id, total):
            return track("Order Completed", "u", f"m-{id}", properties={"order_id": id, "total": total, "currency": "EUR"})

        shop.send(order("o-1", 100.10), order("o-2", 0.2))
        shop.send(track("Order Refunded", "u", "r-1", properties={"order_id": "o-1", "total": 50.05, "currency": "EUR"}))
        [row] = shop.person("user:u")["orders"]
        assert (row["orders"], row["refunds"]) == (2, 1)
        assert row["refunded"] == {"amount": "50.05", "currency": "EUR"}

    def test_export_and_erasure(self, shop):
        shop.send(identify("u", {"email": "ann@example.com"}), track("E", "u", "m-1"), track("E", "other", "m-2"))
        export = shop.get("/people/user:u/export")
        assert export["email"] == "ann@example.com"
        assert len(export["timeline"]) == 2
        assert shop.call("DELETE", "/people/user:u").status_code == 204
        for path in ("/people/user:u", "/people/email:ann@example.com", f"/people/{export['id']}", "/people/user:u/timeline"):
            refusal(shop.call("GET", path), 404, "not_found")
        assert shop.get("/people", query="ann")["items"] == []
        # An import does not bring the person back.
        shop.post("import", {"batch": [track("E", "u", "m-3")]})
        refusal(shop.call("GET", "/people/user:u"), 404, "not_found")
        assert len(shop.timeline("user:other")) == 1


class TestSegments:
    BUYERS = {"segment": "buyers", "name": "Bought twice", "event": "Order Completed", "count": {"atLeast": 2}}

    def fill(self, shop):
        shop.send(*(track("Order Completed", f"u-{n}", f"{n}-{turn}") for n in range(8) for turn in range(1 + n % 2)))

    def test_preview_counts_exactly_and_says_why(self, shop):
        self.fill(shop)
        preview = shop.ask("POST", "/segments/preview", self.BUYERS)
        assert (preview["count"], preview["exact"]) == (4, True)
        assert 1 <= len(preview["sample"]) <= 5
        assert {item["userId"] for item in preview["sample"]} <= {"u-1", "u-3", "u-5", "u-7"}
        assert all(item["reasons"] for item in preview["sample"])
        assert shop.get("/segments")["items"] == []

    def test_a_new_segment_is_filled_from_history(self, shop):
        self.fill(shop)
        shop.put("segments", "buyers", self.BUYERS)
        eventually(lambda: shop.get("/segments/buyers")["exact"])
        assert shop.get("/segments/buyers")["count"] == 4
        people = [item["userId"] for item in shop.pages("/segments/buyers/people", limit=3)]
        assert sorted(people) == ["u-1", "u-3", "u-5", "u-7"]
        # Incremental from here on.
        shop.send(track("Order Completed", "u-0", "0-more"))
        assert shop.get("/segments/buyers")["count"] == 5
        [membership] = shop.get("/people/user:u-0/segments")["items"]
        assert membership["segment"] == "buyers" and membership["reasons"]

    def test_yaml_and_versions(self, shop):
        first = shop.put("segments", "buyers", "segment: buyers\nname: Bought\nevent: Order Completed\n")
        assert first["version"] == 1
        assert shop.put("segments", "buyers", "segment: buyers\nname: Bought\nevent: Order Completed\n")["version"] == 1
        assert shop.put("segments", "buyers", self.BUYERS)["version"] == 2

    def test_a_changed_segment_is_filled_anew(self, shop):
        self.fill(shop)
        shop.put("segments", "buyers", self.BUYERS)
        eventually(lambda: shop.get("/segments/buyers")["exact"])
        shop.put("segments", "buyers", {**self.BUYERS, "count": {"atLeast": 1}})
        eventually(lambda: shop.get("/segments/buyers")["exact"])
        assert shop.get("/segments/buyers")["count"] == 8

    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [
            ({"segment": "s"}, ""),
            ({"segment": "s", "event": 7}, "/event"),
            ({"segment": "s", "event": "E", "within": "soon"}, "/within"),
            ({"segment": "s", "all": [{"event": "E"}, {"trait": "x", "is_not": 1}]}, "/all/1"),
            ({"segment": "s", "segment2": "x", "event": "E"}, "/segment2"),
        ],
    )
    def test_faults_are_pointed_at(self, shop, wrong, pointer):
        problem = refusal(shop.call("PUT", "/segments/s", wrong), 400, "invalid_request")
        assert any(fault["pointer"].startswith(pointer) for fault in problem["errors"]), problem["errors"]

    def test_broken_yaml(self, shop):
        response = shop.call("PUT", "/segments/s", "segment: [s", kind="application/yaml")
        refusal(response, 400, "invalid_request")


def test_audit_tells_who_changed_what(shop):
    shop.put("segments", "s", {"segment": "s", "event": "E"})
    items = shop.get("/audit")["items"]
    put = next(item for item in items if item["action"] == "segment.put")
    assert (put["key"], put["version"], put["by"]) == ("s", 1, "secret-key")
    made = next(item for item in items if item["action"] == "workspace.created")
    assert made["by"] == "operator"
    filled = [item for item in items if item["action"] == "people.filled"]
    assert all("by" not in item for item in filled)
