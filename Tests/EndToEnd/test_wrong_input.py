"""What nobody should send, and what becomes of it: an answer that says what is wrong, and never less service for others."""

import gzip
import json

import pytest
import requests

from api import identify, track

KIB = 1024


def refusal(response, status, code):
    """RFC 9457 problem details, with `code` and `message`, without which Segment's clients retry for ever."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith("application/problem+json")
    problem = response.json()
    assert problem["status"] == status
    assert problem["code"] == code
    assert isinstance(problem["message"], str) and problem["message"]
    assert problem["detail"] and problem["title"] and isinstance(problem["errors"], list)
    return problem


@pytest.mark.parametrize(
    ("body", "offset"),
    [
        (b'{"batch":[', 10),
        (b'{"batch":[{"type":"track",}]}', 26),
        (b'{"batch":[]} x', 13),
        (b'{"batch":["\xff"]}', 11),
        (b'{"batch":[01]}', 10),
        (b"", 0),
    ],
)
def test_no_json_is_named_by_its_byte(shop, body, offset):
    problem = refusal(shop.post("batch", body), 400, "invalid_request")
    assert str(offset) in problem["message"], problem["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"batch":[{"type":"track","event":"\\ud800","userId":"u"}]}',
        b'{"batch":[{"type":"track","event":"E","userId":"u","properties":{"n":1e999999}}]}',
        b'{"batch":[{"type":"track","event":"E","userId":"u","properties":{"n":' + b"9" * 5_000 + b"}}]}",
        b'{"batch":[{"type":"track","type":"track","event":"E","userId":"u","userId":"v"}]}',
        b"\x00" * 100,
        b"null",
        b"[]",
        b'"text"',
        b"\xef\xbb\xbf{}",
    ],
)
def test_odd_bodies_get_an_answer(shop, body):
    response = shop.post("batch", body)
    assert response.status_code in (200, 400), response.text
    if response.status_code == 400:
        refusal(response, 400, "invalid_request")
    shop.send(track("Still There", "u-1"))


@pytest.mark.parametrize("body", [b"{}", b'{"batch":{}}', b'{"batch":null}', b'{"events":[]}'])
def test_a_batch_needs_its_list(shop, body):
    problem = refusal(shop.post("batch", body), 400, "invalid_request")
    assert problem["errors"][0]["pointer"] == "/batch"


def test_an_empty_batch_is_a_success(shop):
    assert shop.send() == {"success": True, "accepted": 0, "rejected": []}


class TestKeys:
    def test_unknown(self, server):
        response = requests.post(server.url + "/v1/track", json=track("E", "u"), auth=("wk_wrong", ""), timeout=10)
        refusal(response, 401, "unauthorized")

    def test_none(self, server):
        refusal(requests.post(server.url + "/v1/track", json=track("E", "u"), timeout=10), 401, "unauthorized")

    def test_the_secret_key_is_no_write_key(self, server, shop):
        response = requests.post(server.url + "/v1/track", json=track("E", "u"), auth=(shop.secret_key, ""), timeout=10)
        refusal(response, 401, "unauthorized")

    def test_broken_basic(self, server):
        headers = {"Authorization": "Basic ///=="}
        response = requests.post(server.url + "/v1/track", json=track("E", "u"), headers=headers, timeout=10)
        refusal(response, 401, "unauthorized")

    def test_as_bearer_and_in_the_body(self, server, shop):
        headers = {"Authorization": f"Bearer {shop.write_key}"}
        assert requests.post(server.url + "/v1/track", json=track("E", "u"), headers=headers, timeout=10).status_code == 200
        body = {"writeKey": shop.write_key, **track("E", "u")}
        assert requests.post(server.url + "/v1/track", json=body, timeout=10).status_code == 200
        assert len(shop.timeline("user:u")) == 2


class TestSizes:
    def test_an_event_over_32_kib(self, shop):
        large = track("Large", "u", "large", properties={"text": "x" * 33 * KIB})
        response = shop.post("batch", {"batch": [track("Small", "u", "small"), large]})
        assert response.status_code == 200
        answer = response.json()
        assert answer["accepted"] == 1
        assert [(item["index"], item["reason"]) for item in answer["rejected"]] == [(1, "event_too_large")]
        assert [item["id"] for item in shop.timeline("user:u")] == ["small"]

    def test_a_single_call_over_32_kib(self, shop):
        response = shop.post("track", track("Large", "u", properties={"text": "x" * 33 * KIB}))
        refusal(response, 413, "too_large")

    def test_a_call_over_500_kib(self, shop):
        events = [track("E", "u", properties={"text": "x" * 20 * KIB}) for _ in range(26)]
        refusal(shop.post("batch", {"batch": events}), 413, "too_large")
        assert shop.call("GET", "/people/user:u").status_code == 404

    def test_import_may_bring_more(self, shop):
        events = [track("E", "u", properties={"text": "x" * 20 * KIB}) for _ in range(50)]
        assert shop.post("import", {"batch": events}).json()["accepted"] == 50

    def test_a_gzip_bomb(self, shop):
        bomb = gzip.compress(b'{"batch":[' + b" " * (200 * KIB * KIB) + b"]}")
        assert len(bomb) < 500 * KIB
        refusal(shop.post("batch", bomb, headers={"Content-Encoding": "gzip"}), 413, "too_large")

    @pytest.mark.parametrize("cut", [lambda packed: packed[:-9], lambda packed: b"no gzip at all", lambda packed: b""])
    def test_broken_gzip(self, shop, cut):
        packed = gzip.compress(json.dumps({"batch": [track("E", "u")]}).encode())
        refusal(shop.post("batch", cut(packed), headers={"Content-Encoding": "gzip"}), 400, "invalid_request")


class TestPlaces:
    @pytest.mark.parametrize("path", ["/nowhere", "/v1", "/v1/", "/v1/trackk", "/v1/track/more", "/api/v2/workspaces"])
    def test_nothing_there(self, server, operator, path):
        headers = {"Authorization": f"Bearer {server.token()}"}
        response = requests.post(server.url + path, json={}, headers=headers, timeout=10)
        assert response.status_code == 404, response.text

    @pytest.mark.parametrize("path", ["/people/user:nobody", "/segments/none", "/journeys/none", "/messages/none", "/nothing"])
    def test_nothing_in_the_workspace(self, shop, path):
        refusal(shop.call("GET", path), 404, "not_found")

    def test_a_wrong_reference_says_what_is_right(self, shop):
        problem = refusal(shop.call("GET", "/people/ann"), 400, "invalid_request")
        assert "user:42" in problem["message"]

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    def test_collecting_wants_post(self, server, shop, method):
        response = requests.request(method, server.url + "/v1/batch", auth=(shop.write_key, ""), timeout=10)
        assert response.status_code in (404, 405), response.text

    @pytest.mark.parametrize(("method", "path"), [("DELETE", "/segments"), ("POST", "/people"), ("PUT", "/messages"), ("PATCH", "")])
    def test_wrong_methods_of_management(self, shop, method, path):
        assert shop.call(method, path).status_code in (404, 405)

    def test_a_wrong_percent_escape(self, server):
        assert requests.get(server.url + "/api/v1/%zz", timeout=10).status_code in (400, 401)


class TestPartlyBad:
    def test_good_events_are_kept(self, shop):
        events = [
            track("Good", "u", "g-1"),
            {"type": "track", "userId": "u"},
            track("Nobody"),
            7,
            {"type": "dance", "userId": "u"},
            track("Late", "u", timestamp="yesterday"),
            track("Ahead", "u", timestamp="2999-01-01T00:00:00Z"),
            track("Good", "u", "g-2"),
        ]
        response = shop.post("batch", {"batch": events})
        assert response.status_code == 200
        answer = response.json()
        assert answer["success"] is True and answer["accepted"] == 2
        assert [(item["index"], item["pointer"], item["reason"]) for item in answer["rejected"]] == [
            (1, "/event", "missing_event_name"),
            (2, "/userId", "missing_identifier"),
            (3, "", "not_an_object"),
            (4, "/type", "unknown_type"),
            (5, "/timestamp", "invalid_timestamp"),
            (6, "/timestamp", "timestamp_in_future"),
        ]
        assert sorted(item["id"] for item in shop.timeline("user:u")) == ["g-1", "g-2"]

    def test_all_bad_is_400_and_names_each(self, shop):
        problem = refusal(shop.post("batch", {"batch": [track("E"), {"type": "x", "userId": "u"}]}), 400, "invalid_request")
        assert [fault["pointer"] for fault in problem["errors"]] == ["/batch/0/userId", "/batch/1/type"]

    def test_one_bad_single_call(self, shop):
        refusal(shop.post("track", {"userId": "u"}), 400, "invalid_request")

    def test_a_dropped_event_is_counted_by_reason(self, server, shop):
        def dropped():
            lines = requests.get(server.url + "/metrics", headers={"Authorization": f"Bearer {server.token()}"}, timeout=10).text
            return sum(float(line.split()[-1]) for line in lines.splitlines() if "missing_event_name" in line)

        before = dropped()
        shop.post("batch", {"batch": [{"type": "track", "userId": "u"}, track("E", "u")]})
        assert dropped() == before + 1


class TestQuarantine:
    def test_list_mend_replay(self, shop):
        bad = {"type": "track", "userId": "u", "messageId": "m-1", "properties": {"total": 5}}
        shop.post("batch", {"batch": [bad, track("Good", "u")]})
        [item] = shop.get("/quarantine")["items"]
        assert (item["reason"], item["pointer"]) == ("missing_event_name", "/event")
        assert json.loads(item["event"]) == bad

        # As it is, it is refused again and stays.
        again = shop.ask("POST", "/quarantine/replay", {"ids": [item["id"]]})
        assert again["accepted"] == 0 and again["rejected"][0]["reason"] == "missing_event_name"
        assert len(shop.get("/quarantine")["items"]) == 1

        mended = {**bad, "event": "Order Completed"}
        answer = shop.ask("POST", "/quarantine/replay", {"items": [{"id": item["id"], "event": mended}]})
        assert answer == {"accepted": 1, "rejected": []}
        assert shop.get("/quarantine")["items"] == []
        assert "m-1" in [entry["id"] for entry in shop.timeline("user:u")]

    def test_pages_newest_first(self, shop):
        for number in range(7):
            shop.post("batch", {"batch": [{"type": "track", "userId": "u", "messageId": f"m-{number}"}]})
        found = [json.loads(item["event"])["messageId"] for item in shop.pages("/quarantine", limit=3)]
        assert found == [f"m-{number}" for number in reversed(range(7))]

    def test_replaying_what_is_not_there(self, shop):
        refusal(shop.call("POST", "/quarantine/replay", {"ids": ["999999"]}), 404, "not_found")
        refusal(shop.call("POST", "/quarantine/replay", {"ids": [7]}), 400, "invalid_request")
        refusal(shop.call("POST", "/quarantine/replay", {}), 400, "invalid_request")


def test_a_retry_with_other_content_changes_nothing(shop):
    """Duplicates are known by messageId alone."""
    shop.send(track("First", "u", "same", properties={"n": 1}))
    shop.send(track("Second", "u", "same", properties={"n": 2}))
    [event] = shop.timeline("user:u")
    assert (event["event"], event["properties"]) == ("First", {"n": 1})


def test_equal_content_under_other_ids_counts_twice(shop):
    shop.send(track("Same", "u", "a", timestamp="2026-01-01T00:00:00Z"), track("Same", "u", "b", timestamp="2026-01-01T00:00:00Z"))
    assert len(shop.timeline("user:u")) == 2


def test_explicit_null_identifiers(shop):
    shop.send({**track("E", "u"), "anonymousId": None}, {**track("E"), "anonymousId": "a", "userId": None})
    assert len(shop.timeline("user:u")) == 1
    assert len(shop.timeline("anonymous:a")) == 1


def test_hostile_texts_come_back_as_they_were(shop):
    text = "<script>alert(1)</script> ' \" \\ \u0000 \u202e 🎁 {{ person.email }}"
    shop.send(identify("u", {"first_name": text}))
    assert shop.person("user:u")["traits"]["first_name"] == text
