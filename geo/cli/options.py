"""The commands and their options, without what answers them: ``run`` names the function that does,
``module:function`` under ``geo.cli``, which is loaded when the command is chosen.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from geo import presets

if TYPE_CHECKING:
    Tasks: TypeAlias = "argparse._SubParsersAction[Any]"

Say: TypeAlias = Callable[[str], str]
"""Returns a help text of the catalogue by its key under ``cli.``."""


def add_commands(tasks: Tasks, common: argparse.ArgumentParser, say: Say) -> None:
    """Add every command, in the order that help lists them."""
    for add in (
        _area,
        _distances,
        _gaps,
        _reach,
        _activities,
        _hsds,
        _bank,
        _meet,
        _outreach,
        _preschools,
        _sites,
        _report,
        _scenarios,
        _store,
        _statistics,
        _imports,
        _serve,
    ):
        add(tasks, common, say)


def _area(tasks: Tasks, common: argparse.ArgumentParser, say: Say) -> None:
    area = tasks.add_parser("area", help=say("area"))
    kinds = area.add_subparsers(dest="what", required=True, parser_class=type(common), metavar="…")

    for name, run in (("build", "build:area_build"), ("add", "build:area_add")):
        task = kinds.add_parser(name, parents=[common], help=say(f"area_{name}"))
        task.add_argument("area", help=say("area_id"))
        task.add_argument("--name", default="", help=say("name"))
        _file_options(task, say)
        task.add_argument("--who", default="", metavar="NAME", help=say("who"))
        task.set_defaults(run=run)

    task = kinds.add_parser("list", parents=[common], help=say("area_list"))
    task.add_argument("--json", action="store_true", help=say("json"))
    task.set_defaults(run="area:area_list")
    for name, run in (
        ("show", "area:area_show"),
        ("overview", "area:area_overview"),
        ("check", "area:area_check"),
    ):
        task = kinds.add_parser(name, parents=[common], help=say(f"area_{name}"))
        task.add_argument("area", help=say("area_id"))
        task.add_argument("--json", action="store_true", help=say("json"))
        task.set_defaults(run=run)

    task = kinds.add_parser("repair", parents=[common], help=say("area_repair"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument("--within", default="5", metavar="M", help=say("repair_within"))
    choice = task.add_mutually_exclusive_group()
    choice.add_argument("--list", action="store_true", help=say("repair_list"))
    choice.add_argument("--take", nargs="+", default=[], metavar="N", help=say("repair_take"))
    choice.add_argument("--undo", default="", metavar="ID", help=say("repair_undo"))
    task.add_argument("--why", default="", metavar="TEXT", help=say("repair_why"))
    task.add_argument("--who", default="", metavar="NAME", help=say("who"))
    task.add_argument("--json", action="store_true", help=say("json"))
    task.set_defaults(run="area:area_repair")

    task = kinds.add_parser("fetch", parents=[common], help=say("area_fetch"))
    task.add_argument("query", help=say("query"))
    task.add_argument("--id", help=say("area_id"))
    task.add_argument("--margin", default="1000", help=say("margin"))
    task.add_argument("--who", default="", metavar="NAME", help=say("who"))
    task.set_defaults(run="build:area_fetch")


def _file_options(task: argparse.ArgumentParser, say: Say) -> None:
    """Add the options that name the files of an area."""
    paths = task.add_mutually_exclusive_group()
    paths.add_argument("--osm", metavar="FILE", help=say("osm"))
    paths.add_argument("--lines", metavar="FILE", help=say("lines"))
    task.add_argument("--boundary", metavar="FILE", help=say("boundary"))
    task.add_argument("--districts", metavar="FILE", help=say("districts"))
    task.add_argument("--people", metavar="FILE", action="append", default=[], help=say("people"))
    task.add_argument("--buildings", metavar="FILE", help=say("buildings"))
    task.add_argument("--addresses", metavar="FILE", help=say("addresses"))
    task.add_argument(
        "--sheet", metavar="PART=NAME", action="append", default=[], help=say("layer")
    )
    task.add_argument(
        "--place", metavar="KIND=FILE", action="append", default=[], help=say("place")
    )
    task.add_argument(
        "--column", metavar="GROUP=COLUMN", action="append", default=[], help=say("column")
    )
    task.add_argument(
        "--crs", metavar="[PART=]EPSG:N", action="append", default=[], help=say("crs")
    )
    for note in ("source", "licence", "date"):
        task.add_argument(
            f"--{note}", metavar="PART=TEXT", action="append", default=[], help=say(note)
        )
    task.add_argument("--margin", default="1000", help=say("margin"))
    task.add_argument("--replace-year", action="store_true", help=say("replace_year"))


def _distances(tasks: Tasks, common: argparse.ArgumentParser, say: Say) -> None:
    task = tasks.add_parser("distances", parents=[common], help=say("distances"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument("--from", dest="origins", required=True, help=say("from"))
    task.add_argument("--to", dest="destinations", required=True, help=say("to"))
    task.add_argument("--within", default="2000", help=say("within"))
    task.add_argument("--profile", default="adult", help=say("profile"))
    task.add_argument("-o", "--output", help=say("output"))
    task.set_defaults(run="reach:distances")


def _gaps(tasks: Tasks, common: argparse.ArgumentParser, say: Say) -> None:
    task = tasks.add_parser("gaps", parents=[common], help=say("gaps"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument("--kind", required=True, help=say("kind"))
    task.add_argument("--limit", help=say("limit"))
    task.add_argument("--group", help=say("group"))
    task.add_argument("--profile", help=say("profile"))
    task.add_argument("--by", choices=("district",), help=say("by"))
    task.add_argument("--scenario", metavar="NAME", help=say("scenario"))
    task.add_argument("--exact", action="store_true", help=say("exact"))
    task.add_argument("--json", action="store_true", help=say("json"))
    task.add_argument("-o", "--output", help=say("output"))
    task.set_defaults(run="gaps:gaps")


def _reach(tasks: Tasks, common: argparse.ArgumentParser, say: Say) -> None:
    task = tasks.add_parser("reach", parents=[common], help=say("reach"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument("--at", required=True, metavar="LON,LAT|NAME", help=say("at"))
    task.add_argument("--limits", required=True, metavar="M,M", help=say("limits"))
    task.set_defaults(run="reach:reach")
    way = tasks.add_parser("route", parents=[common], help=say("route"))
    way.add_argument("area", help=say("area_id"))
    for end, name in (("from", "origin"), ("to", "destination")):
        way.add_argument(
            f"--{end}", dest=name, required=True, metavar="LON,LAT|NAME", help=say(f"route_{end}")
        )
    way.set_defaults(run="reach:route")
    for each in (task, way):
        each.add_argument("--profile", default="adult", help=say("profile"))
        each.add_argument("--json", action="store_true", help=say("json"))
        each.add_argument("-o", "--output", help=say("output"))


def _activities(tasks: Tasks, common: argparse.ArgumentParser, say: Say) -> None:
    task = tasks.add_parser("activities", parents=[common], help=say("activities"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument("--add", metavar="FILE", help=say("activities_add"))
    task.add_argument("--who", default="", metavar="NAME", help=say("who"))
    task.add_argument("--week", metavar="DATE", default="", help=say("activities_week"))
    task.add_argument("--json", action="store_true", help=say("json"))
    task.add_argument("-o", "--output", help=say("output"))
    task.set_defaults(run="activities:activities")


def _bank(tasks: Tasks, common: argparse.ArgumentParser, say: Say) -> None:
    task = tasks.add_parser("bank", parents=[common], help=say("bank"))
    task.add_argument("area", help=say("area_id"))
    start = task.add_mutually_exclusive_group(required=True)
    start.add_argument("--at", metavar="LON,LAT|NAME", help=say("at"))
    start.add_argument("--housing", metavar="ID", help=say("bank_housing"))
    task.add_argument("--when", metavar="TIME", help=say("bank_when"))
    task.add_argument("--language", help=say("bank_language"))
    task.add_argument("--theme", dest="themes", action="append", help=say("bank_theme"))
    task.add_argument("--limit", help=say("limit"))
    task.add_argument("--profile", help=say("profile"))
    task.add_argument("--leaflet", action="store_true", help=say("bank_leaflet"))
    task.add_argument("--json", action="store_true", help=say("json"))
    task.add_argument("-o", "--output", help=say("output"))
    task.set_defaults(run="bank:run")


def _meet(tasks: Tasks, common: argparse.ArgumentParser, say: Say) -> None:
    task = tasks.add_parser("meet", parents=[common], help=say("meet"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument(
        "--measure", choices=presets.MEETING_MEASURES, required=True, help=say("meet_measure")
    )
    task.add_argument(
        "--kind", dest="kinds", action="append", metavar="KIND", help=say("meet_kind")
    )
    task.add_argument("--limit", help=say("limit"))
    task.add_argument("--group", help=say("group"))
    task.add_argument("--profile", help=say("profile"))
    task.add_argument("--week", metavar="DATE", help=say("meet_week"))
    task.add_argument("--housing", metavar="ID", help=say("meet_housing"))
    task.add_argument("--language", help=say("meet_language"))
    task.add_argument("--audience", help=say("meet_audience"))
    task.add_argument("--when", metavar="PRESET", help=say("meet_when"))
    task.add_argument(
        "--established", choices=tuple(presets.established()), help=say("meet_established")
    )
    task.add_argument("--json", action="store_true", help=say("json"))
    task.add_argument("-o", "--output", help=say("output"))
    task.set_defaults(run="meet:meet")


def _outreach(tasks: Tasks, common: argparse.ArgumentParser, say: Say) -> None:
    task = tasks.add_parser("outreach", parents=[common], help=say("outreach"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument("--top", default="20", metavar="N", help=say("outreach_top"))
    task.add_argument("--weights", metavar="NEED=N,NEED=N", help=say("outreach_weights"))
    task.add_argument("--where", choices=presets.OUTREACH_WHERE, help=say("outreach_where"))
    task.add_argument("--order", choices=presets.OUTREACH_ORDERS, help=say("outreach_order"))
    task.add_argument("--limit", help=say("limit"))
    task.add_argument("--profile", help=say("profile"))
    task.add_argument("--group", help=say("outreach_group"))
    task.add_argument("--when", metavar="PRESET", help=say("outreach_when"))
    task.add_argument("--week", metavar="DATE", help=say("outreach_week"))
    task.add_argument("--plan", metavar="STAFF.csv", help=say("outreach_plan"))
    task.add_argument(
        "--staff-language",
        choices=presets.STAFF_LANGUAGE_RULES,
        default=presets.PREFERRED,
        help=say("outreach_staff_language"),
    )
    task.add_argument("--date", default="", metavar="DATE", help=say("outreach_date"))
    task.add_argument("--json", action="store_true", help=say("json"))
    task.add_argument("-o", "--output", help=say("output"))
    task.set_defaults(run="outreach:run")


def _preschools(tasks: Tasks, common: argparse.ArgumentParser, say: Say) -> None:
    task = tasks.add_parser("preschools", parents=[common], help=say("preschools"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument(
        "--method",
        choices=presets.PRESCHOOL_METHODS,
        help=say("preschools_method"),
    )
    task.add_argument("--limit", help=say("preschools_limit"))
    task.add_argument("--profile", help=say("profile"))
    task.add_argument("--decay", help=say("decay"))
    task.add_argument("--take-up", metavar="PERCENT", help=say("take_up"))
    task.add_argument("--when", metavar="DATE", help=say("when"))
    task.add_argument("--surge", metavar="LON,LAT,N,DATE", help=say("surge"))
    task.add_argument("--ramp", metavar="N,N", help=say("ramp"))
    task.add_argument("--ages", metavar="A-B=N", help=say("ages"))
    task.add_argument("--for", dest="housing", metavar="ID", help=say("for"))
    task.add_argument("--more", metavar="PRESCHOOL=N", help=say("more"))
    task.add_argument("--add-places", action="store_true", help=say("add_places"))
    task.add_argument("--target", help=say("target"))
    task.add_argument("--exact", action="store_true", help=say("exact"))
    task.add_argument("--json", action="store_true", help=say("json"))
    task.add_argument("-o", "--output", help=say("output"))
    task.set_defaults(run="preschools:preschools")


def _sites(tasks: Tasks, common: argparse.ArgumentParser, say: Say) -> None:
    task = tasks.add_parser("sites", parents=[common], help=say("sites"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument("--kind", help=say("sites_kind"))
    _proposal(task, say)
    task.add_argument("--json", action="store_true", help=say("json"))
    task.add_argument("-o", "--output", help=say("output"))
    task.set_defaults(run="sites:sites")


def _proposal(task: argparse.ArgumentParser, say: Say) -> None:
    """Add what a proposal is asked for with: the same to the command that answers and the one that
    reports.
    """
    task.add_argument("--count", metavar="N", help=say("count"))
    task.add_argument("--objective", help=say("objective"))
    task.add_argument("--limit", help=say("limit"))
    task.add_argument("--group", help=say("group"))
    task.add_argument("--profile", help=say("profile"))
    task.add_argument("--candidates", metavar="KIND,KIND", help=say("candidates"))
    for name, metavar in (("candidate", "LON,LAT"), ("max-distance-to", "KIND=M")):
        key = name.replace("-", "_")
        task.add_argument(f"--{name}", action="append", metavar=metavar, help=say(key))
    for name in ("lattice", "balance", "budget", "curve", "time-limit"):
        task.add_argument(f"--{name}", metavar="N", help=say(name.replace("-", "_")))
    task.add_argument("--existing", choices=presets.EXISTING, help=say("existing"))
    task.add_argument("--exclude", action="append", metavar="ID[=REASON]", help=say("exclude"))
    for name in ("evening", "staffed", "robust", "exact"):
        task.add_argument(f"--{name}", action="store_true", default=None, help=say(name))
    task.add_argument("--proposal", metavar="NAME", help=say("proposal"))
    task.add_argument("--save", metavar="NAME", help=say("sites_save"))
    task.add_argument("--who", default="", metavar="NAME", help=say("who"))


def _report(tasks: Tasks, common: argparse.ArgumentParser, say: Say) -> None:
    task = tasks.add_parser("report", parents=[common], help=say("report"))
    task.add_argument("area", nargs="?", help=say("area_id"))
    task.add_argument("--kind", help=say("kind"))
    _proposal(task, say)
    task.add_argument("--date", metavar="YYYY-MM-DD", help=say("report_date"))
    task.add_argument("--title", help=say("title"))
    task.add_argument("--findings", metavar="A,B", help=say("findings"))
    task.add_argument("--words", action="append", metavar="FINDING=TEXT", help=say("words"))
    task.add_argument("--sites", metavar="N", help=say("report_sites"))
    task.add_argument("--form", choices=presets.REPORT_FORMS, help=say("report_form"))
    task.add_argument("--verify", metavar="FILE", help=say("verify"))
    task.add_argument("--json", action="store_true", help=say("report_json"))
    task.add_argument("-o", "--output", help=say("output"))
    task.set_defaults(run="report:report")


def _scenarios(tasks: Tasks, common: argparse.ArgumentParser, say: Say) -> None:
    task = tasks.add_parser("scenarios", parents=[common], help=say("scenarios"))
    task.add_argument("area", help=say("area_id"))
    doing = task.add_mutually_exclusive_group()
    doing.add_argument("--save", metavar="NAME", help=say("scenario_save"))
    doing.add_argument("--delete", metavar="NAME", help=say("scenario_delete"))
    for name, metavar in (("open", "KIND,LON,LAT[,NAME]"), ("close", "ID")):
        task.add_argument(
            f"--{name}", action="append", default=[], metavar=metavar, help=say(f"scenario_{name}")
        )
    task.add_argument("--who", default="", metavar="NAME", help=say("who"))
    task.add_argument("--json", action="store_true", help=say("json"))
    task.set_defaults(run="scenarios:scenarios")


def _store(tasks: Tasks, common: argparse.ArgumentParser, say: Say) -> None:
    task = tasks.add_parser("log", parents=[common], help=say("log"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument("--most", type=int, default=50, metavar="N", help=say("most"))
    task.add_argument("--json", action="store_true", help=say("json"))
    task.set_defaults(run="store:log")
    task = tasks.add_parser("undo", parents=[common], help=say("undo"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument("batch", type=int, metavar="BATCH", help=say("batch"))
    task.add_argument("--who", default="", metavar="NAME", help=say("who"))
    task.set_defaults(run="store:undo")
    task = tasks.add_parser("export", parents=[common], help=say("export"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument("-o", "--output", required=True, help=say("output"))
    task.set_defaults(run="store:export")
    task = tasks.add_parser("restore", parents=[common], help=say("restore"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument("file", metavar="FILE", help=say("restore_file"))
    task.add_argument("--dry-run", action="store_true", help=say("dry_run"))
    task.add_argument("--who", default="", metavar="NAME", help=say("who"))
    task.set_defaults(run="store:restore")


def _statistics(tasks: Tasks, common: argparse.ArgumentParser, say: Say) -> None:
    task = tasks.add_parser("statistics", parents=[common], help=say("statistics"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument("--level", choices=presets.LEVELS, default="", help=say("level"))
    task.add_argument("--year", default="", help=say("year"))
    task.add_argument("--outlines", metavar="FILE", help=say("outlines"))
    task.add_argument("--other-vintage", action="store_true", help=say("other_vintage"))
    task.add_argument("--replace-year", action="store_true", help=say("replace_year"))
    task.add_argument(
        "--column", metavar="GROUP=COLUMN", action="append", default=[], help=say("column")
    )
    task.set_defaults(run="statistics:statistics")
    schools_task = tasks.add_parser("schools", parents=[common], help=say("schools"))
    schools_task.add_argument("area", help=say("area_id"))
    schools_task.set_defaults(run="statistics:schools")
    for each in (task, schools_task):
        each.add_argument("--municipality", default="", metavar="NNNN", help=say("municipality"))
        each.add_argument("--file", metavar="FILE", help=say("downloaded"))
        each.add_argument("--who", default="", metavar="NAME", help=say("who"))
        each.add_argument("--json", action="store_true", help=say("json"))


def _imports(tasks: Tasks, common: argparse.ArgumentParser, say: Say) -> None:
    task = tasks.add_parser("import", parents=[common], help=say("import"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument("file", help=say("import_file"))
    task.add_argument("--kind", required=True, help=say("import_kind"))
    task.add_argument("--dry-run", action="store_true", help=say("dry_run"))
    task.add_argument("--json", action="store_true", help=say("import_json"))
    task.add_argument("--lookup", action="store_true", help=say("lookup"))
    for name, metavar in (("sheet", "NAME"), ("encoding", "NAME"), ("delimiter", "SIGN")):
        task.add_argument(f"--{name}", default="", metavar=metavar, help=say(f"import_{name}"))
    task.add_argument("--decimal", default="", choices=(",", "."), help=say("import_decimal"))
    task.add_argument("--header", metavar="N", help=say("import_header"))
    task.add_argument("--crs", default="", metavar="EPSG:N", help=say("import_crs"))
    task.add_argument(
        "--column", action="append", default=[], metavar="FIELD=COLUMN", help=say("import_column")
    )
    task.add_argument("--fix", action="append", default=[], metavar="CODE", help=say("import_fix"))
    outside = ("auto", "keep", "leave")
    task.add_argument("--outside", default="auto", choices=outside, help=say("import_outside"))
    task.add_argument("--contacts", action="store_true", help=say("import_contacts"))
    task.add_argument("--gone", default="", choices=("close", "keep"), help=say("import_gone"))
    task.add_argument("--who", default="", metavar="NAME", help=say("who"))
    task.set_defaults(run="imports:import_file")
    task = tasks.add_parser("worklist", parents=[common], help=say("worklist"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument("--json", action="store_true", help=say("json"))
    task.set_defaults(run="imports:worklist")
    task = tasks.add_parser("place", parents=[common], help=say("place_record"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument("id", metavar="ID", help=say("place_id"))
    task.add_argument("--at", metavar="LON,LAT|NAME", help=say("place_at"))
    task.add_argument("--address", metavar="TEXT", help=say("place_address"))
    task.add_argument("--suggested", action="store_true", help=say("place_suggested"))
    task.add_argument("--who", default="", metavar="NAME", help=say("who"))
    task.set_defaults(run="places:place")


def _hsds(tasks: Tasks, common: argparse.ArgumentParser, say: Say) -> None:
    task = tasks.add_parser("hsds", parents=[common], help=say("hsds"))
    task.add_argument("area", help=say("area_id"))
    task.add_argument("--output", required=True, metavar="FILE", help=say("hsds_output"))
    task.set_defaults(run="store:hsds")


def _serve(tasks: Tasks, common: argparse.ArgumentParser, say: Say) -> None:
    task = tasks.add_parser("serve", parents=[common], help=say("serve"))
    task.add_argument("--port", type=int, metavar="N", help=say("serve_port"))
    task.add_argument("--address", default="localhost", help=say("serve_address"))
    task.set_defaults(run="serve:serve")
