"""Events of the portal's lifecycle: start and stop, with the settings in force."""

from __future__ import annotations

import logging
import sqlite3

from sqlalchemy.exc import SQLAlchemyError

from indexer.catalog import Busy
from indexer.repository import open_repository
from portal import config as settings
from portal.config import Config
from portal.event_queue import enqueue

PATIENCE = 2.0  # seconds
log = logging.getLogger(__name__)


def note(config: Config, tag: str, actor: str) -> None:
    """Write `portal:started` or a similar event to the log, or to the event queue if the log is busy.

    Opens and closes the data folder, so that the process may fork afterwards. An unusable catalog does not keep the portal
    from starting; /healthz and every page then report it.
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
