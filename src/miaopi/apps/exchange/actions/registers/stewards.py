"""Who may see after a base register: a steward of the agency that answers for it."""

from __future__ import annotations

from miaopi.apps.audit.api import Actor
from miaopi.apps.exchange.adapters.registers.checking import get_register
from miaopi.apps.identity.api import Right, authorise, get_member
from miaopi.definitions.registers import Register
from miaopi.kernel.errors import RightsError
from miaopi.kernel.wording import Text


def get_own_register(register: str, right: Right, by: Actor) -> Register:
    """The register, for a steward of its agency. Raises RightsError, NotFound, DefinitionError."""
    authorise(by, right)
    found = get_register(register)
    if get_member(by.id).office != found.agency:
        raise RightsError(
            Text(zh="只有负责该基础库的部门的数据管理员可以这样做。", en="Only a steward of the agency that answers for it may do this.")
        )
    return found
