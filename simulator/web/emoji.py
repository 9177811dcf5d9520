"""The few emoji short names an app is likely to use; an unknown one stays as it was written."""

from __future__ import annotations

import re

_NAMES = {
    "wave": "👋", "white_check_mark": "✅", "heavy_check_mark": "✔️", "x": "❌", "warning": "⚠️", "bell": "🔔",
    "no_bell": "🔕", "calendar": "📅", "date": "📅", "clock1": "🕐", "hourglass": "⌛", "hourglass_flowing_sand": "⏳",
    "lock": "🔒", "unlock": "🔓", "key": "🔑", "telephone_receiver": "📞", "phone": "☎️", "email": "✉️",
    "envelope": "✉️", "speech_balloon": "💬", "information_source": "ℹ️", "sos": "🆘", "heart": "❤️",
    "green_heart": "💚", "blue_heart": "💙", "thumbsup": "👍", "+1": "👍", "thumbsdown": "👎", "-1": "👎",
    "smile": "😄", "slightly_smiling_face": "🙂", "pray": "🙏", "tada": "🎉", "eyes": "👀", "coffee": "☕",
    "busts_in_silhouette": "👥", "bust_in_silhouette": "👤", "house": "🏠", "gear": "⚙️", "pushpin": "📌",
    "memo": "📝", "mag": "🔍", "arrow_right": "➡️", "star": "⭐", "seedling": "🌱", "zap": "⚡",
    "rotating_light": "🚨", "large_green_circle": "🟢", "large_yellow_circle": "🟡", "red_circle": "🔴",
    "white_circle": "⚪", "globe_with_meridians": "🌐", "raising_hand": "🙋", "handshake": "🤝",
}  # fmt: skip
_SHORT_NAME = re.compile(r":([a-z0-9_+-]+):")


def with_emoji(text: str) -> str:
    """Return the text with the emoji short names it knows turned into characters."""
    return _SHORT_NAME.sub(lambda match: _NAMES.get(match[1], match[0]), text)
