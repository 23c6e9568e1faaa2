from probatio import *  # noqa: F403  At run time voluptuous is probatio: Home Assistant puts it there under this name.
