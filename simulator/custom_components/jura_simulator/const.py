"""Names shared by the modules."""

DOMAIN = "jura_simulator"
CONF_MACHINE = "machine"
CONF_ADDRESS = "address"
CONF_WIFI = "wifi"
CONF_NETWORK = "network"
