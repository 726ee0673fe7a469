"""How the web server runs: `gunicorn crm.wsgi --config python:crm.gunicorn`. Words on the command line win, and so does
GUNICORN_CMD_ARGS.

A process gets SIGTERM when it is to end: it takes no new request, and has so many seconds for those that it has."""

import os
from typing import Any

from crm.watch.shared_figures import share_figures

wsgi_app = "crm.wsgi"
bind = os.environ.get("CRM_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = int(os.environ.get("CRM_WEB_THREADS", "4"))
graceful_timeout = int(os.environ.get("CRM_GRACE_SECONDS", "30"))
timeout = 60
# Memory that a library loses is given back now and then, not by all processes at once.
max_requests, max_requests_jitter = 20_000, 2_000
control_socket_disable = True
# Where the processes of this server add up their figures (crm.watch.metrics): set before prometheus_client is loaded.
_shared = share_figures(named=os.environ.get("PROMETHEUS_MULTIPROC_DIR", ""))
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_shared.folder)


def _logging() -> dict[str, Any]:
    """Requests are logged by crm.logs; these are the starts and ends of processes, as lines of the same kind."""
    from crm import logs  # counts requests: not before the folder is set

    config = logs.configure(debug=False, form=os.environ.get("LOG_FORMAT", ""))
    config["loggers"]["gunicorn.error"] = {"handlers": ["console"], "level": "INFO", "propagate": False}
    return config


accesslog = None
logconfig_dict = _logging()


def child_exit(server: Any, worker: Any) -> None:
    """Forget what a process that ended said of its present state; what it counted stays."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(server: Any) -> None:
    """Leave no figures behind."""
    _shared.forget()
