"""Names that several modules of the integration share.

May import floors 1 to 3.
"""

from typing import Final

DOMAIN: Final = "jura"
MANUFACTURER: Final = "JURA"
CONF_ARTICLE: Final = "article"
CONF_CONNECTION_ID: Final = "connection_id"
CONF_DEFINITION: Final = "definition"
CONF_EXPERIMENTAL: Final = "experimental"
CONF_NEW_NETWORK: Final = "new_network"
CONF_QUIET_FROM: Final = "quiet_from"
CONF_QUIET_SOURCES: Final = "quiet_sources"
CONF_QUIET_TO: Final = "quiet_to"
CONF_SOURCES: Final = "sources"
CONF_TRANSPORTS: Final = "transports"
ENTRY_VERSION: Final = 3
"""Version of our entries. 1 and 2 are those of other integrations of this domain, too."""
