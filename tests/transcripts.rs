//! What a person at a prompt sees, as transcripts: `tests/cli/*.md`.
//!
//! `TRYCMD=overwrite cargo test --test transcripts` writes what the program says now; read the
//! difference before it is kept.
#![cfg(target_os = "linux")]

#[test]
fn the_program_says_what_the_transcripts_show() {
    let cases = trycmd::TestCases::new();
    // Nothing of the caller's home, settings, terminal and clock gets in.
    for variable in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"] {
        cases.env(variable, concat!(env!("CARGO_TARGET_TMPDIR"), "/nobody"));
    }
    cases.env("NO_COLOR", "1").env("COLUMNS", "80").case("tests/cli/*.md");
}
