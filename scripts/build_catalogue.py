"""Builds the catalogue of machine types from JURA's own machine definitions.

The definitions are the XML files of JURA's app J.O.E., and its list of articles. Both come with the package
jura-connect; only its data folder is read, none of its code runs. What is written, and in which form, says
`custom_components/jura/machine/catalogue.py`, which reads it: facts only, no pictures, no text numbers, no comments.

Whatever this builder does not understand it refuses, with the place and the reason: a catalogue with a hole would make
a machine do something else than what was asked for. So a new bundle of definitions that brings something new fails
here, at the desk, and not in somebody's kitchen. What JURA's files get wrong is repaired by name: see the quirks.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce
import importlib.metadata
import json
from operator import or_
from pathlib import Path
import re
import sys
from typing import NamedTuple
import xml.etree.ElementTree as ET

PACKAGE = "jura-connect"
TARGET = Path(__file__).parents[1] / "custom_components" / "jura" / "machine" / "catalogue"

type Json = dict[str, Json] | list[Json] | str | int | bool | None


# --- Quirks: what JURA's files get wrong, each by name --------------------------------------------------------------

NOT_MACHINES = {"EF0000", "EF_MASTER", "EFTESTNP"}
"""JURA's commented template, the master that files are copied from, and a test file."""

DEFAULTS = {("EF562", "11", "TEMPERATURE"): 0x01}
"""The default is not among the items, so the lowest item is. (Code, product, element)."""

LOST_DOUBLES = {("EF1143", "30"), ("EF567_C", "29")}
"""The double of the first names a product that the file doesn't have, the second names itself."""

COUNTER_SLOTS = {("EF545", "31"): 0x12, ("EF545", "36"): 0x13}
"""Only the app's code says that the Z10 counts these doubles under the codes of older ones; seen on hardware."""

ABSENT_PROGRAMS = {"CappuRinse", "CappuClean"}
"""Alerts of machines without a milk system name these though the file doesn't declare them; such names are dropped."""

PLACEHOLDER = "XY"
"""Stands in links that JURA never filled in."""

COPIED_FROM_TEMPLATE = {"EF1123", "EF1124", "EF1125", "EF1143", "EF1171"}
TEMPLATE_LINKS = (
    "www.jura.com/manual-giga6",
    "www.jura.com/yt-giga6",
    "www.jura.com/joe-main",
    "www.jura.com/manual-e8v18",
)
"""These files still carry links of the template, which lead to the manuals of a GIGA 6 and of an E8."""


# --- What may stand in a definition ---------------------------------------------------------------------------------


class Shape(NamedTuple):
    """The elements and attributes that may stand in an element, read or knowingly left aside."""

    elements: str
    attributes: str


_ARGUMENT = "Text Argument ProgressAdjust PictureProgressFrom PictureProgressTo"
_RANGE = Shape("", f"{_ARGUMENT} Value Min Max Step TextUnit")
_CHOICE = Shape("ITEM", f"{_ARGUMENT} Default")
_FLAGS = "xtrashot double powder coldbrew strongcoldbrew sweetfoam fakesweetfoam lightbrew chocolate XL"
_BUTTON = (
    "Name Pos Text MessageText Title Type Picture ProcessButton Process Progress Video_Text VideoURL Shop_Text ShopURL"
    " PDF_Text PDFURL DismissCheckbox CancelButton"
)

SHAPES = {
    "JOE": Shape(
        "PRODUCTS MULTIPLE_PRESELECTS STATISTIC ALERTS PROGRESS_STATE_INTAKE PROCESSES MACHINESETTINGS"
        " MAINTENANCEINSTRUCTIONS PREDICTIVEMAINTENANCE MAINTENANCELIFETIME MANUALS MACHINEMANIFEST WIFIONBOARDING"
        " QUALITY_ASSISTANT",
        "Version Group dated schemaLocation",
    ),
    "PRODUCTS": Shape("TOTALCOUNTER PRODUCT", ""),
    "TOTALCOUNTER": Shape("", "Code Name Text PosCSV"),
    "PRODUCT": Shape(
        "PRESELECTION IDLE_SCREEN GRINDER_RATIO COFFEE_STRENGTH WATER_AMOUNT MILK_AMOUNT MILK_FOAM_AMOUNT TEMPERATURE"
        " STROKE BYPASS MILK_BREAK MILK_FOAM_TEMP MILK_TEMP GRINDER_FREENESS",
        "Code Name Text P_Kind Active DoubleProduct PosIdle PosRondel PosCSV PieChart PictureIdle PictureProgress"
        " ProductSettings Coffeetimer",
    ),
    "IDLE_SCREEN": Shape("JOE_PRODUCT", ""),
    "JOE_PRODUCT": Shape("", _FLAGS),
    "PRESELECTION": Shape("", f"{_FLAGS} PModeAdjust"),
    "GRINDER_RATIO": _CHOICE,
    "COFFEE_STRENGTH": Shape("ITEM", f"{_CHOICE.attributes} PModeAdjust"),
    "WATER_AMOUNT": _RANGE,
    "MILK_AMOUNT": _RANGE,
    "MILK_FOAM_AMOUNT": _RANGE,
    "TEMPERATURE": _CHOICE,
    "STROKE": _RANGE,
    "BYPASS": Shape("", f"{_RANGE.attributes} Tacho"),
    "MILK_BREAK": _RANGE,
    "MILK_FOAM_TEMP": _RANGE,
    "MILK_TEMP": _RANGE,
    "GRINDER_FREENESS": _CHOICE,
    "ITEM": Shape("", "Name Value Text"),
    "MULTIPLE_PRESELECTS": Shape("COMBINATION", ""),
    "COMBINATION": Shape("", _FLAGS),
    "STATISTIC": Shape("BANK PRODUCTCOUNTER DAILYCOUNTER MAINTENANCEPAGE", ""),
    "PRODUCTCOUNTER": Shape("BANK", ""),
    "DAILYCOUNTER": Shape("BANK", "Reset"),
    "MAINTENANCEPAGE": Shape("BANK", ""),
    "BANK": Shape("TEXTITEM", "Command Name CommandArgument"),
    "TEXTITEM": Shape("", "Type Text"),
    "ALERTS": Shape("ALERT", ""),
    "ALERT": Shape(
        "",
        "Bit Name Title Message Picture Type Blocked Disabled Process ProcessButton ShopButton ShopURL CancelButton",
    ),
    "PROGRESS_STATE_INTAKE": Shape("ENJOYSCREEN STATE", ""),
    "ENJOYSCREEN": Shape("", "Value Name Title Message"),
    "STATE": Shape("", "Value Name Title Message Picture Progress AcceptCommand"),
    "PROCESSES": Shape("PROCESS", ""),
    "PROCESS": Shape("", "Type ExecuteCommand Title Message Progress Picture PDF_Text PDFURL Video_Text VideoURL"),
    "MACHINESETTINGS": Shape("BANK SLIDER SWITCH COMBOBOX", "Productprogramming NumberOfSlotsForProductProgramming"),
    "SLIDER": Shape("ITEM", "Name SliderType Pos P_Argument Text Default Min Max Step TextUnit Mask"),
    "SWITCH": Shape("ITEM", "Name Pos P_Argument Text Default Mask"),
    "COMBOBOX": Shape("ITEM", "Name Pos P_Argument Text Default Read"),
    "MAINTENANCEINSTRUCTIONS": Shape("BUTTON", ""),
    "BUTTON": Shape("", _BUTTON),
    "PREDICTIVEMAINTENANCE": Shape("PREDICTIVEBUTTON", ""),
    "PREDICTIVEBUTTON": Shape("", f"{_BUTTON} Threshold"),
    "MAINTENANCELIFETIME": Shape("LIFETIME", ""),
    "LIFETIME": Shape("", f"{_BUTTON} Lifetime"),
    "MANUALS": Shape("LINK", ""),
    "LINK": Shape("", "Name URL"),
    "MACHINEMANIFEST": Shape("CAPABILITIES WORLD", ""),
    "CAPABILITIES": Shape(
        "",
        "IntakeF18 LanguageDownload BinaryLanguageDownload LanguageDownloadBlock CoffeeTimerGrinderFreenessSetting",
    ),
    "WORLD": Shape("", "Name Text Picture"),
    "WIFIONBOARDING": Shape("", "SkipLeavePmodeStep FirstConnectText WiFi2Support CoffeeTimerGrinderFreenessSetting"),
    "QUALITY_ASSISTANT": Shape("QUALITY", ""),
    "QUALITY": Shape("", "Value Name Title Description Text Picture Priority"),
}

