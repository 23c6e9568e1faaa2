"""The picture of a drink: from where the media folder has it to an address that a dashboard can show.

May import floors 1 to 3.
"""

from datetime import timedelta
import logging
from typing import Final

from homeassistant.components.http.auth import async_sign_path
from homeassistant.components.media_source import async_resolve_media
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

_LOGGER = logging.getLogger(__name__)

_VALID_FOR: Final = timedelta(days=365)
"""Signatures end with the next start of Home Assistant in any case; a year is longer than any runs."""


async def async_picture_url(hass: HomeAssistant, media_id: str) -> str | None:
    """Return the signed address of a picture; None where there is no such picture here.

    Addresses elsewhere are not shown: nothing leaves the hub.
    """
    try:
        media = await async_resolve_media(hass, media_id, None)
    except (HomeAssistantError, AssertionError) as error:
        # The media folder asserts that it knows the type of a file.
        _LOGGER.debug("No picture %s: %r", media_id, error)
        return None
    if not media.mime_type.startswith("image/") or not media.url.startswith("/") or media.url.startswith("//"):
        return None
    return async_sign_path(hass, media.url, _VALID_FOR, use_content_user=True)
