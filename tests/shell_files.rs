//! Completion scripts and manual pages know every command, because they are made from the
//! same description as `--help`.

pub mod support;

use std::collections::BTreeSet;
use std::fs;

use support::keycase::Keycase;

/// Commands as `--help` lists them.
fn commands(of: &str) -> Vec<String> {
    let ran = Keycase::new(&format!("{of} --help")).run();
    let list = ran.stdout.lines().skip_while(|line| *line != "Commands:").skip(1);
    list.take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect()
}

#[test]
fn every_shell_completes_every_command() {
    let commands = commands("");
    assert!(commands.len() > 10, "{commands:?}");
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let ran = Keycase::new(&format!("completions {shell}")).run();
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{shell}");
        for command in commands.iter().map(String::as_str).chain(["targets", "--sysroot"]) {
            // fish writes long options without their dashes.
            let word = if shell == "fish" { command.trim_start_matches('-') } else { command };
            assert!(ran.stdout.contains(word), "{shell} does not know {command}");
        }
    }
}

#[test]
fn an_unknown_shell_is_a_usage_error_that_names_the_known_ones() {
    let ran = Keycase::new("completions csh").run();
    assert_eq!(ran.code, Some(64));
    assert!(ran.stderr.contains("bash") && ran.stderr.contains("powershell"), "{}", ran.stderr);
    assert_eq!(ran.stdout, "");
}

#[test]
fn one_page_goes_to_stdout() {
    let ran = Keycase::new("man").run();
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    assert!(ran.stdout.contains(".TH keycase 1"), "{}", ran.stdout);
    for section in ["SYNOPSIS", "EXIT STATUS", "ENVIRONMENT", "FILES"] {
        assert!(ran.stdout.contains(section), "no section {section}");
    }
}

#[test]
fn a_folder_gets_a_page_for_every_command_and_subcommand() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("made/for/it");
    let ran = Keycase::new("man --out").arg(&out).run();
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{}", ran.stderr);
    let written: BTreeSet<String> = fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let mut expected = BTreeSet::from(["keycase.1".to_owned()]);
    for command in commands("") {
        expected.insert(format!("keycase-{command}.1"));
        for below in commands(&command) {
            expected.insert(format!("keycase-{command}-{below}.1"));
        }
    }
    assert_eq!(written, expected);
    assert!(ran.stderr.contains(&format!("{} manual pages", written.len())), "{}", ran.stderr);
    let check = fs::read_to_string(out.join("keycase-check.1")).unwrap();
    assert!(check.contains("EXIT STATUS") && check.contains("not eligible"), "{check}");
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error_with_its_name() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let out = file.path().join("pages");
    let ran = Keycase::new("man --out").arg(&out).run();
    assert_eq!(ran.code, Some(74), "{}", ran.stderr);
    assert!(ran.stderr.contains(&format!("can't write {}", out.display())), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint:"), "{}", ran.stderr);
}
