import os

from jumpcf.compiler.write import Output, write_if_changed


def put(folder, **files):
    output = Output(folder)
    for name, text in files.items():
        output.put(f"templates/corp/{name}.json", text.encode())
    return output


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_nothing_stands_there_before_the_commit(tmp_path):
    output = put(tmp_path, a="1")
    assert not (tmp_path / "templates/corp/a.json").exists()
    output.commit()
    assert names(tmp_path) == ["templates/corp/a.json"]


def test_what_has_the_right_bytes_is_not_touched(tmp_path):
    put(tmp_path, a="1", b="1").commit()
    for name in "ab":
        os.utime(tmp_path / f"templates/corp/{name}.json", (1, 1))
    put(tmp_path, a="1", b="2").commit()
    times = {name: (tmp_path / f"templates/corp/{name}.json").stat().st_mtime == 1 for name in "ab"}
    assert times == {"a": True, "b": False}


def test_an_abandoned_build_leaves_the_last_one_whole(tmp_path):
    put(tmp_path, a="1", b="1").commit()
    put(tmp_path, a="2", c="2").abandon()
    assert names(tmp_path) == ["templates/corp/a.json", "templates/corp/b.json"]
    assert (tmp_path / "templates/corp/a.json").read_text() == "1"


def test_stale_templates_and_the_litter_of_a_killed_build_go_and_other_files_stay(tmp_path):
    put(tmp_path, a="1", b="1").commit()
    for name in ("templates/corp/c.json.new", "templates/corp/notes.txt", "other.json"):
        (tmp_path / name).write_text("x")
    (tmp_path / "templates/gone").mkdir()
    (tmp_path / "templates/gone/x.json").write_text("x")
    put(tmp_path, a="1").commit()
    assert names(tmp_path) == ["other.json", "templates/corp/a.json", "templates/corp/notes.txt"]
    assert not (tmp_path / "templates/gone").exists()


def test_other_organizations_stay_when_only_some_were_built(tmp_path):
    (tmp_path / "templates/lab").mkdir(parents=True)
    (tmp_path / "templates/lab/x.json").write_text("x")
    put(tmp_path, a="1").commit({"jump", "corp"})
    assert names(tmp_path) == ["templates/corp/a.json", "templates/lab/x.json"]


def test_write_if_changed_says_whether_it_wrote(tmp_path):
    path = tmp_path / "deep/file"
    assert [write_if_changed(path, data) for data in (b"1", b"1", b"2")] == [True, False, True]
    assert path.read_bytes() == b"2"
