"""Everything that can go wrong, as one tree.

::

    SeedgenError
    ├── ProjectError          the project's files; carries all diagnostics
    ├── StalePlan             a saved plan no longer matches the world
    ├── UsageError            the command asks for something that cannot be
    ├── ProviderError         a video model's service
    │   ├── AuthError         the key is missing, wrong or not allowed
    │   ├── Rejected          the service refused the request itself
    │   │   └── Moderated     for its content: never sent again as it is
    │   ├── RateLimited       too many at once; certainly not accepted
    │   ├── OutOfCredits      not enough money for it; certainly not accepted
    │   ├── Unavailable       could not be reached; certainly not accepted
    │   │   └── Unreachable   not even a connection: no other shot gets further
    │   ├── JobFailed         the job ran and failed
    │   ├── JobLost           the service no longer knows the job
    │   ├── SubmitUnknown     it may or may not have accepted the submit
    │   └── BadResponse       an answer that does not follow the contract
    ├── StoreError            cache, lock, journal
    │   ├── ObjectMissing
    │   ├── ObjectCorrupt
    │   ├── ReadOnly          it may not be written here; nothing of it is damaged
    │   ├── LockUnreadable    seedgen.lock has conflict markers or another version
    │   ├── PlanUnreadable    a saved plan is damaged, or of another version
    │   └── Locked            another apply runs here
    └── MediaError            pictures, sound and ffmpeg
        ├── FfmpegNotFound
        ├── FfmpegFailed
        ├── SegmentDamaged    a cached segment that has to be encoded again
        └── UnreadableMedia   a file that is not the image, video or audio it should be

`retry_is_safe` says whether doing the same again can cost money twice: only what was
certainly not accepted may be repeated without asking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal
    from pathlib import Path


class SeedgenError(Exception):
    """A failure with a cause outside the program: a user, a file, a server, a disk.

    `str(error)` is one sentence for people; `remedy` says what to do next, or is empty.
    """

    retry_is_safe: ClassVar[bool] = False

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy


class ProjectError(SeedgenError):
    """The project's files do not add up.

    `diagnostics` holds every problem found, located: `project.diagnostics.Diagnostic`, which lives a
    floor above and is not named here for that reason. `text` is what they say, written out.
    """

    def __init__(self, diagnostics: Sequence[Any], text: str = "") -> None:
        count = len(diagnostics)
        super().__init__(text or f"{count} problem{'' if count == 1 else 's'} in the project")
        self.diagnostics = tuple(diagnostics)


class StalePlan(SeedgenError):
    """A saved plan no longer matches the lock, the references or the project."""


class UsageError(SeedgenError):
    """What was asked for on the command line cannot be done."""


class ProviderError(SeedgenError):
    """A video model's service did not do what it was asked."""


class AuthError(ProviderError):
    """The key is missing, wrong, or not allowed to do this."""


class Rejected(ProviderError):
    """The service refused this very request (moderation, invalid input). Nothing was begun."""


class Moderated(Rejected):
    """The service refused a request for its content. The same request would be refused again."""


class RateLimited(ProviderError):
    """Too many at once. The submit was certainly not accepted.

    `retry_after` is how many seconds the service asks to wait; None when it does not say.
    """

    retry_is_safe = True

    def __init__(self, message: str, *, retry_after: float | None = None, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.retry_after = retry_after


class OutOfCredits(ProviderError):
    """The account has not enough money for a further job. The submit was certainly not accepted.

    Money may be set aside for jobs in flight, so it can be enough again when they have ended.
    """

    retry_is_safe = True


class Unavailable(ProviderError):
    """The service could not be reached. The submit was certainly not accepted."""

    retry_is_safe = True


class Unreachable(Unavailable):
    """No connection to the service, or to its storage, can be made however often: others meet the same."""


class JobFailed(ProviderError):
    """The job was accepted, ran, and failed.

    `bill` is what it cost in USD, None when the service does not say. `moderated` says that its
    content was the reason: the same request would fail again.
    """

    def __init__(
        self, message: str, *, bill: Decimal | None = None, moderated: bool = False, remedy: str = ""
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.bill = bill
        self.moderated = moderated


class JobLost(ProviderError):
    """The service no longer knows a job that it had accepted."""


class SubmitUnknown(ProviderError):
    """The submit left, and whether it was accepted is not known. Never repeat it blindly."""


class BadResponse(ProviderError):
    """The service answered something that its contract does not allow."""


class StoreError(SeedgenError):
    """The cache, the lock or the journal could not be read or written."""


class ObjectMissing(StoreError):
    """A clip that the lock names is not in the cache."""


class ObjectCorrupt(StoreError):
    """A file in the cache no longer has the bytes its name promises."""


class ReadOnly(StoreError):
    """A database of the cache that may not be written here; nothing of it is damaged."""


class LockUnreadable(StoreError):
    """`seedgen.lock` has conflict markers, is damaged, or is of another version."""


class PlanUnreadable(StoreError):
    """A file is no saved plan, is damaged, or is of another version."""


class Locked(StoreError):
    """Another apply runs in this project."""


class MediaError(SeedgenError):
    """Pictures, sound or ffmpeg."""


class FfmpegNotFound(MediaError):
    """No usable ffmpeg was found."""


class FfmpegFailed(MediaError):
    """ffmpeg ended with an error. `stderr` holds its last lines."""

    def __init__(self, message: str, *, stderr: str = "", remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.stderr = stderr


class UnreadableMedia(MediaError):
    """A file is not the image, video or audio that it should be."""


class SegmentDamaged(MediaError):
    """A cached segment that is not what was encoded. It can be encoded again: nothing is lost.

    `video` is its file.
    """

    def __init__(self, video: Path, why: str = "") -> None:
        super().__init__(
            f"the segment {video.name} is damaged" + (f": {why}" if why else ""),
            remedy="Assemble the reel again; the segment is encoded anew.",
        )
        self.video = video
