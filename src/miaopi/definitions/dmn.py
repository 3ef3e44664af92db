"""DMN models as files: a model and what it imports come from one folder, and from nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from miaopi.kernel.dmn import BYTES, Model, namespace_of, parse, read_temporal
from miaopi.kernel.errors import DefinitionError, NotFound
from miaopi.kernel.wording import Text

__all__ = ["Model", "evaluate", "load", "read_temporal"]

FILES: Final = 256  # models in one folder, of which one is imported
BEGINNING: Final = 65_536  # bytes of a file in which its root begins


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
    """The models beside a model, by their namespaces. Of each as much is read as tells that, when the first one is imported."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def found(self) -> dict[str, Path]:
        beside = [file for file in sorted(self.path.parent.glob("*.dmn")) if file.resolve() != self.path.resolve()]
        if len(beside) > FILES:
            raise DefinitionError(self.path.name, f"there are more than {FILES} models in the folder, from which one is imported")
        return dict(pair for file in reversed(beside) if (pair := _named(file)))

    def resolve(self, namespace: str, _location: str) -> bytes | None:
        file = self.found.get(namespace)
        return None if file is None else _read(file)


def _named(file: Path) -> tuple[str, Path] | None:
    """A model with its namespace; a neighbour that is no model is none of this model's mistakes."""
    try:
        return namespace_of(_read(file, BEGINNING), where=file.name), file
    except (DefinitionError, NotFound):
        return None


def _read(path: Path, most: int = BYTES + 1) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError:
        raise NotFound(Text(zh=f"没有可读的文件 {path.name}。", en=f"there is no file {path.name} that can be read")) from None
