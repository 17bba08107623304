"""Figures as workbooks with live formulas: of an initiative's value, and of the program's return.

Whatever a formula can give is one; what only draws give (ranges, effects read together) is a stored value and
says so. See decision 46.
"""

from reports.workbooks.program import program_workbook
from reports.workbooks.roi import roi_workbook

__all__ = ["program_workbook", "roi_workbook"]