ALWAYS = {
    ("JOE", "Version"): "2",
    ("TOTALCOUNTER", "Code"): "00",
    ("PRESELECTION", "PModeAdjust"): "false",
    ("COFFEE_STRENGTH", "PModeAdjust"): "false",
    ("DAILYCOUNTER", "Reset"): "@TF:05",
    ("STATE", "Progress"): "true",
}
"""Attributes that the catalogue leaves out because they say the same everywhere."""


# --- Drinks ---------------------------------------------------------------------------------------------------------

KINDS = {"C": "coffee", "CM": "coffee_and_milk", "M": "milk", "T": "water", "P": "powder"}

DRINKS = {
    ("01", "ristretto"): "ristretto",
    ("02", "espresso"): "espresso",
    ("03", "coffee"): "coffee",
    ("04", "cappuccino"): "cappuccino",
    ("05", "milkcoffee"): "milk_coffee",
    ("05", "cafe latte"): "caffe_latte",
    ("06", "espresso macchiato"): "espresso_macchiato",
    ("07", "latte macchiato"): "latte_macchiato",
    ("08", "milk foam"): "milk_foam",
    ("08", "milk"): "milk",
    ("0A", "milk"): "milk",
    ("0A", "milk portion"): "milk",
    ("0C", "pot"): "pot",
    ("0C", "pot big"): "pot_big",
    ("0D", "hotwater portion"): "hot_water",
    ("0F", "powderproduct"): "powder_product",
    ("11", "2 ristretti"): "two_ristretti",
    ("12", "2 espressi"): "two_espressi",
    ("13", "2 coffee"): "two_coffee",
    ("14", "2 cappuccini"): "two_cappuccini",
    ("14", "2 cappuccino"): "two_cappuccini",
    ("15", "2 milkcoffee"): "two_milk_coffee",
    ("16", "2 espresso macchiati"): "two_espresso_macchiati",
    ("16", "2 espresso macchiato"): "two_espresso_macchiati",
    ("17", "2 latte macchiati"): "two_latte_macchiati",
    ("17", "2 latte macchiato"): "two_latte_macchiati",
    # EF565 and EF565_C leave out the 2; text number, picture and DoubleProduct are those of two.
    ("17", "latte macchiato"): "two_latte_macchiati",
    ("18", "2 milk foam"): "two_milk_foam",
    ("1A", "2 milk"): "two_milk",
    ("1A", "2 milk portion"): "two_milk",
    ("1A", "2 portion milk"): "two_milk",
    ("1B", "long black"): "long_black",
    ("1C", "chocolate milkfoam"): "chocolate_milk_foam",
    ("1D", "2 long black"): "two_long_black",
    ("28", "americano"): "americano",
    ("28", "cafe barista"): "cafe_barista",
    ("28", "cafe barista / americano"): "cafe_barista",
    ("28", "coffee speed 1"): "coffee_speed_1",
    ("29", "americano"): "americano",
    ("29", "barista lungo"): "barista_lungo",
    ("29", "coffee speed 2"): "coffee_speed_2",
    ("29", "lungo"): "lungo",
    ("2A", "mocaccino"): "mocaccino",
    ("2B", "cortado"): "cortado",
    ("2C", "sweet latte"): "sweet_latte",
    ("2D", "hotwater portion(green tea)"): "hot_water_green_tea",
    ("2E", "flat white"): "flat_white",
    ("2F", "coffee special"): "coffee_special",
    ("30", "espresso doppio"): "espresso_doppio",
    ("31", "2 espressi"): "two_espressi",
    ("31", "2 espresso"): "two_espressi",
    ("32", "americano"): "americano",
    ("32", "espresso big"): "espresso_big",
    ("32", "xl lungo"): "xl_lungo",
    ("33", "coffee big"): "coffee_big",
    ("33", "coffee special"): "coffee_special",
    ("34", "cappuccino big"): "cappuccino_big",
    ("35", "milkcoffee big"): "milk_coffee_big",
    ("36", "2 coffee"): "two_coffee",
    ("37", "latte macchiato big"): "latte_macchiato_big",
    ("37", "xl latte macchiato"): "xl_latte_macchiato",
    ("38", "2 americano"): "two_americano",
    ("38", "2 cafe barista"): "two_cafe_barista",
    ("38", "2 coffee speed 1"): "two_coffee_speed_1",
    ("39", "2 americano"): "two_americano",
    ("39", "2 barista lungo"): "two_barista_lungo",
    ("39", "2 coffee speed 2"): "two_coffee_speed_2",
    ("39", "2 lungo"): "two_lungo",
    ("3A", "milk big"): "milk_big",
    ("3B", "2 cortado"): "two_cortado",
    # The app shows it under the same text number as "Pot Big".
    ("3C", "pot 2 speed"): "pot_big",
    ("3D", "hotwater portion big"): "hot_water_big",
    ("3D", "hotwater portion(black tea)"): "hot_water_black_tea",
    ("3E", "2 flat white"): "two_flat_white",
    ("3F", "2 coffee special"): "two_coffee_special",
}
"""Code and tidied name of every product to its slug. A code alone says too little: 29 names four different drinks."""

