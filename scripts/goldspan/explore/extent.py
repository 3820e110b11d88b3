"""Dates of attributes as stretches of days, to be drawn."""

from calendar import monthrange
from datetime import date, timedelta

from goldspan.dates import first_day, is_date

__all__ = ["days"]


def days(value: object) -> tuple[date, date] | None:
    """The first and the last day of a date as `goldspan.dates` knows it; None if it is none."""
    if not isinstance(value, str) or not is_date(value):
        return None
    first, last = value.split("/")[0], value.split("/")[-1]
    begin, end = first_day(first), first_day(last)
    return (begin, max(begin, last_day(last, end))) if begin and end else None


def last_day(value: str, first: date) -> date:
    """The day with which a date ends that begins on a day."""
    if "W" in value[:6]:
        return first + timedelta(days=0 if value.count("-") > 1 and not value.endswith("-WE") else 6)
    if len(value) == 7 and value[5:].isdigit():
        return first.replace(day=monthrange(first.year, first.month)[1])
    return first if len(value) > 7 else first.replace(month=12, day=31)
