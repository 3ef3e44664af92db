"""Filling the catalogue from the city's own file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from miaopi.apps.audit.api import Actor, act
from miaopi.apps.catalogue.actions.fill import Imported, Wanted, count, fill_catalogue, read_kept
from miaopi.apps.catalogue.adapters.city_file import read_catalogue
from miaopi.apps.catalogue.events import CatalogueSeeded
from miaopi.apps.catalogue.queries.resources import lock_catalogue
from miaopi.apps.identity.api import Right, authorise


def seed_catalogue(*, source: Path, by: Actor, now: datetime) -> Imported:
    """Make agencies, resources and fields say what the file says.

    A field that the file no longer names is taken out of its resource; resources that it does not name stay.
    Raises DefinitionError, RightsError.
    """
    authorise(by, Right.SEED_CATALOGUE)
    file = read_catalogue(source)
    with act(by=by, now=now) as unit:
        lock_catalogue()
        kept = read_kept([row.id for row in file.resources])
        wanted = Wanted(file.agencies, file.resources, file.fields)
        change = fill_catalogue(wanted, kept, now)
        if change:
            unit.record(CatalogueSeeded(digest=file.digest, agencies=change.agencies, resources=change.resources))
    return count(wanted, change)
