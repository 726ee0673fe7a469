"""Presets: what a company of an industry starts with, over all rooms. Everything is made through operations."""

from crm.industries.finance import FINANCE
from crm.industries.manufacturing import MANUFACTURING
from crm.industries.plan import Industry
from crm.industries.retail import RETAIL

INDUSTRIES: dict[str, Industry] = {industry.code: industry for industry in (MANUFACTURING, RETAIL, FINANCE)}

__all__ = ["INDUSTRIES", "Industry"]
