"""Variables, regular expressions, log lines, files and tables."""

from __future__ import annotations

import csv
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from agent.actions.data import Regex, Set
from agent.actions.file import Write as WriteFile
from agent.actions.file import cannot_write
from agent.actions.report import Message
from agent.actions.table import Write as WriteTable
from agent.core.errors import ActionError
from tests.actions.desk import Desk

AS_ROOT = os.name == "posix" and os.geteuid() == 0


def test_set_keeps_a_value_for_later_steps(desk: Desk) -> None:
    assert Set(name="total", value=[1, 2]).run(desk.context).value == [1, 2]
    assert desk.variables == {"total": [1, 2]}


def test_regex_gives_the_groups_in_order_or_by_name(desk: Desk) -> None:
    text = "Order 4711 of 3 May\nOrder 4712 of 4 May"
    first = Regex(text=text, pattern=r"order (\d+) of (\d+)", flags="i").run(desk.context)
    assert (first.match, first.groups) == ("Order 4711 of 3", ["4711", "3"])
    named = Regex(text=text, pattern=r"(?P<number>\d{4})", all=True).run(desk.context)
    assert named.groups == {"number": "4711"}
    assert named.matches == ({"number": "4711"}, {"number": "4712"})


def test_regex_without_groups_gives_the_matches_themselves(desk: Desk) -> None:
    result = Regex(text="1 and 2", pattern=r"\d", all=True).run(desk.context)
    assert (result.groups, result.matches) == ([], (["1"], ["2"]))


def test_regex_that_matches_nothing_is_no_error(desk: Desk) -> None:
    result = Regex(text="abc", pattern=r"\d").run(desk.context)
    assert result.model_dump() == {"match": None, "groups": [], "matches": ()}


def test_a_catastrophic_pattern_is_given_up(desk: Desk) -> None:
    desk.timeout_s = 0.2
    with pytest.raises(ActionError, match="took longer than"):
        Regex(text="a" * 60 + "b", pattern=r"(a|aa|a)+$").run(desk.context)


def test_a_broken_pattern_is_told_with_the_reason(desk: Desk) -> None:
    with pytest.raises(ActionError, match="is not a regular expression: missing \\)"):
        Regex(text="abc", pattern="(").run(desk.context)


def test_a_message_goes_to_the_log_of_the_run(desk: Desk) -> None:
    assert Message(text="Größe:", level="warning", data={"ä": 1}).run(desk.context).text == 'Größe: {"ä": 1}'
    assert desk.log == [("warning", 'Größe: {"ä": 1}')]


def test_a_file_is_written_beside_the_runs_other_files(desk: Desk, tmp_path: Path) -> None:
    result = WriteFile(path="out/Grüße.txt", text="Grüße\n").run(desk.context)
    assert Path(result.path) == tmp_path / "out" / "Grüße.txt"
    assert Path(result.path).read_bytes() == "Grüße\n".encode()
    assert desk.context.acted
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["Grüße.txt"]


def test_a_file_is_replaced_or_added_to(desk: Desk, tmp_path: Path) -> None:
    for text, append in (("one", False), ("two", True), ("three", True)):
        WriteFile(path="a.txt", text=text, append=append, encoding="utf-8-sig").run(desk.context)
    assert (tmp_path / "a.txt").read_text("utf-8-sig") == "onetwothree"
    WriteFile(path="a.txt", text="new").run(desk.context)
    assert (tmp_path / "a.txt").read_text() == "new"


@pytest.mark.skipif(os.name != "posix", reason="links and modes as POSIX has them")
def test_replacing_keeps_links_and_rights(desk: Desk, tmp_path: Path) -> None:
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    WriteFile(path="link.txt", text="new").run(desk.context)
    assert link.is_symlink()
    assert (real.read_text(), stat.S_IMODE(real.stat().st_mode)) == ("new", 0o640)