NAMES = {
    "americano": "Americano",
    "barista_lungo": "Barista Lungo",
    "cafe_barista": "Cafe Barista",
    "caffe_latte": "Caffè latte",
    "cappuccino": "Cappuccino",
    "cappuccino_big": "Large cappuccino",
    "chocolate_milk_foam": "Chocolate milk foam",
    "coffee": "Coffee",
    "coffee_big": "Large coffee",
    "coffee_special": "Coffee special",
    "coffee_speed_1": "Coffee speed 1",
    "coffee_speed_2": "Coffee speed 2",
    "cortado": "Cortado",
    "espresso": "Espresso",
    "espresso_big": "Large espresso",
    "espresso_doppio": "Espresso doppio",
    "espresso_macchiato": "Espresso macchiato",
    "flat_white": "Flat White",
    "hot_water": "Hot water",
    "hot_water_big": "Large hot water",
    "hot_water_black_tea": "Hot water for black tea",
    "hot_water_green_tea": "Hot water for green tea",
    "latte_macchiato": "Latte macchiato",
    "latte_macchiato_big": "Large latte macchiato",
    "long_black": "Long Black",
    "lungo": "Lungo",
    "milk": "Milk",
    "milk_big": "Large milk",
    "milk_coffee": "Milk coffee",
    "milk_coffee_big": "Large milk coffee",
    "milk_foam": "Milk foam",
    "mocaccino": "Mocaccino",
    "pot": "Pot of coffee",
    "pot_big": "Large pot of coffee",
    "powder_product": "Powder product",
    "ristretto": "Ristretto",
    "sweet_latte": "Sweet Latte",
    "two_americano": "Two Americanos",
    "two_barista_lungo": "Two Barista Lungos",
    "two_cafe_barista": "Two Cafe Baristas",
    "two_cappuccini": "Two cappuccini",
    "two_coffee": "Two coffees",
    "two_coffee_special": "Two coffee specials",
    "two_coffee_speed_1": "Two coffees speed 1",
    "two_coffee_speed_2": "Two coffees speed 2",
    "two_cortado": "Two Cortados",
    "two_espresso_macchiati": "Two espresso macchiati",
    "two_espressi": "Two espressi",
    "two_flat_white": "Two Flat Whites",
    "two_latte_macchiati": "Two latte macchiati",
    "two_long_black": "Two Long Blacks",
    "two_lungo": "Two Lungos",
    "two_milk": "Two portions of milk",
    "two_milk_coffee": "Two milk coffees",
    "two_milk_foam": "Two milk foams",
    "two_ristretti": "Two ristretti",
    "xl_latte_macchiato": "XL latte macchiato",
    "xl_lungo": "XL Lungo",
}

PRESELECTIONS = {
    "powder": "powder",
    "xtrashot": "extra_shot",
    "sweetfoam": "sweet_foam",
    "fakesweetfoam": "fake_sweet_foam",
    "lightbrew": "light_brew",
    "coldbrew": "cold_brew",
    "strongcoldbrew": "strong_cold_brew",
    "chocolate": "chocolate",
    "XL": "xl",
}
DOUBLE = "double"


# --- Arguments ------------------------------------------------------------------------------------------------------


WHOLE, HIGH, LOW = "whole", "high", "low"


class Place(NamedTuple):
    """Where in the start command an argument stands: the byte (its number in the Bluetooth frame) and which half."""

    field: int
    nibble: str = WHOLE


PLACES = {
    "F2": Place(2),
    "F2_H": Place(2, HIGH),
    "F3": Place(3),
    "F4": Place(4),
    "F5": Place(5),
    "F6": Place(6),
    "F7": Place(7),
    "F8": Place(8),
    "F10": Place(10),
    "F11": Place(11),
    # The template says that _1 and _2 are the two halves, not which is which: an assumption, never tried.
    "F14_1": Place(14, HIGH),
    "F14_2": Place(14, LOW),
    "F17": Place(17),
}


class Parameter(NamedTuple):
    """What an argument element is about, and the places and the unit that it is known with."""

    slug: str
    places: str
    unit: str | None = None


PARAMETERS = {
    "GRINDER_RATIO": Parameter("grinder_ratio", "F2"),
    "COFFEE_STRENGTH": Parameter("strength", "F3"),
    "WATER_AMOUNT": Parameter("water", "F4", "ml"),
    "MILK_AMOUNT": Parameter("milk", "F5 F6", "s"),  # F6 on EF526 only
    "MILK_FOAM_AMOUNT": Parameter("milk_foam", "F6", "s"),
    "TEMPERATURE": Parameter("temperature", "F7"),
    "STROKE": Parameter("strokes", "F8", "count"),
    "BYPASS": Parameter("bypass", "F10", "ml"),
    "MILK_BREAK": Parameter("milk_break", "F11", "s"),
    # Ranges in the files, but they share a byte: here they become choices, whose values already stand in their half.
    "MILK_FOAM_TEMP": Parameter("milk_foam_temperature", "F14_1"),
    "MILK_TEMP": Parameter("milk_temperature", "F14_2"),
    "GRINDER_FREENESS": Parameter("grinder_freeness", "F17 F2_H"),
}

OPTION_LABELS = {
    "XMild": "Extra mild",
    "Mild": "Mild",
    "Normal": "Normal",
    "Ausgewogen": "Balanced",
    "Strong": "Strong",
    "Intensiv": "Intense",
    "XStrong": "Extra strong",
    "Low": "Low",
    "High": "High",
    "100_0": "100:0",
    "75_25": "75:25",
    "50_50": "50:50",
    "25_75": "25:75",
    "0_100": "0:100",
    **{str(number): str(number) for number in range(11)},
}


# --- Alerts, states, statistics -------------------------------------------------------------------------------------

