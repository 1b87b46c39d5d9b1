"""Permit registers in: tables of every kind to permits and sites, with a word about every row that is odd.

Names of people and companies in a register are never kept. Files are opened here and nowhere below.
"""

from imagery.registers.problems import RowProblem, Severity, write_problems
from imagery.registers.profile import ColumnProfile, load_profile, save_profile, shipped_profiles
from imagery.registers.reading import read_register
from imagery.registers.register import Register, register_report

__all__ = [
    "ColumnProfile",
    "Register",
    "RowProblem",
    "Severity",
    "load_profile",
    "read_register",
    "register_report",
    "save_profile",
    "shipped_profiles",
    "write_problems",
]
