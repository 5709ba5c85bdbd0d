"""A stand-in for the LINE Platform: API, signed webhooks, and a page with phones. Imports nothing of ours; speaks
HTTP.

For tests::

    from simulator import Simulator

    with Simulator(secret="s", token="t", webhook_url="http://127.0.0.1:8000/line/webhook", deliver="now") as line:
        somsri = line.user("ป้าสมศรี")                    # a friend; line.follow(somsri) sends the event
        crew = line.group("กองช่าง", [line.user("ช่างเอก")])
        mark = line.mark()
        line.say(somsri, "ไฟถนนดับ").status               # 200: what the bot answered to the webhook
        line.wait(somsri, after=mark)[0].text             # what the bot sent; .buttons, .json, .via, .type
        line.tap(somsri, "ยืนยัน")                         # fails (NotOnScreen) unless that label is on the screen
        line.send_photos(somsri, [jpeg, jpeg]); line.send_location(somsri, 14.02, 100.53); line.send_voice(somsri)
        line.say("ช่างเอก", "@ส่งเสียง งานค้าง", crew)      # @name becomes a mention, isSelf for the bot
        line.unsend(somsri); line.block(somsri); line.join(crew); line.redeliver()
        line.fail("drop_after", only="push"); line.switch(quota=5, redelivery=True)
        line.calls("push"); line.refused()                # every API call; those refused, with the reason

``line.url`` is both LINE_API_URL and LINE_DATA_URL. ``deliver="now"`` sends each webhook in the caller's thread;
"queue" (the default) by threads, in order per chat: then ``delivery.wait()`` or ``line.settle()``.
``transport=callable(body, headers) -> status`` hands webhooks to a callable instead of HTTP; ``line.app`` is the same
thing as a WSGI app, without sockets. ``clock`` moves reply tokens, retry keys and the quota's month. ``with
line.together(): ...`` puts several people's events in one body; ``line.raw(event)`` sends anything.

From a shell: ``python -m simulator --help``. From another process: the control API, described in
``simulator.control``.
"""

from simulator.deliver import Delivery, sign
from simulator.play import Simulator
from simulator.records import Content, Group, Line, Refused, User
from simulator.screen import BotMessage, Button
from simulator.server import create_app
from simulator.tapping import NotOnScreen
from simulator.world import World

__all__ = [
    "BotMessage",
    "Button",
    "Content",
    "Delivery",
    "Group",
    "Line",
    "NotOnScreen",
    "Refused",
    "Simulator",
    "User",
    "World",
    "create_app",
    "sign",
]
