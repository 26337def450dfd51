"""Sends one message by python-telegram-bot: telegram_client.py URL TOKEN CHAT TEXT LABEL LINK."""

import asyncio
import json
import sys

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup


async def main(url, token, chat, text, label, link):
    async with Bot(token, base_url=f"{url}/bot") as bot:
        markup = InlineKeyboardMarkup([[InlineKeyboardButton(label, url=link)]])
        sent = await bot.send_message(int(chat), text, parse_mode="HTML", reply_markup=markup)
        updates = await bot.get_updates(timeout=0)
    print(json.dumps({"id": sent.message_id, "updates": [update.update_id for update in updates]}))


asyncio.run(main(*sys.argv[1:]))
