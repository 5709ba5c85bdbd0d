"""`songsiang demo`: the whole house on this machine, without LINE: a page with phones, a web process, a worker.

The three run as in production (the Procfile's commands, a database file), against the simulator. Everything the demo
stores lies in one folder that is made anew at each start.
"""

from __future__ import annotations

import http.client
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from bot.bucket import store_of
from bot.config import read_settings
from bot.invented import fill
from bot.invented_plan import fill_plan
from bot.invented_poll import open_invented_poll
from bot.invented_site import fill_site
from bot.line import Line
from bot.release import release
from bot.richmenu import install
from models.database import Database
from models.key_room import KeyRoom
from models.people import Chat, Person
from models.sessions import make_link
from models.staff import Staff
from models.town import Department
from simulator import Simulator
from simulator.cast import CAST
from simulator.page import find_fonts

ROOT = Path(__file__).parent.parent

#: The people of the simulator's page, at the moment the demo begins: the crew and its group know the bot already.
PEOPLE: dict[str, Any] = {
    **CAST,
    "users": [{**user, "friend": user["name"] == "ช่างเอก"} for user in CAST["users"]],
    "groups": [{**group, "joined": True} for group in CAST["groups"]],
}

#: Who opens the console in the demo: (role, invented name).
OFFICE = {"clerk": "ธุรการ ทดลอง", "admin": "ผู้ดูแล ทดลอง"}

WELCOME = """
เปิดหน้านี้ในเบราว์เซอร์:   {page}

  ลองเป็นป้าสมศรี: เพิ่มเพื่อน แล้วพิมพ์ว่า  ไฟหน้าวัดกลางทุ่งดับ 3 คืนแล้ว
  กลุ่ม “{group}” จะได้การ์ดเรื่องใหม่  ช่างเอกกด รับเรื่อง แล้ว เสร็จสิ้น ส่งรูป
  พิมพ์  โหวต  เพื่อลองลงคะแนน (กุญแจของผู้ถืออยู่ในโฟลเดอร์ทดลอง: songsiang poll count)
  ในกลุ่มพิมพ์  งานวันนี้  งานค้าง  เกินกำหนด  ได้ทุกเมื่อ

  เว็บไซต์สาธารณะ:  {web}/

  เว็บเจ้าหน้าที่ (ลิงก์ใช้ครั้งเดียว 5 นาที; ช่างเอกพิมพ์  เข้าเว็บ  ได้ลิงก์ใหม่เสมอ)
    ธุรการ:        {clerk}
    ผู้ดูแลระบบ:    {admin}

  Open the page above. ป้าสมศรี is a resident, ช่างเอก is in the crew's group. The two links open the staff console as a
  clerk and as an administrator. The public site: {web}/
  หยุดด้วย Ctrl+C (stop with Ctrl+C)
"""


def run(port: int, web_port: int, *, filled: bool = True) -> int:
    """Start everything, say where to go, and stay until interrupted. Returns the exit code."""
    folder = Path(os.environ.get("DATA_DIR", "data")) / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    asked = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: asked.set())
    with house(folder.absolute(), port, web_port, filled=filled) as (line, web):
        links = {role: web.console_link(role) for role in OFFICE}
        print(
            WELCOME.format(page=f"{line.url}/", group=CAST["groups"][0]["name"], web=web.address, **links), flush=True
        )
        while not asked.wait(0.5):
            if fallen := web.fallen():
                print(f"หยุดทำงานเอง ({fallen} has stopped)", file=sys.stderr)
                return 1
    return 0


