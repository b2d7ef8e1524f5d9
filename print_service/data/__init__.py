"""Dated data: rates, calendar, file layouts, sentences for rule keys."""