ALERTS = {
    0: ("insert_drip_tray", "insert tray"),
    1: ("fill_water_tank", "fill water"),
    2: ("empty_grounds_container", "empty grounds"),
    3: ("empty_drip_tray", "empty tray"),
    4: ("insert_grounds_container", "insert coffee bin"),
    5: ("outlet_cover_missing", "outlet missing"),
    6: ("rear_cover_missing", "rear cover missing"),
    7: ("milk_alert", "milk alert"),
    8: ("fill_system", "fill system"),
    9: ("system_filling", "system filling"),
    10: ("fill_beans", "no beans"),
    11: ("welcome", "welcome"),
    12: ("heating_up", "heating up"),
    13: ("coffee_ready", "coffee ready"),
    14: ("no_milk", "no milk (milk sensor)"),
    15: ("milk_sensor_error", "error milk (milk sensor)"),
    16: ("milk_sensor_no_signal", "no signal (milk sensor)"),
    17: ("please_wait", "please wait"),
    18: ("coffee_rinsing", "coffee rinsing"),
    19: ("ventilation_closed", "ventilation closed"),
    20: ("close_powder_cover", "close powder cover"),
    21: ("fill_powder", "fill powder"),
    22: ("system_emptying", "system emptying"),
    23: ("not_enough_powder", "not enough powder"),
    24: ("remove_water_tank", "remove water tank"),
    25: ("press_rinse", "press rinse"),
    26: ("goodbye", "goodbye"),
    27: ("periphery_alert", "periphery alert"),
    28: ("powder_product", "powder product"),
    29: ("programming_mode", "program-mode status"),
    30: ("error", "error status"),
    31: ("enjoy", "enjoy product"),
    32: ("filter_change_due", "filter alert"),
    33: ("descaling_due", "decalc alert"),
    34: ("cleaning_due", "cleaning alert"),
    35: ("milk_rinse_due", "cappu rinse alert"),
    36: ("energy_saving", "energy safe"),
    37: ("filter_fitted", "active RF filter"),
    38: ("remote_screen", "RemoteScreen"),
    39: ("keys_locked", "LockedKeys"),
    40: ("close_tap", "close tab"),
    41: ("milk_clean_due", "cappu clean alert"),
    42: ("milk_clean_info", "Info - cappu clean alert"),
    43: ("cleaning_info", "Info - coffee clean alert"),
    44: ("descaling_info", "Info - decalc alert"),
    45: ("filter_change_info", "Info - filter used up alert"),
    46: ("steam_ready", "steam ready"),
    47: ("switch_off_delay", "SwitchOff Delay active"),
    48: ("close_front_cover", "close front cover"),
    49: ("fill_beans_left", "left bean alert"),
    50: ("fill_beans_right", "right bean alert"),
    53: ("empty_grounds_container_timer", "empty grounds RTC"),
    54: ("display_unit", "ML/OZ status"),
    55: ("open_tap", "Open Tap", "open tab"),
    56: ("cup_detected", "Coffee Eye (cup detected)"),
}
"""Bit of the status word to its slug and the names that the files have for it."""

STATE, BLOCKING, INFORMATION, MAINTENANCE = "state", "blocking", "information", "maintenance"
SEVERITIES = {None: STATE, "block": BLOCKING, "info": INFORMATION, "ip": MAINTENANCE}
DUE_BITS = {32, 33, 34, 35, 41}
"""They announce a maintenance program even where the app doesn't offer to start it (info instead of ip)."""
BLOCKED = {"C", "M", "CM", "TM"}
EVERYTHING = "*"

ENJOY_STATE = 0x3E
STATES = bytes.fromhex(
    "01 02 03 04 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13 14 15 16 17 18 19 1E 1F 20 21 22 23 24 25 26 2D 2E 2F 4A 4B"
    " 50 51 52 53 54 55 56 5A 5C 5D 60 61 62 63 65 66 67 70 71 72 73 74 75 76 90 91 92 93 94 95 9A 9B A1 A2 A3 A4"
    " C7 C9 E1 E2 E3 E4 E5 E6 EF FE FF"
)
ACCEPT_COMMANDS = {0x26: "@TG:10", 0x75: "@TG:10", 0x92: "@TG:04", 0x94: "@TG:04"}

BANKS = {
    "@TR:32": "products",
    "@TR:33": "products_overflow",
    "@TR:34": "barista",
    "@TR:35": "barista_overflow",
    "@TR:42": "daily",
    "@TR:43": "daily_overflow",
    "@TR:44": "daily_barista",
    "@TR:45": "daily_barista_overflow",
    "@TR:52": "special",
    "@TR:53": "special_overflow",
}
LOCK_COMMANDS = {"@TS:00", "@TS:01"}
COUNTERS = "@TG:43"
PERCENTAGES = "@TG:C0"


PROGRAMS = {
    "CappuClean": ("milk_clean", "@TG:21"),
    "CoffeeRinse": ("coffee_rinse", "@TG:22"),
    "CappuRinse": ("milk_rinse", "@TG:23"),
    "Cleaning": ("cleaning", "@TG:24"),
    "Decalc": ("descaling", "@TG:25"),
    "FilterChange": ("filter_change", "@TG:26"),
}


# --- Settings -------------------------------------------------------------------------------------------------------

SETTINGS = {
    ("02", "Hardness"): "water_hardness",
    ("04", "MilkRinsing"): "milk_rinsing",
    ("07", "ESM"): "energy_saving",
    ("08", "Units"): "units",
    ("09", "Language"): "language",
    ("0A", "DisplayBrightnessSetting"): "display_brightness",
    ("13", "AutoOFF"): "auto_off",
    ("1E", "Operating instructions"): "operating_instructions",
    ("1F", "TimeFormat"): "time_format",
    ("25", "External Language"): "external_language",
    ("61", "Coffee Eye"): "coffee_eye",
    ("62", "Frother Instructions"): "frother_instructions",
    ("63", "Grinder Instructions"): "grinder_instructions",
    ("63", "Aroma Control Instructions"): "grinder_instructions",
    ("64", "Sweet Foam Instructions"): "sweet_foam_instructions",
    ("65", "Brewing Mode"): "brewing_mode",
    ("7D", "Easy Mode"): "easy_mode",
    ("7E", "Quality Assistant"): "quality_assistant",
}

_ON_OFF = {
    "On": "On",
    "Off": "Off",
    "Active": "On",
    "Inactive": "Off",
    "active": "On",
    "inactive": "Off",
}

SETTING_LABELS = {
    "water_hardness": {f"Step {step}": f"Step {step}" for step in range(1, 5)},
    "milk_rinsing": {"Automatic": "Automatic", "Manual": "Manual"},
    "energy_saving": _ON_OFF,
    "units": {"ML": "ml", "OZ": "oz"},
    "language": {
        "German": "German",
        "English": "English",
        "French": "French",
        "Italian": "Italian",
        "Dutch": "Dutch",
        "Hollandisch": "Dutch",
        "Spanish": "Spanish",
        "Portuguese": "Portuguese",
        "Russian": "Russian",
        "Swedish": "Swedish",
        "Polish": "Polish",
        "Esti": "Estonian",
        "Chinese": "Chinese",
        "Czech": "Czech",
    },
    "display_brightness": {str(percent): f"{percent} %" for percent in range(10, 101, 10)},
    "auto_off": {
        "15min": "15 min",
        "30min": "30 min",
        **{f"{hours}h": f"{hours} h" for hours in range(1, 10)},
    },
    "operating_instructions": _ON_OFF,
    "time_format": {"24_Hour": "24 h", "AM_PM": "AM/PM"},
    "external_language": _ON_OFF,
    "coffee_eye": _ON_OFF,
    "frother_instructions": _ON_OFF,
    "grinder_instructions": _ON_OFF,
    "sweet_foam_instructions": _ON_OFF,
    "brewing_mode": {
        "Ask": "Ask",
        "Classic": "Classic",
        "Light": "Light",
        "Cold": "Cold",
        "Sweet": "Sweet",
        **{f"Profile{number}": f"Profile {number}" for number in range(1, 5)},
    },
    "easy_mode": {"caffeineRegulator": "Caffeine regulator", "coffeeStrength": "Coffee strength"},
    "quality_assistant": _ON_OFF,
}


# --- Articles -------------------------------------------------------------------------------------------------------

TYPE_HINTS = {5, 6, 9, 13, 14, 17, 18}
"""The values of the undocumented last column of the list of articles."""


