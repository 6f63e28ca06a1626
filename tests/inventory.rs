//! `keycase check --inventory`: lists in the forms that consoles and spreadsheets export, what
//! is wrong in them, and that a list says of a drive what the drive's own machine says.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn keycase(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keycase"));
    command.args(["--config", "tests/empty.toml", "--now", "2026-11-25T10:00:00Z"]).args(args);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// Checks a list that comes on stdin.
fn check(list: &[u8], args: &[&str]) -> Output {
    let mut command = keycase(&["check", "--inventory", "-"]);
    let piped = command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = piped.stderr(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let list = list.to_vec();
    let writer = std::thread::spawn(move || {
        // Whoever has read enough hangs up.
        let _ = input.write_all(&list);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn lines(bytes: &[u8]) -> Vec<String> {
    std::str::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
}

/// The answered drives, one JSON object each.
fn rows(list: &str, args: &[&str]) -> Vec<Value> {
    let output = check(list.as_bytes(), &[args, &["--format", "ndjson"]].concat());
    lines(&output.stdout).iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn verdicts(list: &str) -> Vec<String> {
    let rows = rows(list, &[]);
    rows.iter().map(|row| row["verdict"].as_str().unwrap().to_owned()).collect()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_list_says_of_a_drive_what_its_machine_says() {
    let mut drives = 0;
    for machine in std::fs::read_dir(Path::new("tests/machines")).unwrap() {
        let snapshot = machine.unwrap().path().join("snapshot.json");
        let Ok(text) = std::fs::read(&snapshot) else { continue };
        let snapshot = snapshot.to_str().unwrap();
        let here = keycase(&["check", "--json", "--from", snapshot]).output().unwrap();
        let here: Value = serde_json::from_slice(&here.stdout).unwrap();
        let recorded: Value = serde_json::from_slice(&text).unwrap();
        let list: String = recorded["drives"]
            .as_array()
            .unwrap()
            .iter()
            .map(|drive| format!("{drive}\n"))
            .collect();
        let listed = rows(&list, &[]);
        for (listed, own) in listed.iter().zip(here["drives"].as_array().unwrap()) {
            drives += 1;
            for field in ["port", "serial", "id", "model", "name", "verdict", "ask", "lifecycle"] {
                assert_eq!(listed[field], own[field], "{field} in {snapshot}");
            }
        }
        assert_eq!(listed.len(), here["drives"].as_array().unwrap().len(), "{snapshot}");
    }
    assert!(drives > 10, "the recorded machines were not found");
}

#[test]
fn ids_names_and_facts_come_from_columns() {
    let list = "Serial Number;Vendor ID;Product ID;Model;license_compliant;Site\r\n\
                A1;0x230A;1550;;no;Oslo\r\n\
                A2;;;Sentry ONE;;Oslo\r\n\
                \"A;3\";;;kingston-d300;yes;\r\n\
                A4;951;1666;;;\r\n\
                A5;;;Unheard of;;\r\n";
    let rows = rows(list, &[]);
    let of = |field: &str| -> Vec<Value> { rows.iter().map(|row| row[field].clone()).collect() };
    assert_eq!(of("serial"), ["A1", "A2", "A;3", "A4", "A5"]);
    assert_eq!(
        of("id"),
        [
            "datalocker-sentry-one-m".into(),
            "datalocker-sentry-one".into(),
            "kingston-d300".into(),
            Value::Null,
            Value::Null
        ]
    );
    assert_eq!(of("name")[3], "Kingston DataTraveler (consumer stick, not encrypted)");
    assert_eq!(of("name")[4], "Unheard of");
    assert_eq!(
        of("verdict"),
        ["not_eligible", "needs_information", "needs_information", "unknown", "unknown"]
    );
    let reasons = rows[0]["reasons"].as_array().unwrap();
    let terms = reasons.iter().find(|reason| reason["clause"] == "license_terms").unwrap();
    assert_eq!(terms["evidence"], "license_compliant = false (the inventory)");
    let output = check(list.as_bytes(), &["--format", "csv"]);
    assert_eq!(said(&output), "hint: not used: the column Site\n");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn one_answer_for_each_row_also_for_one_that_cannot_be_read() {
    let long = "x".repeat(70_000);
    let list = format!(
        "\u{feff}vid,pid,product,managed\n0951,16a4,,no\nzz,1,,\n0951,16a4\n,,{long},\n,,,\n\r\n\n0951,16a4,,perhaps\n0951,16a4,,\n"
    );
    let output = check(list.as_bytes(), &["--format", "csv"]);
    let answered = lines(&output.stdout);
    assert_eq!(answered.len(), 1 + 6, "{answered:?}");
    let unread: Vec<bool> = answered.iter().map(|l| l.contains("can't be read")).collect();
    assert_eq!(unread, [false, false, true, true, true, true, false]);
    let said = said(&output);
    for told in [
        "stdin:3: column `vid`: `zz` is not a vendor id of four hex digits",
        "stdin:4: the row has 2 fields, the first line has 4",
        "stdin:5: the row has more than 65536 bytes; is a quotation mark not closed?",
        "stdin:9: column `managed`: `perhaps` is none of yes, likely, no, unknown",
    ] {
        assert!(said.contains(told), "{told} in {said}");
    }
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn of_many_rows_that_cannot_be_read_a_few_are_told() {
    let list = format!("vid\n{}", "zz\n".repeat(1000));
    let said = said(&check(list.as_bytes(), &["--format", "nagios"]));
    assert_eq!(said.lines().count(), 11, "{said}");
    assert!(said.ends_with("warning: stdin: 990 more rows can't be read\n"), "{said}");
}

#[test]
fn lines_of_json_may_be_broken_one_by_one() {
    let long = format!("{{\"product\": \"{}\"}}", "x".repeat(70_000));
    let list = format!(
        "{{\"model\": \"Sentry ONE\", \"license_compliant\": false, \"tags\": [1, {{}}]}}\n{{\"model\": \n[1]\n{long}\n{{\"usb\": {{\"vid\": \"230a\", \"pid\": \"1550\"}}, \"a\": {{\"b\": {{\"c\": {{}}}}}}}}"
    );
    assert_eq!(
        verdicts(&list),
        ["not_eligible", "unknown", "unknown", "unknown", "needs_information"]
    );
}

#[test]
fn the_document_is_the_published_one() {
    let list = "serial,model,port\n\"a\"\"b\",Sentry ONE,desk 7\n,Sentry ONE,\n";
    let output = check(list.as_bytes(), &["--json"]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let schema: Value = serde_json::from_str(
        &std::fs::read_to_string("data/schemas/keycase.eligibility-1.json").unwrap(),
    )
    .unwrap();
    let errors: Vec<String> = jsonschema::validator_for(&schema)
        .unwrap()
        .iter_errors(&document)
        .map(|error| error.to_string())
        .collect();
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(document["drives"][0]["serial"], "a\"b");
    assert_eq!(document["drives"][0]["port"], "desk 7");
    assert_eq!(document["drives"][1]["serial"], Value::Null);
    assert_eq!(document["drives"][1]["port"], Value::Null);
    assert_eq!(document["summary"]["needs_information"], 2);
}

#[test]
fn people_get_the_kinds_of_drives() {
    let list = format!("model\n{}D300\n", "Sentry ONE\n".repeat(3));
    let output = check(list.as_bytes(), &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("3 × DataLocker Sentry ONE: open, questions decide\n"), "{text}");
    assert!(text.contains("stdin, 4 drives: 4 needs information\n"), "{text}");
    let one = String::from_utf8(check(b"model\nUnheard of\n", &[]).stdout).unwrap();
    assert!(one.contains("stdin, 1 drive: 1 unknown\n"), "{one}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

/// SafeConsole registers a SafeStick ahead of time only from 4.8.25 on.
/// Rows that differ in their cause are no one kind, and each line says its own.
#[test]
fn every_row_has_its_own_cause() {
    let list = "vid,pid,managed\n230a,1550,Ja\n230a,xyz,yes\n";
    let table = check(list.as_bytes(), &[]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert_eq!(table.matches("1 × a row that can't be read").count(), 2, "{table}");
    let csv = lines(&check(list.as_bytes(), &["--format", "csv"]).stdout);
    assert!(csv[0].ends_with(",advice,why"), "{csv:?}");
    assert!(csv[1].contains("`Ja`") && csv[2].contains("`xyz`"), "{csv:?}");
}

#[test]
fn a_list_tells_which_drives_are_advised_to_be_updated() {
    let good = [
        "license_compliant=true",
        "account_in_good_standing=true",
        "implementation_complete=true",
        "past_end_of_life=false",
        "request_is_problem=true",
        "requester_is_admin=true",
        "installed_as_instructed=true",
        "third_party_cause=false",
    ];
    let facts: Vec<&str> = good.iter().flat_map(|fact| ["--fact", fact]).collect();
    let (head, old, new) = ("serial,model,software\n", "1,SafeStick,4.8.24\n", "2,SafeStick,6.0\n");
    let code = |list: &str| check(list.as_bytes(), &facts).status.code();
    assert_eq!(code(&format!("{head}{new}")), Some(0));
    assert_eq!(code(&format!("{head}{new}{old}")), Some(1));
    let line = check(
        format!("{head}{new}{old}").as_bytes(),
        &[&facts[..], &["--format", "nagios"]].concat(),
    );
    let line = String::from_utf8(line.stdout).unwrap();
    assert!(line.starts_with("KEYCASE WARNING - 2 eligible, 1 advised to update |"), "{line}");
    let rows = rows(&format!("{head}{new}{old}"), &facts);
    let advised: Vec<usize> =
        rows.iter().map(|row| row["advice"].as_array().unwrap().len()).collect();
    assert_eq!(advised, [0, 1]);
    let source = rows[1]["advice"][0]["source"].as_str().unwrap();
    assert!(source.contains("article 4000106178"), "{source}");
    let table = check(format!("{head}{new}{old}").as_bytes(), &facts);
    let table = String::from_utf8(table.stdout).unwrap();
    let kinds = table.matches("1 × DataLocker SafeStick: eligible for support").count();
    assert_eq!(kinds, 2, "{table}");
}

#[test]
fn text_from_a_list_neither_steers_a_terminal_nor_starts_a_formula() {
    let list = "serial,product\n=cmd(),\u{1b}[2J\n\u{202e}x,+1\n";
    for format in ["csv", "ndjson", "table"] {
        let output = check(list.as_bytes(), &["--format", format]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{format}: {text}");
        assert!(format != "csv" || text.contains(",'=cmd(),") && text.contains(",'+1,"), "{text}");
    }
}

#[test]
fn wrong_lists_are_refused_in_words() {
    let empty = check(b"", &[]);
    assert!(said(&empty).starts_with("error: stdin is empty\n"), "{}", said(&empty));
    let no_column = check(b"a;b\n1;2\n", &[]);
    assert!(said(&no_column).starts_with("error: stdin:1: no column says which drives these are"));
    let missing = keycase(&["check", "--inventory", "no/such/list.csv"]).output().unwrap();
    assert!(said(&missing).contains("can't read no/such/list.csv"));
    let both = keycase(&["check", "--inventory", "-", "--sysroot", "."]).output().unwrap();
    assert!(said(&both).contains("instead of a machine"));
    for output in [empty, no_column, missing, both] {
        assert_eq!(output.status.code(), Some(3));
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn what_is_no_list_is_refused_with_the_way_that_works() {
    let snapshot = "tests/machines/locked-sentry-one/snapshot.json";
    let pretty = std::fs::read_to_string(snapshot).unwrap();
    let value: Value = serde_json::from_str(&pretty).unwrap();
    let drives = &value["drives"];
    for (list, error, hint) in [
        (drives.to_string(), "error: stdin is one JSON array", "`jq -c '.[]'`"),
        (serde_json::to_string_pretty(drives).unwrap(), "error: stdin is one JSON array", "jq"),
        (
            value.to_string(),
            "error: stdin is a snapshot (keycase.snapshot/1)",
            "`keycase check --from -`",
        ),
        (pretty, "error: stdin is a snapshot (keycase.snapshot/1)", "`keycase check --from -`"),
        (
            serde_json::to_string_pretty(&drives[0]).unwrap(),
            "error: stdin:1: a JSON object goes on in the next line",
            "`jq -c .`",
        ),
        (
            r#"{"schema":"keycase.eligibility/1","drives":[]}"#.into(),
            "error: stdin is a document `keycase.eligibility/1`",
            "a line of column names",
        ),
    ] {
        let output = check(list.as_bytes(), &["--json"]);
        let said = said(&output);
        assert!(said.starts_with(error) && said.contains(hint), "{said}");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(3), 0), "{said}");
    }
    let file = keycase(&["check", "--inventory", snapshot]).output().unwrap();
    let from = format!("`keycase check --from {snapshot}` checks the drives in it");
    assert!(said(&file).contains(&from), "{}", said(&file));
}

#[test]
fn a_list_without_drives_says_that_there_is_none() {
    for list in ["vid,pid,model\n", "vid,pid,model\n,,\n", "{\"site\": \"Oslo\"}\n"] {
        let output = check(list.as_bytes(), &[]);
        assert!(said(&output).starts_with("error: no drive found in stdin\n  hint: "), "{list}");
        assert_eq!(output.status.code(), Some(3), "{list}");
    }
}

/// `| head -1`: the rest is not worked out, and that is no error.
#[test]
fn a_reader_that_leaves_ends_the_run() {
    let mut list = tempfile::NamedTempFile::new().unwrap();
    list.write_all(b"serial,model\n").unwrap();
    for number in 0..200_000 {
        writeln!(list, "{number},Sentry ONE").unwrap();
    }
    let path = list.path().to_str().unwrap();
    let mut command = keycase(&["check", "--format", "csv", "--inventory", path]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(said(&output), "");
    assert_eq!(output.status.code(), Some(1));
}

/// What comes through a pipe may come in any pieces.
#[test]
fn pieces_and_lines_before_the_names_make_no_difference() {
    let mut command = keycase(&["check", "--format", "csv", "--inventory", "-"]);
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    for piece in ["\u{feff}\n", " \n mod", "el", ";serial\nSentry ONE", ";A1\nz;;\n"] {
        input.write_all(piece.as_bytes()).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(30));
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    let answered = lines(&output.stdout);
    assert!(answered[1].contains(",Sentry ONE,DataLocker Sentry ONE,A1,"), "{answered:?}");
    assert!(said(&output).contains("stdin:5: the row has 3 fields"), "{}", said(&output));
}
