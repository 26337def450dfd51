"""Sends a known story through segment-analytics-python. Runs in that library's own venv.

    segment_client.py HOST WRITE_KEY plain|gzip story|many [COUNT]

Prints one JSON object: the errors that the library reported.
"""

import datetime
import json
import sys

from segment.analytics.client import Client

CONTEXT = {"consent": {"categoryPreferences": {"marketing": True, "marketing.email": False}}}


def story(client):
    """Seven calls, each a millisecond after the other by its own timestamp."""
    start = datetime.datetime(2026, 3, 1, 10, 0, 0, 123456, tzinfo=datetime.timezone.utc)
    times = iter(start + datetime.timedelta(seconds=step) for step in range(100))
    client.track(anonymous_id="anon-7", event="Product Viewed", properties={"sku": "A-1"}, timestamp=next(times))
    client.identify("u-7", {"email": " Ann@Example.COM ", "first_name": "Änn"}, context=CONTEXT, timestamp=next(times))
    client.alias("anon-7", "u-7", timestamp=next(times))
    client.track(
        "u-7", "Order Completed", {"order_id": "o-1", "total": 29.33, "currency": "EUR"}, timestamp=next(times), message_id="order-1"
    )
    client.page("u-7", "Docs", "Home", {"url": "https://shop.example/"}, timestamp=next(times))
    client.screen("u-7", "App", "Main", timestamp=next(times))
    client.group("u-7", "g-1", {"plan": "pro"}, timestamp=next(times))


def many(client, count):
    for number in range(count):
        client.track(f"user-{number % 10}", "Counted", {"number": number}, message_id=f"m-{number}")


def main():
    host, key, packing, what = sys.argv[1:5]
    errors = []
    client = Client(
        key, host=host, gzip=packing == "gzip", upload_interval=0.05, on_error=lambda error, batch: errors.append(repr(error))
    )
    story(client) if what == "story" else many(client, int(sys.argv[5]))
    client.flush()
    client.shutdown()
    print(json.dumps({"errors": errors}))


if __name__ == "__main__":
    main()