# --- Reading XML strictly -------------------------------------------------------------------------------------------


class Refusal(Exception):
    """The sources hold something that this builder does not understand."""


@contextmanager
def inside(place: str) -> Iterator[None]:
    """Tell in a refusal which place it is about."""
    try:
        yield
    except Refusal as refusal:
        raise Refusal(f"{place}: {refusal}") from refusal


def parse(path: Path) -> ET.Element:
    """Read a definition without its namespace and make sure that nothing unknown stands in it."""
    try:
        # What is read comes with a package of known version.
        root = ET.fromstring(without_declaration(path.read_text("utf-8-sig")))  # noqa: S314
    except (UnicodeDecodeError, ET.ParseError) as error:
        raise Refusal(f"not readable as XML: {error}") from error
    for element in root.iter():
        element.tag = local_name(element.tag)
        element.attrib = {local_name(name): value for name, value in element.attrib.items()}
    if root.tag != "JOE":
        raise Refusal(f"unknown root element {root.tag}")
    check_shape(root)
    return root


def without_declaration(document: str) -> str:
    """Return XML without its first line: JURA counts versions of its own in there, which newer parsers refuse."""
    return re.sub(r"^\s*<\?xml [^>]*\?>", "", document)


def local_name(name: str) -> str:
    """Return a name without its namespace."""
    return name.rpartition("}")[2]


def check_shape(element: ET.Element) -> None:
    """Refuse elements and attributes that nobody has looked at yet."""
    shape = SHAPES[element.tag]
    for name, value in element.attrib.items():
        if name not in shape.attributes.split():
            raise Refusal(f"unknown attribute {name} in element {element.tag}")
        if value != ALWAYS.get((element.tag, name), value):
            raise Refusal(f"unknown {name} {value!r} in element {element.tag}")
    for child in element:
        if child.tag not in shape.elements.split():
            raise Refusal(f"unknown element {child.tag} in {element.tag}")
        check_shape(child)


def text(element: ET.Element, name: str) -> str:
    """Return an attribute that must be there, without stray spaces."""
    value = element.get(name)
    if value is None:
        raise Refusal(f"element {element.tag} has no {name}")
    return " ".join(value.split())


def decimal(element: ET.Element, name: str) -> int:
    """Return an attribute as a decimal number."""
    value = text(element, name)
    if not re.fullmatch(r"\d{1,4}", value):
        raise Refusal(f"{name} {value!r} of {element.tag} is not a decimal number")
    return int(value)


def hexadecimal(element: ET.Element, name: str) -> int:
    """Return an attribute of two hexadecimal digits as a number."""
    value = text(element, name)
    if not re.fullmatch(r"[0-9A-F]{2}", value):
        raise Refusal(f"{name} {value!r} of {element.tag} is not a hexadecimal byte")
    return int(value, 16)


def flag(element: ET.Element, name: str, default: bool | None = None) -> bool:
    """Return an attribute that is true or false; without a default it must be there."""
    if default is not None and name not in element.attrib:
        return default
    return look_up({"true": True, "false": False}, element, name)


def look_up[T](table: Mapping[str, T], element: ET.Element, name: str) -> T:
    """Return what an attribute's value means."""
    value = text(element, name)
    if value not in table:
        raise Refusal(f"unknown {name} {value!r} in element {element.tag}")
    return table[value]


def only(parent: ET.Element, tag: str) -> ET.Element | None:
    """Return an element that may stand there once, if at all."""
    elements = parent.findall(tag)
    if len(elements) > 1:
        raise Refusal(f"more than one {tag}")
    return elements[0] if elements else None


def section(parent: ET.Element, tag: str) -> ET.Element:
    """Return a section, or an empty one where the definition hasn't got it."""
    found = only(parent, tag)
    return ET.Element(tag) if found is None else found


def byte(value: int) -> str:
    """Return a number as the catalogue and all of JURA's documents write it."""
    return f"{value:02X}"


def unique(values: Sequence[object], what: str) -> None:
    """Refuse a list in which something stands twice."""
    if repeated := [value for value, count in Counter(values).items() if count > 1]:
        raise Refusal(f"{what} {repeated[0]!r} stands there twice")


# --- Products -------------------------------------------------------------------------------------------------------


class Arguments:
    """The different arguments of one definition. Most products share theirs, so that each stands there once, by name."""

    def __init__(self) -> None:
        """Begin without any."""
        self.entries: dict[str, Json] = {}

    def name(self, parameter: str, entry: Json) -> str:
        """Return the name of an argument: `water`, `water#2` and so on, in the order of their appearance."""
        number = 1
        while self.entries.setdefault(name := numbered(parameter, "#", number), entry) != entry:
            number += 1
        return name


def numbered(name: str, separator: str, number: int) -> str:
    """Return a name for the first of its kind, and with its number for any other."""
    return name if number == 1 else f"{name}{separator}{number}"


def products(root: ET.Element, code: str, shared: Arguments) -> dict[str, Json]:
    """Return all products in display order, the inactive ones too: they are counted, and are doubles of others."""
    elements = sorted(section(root, "PRODUCTS").findall("PRODUCT"), key=display_position)
    known_codes = {text(element, "Code") for element in elements}
    entries: dict[str, Json] = {}
    for element, slug in zip(elements, slugs(elements), strict=True):
        with inside(product_place(element)):
            entries[slug] = product(element, code, known_codes, shared)
    return entries


def slugs(elements: Sequence[ET.Element]) -> list[str]:
    """Return the slug of each product. Of those that share one the active keeps it, else the first; others get a number."""
    taken: Counter[str] = Counter()
    result = dict.fromkeys(elements, "")
    for element in sorted(elements, key=lambda element: not is_active(element)):
        with inside(product_place(element)):
            slug = drink(element)
        taken[slug] += 1
        result[element] = numbered(slug, "_", taken[slug])
    unique(list(result.values()), "slug")
    return list(result.values())


def product_place(element: ET.Element) -> str:
    """Return what a refusal calls a product."""
    return f"product {element.get('Code')} {element.get('Name')!r}"


def is_active(element: ET.Element) -> bool:
    """Tell whether the machine offers a product. It does unless the file says no."""
    return flag(element, "Active", default=True)


def display_position(element: ET.Element) -> int:
    """Return where the app shows a product: by position, those without one last, and else as the file has them."""
    return decimal(element, "PosIdle") if "PosIdle" in element.attrib else sys.maxsize


def product(element: ET.Element, code: str, known_codes: set[str], shared: Arguments) -> dict[str, Json]:
    """Return one product. What is usual is left out."""
    number = hexadecimal(element, "Code")
    entry: dict[str, Json] = {
        "code": byte(number),
        "name": NAMES[drink(element)],
        "kind": look_up(KINDS, element, "P_Kind"),
    }
    if not is_active(element):
        entry["active"] = False
    if flag(element, "DoubleProduct"):
        entry["is_double"] = True
    if (double := double_code(element, code, known_codes)) is not None:
        entry["double"] = double
    if (slot := COUNTER_SLOTS.get((code, byte(number)))) is not None:
        entry["counter_slot"] = byte(slot)
    if chosen := preselections(element):
        entry["preselections"] = [*chosen]
    if defaults := arguments(element, code, shared):
        entry["arguments"] = defaults
    return entry


