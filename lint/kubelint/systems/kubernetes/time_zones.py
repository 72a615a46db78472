"""Names of time zones, as the CronJob controller finds them in its database.

Source: Kubernetes documentation, "CronJob", section "Time zones"; API reference, CronJobSpec (`timeZone`).
"""

from __future__ import annotations

from kubelint.suggest import did_you_mean, nearest
from kubelint_schemas.kubernetes.values import time_zones


def zone_fault(text: str) -> str | None:
    """Return what is wrong with a time zone, as a clause; None where there is such a zone."""
    known = time_zones()
    if text in known:
        return None
    near = nearest(text, known) or [zone for zone in known if zone.endswith(f"/{text.title().replace(' ', '_')}")][:1]
    meant = did_you_mean(near)
    return "is no time zone" + (f"; {meant}" if meant else " of the IANA database, such as `Europe/Berlin`")
