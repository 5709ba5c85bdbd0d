"""line-bot-sdk's own Flask example: answer within the request, keep nothing. The usual way to write a bot."""

from __future__ import annotations

import os

from flask import Flask, abort, request
from linebot.v3 import WebhookHandler
from linebot.v3.exceptions import InvalidSignatureError
from linebot.v3.messaging import ApiClient, Configuration, MessagingApi, ReplyMessageRequest, TextMessage
from linebot.v3.webhooks import MessageEvent, TextMessageContent

from bench.load import SECRET


def application() -> Flask:
    """For gunicorn: an echo."""
    app = Flask(__name__)
    handler = WebhookHandler(SECRET)
    client = ApiClient(Configuration(access_token="token", host=os.environ["LINE_API_URL"]))

    @app.get("/healthz")
    def healthz() -> str:
        return "OK"

    @app.post("/line/webhook")
    def webhook() -> str:
        try:
            handler.handle(request.get_data(as_text=True), request.headers["X-Line-Signature"])
        except InvalidSignatureError:
            abort(401)
        return "OK"

    def echo(event: MessageEvent) -> None:
        reply = ReplyMessageRequest(replyToken=event.reply_token, messages=[TextMessage(text=event.message.text)])
        MessagingApi(client).reply_message(reply)

    handler.add(MessageEvent, message=TextMessageContent)(echo)
    return app