class Processes:
    """The web process and the worker of the demo."""

    def __init__(self, address: str, environment: dict[str, str], folder: Path) -> None:
        self.address, self._environment = address, environment
        python = sys.executable
        commands = {
            "web": [python, "-m", "gunicorn", "--config", "gunicorn.conf.py", "--log-level", "warning"],
            "worker": [python, "-m", "bot.worker"],
        }
        self._logs = [(folder / f"{name}.log").open("wb") for name in commands]
        self._running = {
            name: subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)  # noqa: S603
            for (name, command), log in zip(commands.items(), self._logs, strict=True)
        }

    def fallen(self) -> str:
        """The name of a process that has ended by itself, if any."""
        return next((name for name, process in self._running.items() if process.poll() is not None), "")

    def wait(self, seconds: float = 30) -> None:
        """Until the web process is ready. Raises TimeoutError or RuntimeError."""
        where = urlsplit(self.address)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if fallen := self.fallen():
                raise RuntimeError(f"{fallen} did not start; see the .log files in the demo's folder")
            connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=2)
            try:
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass
            finally:
                connection.close()
            time.sleep(0.1)
        raise TimeoutError("the web process is not ready")

    def console_link(self, role: str) -> str:
        """A one-use link into the console as the demo's clerk or administrator."""
        database = Database(self._environment["DATABASE_URL"])
        with database.begin() as session:
            member = session.scalars(select(Staff).where(Staff.name == OFFICE[role])).one()
            token, _code = make_link(session, member, self._environment["SECRET_KEY"], datetime.now(UTC))
        database.dispose()
        return f"{self.address}/console/enter/{token}"

    def stop(self) -> None:
        """Ask both to finish, and wait."""
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            try:
                process.wait(timeout=25)
            except subprocess.TimeoutExpired:
                process.kill()
        for log in self._logs:
            log.close()


@contextmanager
def house(folder: Path, port: int, web_port: int, *, filled: bool) -> Iterator[tuple[Simulator, Processes]]:
    """The running demo: the simulator and the two processes; all are stopped at the end."""
    secret, token = secrets.token_hex(16), secrets.token_hex(16)
    web_port = web_port or _free_port()
    address = f"http://127.0.0.1:{web_port}"
    line = Simulator(
        secret=secret,
        token=token,
        webhook_url=f"{address}/line/webhook",
        bot_name="ส่งเสียง เทศบาลตำบลทุ่งสมมุติ",
        port=_port_or_free(port),
        loopback_http=True,
        fonts=find_fonts(),
    )
    line.seed(PEOPLE)
    with line:
        given = {
            "LINE_CHANNEL_SECRET": secret,
            "LINE_CHANNEL_ACCESS_TOKEN": token,
            "LINE_API_URL": line.url,
            "LINE_DATA_URL": line.url,
            "PUBLIC_URL": address,
            "SECRET_KEY": secrets.token_hex(32),
            "DATA_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder / 'songsiang.db'}",
            "PORT": str(web_port),
        }
        _prepare(given, filled=filled)
        processes = Processes(address, {**os.environ, **given}, folder)
        try:
            processes.wait()
            yield line, processes
        finally:
            processes.stop()


def _prepare(given: dict[str, str], *, filled: bool) -> None:
    """The tables, the invented town, the crew with their group, the rich menu."""
    settings = read_settings(**{name.lower(): value for name, value in given.items()})
    database = Database(settings.database_url)
    now = datetime.now(UTC)
    release(database)
    with database.begin() as session:
        fill(session, now, cases=filled)
        group, member = CAST["groups"][0], CAST["users"][2]
        department = session.scalars(select(Department).where(Department.code == "ENG")).one()
        person = Person(line_id=member["id"], name=member["name"], created_at=now)
        session.add(person)
        session.flush()
        session.add(Staff(name=member["name"], role="crew", department=department, person=person, created_at=now))
        session.add_all(Staff(name=name, role=role, created_at=now) for role, name in OFFICE.items())
        session.add(Chat(key=group["id"], kind="group", name=group["name"], department_id=department.id, members=1))
        if filled:
            fill_plan(session, now)
            fill_site(session, store_of(settings), now)
            open_invented_poll(session, KeyRoom(settings.key_room), settings.data_dir, now)
    database.dispose()
    install(Line(settings))


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _port_or_free(port: int) -> int:
    """The wished port; another one when it is taken."""
    if port == 0:
        return 0
    with socket.socket() as found:
        try:
            found.bind(("127.0.0.1", port))
        except OSError:
            return 0
    return port
