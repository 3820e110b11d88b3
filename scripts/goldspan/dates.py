"""Dates as written in attributes: ISO 8601 to the day or coarser, with the parts of days and weeks of TIMEX3."""

import re
from datetime import date

__all__ = ["is_date", "is_duration"]

YEAR = re.compile(r"(\d{4})(?:-(?:[HQ][1-4]|SP|SU|FA|WI))?|(\d{2,3})", re.ASCII)
MONTH = re.compile(r"\d{4}-\d\d", re.ASCII)
WEEK = re.compile(r"(\d{4}-W\d\d)(?:-WE)?", re.ASCII)
DAY = re.compile(
    r"(\d{4}-\d\d-\d\d|\d{4}-W\d\d-\d)(?:T(?:MO|MI|AF|EV|NI|DT|[012]\d(?::[0-5]\d){0,2}(?:Z|[+-]\d\d:\d\d)?))?",
    re.ASCII,
)
DURATION = re.compile(r"P(?=.)(\d+(\.\d+)?[YMWD])*(T(\d+(\.\d+)?[HMS])+)?", re.ASCII)


def is_date(value: str) -> bool:
    """True for a year, month, week, weekend or day that the calendar has, also with a time of day, or an interval.

    An interval is two of them parted by a slash, the earlier first.
    """
    parts = value.split("/")
    days = [day for day in map(first_day, parts) if day is not None]
    if len(days) < len(parts) or len(parts) > 2:
        return False
    return days[0] <= days[-1] or parts[0].startswith(parts[-1])


def first_day(value: str) -> date | None:
    """The day with which a date begins; None if it is none."""
    try:
        if found := YEAR.fullmatch(value):
            return date(int(found[1] or found[2].ljust(4, "0")), 1, 1)
        if MONTH.fullmatch(value):
            return date.fromisoformat(f"{value}-01")
        if found := WEEK.fullmatch(value):
            return date.fromisoformat(f"{found[1]}-1")
        found = DAY.fullmatch(value)
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def is_duration(value: str) -> bool:
    """True for a length of time in ISO 8601, as ``P2W``."""
    return DURATION.fullmatch(value) is not None
