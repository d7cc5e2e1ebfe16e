"""What the commands ``log``, ``undo``, ``export`` and ``restore`` do, and what ``area build`` and
``area add`` print on edits that their files met.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from geo import clock, texts
from geo.area.manifest import area_id, home_folder
from geo.area.model import Area
from geo.catalog import Saved, change_area, open_area, save_area
from geo.cli import console
from geo.cli.console import Options
from geo.errors import InputError, UnknownArea

if TYPE_CHECKING:  # a database takes a while to load: only who asks for it waits
    from geo.store.backup import Whole
    from geo.store.merge import Clash
    from geo.store.model import Change, FileChange, Key
    from geo.store.store import Store

MOST = 50


def log(options: Options) -> None:
    """Print the latest changes of an area, the latest first."""
    store = _store(options)
    found = store.log(most=max(options.most, 0)) if store and options.most > 0 else []
    if options.json:
        print(json.dumps([asdict(change) for change in found], ensure_ascii=False, indent=1))
        return
    if found:
        console.warn(texts.text("store.clock", options.lang))
    for change in found:
        print(change_line(change, options.lang))
    if not found:
        print(texts.text("store.no_changes", options.lang))


def undo(options: Options) -> None:
    """Put back what was before a batch, and print as which batch."""
    from geo.ingest import file_changes
    from geo.store.write import user

    store = _store(options)
    if store is None:
        raise InputError("unknown_batch", found=str(options.batch))
    batch = file_changes.undo(options.area, options.batch, who=user(options.who), home=options.home)
    print(texts.text("store.undone", options.lang, batch=str(options.batch), as_batch=str(batch)))
    for change in reversed([each for each in store.log(most=MOST) if each.batch == batch]):
        print(change_line(change, options.lang))


def hsds(options: Options) -> None:
    """Write an area's services as a package of Open Referral's HSDS, and print how many."""
    from geo.output.files import formats
    from geo.output.files.hsds import count, to_hsds

    output = Path(options.output)
    formats.check_ending(output, (".zip",))
    area = open_area(options.area, options.home)
    console.warn_of_demonstration(area.demonstration, options.lang)
    content = to_hsds(area, clock.today())
    formats.write_file(output, content)
    services, places = count(content)
    told = {"file": str(output), "services": services, "places": places}
    print(texts.text("data.hsds_written", options.lang, **told))


def export(options: Options) -> None:
    """Write all records, activities, scenarios and the log of an area to one file."""
    from geo.output.files.backup import write_everything
    from geo.store.backup import of_area

    store = _store(options)
    area = open_area(options.area, options.home)
    whole = store.everything() if store else of_area(area)
    write_everything(whole, Path(options.output))
    print(texts.text("store.exported", options.lang, **_counts(whole), file=options.output))


def restore(options: Options) -> None:
    """Put what ``export`` wrote into the store of an area."""
    from geo.output.files.backup import read_everything
    from geo.store.overlay import filed
    from geo.store.protection import ground_of
    from geo.store.store import store_of
    from geo.store.write import user

    try:
        area = open_area(options.area, options.home)
    except UnknownArea:
        _restore_alone(options)
        return
    whole = read_everything(Path(options.file))
    store = store_of(options.area, options.home)
    done = store.restore(
        whole,
        who=user(options.who),
        ground=ground_of(area),
        dry=options.dry_run,
        files=filed(open_area(options.area, options.home, edited=False)),
    )
    if options.dry_run:
        print(texts.text("store.dry_run", options.lang))
    if done.whole:
        print(texts.text("store.restored_whole", options.lang, **_counts(whole)))
        return
    values = {"added": done.added, "changed": done.changed, "scenarios": done.scenarios}
    batch = str(done.batch or "–")
    print(texts.text("store.restored", options.lang, batch=batch, **values))


def _restore_alone(options: Options) -> None:
    """Put a copy's records into a home that has no such area: they wait there for its paths."""
    from geo.output.files.backup import read_everything
    from geo.store.protection import no_ground
    from geo.store.store import store_of
    from geo.store.write import user

    whole = read_everything(Path(options.file))
    folder = home_folder(options.home) / "areas" / area_id(options.area)
    made = not folder.is_dir()
    folder.mkdir(parents=True, exist_ok=True)
    store = store_of(options.area, options.home)
    told = {"who": user(options.who), "ground": no_ground(), "dry": options.dry_run}
    store.restore(whole, files=(), **told)
    if options.dry_run:
        print(texts.text("store.dry_run", options.lang))
        if made:
            store.engine.dispose()
            shutil.rmtree(folder)
    print(texts.text("store.restored_whole", options.lang, **_counts(whole)))
    print(texts.text("store.restored_alone", options.lang, area=options.area))


def save(
    area: Area,
    options: Options,
    *,
    before: Area | None,
    change: FileChange,
    again: Collection[Key] = (),
) -> Saved:
    """Save an area that files were read into: as a change of the log of the one ``before``, if
    there was one; print beside the answer which change it is, and where files and people's edits
    clashed.
    """
    if before is None:
        return Saved(save_area(area, options.home), 0, None)
    who = getattr(options, "who", "")
    saved = change_area(before, area, change, who=who, home=options.home, again=again)
    values = {"batch": str(saved.batch), "area": area.id}
    console.warn(texts.text("store.read_files", options.lang, **values))
    clashes = saved.merged.clashes if saved.merged else ()
    if clashes:
        console.warn(texts.text("store.clashes", options.lang, count=len(clashes)))
    console.warn(clash_line(clash, options.lang) for clash in clashes)
    return saved


def change_line(change: Change, language: str) -> str:
    """Return a line of the log for a person: batch, when, who, what, and of which record."""
    record = change.after or change.before
    name = _one_line(record.name) if record else ""
    what = action_words(change, language)
    when = clock.local_time(change.at)
    cells = [str(change.batch), when, _one_line(change.by) or "–", what]
    return "\t".join([*cells, *([name, change.record] if name else [])])


def action_words(change: Change, language: str) -> str:
    """Return what a line of the log did, in words; of files, which."""
    told = change.files
    if told is None:
        return texts.text(change.text_key, language)
    files = ", ".join(map(_one_line, told.files)) or "–"
    return texts.text(f"store.{told.what}", language, files=files, batch=str(told.batch))


def clash_line(clash: Clash, language: str) -> str:
    """Return a line about a field that a file and a person both changed."""
    name = _one_line(clash.name)
    if clash.field == "gone":
        return "  " + texts.text("store.clash_gone", language, name=name)
    values = {"field": clash.field, "file": clash.file, "kept": clash.kept}
    plain = {key: _one_line(value) for key, value in values.items()}
    return "  " + texts.text("store.clash", language, name=name, **plain)


def _counts(whole: Whole) -> dict[str, int]:
    types = [each.record.type for each in whole.records]
    counts = {"places": types.count("place"), "activities": types.count("activity")}
    return {**counts, "scenarios": len(whole.scenarios), "changes": len(whole.changes)}


def _store(options: Options) -> Store | None:
    """Return the store of an area that exists, None where nobody ever edited it."""
    open_area(options.area, options.home)
    return _made(options.area, options)


def _made(area: str, options: Options) -> Store | None:
    from geo.store.store import has_store, store_of

    return store_of(area, options.home) if has_store(area, options.home) else None


def _one_line(words: str) -> str:
    """Return a text of a file without what would move a terminal's cursor."""
    return "".join(sign if sign.isprintable() else " " for sign in words)
