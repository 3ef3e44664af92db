"""DMN models as files: a model and what it imports come from one folder, and from nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from miaopi.kernel.dmn import BYTES, Model, namespace_of, parse, read_temporal
from miaopi.kernel.errors import DefinitionError, NotFound
from miaopi.kernel.wording import Text

__all__ = ["Model", "evaluate", "load", "read_temporal"]


def load(path: str | Path) -> Model:
    """The model in that file. An imported one is the file of its folder that has the namespace.

    Raises NotFound where there is no such file, DefinitionError with file and line for what is no model.
    """
    at = Path(path)
    folder = _Folder(at)
    return parse(_read(at), resolve=folder.resolve, where=at.name)


def evaluate(
    path: str | Path, name: str, inputs: Mapping[str, object], *, now: datetime | None = None
) -> object:
    """What a decision or an invocable of the model in that file gives; the clock of this moment where `now` is left out."""
    moment = now or datetime.now(UTC).astimezone()  # noqa: TID251 - the one-shot door supplies the clock (DESIGN §7.3)
    return load(path).evaluate(name, inputs, now=moment)


class _Folder:
    """The models beside a model, by their namespaces; read when the first one is imported."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def found(self) -> dict[str, bytes]:
        beside = [file for file in sorted(self.path.parent.glob("*.dmn")) if file.resolve() != self.path.resolve()]
        return dict(pair for file in reversed(beside) if (pair := _named(file)))

    def resolve(self, namespace: str, _location: str) -> bytes | None:
        return self.found.get(namespace)


def _named(file: Path) -> tuple[str, bytes] | None:
    """A model with its namespace; a neighbour that is no model is none of this model's mistakes."""
    try:
        source = _read(file)
        return namespace_of(source, where=file.name), source
    except (DefinitionError, NotFound):
        return None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(BYTES + 1)
    except OSError:
        raise NotFound(Text(zh=f"没有可读的文件 {path.name}。", en=f"there is no file {path.name} that can be read")) from None
