"""Every error and warning of `imagery`, in one place.

    ImageryError                     carries a hint: what to do
      InputError (ValueError)        what was handed in cannot be used
        RegisterError                a register, or one row of it (row, column, value)
        GeometryError                a shape, or its reference system
        GridMismatchError            two rasters that should share a grid do not
        ParameterError               an argument, option or setting
      SourceError                    imagery could not be had
        CredentialsError             no access
        QuotaError                   too much was asked (retry_after_s)
        NoSceneError                 nothing was taken there and then
        DownloadError                it did not arrive whole
        CorruptImageError            it arrived, and cannot be read
      AlignmentError
        NoOverlapError               moving and reference do not meet
        TooFewPixelsError            not enough ground to align on
        AlignmentRefusedError        a shift was found and not believed
      DetectionError
        NotEnoughHistoryError        too few clear dates (have, need)
        TooCloudyError               never a clear sight in the period
      StoreError                     a run folder, ledger or review store
        VersionError                 written by a newer version
        VerdictConflictError         someone else decided first
        CorruptRunError              files missing or changed

    ImageryWarning (UserWarning)

A message says the rule and the offending value in one sentence; `hint` says what to do, in one more.
In a batch, a site's error becomes that site's outcome; a programming error is not caught.
"""

from __future__ import annotations


class ImageryError(Exception):
    """Base of every expected error.

    Parameters
    ----------
    message : str
        The rule that was broken and the offending value, in one sentence.
    hint : str
        What the reader can do about it, in one sentence; may be empty.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class InputError(ImageryError, ValueError):
    """What was handed in cannot be used."""


class RegisterError(InputError):
    """A register, or one row of it, cannot be used.

    Parameters
    ----------
    row : int or None
        Row number as a spreadsheet shows it (the header is row 1); None for the file as a whole.
    column, value : str or None
        Where it went wrong, and what stood there.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.row = row
        self.column = column
        self.value = value


class GeometryError(InputError):
    """A shape or its coordinate reference system cannot be used."""


class GridMismatchError(InputError):
    """Two rasters that should share a grid do not."""


class ParameterError(InputError):
    """An argument, option or setting is out of its range."""


class SourceError(ImageryError):
    """Imagery could not be had."""


class CredentialsError(SourceError):
    """The service does not know us."""


class QuotaError(SourceError):
    """The service asks us to wait, or the budget is spent.

    Parameters
    ----------
    retry_after_s : float or None
        Seconds to wait, where the service said so.
    """

    def __init__(self, message: str, *, hint: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after_s = retry_after_s


class NoSceneError(SourceError):
    """Nothing was acquired there and then."""


class DownloadError(SourceError):
    """Imagery did not arrive, or not whole."""


class CorruptImageError(SourceError):
    """A file is there and cannot be read as what it claims to be."""


class AlignmentError(ImageryError):
    """Two images could not be aligned."""


class NoOverlapError(AlignmentError):
    """The moving image and the reference do not meet."""


class TooFewPixelsError(AlignmentError):
    """There is not enough usable ground to align on."""


class AlignmentRefusedError(AlignmentError):
    """A shift was found and is not believed."""


class DetectionError(ImageryError):
    """Change could not be looked for."""


class NotEnoughHistoryError(DetectionError):
    """Too few clear dates to know what is normal.

    Parameters
    ----------
    have, need : int
        Clear dates there are, and clear dates the method asks for.
    """

    def __init__(self, message: str, *, have: int, need: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.have = have
        self.need = need


class TooCloudyError(DetectionError):
    """The ground was never seen without cloud in the whole period."""


class StoreError(ImageryError):
    """A run folder, ledger or review store cannot be used."""


class VersionError(StoreError):
    """The store was written by a newer version of this program."""


class VerdictConflictError(StoreError):
    """Someone else decided on this signal first."""


class CorruptRunError(StoreError):
    """Files of a run are missing or are not what they were."""


class ImageryWarning(UserWarning):
    """Something was assumed or repaired; the message says what and how to say otherwise."""