def drink(element: ET.Element) -> str:
    """Return the slug of a product."""
    name = tidied(text(element, "Name"))
    slug = DRINKS.get((text(element, "Code"), name))
    if slug is None:
        raise Refusal(f"unknown product name {name!r} for code {text(element, 'Code')}")
    return slug


def tidied(name: str) -> str:
    """Return a product's name without the many ways of writing the same."""
    name = re.sub(r" ?\((only joe|joe only|normal)\)", "", name.casefold())
    name = re.sub(r"^2[x*]? ?", "2 ", name)
    return name.removeprefix("1 ")


def double_code(element: ET.Element, code: str, known_codes: set[str]) -> str | None:
    """Return the code of the product that makes two of this one."""
    selection = section(element, "PRESELECTION")
    double = selection.get(DOUBLE, "00")
    own = text(element, "Code")
    if double == "00" or (code, own) in LOST_DOUBLES:
        return None
    if double == own or double not in known_codes:
        raise Refusal(f"its double {double} is not another product of this definition")
    return double


def preselections(element: ET.Element) -> list[str]:
    """Return the preselections that a product can be made with."""
    selection = section(element, "PRESELECTION")
    return [slug for name, slug in PRESELECTIONS.items() if flag(selection, name, default=False)]


def combinations(root: ET.Element) -> list[Json]:
    """Return the preselections that may be chosen together. Rows that name but one say nothing and are left out."""
    names = {**PRESELECTIONS, DOUBLE: DOUBLE}
    rows = (
        [slug for name, slug in names.items() if flag(row, name, default=False)]
        for row in section(root, "MULTIPLE_PRESELECTS")
    )
    return [[*row] for row in rows if len(row) > 1]


class Argument(NamedTuple):
    """What may be chosen, what is chosen without a choice, and the bits that it takes."""

    entry: dict[str, Json]
    default: Json
    mask: int


def arguments(element: ET.Element, code: str, shared: Arguments) -> dict[str, Json]:
    """Return the names of a product's arguments with their defaults; no two of them may share bits of a byte."""
    defaults: dict[str, Json] = {}
    used: Counter[int] = Counter()
    for tag, parameter in PARAMETERS.items():
        if (child := only(element, tag)) is None:
            continue
        with inside(tag):
            place = place_of(child, parameter)
            entry, default, mask = argument(child, place, parameter.unit, (code, text(element, "Code"), tag))
            if used[place.field] & mask:
                raise Refusal(f"shares bits of byte {place.field} with another argument")
            used[place.field] |= mask
            defaults[shared.name(parameter.slug, {"field": place.field, **entry})] = default
    return defaults


def place_of(element: ET.Element, parameter: Parameter) -> Place:
    """Return where an argument stands, if it is known to stand there."""
    letter = text(element, "Argument")
    if letter not in parameter.places.split():
        raise Refusal(f"unknown argument {letter!r}")
    return PLACES[letter]


def argument(element: ET.Element, place: Place, unit: str | None, key: tuple[str, str, str]) -> Argument:
    """Return one argument: an amount, a level in half a byte, or a choice among items."""
    if unit is not None:
        return amount(element, place, unit)
    return level(element, place) if "Min" in element.attrib else choice(element, place, key)


def amount(element: ET.Element, place: Place, unit: str) -> Argument:
    """Return an argument with a range. Its numbers are decimal; on the wire stands value / step."""
    minimum, maximum, step, default = range_of(element)
    if place.nibble != WHOLE or maximum // step > 0xFF:
        raise Refusal(f"{maximum} / {step} is more than its place holds")
    return Argument({"unit": unit, "range": [minimum, maximum, step]}, default, 0xFF)


def level(element: ET.Element, place: Place) -> Argument:
    """Return a range that stands in half a byte, as a choice of values that already stand where they belong."""
    minimum, maximum, step, default = range_of(element)
    if place.nibble == WHOLE or maximum > 0xF:
        raise Refusal(f"the range up to {maximum} does not fit half a byte")
    shift = 4 if place.nibble == HIGH else 0
    labels = {number << shift: str(number) for number in range(minimum, maximum + 1, step)}
    return Argument(options(labels, place), byte(default << shift), 0xF << shift)


def range_of(element: ET.Element) -> tuple[int, int, int, int]:
    """Return minimum, maximum, step and default, if they fit together."""
    minimum, maximum, step, default = (decimal(element, name) for name in ("Min", "Max", "Step", "Value"))
    if step < 1 or minimum % step or maximum % step:
        raise Refusal(f"the range {minimum} to {maximum} is off its step {step}")
    if not minimum <= default <= maximum or default % step:
        raise Refusal(f"default {default} is not within {minimum} to {maximum} in steps of {step}")
    return minimum, maximum, step, default


def choice(element: ET.Element, place: Place, key: tuple[str, str, str]) -> Argument:
    """Return an argument with a list of items. Their values are hexadecimal and stand on the wire as they are."""
    labels = items(element)
    default = DEFAULTS.get(key, hexadecimal(element, "Default"))
    if default not in labels:
        raise Refusal(f"default {byte(default)} is not among the items")
    return Argument(options(labels, place), byte(default), reduce(or_, labels))


def items(element: ET.Element) -> dict[int, str]:
    """Return listed options by value. Where a value or a label is listed twice, the labels are those of the values."""
    listed = dict.fromkeys((hexadecimal(item, "Value"), look_up(OPTION_LABELS, item, "Name")) for item in element)
    values, labels = {value for value, _ in listed}, {label for _, label in listed}
    if not len(values) == len(labels) == len(element):
        if any(not label.isdecimal() for label in labels):
            raise Refusal("items stand there twice, and their labels are not numbers")
        return {value: str(value) for value in sorted(values)}
    return dict(sorted(listed))


def options(labels: dict[int, str], place: Place) -> dict[str, Json]:
    """Return the options of a choice, and which half of its byte they stand in."""
    entry: dict[str, Json] = {} if place.nibble == WHOLE else {"nibble": place.nibble}
    return {**entry, "options": {byte(value): label for value, label in labels.items()}}


# --- Alerts, states, statistics, programs ---------------------------------------------------------------------------


def alerts(root: ET.Element) -> dict[str, Json]:
    """Return what the bits of the status word mean on this machine type, in their order."""
    declared = {text(process, "Type") for process in section(root, "PROCESSES")}
    elements = sorted(section(root, "ALERTS"), key=lambda element: decimal(element, "Bit"))
    unique([decimal(element, "Bit") for element in elements], "bit")
    entries: dict[str, Json] = {}
    for element in elements:
        bit = decimal(element, "Bit")
        with inside(f"alert {bit}"):
            entries[str(bit)] = [*alert(element, bit, declared)]
    return entries


