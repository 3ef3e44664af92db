"""Reads and checks service packages, compiles them, keeps them by hash. Files live here; rules do not."""

from miaopi.definitions.package import ServicePackage, find_service, list_services, load_service, read_version
from miaopi.definitions.payment import Payment, Stop
from miaopi.definitions.reader import Finding
from miaopi.definitions.service import LicenceTemplate, Mode
from miaopi.definitions.visit import Moment, Paper, RegisterRule, VisitRule

__all__ = [
    "Finding", "LicenceTemplate", "Mode", "Moment", "Paper", "Payment", "RegisterRule", "ServicePackage", "Stop", "VisitRule",
    "find_service", "list_services", "load_service", "read_version",
]  # fmt: skip
