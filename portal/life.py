"""Events of the portal's own life: when it starts and stops, and with which settings."""

from __future__ import annotations

import logging
import sqlite3

from sqlalchemy.exc import SQLAlchemyError

from indexer.catalog.database import Busy
from indexer.repository import open_repository
from portal import config as settings
from portal.config import Config
from portal.event_queue import enqueue

PATIENCE = 2.0  # seconds
log = logging.getLogger(__name__)


def note(config: Config, tag: str, actor: str) -> None:
    """Write `portal:started` or another event of its kind into the log; into the line where the log is busy.

    Opens the data folder and lets go of it, so that a process may fork afterwards. A catalog that cannot be used does
    not keep the portal from starting: /healthz and every page then say so.
    """
    detail = settings.settings_for_log() if tag.endswith(":started") else {}
    try:
        repository = open_repository(config.data)
        try:
            repository.audit.add(tag, actor, str(config.data), detail, patience=PATIENCE)
        except Busy:
            enqueue(config.event_queue_file, repository.audit, tag, actor, str(config.data), detail)
        finally:
            repository.close()
    except (SQLAlchemyError, sqlite3.Error, OSError):
        log.exception("%s could not be written into the event log", tag)
