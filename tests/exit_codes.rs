//! The README's table of exit codes is the one in the program.

use keycase::cli::{CheckExit, Exit};

#[test]
fn the_readme_documents_every_exit_code() {
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let rows: Vec<(u8, &str)> = readme
        .lines()
        .filter_map(|line| {
            let (code, meaning) = line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | ")?;
            Some((code.parse().ok()?, meaning))
        })
        .collect();
    let codes: Vec<(u8, &str)> =
        Exit::ALL.iter().map(|(exit, what)| (exit.code(), *what)).collect();
    assert_eq!(rows, codes);
}

#[test]
fn codes_are_the_published_ones() {
    let codes: Vec<u8> = Exit::ALL.iter().map(|(exit, _)| exit.code()).collect();
    assert_eq!(codes, [0, 1, 64, 65, 66, 69, 74, 75, 76, 77, 78, 130]);
    use CheckExit::{Eligible, NotEligible, Settle, Unknown};
    assert_eq!([Eligible, Settle, NotEligible, Unknown].map(CheckExit::code), [0, 1, 2, 3]);
}
