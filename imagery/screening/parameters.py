"""What a run was told and what it read, as the record in `run.json`: enough to know whether two runs are the same."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from imagery._version import __version__
from imagery.domain import Period, Settings
from imagery.registers import Register
from imagery.sources.protocol import SourceDescription
from imagery.stores.codec import encode
from imagery.stores.records import SiteRecord


def run_summary(
    *,
    register: Register,
    source: SourceDescription,
    period: Period,
    settings: Settings,
    previous_run_id: str | None,
    notices: Sequence[str],
    created: datetime,
) -> dict[str, Any]:
    """The part of `run.json` that is known before the first site.

    `parameters_sha256` covers everything that could change a result: a run with the same hash may be resumed.
    """
    summary: dict[str, Any] = {
        "code_version": __version__,
        "period": str(period),
        "crs": register.crs,
        "settings": settings.as_dict(),
        "previous_run_id": previous_run_id,
        "source": describe_source(source),
        "register": describe_register(register),
        "site_ids": [site.site_id for site in register.sites],
        "permit_ids": sorted({p.permit_id for site in register.sites for p in site.permits}),
    }
    text = json.dumps(summary, sort_keys=True, ensure_ascii=False, allow_nan=False)
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    return {
        "run_id": digest[:12],
        "parameters_sha256": digest,
        "created": created.isoformat(timespec="seconds"),
        "notices": list(notices),
        **summary,
    }


def describe_source(source: SourceDescription) -> dict[str, Any]:
    """The source for the record; its files with their SHA-256 where the source knows it."""
    return {
        "name": source.name,
        "crs": source.crs,
        "resolution_m": source.resolution_m,
        "bands": list(source.bands),
        "first_time": source.times[0].isoformat() if source.times else None,
        "last_time": source.times[-1].isoformat() if source.times else None,
        "n_times": len(source.times),
        "licence": source.licence,
        "files": [{"name": name, "sha256": digest} for name, digest in source.files],
    }


def describe_register(register: Register) -> dict[str, Any]:
    """The register for the record: what was read, and every row that was not."""
    return {
        "name": register.path.name,
        "sha256": register.sha256,
        "rows": register.n_rows,
        "permits": len(register.permits),
        "sites": len(register.sites),
        "unplaced": [permit.reference for permit in register.unplaced],
        "problems": [encode(problem) for problem in register.problems],
    }


def run_results(records: Sequence[SiteRecord]) -> dict[str, Any]:
    """The part of `run.json` that is known after the last site."""
    return {
        "outcomes": dict(sorted(Counter(r.outcome.kind.value for r in records).items())),
        "n_sites": len(records),
        "n_signals": sum(len(record.signals) for record in records),
        "n_permitted_changes": sum(len(record.permitted_changes) for record in records),
        "calibration": calibration(records),
    }


def calibration(records: Sequence[SiteRecord]) -> Mapping[str, Any]:
    """What the run promises about false signals, over the sites that were looked at."""
    looked = [record.facts for record in records if record.outcome.looked]
    if not looked:
        return {}
    return {
        "unit": "false signals per 1,000 site-years",
        "asked_rate_per_1000": looked[0]["asked_rate_per_1000"],
        "promised_rate_per_1000": max(facts["promised_rate_per_1000"] for facts in looked),
        "sites_keeping_what_was_asked": sum(bool(facts["promise_kept"]) for facts in looked),
        "sites": len(looked),
        "fewest_control_blocks": min(facts["control_blocks"] for facts in looked),
        "control_pixels_trimmed": sum(facts["control_pixels_trimmed"] for facts in looked),
        "note": "The rate holds for unchanged ground like the controls; it was not yet measured on controls kept apart.",
    }
