"""The Gunicorn worker that serves the portal: a slow client holds no thread that others need."""

from portal.serving.client_socket import Limits
from portal.serving.worker import PacedWorker

__all__ = ["Limits", "PacedWorker"]
