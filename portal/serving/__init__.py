"""The Gunicorn worker that serves the portal; slow clients occupy no threads."""

from portal.serving.client_socket import Limits
from portal.serving.worker import PacedWorker

__all__ = ["Limits", "PacedWorker"]
