#!/usr/bin/env python3
"""Makes the manual pages of auditferry from what its commands say of themselves.

usage: generate.py PROGRAM DIRECTORY

Writes auditferry.1, and auditferry-COMMAND.1 for each command, into DIRECTORY. What a page says of a command and its options is
the program's own description (--experimental-dump-help); sections.mdoc beside this script has the sections of auditferry.1 that
are written by hand. The pages bear the day of SOURCE_DATE_EPOCH, or else today.
"""
import datetime
import json
import os
import pathlib
import subprocess
import sys

import mdoc

SECTIONS = pathlib.Path(__file__).with_name("sections.mdoc")


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: generate.py PROGRAM DIRECTORY")
    program, directory = sys.argv[1], pathlib.Path(sys.argv[2])
    dump = subprocess.run([program, "--experimental-dump-help"], check=True, capture_output=True, text=True).stdout
    root = json.loads(dump)["command"]
    directory.mkdir(parents=True, exist_ok=True)
    commands = [command for command in root["subcommands"] if command["commandName"] != "help" and command["shouldDisplay"]]
    name = root["commandName"]
    (directory / f"{name}.1").write_text(program_page(root, commands))
    for command in commands:
        (directory / f"{name}-{command['commandName']}.1").write_text(command_page(name, command))


def program_page(root, commands):
    name = root["commandName"]
    lines = heading(name, root)
    lines += [".Sh SYNOPSIS", f".Nm {name}", ".Ar command", ".Op Ar option ..."]
    lines += [".Sh DESCRIPTION", *description(root)]
    lines += [".Sh COMMANDS", "Each has a page of its own.", ".Bl -tag -width Ds"]
    for command in commands:
        lines += [f".It Xr {name}-{command['commandName']} 1", *mdoc.prose(command["abstract"])]
    lines += [".El", *options(root), SECTIONS.read_text().rstrip("\n")]
    return "\n".join(lines) + "\n"


def command_page(program, command):
    name = command["commandName"]
    lines = heading(f"{program}-{name}", command)
    children = command.get("subcommands", [])
    lines += [".Sh SYNOPSIS"]
    for each in children or [command]:
        lines += synopsis(program, path_below(program, each), each)
    lines += [".Sh DESCRIPTION", *description(command)]
    for child in children:
        lines += [f".Ss {program} {name} {child['commandName']}", *description(child), *option_list(child)]
    if not children:
        lines += options(command)
    lines += [".Sh SEE ALSO", f".Xr {program} 1"]
    return "\n".join(lines) + "\n"


def path_below(program, command):
    """The words of a command after the program's name: `offsets show`."""
    return [*command["superCommands"], command["commandName"]][1:]


def heading(title, command):
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH") or datetime.datetime.now().timestamp())
    day = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    abstract = command["abstract"].rstrip(".")
    return [
        f".Dd {day:%B} {day.day}, {day.year}", f".Dt {title.upper()} 1", ".Os", ".Sh NAME", f".Nm {title}",
        f".Nd {mdoc.macro_words(abstract[0].lower() + abstract[1:])}"]


def synopsis(program, words, command):
    # .Nm alone begins the line; the words of the command follow as they are typed.
    lines = [f".Nm {program}", f".Cm {' '.join(words)}"]
    for argument in displayed(command):
        if not everywhere(argument):
            lines += mdoc.usage(argument)
    return lines


def description(command):
    lines = mdoc.prose(command["abstract"])
    if "discussion" in command:
        lines += [".Pp", *mdoc.paragraphs(command["discussion"])]
    return lines


def options(command):
    lines = option_list(command)
    return [".Sh OPTIONS", *lines] if lines else []


def option_list(command):
    """The options and arguments as a list; nothing where there are none."""
    items = []
    for argument in displayed(command):
        said = argument.get("abstract", "")
        if "defaultValue" in argument:
            said = f"{said} (default: {argument['defaultValue']})"
        items += [f".It {mdoc.option(argument)}", *mdoc.prose(said)]
    return [".Bl -tag -width Ds", *items, ".El"] if items else []


def displayed(command):
    return [argument for argument in command.get("arguments", []) if argument["shouldDisplay"]]


def everywhere(argument):
    """Whether every command has it, so that a synopsis does not name it."""
    return argument["kind"] == "flag" and argument["preferredName"]["name"] in ("help", "version")


if __name__ == "__main__":
    main()
