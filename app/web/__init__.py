"""The pages and the API: what people and programs meet of HubOut. Everything here is thin over `app.services`."""

from app.web.factory import create_app

__all__ = ["create_app"]
