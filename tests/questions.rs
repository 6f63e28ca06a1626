//! `keycase check` at a terminal: a real one, made by script(1).
#![cfg(target_os = "linux")]
#![expect(clippy::expect_used, reason = "a test stops at the first surprise")]

pub mod support;

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};

use support::keycase::{EXE, NOW, clean};
use support::machine::Machine;
use tempfile::TempDir;

/// A person at a terminal: sees what is shown there, and presses keys.
struct Person {
    terminal: Child,
    seen: String,
    read: usize,
    _home: TempDir,
}

impl Person {
    fn runs(arguments: &str, machine: &str) -> Self {
        Self::at("xterm", arguments, machine)
    }

    /// At a terminal of this kind.
    fn at(kind: &str, arguments: &str, machine: &str) -> Self {
        let home = TempDir::new().expect("a home");
        let snapshot = Machine::named(machine).snapshot();
        // Whoever runs the tests in the background has them ignore Ctrl-C; a terminal does not.
        // A shell that stays would be interrupted itself now and then, and its exit code shown.
        let exe = format!("exec env --default-signal=INT '{EXE}'");
        let line = format!("{exe} {arguments} --now {NOW} --from '{}'", snapshot.display());
        let mut command = Command::new("script");
        command.args(["--quiet", "--return", "--flush", "--command", &line, "/dev/null"]);
        clean(&mut command, home.path());
        command.env("TERM", kind).env("SHELL", "/bin/sh");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let terminal = command.spawn().expect("script(1) starts");
        Self { terminal, seen: String::new(), read: 0, _home: home }
    }

    /// Waits until a text shows that was not there before.
    fn sees(&mut self, text: &str) -> &mut Self {
        let mut block = [0; 4096];
        loop {
            if let Some(at) = self.seen[self.read..].find(text) {
                self.read += at + text.len();
                return self;
            }
            let screen = self.terminal.stdout.as_mut().expect("a screen");
            let count = screen.read(&mut block).expect("the screen can be read");
            assert!(count > 0, "`{text}` never shows:\n{}", self.seen);
            self.seen.push_str(&String::from_utf8_lossy(&block[..count]));
        }
    }

    fn presses(&mut self, keys: &str) -> &mut Self {
        let keyboard = self.terminal.stdin.as_mut().expect("a keyboard");
        keyboard.write_all(keys.as_bytes()).expect("the keys arrive");
        self
    }

    /// What the rest of the screen shows, and the exit code.
    fn leaves(&mut self) -> (String, Option<i32>) {
        let mut rest = Vec::new();
        let screen = self.terminal.stdout.as_mut().expect("a screen");
        screen.read_to_end(&mut rest).expect("the screen can be read");
        let code = self.terminal.wait().expect("the program ends").code();
        self.seen.push_str(&String::from_utf8_lossy(&rest));
        (self.seen[self.read..].to_owned(), code)
    }
}

const UP: &str = "\u{1b}[A";
const LICENCE: &str = "licence terms of the device and its software?";

#[test]
fn one_answer_can_settle_everything() {
    let mut person = Person::runs("check", "locked-sentry-one");
    person.sees(LICENCE).sees("> I don't know").presses(&format!("{UP}\r"));
    let (screen, code) = person.leaves();
    assert_eq!(code, Some(2), "{screen}");
    assert!(screen.contains("not eligible for support"), "{screen}");
    let words = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("license_compliant = false (your answer)"), "{screen}");
    assert!(!screen.contains("systems administrator"), "nothing more is asked: {screen}");
}

