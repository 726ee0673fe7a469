"""Contact data that is marked, so that it can be looked for wherever it must not be found in clear."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

CHUNK = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Canary:
    """One run's marks. Every address below holds `mark`, and every telephone number `digits`."""

    mark: str = field(default_factory=lambda: f"kanarie{secrets.token_hex(6)}")
    digits: str = field(default_factory=lambda: f"{secrets.randbelow(10**8):08d}")

    def email(self, name: str) -> str:
        """An address at a domain of its own."""
        return f"{name}.{self.mark}@{name}-{self.mark}.example"

    @property
    def phone(self) -> str:
        """An international number."""
        return f"+4930{self.digits}"

    def address(self, name: str) -> str:
        """A street."""
        return f"{name} {self.mark} 7, Berlin"

    def messenger(self, name: str) -> str:
        """A name in some messenger."""
        return f"@{name}-{self.mark}"

    def needles(self) -> list[bytes]:
        """What is looked for: the marks as they are typed, folded, and as other encodings hold them."""
        texts = [self.mark, self.mark.upper(), self.digits]
        return [text.encode(encoding) for text in texts for encoding in ("utf-8", "utf-16-le", "utf-16-be")]

    def found_in(self, content: bytes) -> list[bytes]:
        """Which of them are in some bytes."""
        return [needle for needle in self.needles() if needle in content]

    def found_in_file(self, path: Path) -> list[bytes]:
        """Which of them are in a file, however large."""
        found, before = set(), b""
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                found.update(self.found_in(before + chunk))
                before = chunk[-100:]
        return sorted(found)


def files_below(folder: Path) -> Iterator[Path]:
    """Every file that can be read now; a server may be writing."""
    for path in folder.rglob("*"):
        try:
            if path.is_file() and not path.is_symlink():
                yield path
        except OSError:
            continue