def test_a_character_that_the_encoding_lacks_is_named_and_nothing_is_written(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(ActionError, match="The encoding latin-1 has no “€” \\(character 4"):
        WriteFile(path="a.txt", text="10 €", encoding="latin-1").run(desk.context)
    assert not (tmp_path / "a.txt").exists()
    assert not desk.context.acted


def test_an_unknown_encoding_is_told_when_the_workflow_is_checked() -> None:
    with pytest.raises(ValidationError, match="no text encoding 'utf9'"):
        WriteFile(path="a.txt", text="", encoding="utf9")


def test_a_failed_replacement_leaves_the_old_file_and_no_rest(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(ActionError, match="was not written"):
        WriteFile(path="taken", text="x").run(desk.context)
    assert [each.name for each in tmp_path.iterdir()] == ["taken"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, which Linux has")
def test_a_full_disk_is_told_as_such(desk: Desk) -> None:
    with pytest.raises(ActionError, match="the disk is full") as caught:
        WriteFile(path="/dev/full", text="x", append=True).run(desk.context)
    assert "Free some space" in caught.value.hint


@pytest.mark.skipif(AS_ROOT or os.name != "posix", reason="root may write everywhere")
def test_a_read_only_folder_is_told_as_such(desk: Desk, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ActionError, match="access is denied"):
        WriteFile(path="a.txt", text="x").run(desk.context)


def test_denied_access_has_its_own_sentence() -> None:
    assert "access is denied" in str(cannot_write(Path("a"), PermissionError(13, "Permission denied")))


ROWS = [{"no": 1, "customer": "Müller; Söhne"}, {"customer": 'Ä"B', "city": "Köln"}]


def test_a_table_of_objects_has_a_header_and_opens_in_excel(desk: Desk, tmp_path: Path) -> None:
    assert WriteTable(path="t.csv", table=ROWS).run(desk.context).count == 2
    data = (tmp_path / "t.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    expected = 'no;customer;city\r\n1;"Müller; Söhne";\r\n;"Ä""B";Köln\r\n'
    assert data.decode("utf-8-sig") == expected


def test_a_table_of_lists_has_the_named_header_or_none(desk: Desk, tmp_path: Path) -> None:
    write = {"path": "t.csv", "table": [[1, 2], [3, 4]], "delimiter": ",", "encoding": "utf-8"}
    WriteTable(**write).run(desk.context)
    assert (tmp_path / "t.csv").read_text() == "1,2\n3,4\n"
    WriteTable(**write, header=["a", "b"]).run(desk.context)
    assert (tmp_path / "t.csv").read_text() == "a,b\n1,2\n3,4\n"


def test_appended_rows_follow_the_columns_that_are_there(desk: Desk, tmp_path: Path) -> None:
    WriteTable(path="t.csv", table=ROWS[:1]).run(desk.context)
    WriteTable(path="t.csv", table=[{"customer": "B", "no": 2}], mode="append").run(desk.context)
    assert (tmp_path / "t.csv").read_text("utf-8-sig") == 'no;customer\n1;"Müller; Söhne"\n2;B\n'
    with pytest.raises(ActionError, match="no column city"):
        WriteTable(path="t.csv", table=ROWS[1:], mode="append").run(desk.context)


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(desk: Desk, tmp_path: Path, cell: str) -> None:
    WriteTable(path="t.csv", table=[[cell]]).run(desk.context)
    assert read(tmp_path) == [["'" + cell]]
    WriteTable(path="t.csv", table=[[cell]], formulas=True).run(desk.context)
    assert read(tmp_path) == [[cell]]


@pytest.mark.parametrize("cell", ["-12,50 €", "+49 30 123456", "-1.234,5", "-3e5", "- 5", "a=b"])
def test_a_number_with_a_sign_stays_a_number(desk: Desk, tmp_path: Path, cell: str) -> None:
    WriteTable(path="t.csv", table=[[cell]]).run(desk.context)
    assert read(tmp_path) == [[cell]]


@pytest.mark.parametrize(("table", "problem"), [("text", "is no table"), ([1], "Row 1 of the table is 1")])
def test_what_is_no_table_is_refused(desk: Desk, table: Any, problem: str) -> None:
    with pytest.raises(ActionError, match=problem):
        WriteTable(path="t.csv", table=table).run(desk.context)


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8) | st.sampled_from(["a;b", 'a"b', "a\nb"])


@settings(max_examples=30)
@given(st.lists(st.lists(cells, min_size=1, max_size=3), min_size=1, max_size=4))
def test_every_table_reads_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, table: list[list[str]]) -> None:
    folder = tmp_path_factory.mktemp("table")
    WriteTable(path="t.csv", table=table, formulas=True).run(Desk(folder).context)
    assert read(folder) == table


def read(folder: Path) -> list[list[str]]:
    with (folder / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=";"))