def alert(element: ET.Element, bit: int, declared: set[str]) -> list[str]:
    """Return slug, severity, kinds that it blocks and program of one alert, without what is empty at the end."""
    slug, *names = ALERTS.get(bit, ("",))
    if text(element, "Name") not in names:
        raise Refusal(f"unknown alert name {text(element, 'Name')!r}")
    kind = element.get("Type")
    if kind not in SEVERITIES:
        raise Refusal(f"unknown Type {kind!r}")
    severity = MAINTENANCE if kind == "info" and bit in DUE_BITS else SEVERITIES[kind]
    entry = [slug, severity, blocks(element, severity), alert_program(element, declared)]
    while not entry[-1]:
        entry.pop()
    return entry


def blocks(element: ET.Element, severity: str) -> str:
    """Return the kinds that an alert stops: for JURA, all that share a letter with what it names."""
    token = element.get("Blocked")
    if token is None:
        return EVERYTHING if severity == BLOCKING else ""
    if token not in BLOCKED:
        raise Refusal(f"unknown Blocked {token!r}")
    if severity == STATE:
        raise Refusal("a state that blocks products")
    return " ".join(slug for kind, slug in KINDS.items() if set(kind) & set(token))


def alert_program(element: ET.Element, declared: set[str]) -> str:
    """Return the maintenance program that an alert leads to, if the machine type has it."""
    if "Process" not in element.attrib:
        return ""
    slug, _ = look_up(PROGRAMS, element, "Process")
    name = text(element, "Process")
    if name in declared:
        return slug
    if name not in ABSENT_PROGRAMS:
        raise Refusal(f"it names the process {name}, which is not declared")
    return ""


def accept_commands(root: ET.Element) -> dict[str, Json]:
    """Return the commands that confirm some of the progress states, none of which may be unknown."""
    intake = section(root, "PROGRESS_STATE_INTAKE")
    present = [hexadecimal(element, "Value") for element in intake.findall("STATE")]
    unique(present, "state")
    if unknown := sorted(set(present) - set(STATES)):
        raise Refusal(f"unknown state {byte(unknown[0])}")
    commands: dict[str, Json] = {}
    for element in intake.findall("STATE[@AcceptCommand]"):
        value, command = hexadecimal(element, "Value"), text(element, "AcceptCommand")
        if ACCEPT_COMMANDS.get(value) != command:
            raise Refusal(f"unknown accept command {command!r} for state {byte(value)}")
        commands[byte(value)] = command
    enjoy = [hexadecimal(element, "Value") for element in intake.findall("ENJOYSCREEN")]
    if enjoy != [ENJOY_STATE]:
        raise Refusal("the end of a drink is not state 3E")
    return commands


def banks(root: ET.Element) -> list[Json]:
    """Return the counter banks that the file declares."""
    statistic = section(root, "STATISTIC")
    for element in statistic.findall("BANK"):
        if text(element, "Command") not in LOCK_COMMANDS:
            raise Refusal(f"unknown bank command {text(element, 'Command')!r} in STATISTIC")
    declared = [
        look_up(BANKS, element, "Command")
        for tag in ("PRODUCTCOUNTER", "DAILYCOUNTER")
        for element in section(statistic, tag)
    ]
    unique(declared, "bank")
    return [slug for slug in BANKS.values() if slug in declared]


def maintenance_fields(root: ET.Element, command: str) -> list[str]:
    """Return the programs in the order in which a maintenance reply has them."""
    page = section(section(root, "STATISTIC"), "MAINTENANCEPAGE")
    elements = {text(bank, "Command"): bank for bank in page}
    if elements.keys() != {COUNTERS, PERCENTAGES}:
        raise Refusal(f"unknown bank commands in MAINTENANCEPAGE: {' '.join(sorted(elements))}")
    fields = [look_up(PROGRAMS, item, "Type")[0] for item in elements[command]]
    unique(fields, "field")
    return fields


class ProgramSources(NamedTuple):
    """The elements that say something about maintenance programs, by the name of the program."""

    processes: dict[str, ET.Element]
    instructions: dict[str, ET.Element]
    predictions: dict[str, ET.Element]
    lifetimes: dict[str, ET.Element]


def programs(root: ET.Element, code: str) -> dict[str, Json]:
    """Return what the file says about each maintenance program that the machine type has."""
    sources = ProgramSources(
        by_program(root, "PROCESSES", "Type"),
        by_program(root, "MAINTENANCEINSTRUCTIONS", "Type"),
        by_program(root, "PREDICTIVEMAINTENANCE", "Name"),
        by_program(root, "MAINTENANCELIFETIME", "Name"),
    )
    counted = {*maintenance_fields(root, COUNTERS), *maintenance_fields(root, PERCENTAGES)}
    return {
        slug: program(name, sources, code)
        for name, (slug, _) in PROGRAMS.items()
        if slug in counted or any(name in elements for elements in (sources[0], *sources[2:]))
    }


def by_program(root: ET.Element, tag: str, attribute: str) -> dict[str, ET.Element]:
    """Return the elements of a section by the program that they are about."""
    elements = list(section(root, tag))
    for element in elements:
        look_up(PROGRAMS, element, attribute)
    unique([text(element, attribute) for element in elements], f"program in {tag}")
    return {text(element, attribute): element for element in elements}


def program(name: str, sources: ProgramSources, code: str) -> dict[str, Json]:
    """Return one maintenance program. What it hasn't got is left out."""
    entry: dict[str, Json] = {}
    if (process := sources.processes.get(name)) is not None:
        command = text(process, "ExecuteCommand")
        if command != PROGRAMS[name][1]:
            raise Refusal(f"unknown command {command!r} for process {name}")
        entry["command"] = command
        if flag(process, "Progress"):
            entry["shows_progress"] = True
    if (prediction := sources.predictions.get(name)) is not None:
        entry["warn_at"] = decimal(prediction, "Threshold")
    if (lifetime := sources.lifetimes.get(name)) is not None:
        entry["lifetime_days"] = decimal(lifetime, "Lifetime")
    for key, attribute in (("manual_url", "PDFURL"), ("video_url", "VideoURL"), ("shop_url", "ShopURL")):
        links = (link(elements[name], attribute, code) for elements in sources if name in elements)
        if (found := next(filter(None, links), None)) is not None:
            entry[key] = found
    return entry


def link(element: ET.Element, attribute: str, code: str) -> str | None:
    """Return a link without its scheme, unless JURA forgot to fill it in."""
    address = element.get(attribute, "").strip().removeprefix("https://")
    if not address or PLACEHOLDER in address:
        return None
    if code in COPIED_FROM_TEMPLATE and address.startswith(TEMPLATE_LINKS):
        return None
    if not address.startswith("www.jura.com/"):
        raise Refusal(f"unknown {attribute} {address!r}")
    return address


# --- Settings -------------------------------------------------------------------------------------------------------


