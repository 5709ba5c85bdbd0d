"""How gunicorn serves the web process. PORT and WEB_CONCURRENCY (processes, default 1) come from the environment."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # also where the project is not installed

from bot.start import database_or_exit, settings_or_exit

# The master ends here, with the names of wrong settings, before it forks; a worker would only be started again.
settings = settings_or_exit()
database_or_exit(settings).dispose()

wsgi_app = "bot.asgi:application()"
bind = f"0.0.0.0:{settings.port}"
worker_class = "asgi"
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
preload_app = False  # engines, locks and the writer's thread must begin after the fork
max_requests = 0  # the writer's thread lives long
timeout = 30
graceful_timeout = 20
keepalive = 75  # longer than common proxies keep theirs, so that the proxy closes first
backlog = 2048
accesslog = None  # it would name who wrote when
errorlog = "-"
control_socket_disable = True  # its default is one file for every instance of this user
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a heartbeat must not wait for a disk
asgi_lifespan = "on"  # a process whose writer did not start must not serve
limit_request_line = 8190
limit_request_fields = 64
