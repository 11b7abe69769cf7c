"""The words that scripts say, in the page's language."""

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext

register = template.Library()


@register.simple_tag
def page_words() -> SafeString:
    """Give the sentences of the scripts as JSON in the page. Refusals of the hasher are named by their codes."""
    exact = gettext("An exact copy can still be found.")
    words = {
        "ready": gettext("Ready"),
        "working": gettext("Making fingerprints…"),
        "all_ready": gettext("All fingerprints are ready."),
        "sending": gettext("Sending…"),
        "sent": gettext("Sent."),
        "progress": gettext("Step %1 of %2"),
        "next_files": gettext("Next"),
        "next_no_files": gettext("Go on without a file"),
        "unreachable": gettext(
            "We could not reach the service. Nothing is lost: press Send again when you are online. "
            "It cannot be sent twice."
        ),
        "not_loaded": gettext("Part of this page did not load. Are you online? Try again, or reload the page."),
        "failed": gettext("This file could not be read. The others go on."),
        "empty": gettext("This file is empty."),
        "unsupported": gettext("This is not a photo or video we know. A JPEG or PNG photo or an MP4 video works."),
        "undecodable": gettext("This browser cannot look into this file. Another browser may.") + " " + exact,
        "damaged": gettext("This file seems to be broken.") + " " + exact,
        "protected": gettext("This video is locked by the app it came from.") + " " + exact,
        "too_small": gettext("This picture is very small.") + " " + exact,
        "too_blurry": gettext("There is too little to see in this one: it may be blank or blurred.") + " " + exact,
        "too_large": gettext("This picture is too big for this device. Try it on another one."),
        "not_exact": gettext("This browser changes pictures, so the fingerprint would be wrong. Try another browser.")
        + " "
        + exact,
        "gave_up": gettext("This file took too long. Try it alone, or on another device."),
        "unreadable": gettext("This file could not be read. Please choose it again."),
    }
    return json_script(words, "words")
