"""The lint from outside: over HTTP, by command, at publication; and its stories told to a sandbox."""

import json
import os
import subprocess

from api import identify, track
from server import binary

WELCOME = """
journey: welcome
enter: { event: Signed Up }
class: transactional
steps:
  - wait: 1d
  - send: { id: hello, channel: email, template: hello }
"""

UPSELL = """
# A comment before the document counts as a line.
journey: upsell
enter: { event: Product Viewed }
class: transactional
steps:
  - send: { id: offer, channel: email, template: hello }
    after: [welcome/hello]
"""


def lint(shop, text):
    return shop.ask("POST", "/journeys/lint", text, kind="application/yaml")["findings"]


def codes(findings):
    return sorted((item["code"], item["journey"], item["pointer"]) for item in findings)


def tell(sandbox, story):
    """What one does in a story; afterwards everything that one sees in it must be there."""
    shop, seen = sandbox.shop, []
    for item in story:
        if item["at"] > sandbox.now():
            sandbox.move_to(item["at"])
        if "identify" in item:
            context = {"consent": {"categoryPreferences": item["consents"]}} if "consents" in item else {}
            shop.send(identify(item["identify"], item.get("traits", {}), context=context))
        elif "event" in item:
            shop.send(track(item["event"], item["user"], properties=item.get("properties", {})))
        elif "message" in item:
            seen.append((item["message"], item["template"], item["at"]))
    found = [(f"{m['journey']}/{m['step']}", m["template"], m["scheduledAt"]) for m in reversed(shop.messages())]
    assert found == seen


def test_findings_have_lines_and_true_stories(sandbox):
    shop = sandbox.shop
    shop.letter("hello", "Hello")
    findings = lint(shop, WELCOME + "---" + UPSELL)
    assert codes(findings) == [("order.after", "upsell", "/steps/0/after/0")]
    (finding,) = findings
    lines = (WELCOME + "---" + UPSELL).split("\n")
    assert "welcome/hello" in lines[finding["line"] - 1]
    assert finding["severity"] == "error" and "welcome/hello" in finding["message"]

    shop.put("journeys", "upsell", UPSELL)
    shop.put("journeys", "welcome", WELCOME)
    assert shop.ask("POST", "/journeys/welcome/publish")["findings"] == []
    refused = shop.call("POST", "/journeys/upsell/publish")
    assert refused.status_code == 409 and "order.after" in refused.text
    forced = shop.ask("POST", "/journeys/upsell/publish", force="true")
    assert forced["status"] == "published" and codes(forced["findings"]) == codes(findings)
    tell(sandbox, finding["story"])


def test_nothing_is_found_in_a_good_journey(sandbox):
    sandbox.shop.letter("hello", "Hello")
    assert lint(sandbox.shop, WELCOME) == []


def test_wrong_documents_are_findings_with_lines(sandbox):
    shop = sandbox.shop
    shop.letter("hello", "Hello")
    text = "journey: a\nsteps: [\n---\njourney: b\nenter: { event: X }\ncolour: red\nsteps:\n  - wait: soon\n---\njust text\n---" + WELCOME
    findings = lint(shop, text)
    assert [(item["code"], item["journey"], item["pointer"], item["line"]) for item in findings] == [
        ("document.unreadable", None, "", 1),
        ("document.invalid", "b", "/colour", 6),
        ("document.invalid", "b", "/steps/0/wait", 8),
        ("document.invalid", None, "", 10),
    ]
    assert lint(shop, WELCOME + "---" + WELCOME)[0]["code"] == "document.twice"


def test_refusals(sandbox):
    shop = sandbox.shop
    assert shop.call("POST", "/journeys/lint", b"\xff\xfe", kind="application/yaml").status_code == 400
    assert shop.call("POST", "/journeys/lint", "# nothing\n", kind="application/yaml").status_code == 400
    assert shop.call("POST", "/journeys/lint", "a" * (9 << 20), kind="application/yaml").status_code == 413
    big = lint(shop, "journey: big\nname: " + "a" * (2 << 20))
    assert [item["code"] for item in big] == ["document.unreadable"]
    deep = lint(shop, "journey: " + "[" * 600)
    assert [item["code"] for item in deep] == ["document.unreadable"]


def command(sandbox, *arguments):
    environment = {"PATH": os.environ["PATH"], "ROOST_TOKEN": sandbox.server.token()}
    return subprocess.run(
        [binary(), "journey", "lint", "--url", sandbox.server.url, "--workspace", sandbox.shop.key, *map(str, arguments)],
        capture_output=True, text=True, env=environment, timeout=60,
    )


def test_the_command(sandbox, tmp_path):
    folder = tmp_path / "definitions"
    (folder / "journeys").mkdir(parents=True)
    (folder / "templates").mkdir()
    (folder / "templates" / "hello.yaml").write_text("channel: email\nsubject: Hello {{ person.first_name }}\ntext: Hello\n")
    (folder / "journeys" / "welcome.yaml").write_text(WELCOME)
    (folder / "journeys" / "upsell.yaml").write_text(UPSELL)

    done = command(sandbox, folder)
    assert done.returncode == 1
    assert f"{folder}/journeys/upsell.yaml:8: error: order.after: " in done.stdout
    assert f"{folder}/journeys/welcome.yaml:7: warning: template.data: " in done.stdout
    assert "    2026-" in done.stdout
    assert "1 error, " in done.stderr

    found = json.loads(command(sandbox, "-o", "json", folder / "journeys" / "upsell.yaml").stdout)["findings"]
    assert {item["code"] for item in found} == {"reference.missing"}

    (folder / "journeys" / "upsell.yaml").unlink()
    done = command(sandbox, "--brief", folder)
    assert done.returncode == 0 and "    2026-" not in done.stdout

    assert command(sandbox, tmp_path / "nowhere.yaml").returncode == 1
