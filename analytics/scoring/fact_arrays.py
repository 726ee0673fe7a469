"""`facts.fact_value` for arrays: the x and the age of every row of the ledger at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.scoring.facts import FACTOR_OF_MEASURE, LOG_PRICE_LIMIT, MEASURE_CODES, SCALES, MeasureCode
from analytics.scoring.parameters import FACTOR_CODES

_Floats = NDArray[np.float64]
_Mask = NDArray[np.bool_]
_SECONDS_A_DAY = 86_400.0
_FACTORS = np.zeros(max(MeasureCode) + 1, dtype=np.int64)
for _name, _code in MEASURE_CODES.items():
    _FACTORS[_code] = FACTOR_CODES[FACTOR_OF_MEASURE[_name]]


def factors_of(measure_codes: ArrayLike) -> NDArray[np.int64]:
    """The FactorCode that each measure feeds. Raises ValueError naming the first bad row."""
    codes = np.asarray(measure_codes, dtype=np.int64)
    _refuse((codes < min(MeasureCode)) | (codes > max(MeasureCode)), codes, "unknown measure code")
    return np.asarray(_FACTORS[codes])


def values(
    measure_codes: ArrayLike, value: ArrayLike, reference: ArrayLike, elapsed: ArrayLike | None = None
) -> NDArray[np.float64]:
    """`fact_value` for arrays of one length: the x of each row, NaN where it does not count yet.

    measure_codes: MeasureCode numbers. value, reference: float, NaN for null. elapsed: business seconds of
    replies still waited for, NaN (or the argument None) where there are none. Raises ValueError naming the
    first bad row.
    """
    codes = np.asarray(measure_codes, dtype=np.int64)
    given, against = _column(value, codes, "value"), _column(reference, codes, "reference")
    waited = np.full(codes.shape, np.nan) if elapsed is None else _column(elapsed, codes, "elapsed")
    result = np.full(codes.shape, np.nan)
    _refuse(~np.isin(codes, list(MeasureCode)), codes, "unknown measure code")
    for name, (low, high) in SCALES.items():
        rows = codes == MEASURE_CODES[name]
        _refuse(rows & ~((given >= low) & (given <= high)), given, f"value of {name} out of range")
        result[rows] = (given[rows] - low) / (high - low)
    result[codes == MeasureCode.DEFECT] = 0.0
    _fill_promises(codes == MeasureCode.PROMISES, given, against, result)
    _fill_replies(codes == MeasureCode.REPLY, given, against, waited, result)
    _fill_prices(codes == MeasureCode.PRICE, given, against, result)
    return result


def _column(data: ArrayLike, like: NDArray[np.int64], name: str) -> _Floats:
    column = np.asarray(data, dtype=np.float64)
    if column.shape != like.shape:
        raise ValueError(f"{name} has shape {column.shape}, the measure codes {like.shape}")
    return column


def _refuse(bad: _Mask, shown: NDArray[Any], problem: str) -> None:
    if bad.any():
        row = int(np.argmax(bad))
        raise ValueError(f"row {row}: {problem}: {shown[row]}")


def _finite_from(low: float, column: _Floats) -> _Mask:
    return (column >= low) & (column < np.inf)


def _fill_promises(rows: _Mask, given: _Floats, against: _Floats, result: _Floats) -> None:
    _refuse(rows & ~_finite_from(1.0, against), against, "reference of promises must be 1 or more")
    _refuse(rows & ~((given >= 0.0) & (given <= against)), given, "value of promises out of range")
    result[rows] = given[rows] / against[rows]


def _fill_replies(rows: _Mask, given: _Floats, against: _Floats, waited: _Floats, result: _Floats) -> None:
    _refuse(rows & ~(_finite_from(0.0, against) & (against > 0.0)), against, "reference of reply must be above 0")
    waiting = rows & np.isnan(given)
    _refuse(rows & ~waiting & ~_finite_from(0.0, given), given, "value of reply out of range")
    _refuse(waiting & ~_finite_from(0.0, waited), waited, "elapsed of a waiting reply out of range")
    counts = rows & (~waiting | (waited > against))
    seconds = np.where(waiting, waited, given)
    result[counts] = np.exp2(-(seconds[counts] / against[counts]))


def _fill_prices(rows: _Mask, given: _Floats, against: _Floats, result: _Floats) -> None:
    _refuse(rows & ~(_finite_from(0.0, against) & (against > 0.0)), against, "reference of price must be above 0")
    _refuse(rows & ~_finite_from(0.0, given), given, "value of price out of range")
    with np.errstate(divide="ignore"):
        ratio = np.log(given[rows]) - np.log(against[rows])
    result[rows] = np.clip(ratio, -LOG_PRICE_LIMIT, LOG_PRICE_LIMIT)


def age_days(at: ArrayLike, as_of: float, measure_codes: ArrayLike, value: ArrayLike) -> _Floats:
    """The age of each row in days; 0 for a reply still waited for.

    at, as_of: seconds since the epoch. Raises ValueError naming the first row that happens after as_of.
    """
    happened = np.asarray(at, dtype=np.float64)
    _refuse(happened > as_of, happened, f"at is after as_of {as_of}")
    waiting = (np.asarray(measure_codes) == MeasureCode.REPLY) & np.isnan(np.asarray(value, dtype=np.float64))
    return np.where(waiting, 0.0, (as_of - happened) / _SECONDS_A_DAY)