#[test]
fn good_answers_to_all_questions_make_a_drive_eligible() {
    let mut person = Person::runs("check", "locked-sentry-one");
    let yes = format!("{UP}{UP}\r");
    let no = format!("{UP}\r");
    for (question, answer) in [
        (LICENCE, &yes),
        ("active and paid up?", &yes),
        ("rolled out", &yes),
        ("past its end of life?", &no),
        ("not working as it should?", &yes),
        ("designated systems administrator", &yes),
        ("as its instructions say?", &yes),
        ("software of another vendor?", &no),
    ] {
        person.sees(question).sees("> I don't know").presses(answer);
    }
    let (screen, code) = person.leaves();
    assert_eq!(code, Some(0), "{screen}");
    assert!(screen.contains("eligible for support"), "{screen}");
}

#[test]
fn whoever_does_not_know_is_asked_once_and_told_what_stays_open() {
    let mut person = Person::runs("check", "locked-sentry-one");
    for _ in 0..8 {
        person.sees("> I don't know").presses("\r");
    }
    let (screen, code) = person.leaves();
    assert_eq!(code, Some(1), "{screen}");
    assert!(screen.contains("requester_is_admin: Are you the designated"), "{screen}");
}

#[test]
fn ctrl_c_leaves_the_terminal_as_it_was() {
    // The question's first line shows before the question listens for keys, its last one after.
    for line in [LICENCE, "> I don't know"] {
        let mut person = Person::runs("check", "locked-sentry-one");
        person.sees(line).presses("\u{3}");
        let (screen, code) = person.leaves();
        assert_eq!(code, Some(3), "{screen}");
        assert!(screen.contains("interrupted"), "{screen}");
        assert!(screen.contains("\u{1b}[?25h"), "the cursor is back: {screen:?}");
    }
}

/// A document on stdout is for a program; nobody is asked then.
#[test]
fn documents_ask_nothing() {
    for arguments in ["check --json", "check --format csv", "check -q"] {
        let (screen, code) = Person::runs(arguments, "locked-sentry-one").leaves();
        assert_eq!(code, Some(1), "{arguments}: {screen}");
        assert!(!screen.contains("> I don't know"), "{arguments}: {screen}");
    }
}

/// Editors, serial consoles and screen readers show an escape sequence instead of obeying it.
#[test]
fn a_terminal_that_cannot_move_its_cursor_is_asked_in_plain_lines() {
    let mut person = Person::at("dumb", "check", "locked-sentry-one");
    person.sees(LICENCE).sees("\nyes, no, or Enter if you don't know (question 1 of 8): ");
    person.presses("\n").sees("active and paid up?").sees("(question 2 of 8): ");
    person.presses("perhaps\n").sees("(question 2 of 8): ").presses("no\n");
    let (screen, code) = person.leaves();
    assert_eq!(code, Some(2), "{screen}");
    let words = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("account_in_good_standing = false (your answer)"), "{screen}");
    assert!(!person.seen.contains('\u{1b}'), "{:?}", person.seen);
}

#[test]
fn a_plain_terminal_shows_no_escape_sequence_of_a_triage_a_bundle_or_an_end() {
    let triage = r#"triage --describe "my drive shows nothing""#;
    let mut person = Person::at("dumb", triage, "locked-sentry-one");
    person.sees("(question 1 of ").presses("\u{4}");
    let (screen, code) = person.leaves();
    assert_eq!(code, Some(74), "{screen}");
    assert!(!person.seen.contains('\u{1b}'), "{:?}", person.seen);

    let mut person = Person::at("dumb", "check", "locked-sentry-one");
    person.sees("(question 1 of 8): ").presses("\u{3}");
    assert_eq!(person.leaves().1, Some(3), "{}", person.seen);
    assert!(!person.seen.contains('\u{1b}'), "{:?}", person.seen);

    let submit = r#"submit --desk outbox-only --describe "my drive shows nothing""#;
    let mut person = Person::at("dumb", submit, "locked-sentry-one");
    person.sees("(question 1 of 1): ").presses("\n");
    person.sees("Keep this in the outbox?").sees("yes or no (Enter: no): ");
    assert_eq!(person.presses("\n").leaves().1, Some(1), "{}", person.seen);
    assert!(!person.seen.contains('\u{1b}'), "{:?}", person.seen);
}
