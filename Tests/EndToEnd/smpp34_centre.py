"""A message centre of smpp34's server: takes messages, sends receipts, throttles.

    python smpp34_centre.py RECEIPTS THROTTLE_FIRST

RECEIPTS: `text`, `tlv`, `none`, or `STATE:ERR` such as `UNDELIV:001`. The first THROTTLE_FIRST messages are refused with
ESME_RTHROTTLED. Prints JSON lines: the port, then each event; reads lines {"source","text"} to be delivered, or
{"source","hex","esm","coding","tlvs":[[tag,hex]],"session"}.
"""

import asyncio
import json
import os
import socket
import sys

import smpp34


def tell(**event):
    print(json.dumps(event), flush=True)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


async def main(receipts, throttle_first):
    port = free_port()
    server = smpp34.Server(host="127.0.0.1", port=port, system_id="SMPP34")
    await server.start()
    tell(port=port)
    sessions = {}
    asyncio.create_task(deliver_lines(sessions))
    refused = count = 0
    while True:
        event = await server.next()
        if isinstance(event, smpp34.Esme):
            sessions[event.session_id] = event
            tell(event="bound", system_id=event.system_id)
        elif isinstance(event, smpp34.SubmitSmEvent):
            if refused < throttle_first:
                refused += 1
                event.reject(smpp34.ESME_RTHROTTLED)
                tell(event="throttled")
                continue
            count += 1
            name = f"{0xA00 + count:X}"
            event.accept(message_id=name)
            tell(
                event="submit", id=name, source=event.source_addr, ton=event.source_addr_ton, to=event.destination_addr,
                esm=event.esm_class, coding=event.data_coding, receipt=event.registered_delivery,
                text=event.short_message.hex(), tlvs={hex(t.tag): t.value.hex() for t in event.tlvs},
            )
            if receipts != "none" and event.registered_delivery:
                asyncio.create_task(receipt(sessions[event.session_id], event.destination_addr, event.source_addr, name, receipts))
        elif isinstance(event, smpp34.Unbound):
            sessions.pop(event.session_id, None)
            tell(event="unbound")


async def receipt(session, number, sender, name, kind):
    state, _, error = ("DELIVRD:000" if kind in ("text", "tlv") else kind).partition(":")
    if kind == "tlv":
        tlvs = [smpp34.Tlv(smpp34.TLV_RECEIPTED_MESSAGE_ID, name.encode() + b"\0"), smpp34.Tlv(smpp34.TLV_MESSAGE_STATE, b"\2")]
        text = b""
    else:
        # In decimal, as many centres write it.
        tlvs = []
        text = (
            f"id:{int(name, 16):010} sub:001 dlvrd:001 submit date:2603011000 done date:2603011001 "
            f"stat:{state} err:{error} text:..."
        ).encode()
    answer = await session.deliver_sm(source_addr=number, destination_addr=sender, esm_class=4, short_message=text, tlvs=tlvs)
    tell(event="receipt", ok=answer.is_success)


async def deliver_lines(sessions):
    loop = asyncio.get_running_loop()
    while True:
        line = await loop.run_in_executor(None, sys.stdin.readline)
        if not line:
            os._exit(0)
        wanted = json.loads(line)
        session = list(sessions.values())[wanted.get("session", 0) % len(sessions)]
        octets = bytes.fromhex(wanted["hex"]) if "hex" in wanted else wanted["text"].encode("utf-16-be")
        answer = await session.deliver_sm(
            source_addr=wanted["source"], source_addr_ton=1, source_addr_npi=1, destination_addr="Shop",
            short_message=octets, data_coding=wanted.get("coding", 8), esm_class=wanted.get("esm", 0),
            tlvs=[smpp34.Tlv(tag, bytes.fromhex(value)) for tag, value in wanted.get("tlvs", [])],
        )
        tell(event="delivered", ok=answer.is_success)


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
