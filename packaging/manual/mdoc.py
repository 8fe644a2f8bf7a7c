"""Plain text as mdoc(7), and the options of a command in its macros."""
import re

# Words that are macros where they stand on a line of a macro, unless they are escaped.
MACRO = re.compile(r"[A-Z][a-z]$")


def text(line):
    """A line of prose, in which nothing is a request, a macro or an escape."""
    line = line.replace("\\", "\\e")
    # An option is written with hyphen-minus, which a reader can copy; other hyphens stay hyphens.
    line = re.sub(r"(?<![\w-])-+(?=[\w])", lambda found: "\\-" * len(found.group()), line)
    line = "".join(character if ord(character) < 128 else f"\\[u{ord(character):04X}]" for character in line)
    return "\\&" + line if line[:1] in (".", "'") else line


def macro_words(line):
    """Prose that stands on the line of a macro, where a short word could be a macro itself."""
    words = (f"\\&{part}" if MACRO.match(part) else part for part in text(line).split(" "))
    return " ".join(words).replace('"', "\\(dq")


def literal(line):
    """A line that is typed or printed as it stands."""
    return text(line.replace("\\", "\0")).replace("\\-", "-").replace("\0", "\\e").replace("-", "\\-")


def prose(paragraph):
    """A paragraph; each sentence begins a line, as mdoc wants it."""
    return [text(sentence) for sentence in re.split(r"(?<=[\w)'][.])\s+(?=[A-Z'])", paragraph.strip()) if sentence]


def paragraphs(discussion):
    """Paragraphs parted by empty lines. One whose lines are indented is shown as it stands."""
    lines = []
    for block in re.split(r"\n\s*\n", discussion.strip("\n")):
        if block.startswith("  "):
            lines += [".Bd -literal -offset indent", *[literal(line[2:]) for line in block.split("\n")], ".Ed"]
        else:
            # The display before it ends with a break of its own, yet without the space.
            lines += [".Pp"] if lines else []
            lines += prose(block.replace("\n", " "))
    return lines


def option(argument):
    """An option with all of its names and its value, as macros for the line of an item."""
    if argument["kind"] == "positional":
        return f"Ar {word(argument['valueName'])}"
    value = f" Ar {word(argument['valueName'])}" if argument["kind"] == "option" else ""
    return " , ".join(f"{name_macros(name)}{value}" for name in argument["names"])


def usage(argument):
    """An option in the synopsis: by its preferred name, in brackets where it may be left out."""
    value = f"Ar {word(argument['valueName'])}"
    if argument["kind"] == "positional":
        said = value
    else:
        said = name_macros(argument["preferredName"]) + (f" {value}" if argument["kind"] == "option" else "")
    said += " ..." if argument["isRepeating"] else ""
    return [f".Op {said}" if argument["isOptional"] else f".{said}"]


def name_macros(name):
    hyphens = "\\-" if name["kind"] == "long" else ""
    return f"Fl {hyphens}{word(name['name'])}"


def word(name):
    """A name on the line of a macro."""
    return macro_words(name).replace("\\-", "-").replace("-", "\\-")