def settings(root: ET.Element) -> dict[str, Json]:
    """Return the machine's own settings in the app's order. Their defaults are not used: their bases are mixed."""
    elements = [element for element in section(root, "MACHINESETTINGS") if element.tag != "BANK"]
    unique([text(element, "P_Argument") for element in elements], "setting")
    entries: dict[str, Json] = {}
    for element in sorted(elements, key=lambda element: decimal(element, "Pos")):
        with inside(f"setting {element.get('P_Argument')} {element.get('Name')!r}"):
            slug = SETTINGS.get((text(element, "P_Argument"), text(element, "Name")))
            if slug is None:
                raise Refusal("unknown setting")
            entries[slug] = {"argument": byte(hexadecimal(element, "P_Argument")), **setting_values(element, slug)}
    return entries


def setting_values(element: ET.Element, slug: str) -> dict[str, Json]:
    """Return the range of a setting, or its options: the value as it is sent, and the label."""
    slider_type = element.get("SliderType")
    if slider_type not in {None, "StepSlider", "ItemSlider"}:
        raise Refusal(f"unknown SliderType {slider_type!r}")
    if slider_type == "StepSlider":
        minimum, maximum, step = (decimal(element, name) for name in ("Min", "Max", "Step"))
        if not 0 <= minimum < maximum <= 0xFF or step < 1:
            raise Refusal(f"unknown range {minimum} to {maximum} in steps of {step}")
        return {"range": [minimum, maximum, step]}
    values = [text(item, "Value") for item in element]
    labels = [look_up(SETTING_LABELS[slug], item, "Name") for item in element]
    unique(values, "value")
    unique(labels, "label")
    for value in values:
        if not re.fullmatch(r"([0-9A-F]{2})+", value):
            raise Refusal(f"value {value!r} is not hexadecimal")
    if len(values) < 2:
        raise Refusal("fewer than two options")
    return {"options": dict(zip(values, labels, strict=True))}


# --- Definitions and articles ---------------------------------------------------------------------------------------


def definition(code: str, path: Path) -> dict[str, Json]:
    """Return everything that one machine type can do, in the form that the catalogue has."""
    with inside(code):
        root = parse(path)
        shared = Arguments()
        product_entries = products(root, code, shared)
        manuals = section(root, "MANUALS").findall("LINK")
        capabilities = section(section(root, "MACHINEMANIFEST"), "CAPABILITIES")
        return {
            "code": code,
            "version": path.stem,
            "dated": iso_date(text(root, "dated")),
            "manual_url": next((link(manual, "URL", code) for manual in manuals), None),
            "intake_f18": flag(capabilities, "IntakeF18", default=False),
            "banks": banks(root),
            "counter_fields": [*maintenance_fields(root, COUNTERS)],
            "percent_fields": [*maintenance_fields(root, PERCENTAGES)],
            "accept_commands": accept_commands(root),
            "combinations": combinations(root),
            "arguments": shared.entries,
            "products": product_entries,
            "alerts": alerts(root),
            "programs": programs(root, code),
            "settings": settings(root),
        }


def iso_date(value: str) -> str:
    """Return JURA's day.month.year the other way round."""
    match = re.fullmatch(r"(\d\d)\.(\d\d)\.(\d{4})", value)
    if match is None:
        raise Refusal(f"unknown date {value!r}")
    return "-".join(reversed(match.groups()))


def definitions(source: Path) -> dict[str, dict[str, Json]]:
    """Return all definitions by their code."""
    result = {}
    for folder in sorted((source / "xml").iterdir()):
        if folder.name in NOT_MACHINES:
            continue
        files = list(folder.glob("*.xml"))
        if not re.fullmatch(r"EF[0-9A-Z_]+", folder.name) or len(files) != 1:
            raise Refusal(f"{folder.name}: not a folder with one definition")
        result[folder.name] = definition(folder.name, files[0])
    return result


def articles(source: Path, known_codes: set[str]) -> str:
    """Return the list of articles as JURA writes it, in order, after a line that says where all this comes from."""
    date, *lines = (source / "JOE_MACHINES.TXT").read_text("utf-8-sig").splitlines()
    rows: dict[str, str] = {}
    for line in lines:
        with inside(f"article list, {line!r}"):
            match = re.fullmatch(r"(\d{5});([^;]+);(EF\w+);(\d+)", line)
            if match is None:
                raise Refusal("not a row of four columns")
            number, name, code, hint = match.groups()
            # The list spells some codes with small letters, the folders are all capitals.
            if code.upper() not in known_codes:
                raise Refusal(f"article {number} refers to the definition {code}, which is not there")
            if int(hint) not in TYPE_HINTS:
                raise Refusal(f"unknown type {hint}")
            if number in rows:
                raise Refusal("stands there twice")
            rows[number] = ";".join((number, " ".join(name.split()), code.upper(), hint))
    origin = f"# {PACKAGE} {importlib.metadata.version(PACKAGE)}, list of {' '.join(date.split())}"
    return "\n".join((origin, *(rows[number] for number in sorted(rows)), ""))


# --- Writing --------------------------------------------------------------------------------------------------------


def to_text(document: Mapping[str, Json]) -> str:
    """Return a document as JSON that differs in a readable way: one line for each product, alert and so on."""
    return "{\n" + ",\n".join(f"{compact(key)}: {block(value)}" for key, value in document.items()) + "\n}\n"


def block(value: Json) -> str:
    """Return a value of a document: objects and lists of lists over several lines."""
    if isinstance(value, dict) and len(value) > 1:
        return "{\n" + ",\n".join(f" {compact(key)}: {compact(entry)}" for key, entry in value.items()) + "\n}"
    if isinstance(value, list) and any(isinstance(entry, (dict, list)) for entry in value):
        return "[\n" + ",\n".join(f" {compact(entry)}" for entry in value) + "\n]"
    return compact(value)


def compact(value: Json) -> str:
    """Return a value in one line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def build(source: Path, target: Path) -> None:
    """Write the whole catalogue, or nothing."""
    entries = definitions(source)
    texts = {f"{code}.json": to_text(entry) for code, entry in entries.items()}
    texts["articles.csv"] = articles(source, {*entries})
    target.mkdir(parents=True, exist_ok=True)
    for stale in target.glob("*.json"):
        if stale.name not in texts:
            stale.unlink()
    for name, content in texts.items():
        (target / name).write_text(content, "utf-8", newline="\n")


def package_data() -> Path:
    """Return the data folder of the installed package, without importing the package."""
    return Path(str(importlib.metadata.distribution(PACKAGE).locate_file("jura_connect/data")))


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the catalogue; return 1 if the sources hold something unknown."""
    parser = argparse.ArgumentParser(description="Builds the catalogue of machine types.")
    parser.add_argument("target", nargs="?", type=Path, default=TARGET, help="folder to write to")
    parser.add_argument("--source", type=Path, help="folder with xml/ and JOE_MACHINES.TXT")
    options = parser.parse_args(arguments)
    try:
        build(options.source or package_data(), options.target)
    except Refusal as refusal:
        print(f"refused: {refusal}", file=sys.stderr)
        return 1
    print(f"written to {options.target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
