"""Collects the faults of one file: every one of them in one pass, the list bounded so that a broken file cannot fill
memory.
"""

from print_service.findings import Finding, RefusedError, Severity

LIMIT = 1_000


class Faults:
    """Errors and warnings in the order found; of the errors the first `limit` are kept and the rest counted."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._errors: list[Finding] = []
        self._warnings: list[Finding] = []
        self.count = 0

    def add(self, key: str, where: str, **values: str | int) -> None:
        """Note one fault; its severity is the catalogue's."""
        self.add_finding(Finding(key, where, values))

    def add_finding(self, finding: Finding) -> None:
        """Note a finding made elsewhere."""
        if finding.severity is Severity.WARNING:
            if len(self._warnings) < self._limit:
                self._warnings.append(finding)
            return
        self.count += 1
        if len(self._errors) < self._limit:
            self._errors.append(finding)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What does not stop the file."""
        return tuple(self._warnings)

    def refuse_if_any(self, where: str) -> None:
        """Raise RefusedError with every kept error (and how many more) when there is one."""
        if not self.count:
            return
        errors = list(self._errors)
        if self.count > len(errors):
            errors.append(Finding("flatfile.more-faults", where, {"more": self.count - len(errors)}))
        raise RefusedError(errors)
