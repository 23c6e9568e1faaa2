"""Names that several modules of the integration share."""

from typing import Final

DOMAIN: Final = "jura"
MANUFACTURER: Final = "JURA"
CONF_ARTICLE: Final = "article"
CONF_CONNECTION_ID: Final = "connection_id"
CONF_DEFINITION: Final = "definition"
CONF_EXPERIMENTAL: Final = "experimental"
CONF_NEW_NETWORK: Final = "new_network"
CONF_TRANSPORTS: Final = "transports"
DEFAULT_SCAN_INTERVAL: Final = 60
"""Seconds between two looks at an idle machine."""
