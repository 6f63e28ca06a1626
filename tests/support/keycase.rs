//! The program under test in a clean environment: nothing of the developer's own reaches it.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The program, built by cargo for this test.
pub const EXE: &str = env!("CARGO_BIN_EXE_keycase");

/// The moment at which every test takes place.
pub const NOW: &str = "2026-11-22T12:00:00Z";

/// What a process needs to start at all, and what coverage tools hand down.
const KEPT: &[&str] = &["SystemRoot", "LLVM_PROFILE_FILE"];

/// One run of the program: own home, no colour or CI variables, UTC, a fixed `--now`.
pub struct Keycase {
    command: Command,
    home: TempDir,
    stdin: Vec<u8>,
}

/// How a run ended.
#[derive(Debug)]
pub struct Ran {
    /// Exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// The answer.
    pub stdout: String,
    /// Everything else.
    pub stderr: String,
}

impl Keycase {
    /// Starts with these arguments, separated by spaces.
    pub fn new(arguments: &str) -> Self {
        let mut command = Command::new(EXE);
        command.args(["--now", NOW]).args(arguments.split_whitespace());
        let home = TempDir::new().expect("a temporary home");
        clean(&mut command, home.path());
        Self { command, home, stdin: Vec::new() }
    }

    /// Adds one argument as it is.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Sets a variable.
    pub fn env(mut self, key: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    /// Reads a recorded machine instead of this one.
    pub fn sysroot(self, root: &Path) -> Self {
        self.arg("--sysroot").arg(root)
    }

    /// What the program reads from its standard input.
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// The home folder of this run, for configuration and state.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The command itself, for an emulated bus to run.
    pub fn command(&mut self) -> &mut Command {
        &mut self.command
    }

    /// Runs it to its end.
    pub fn run(mut self) -> Ran {
        self.run_again()
    }

    /// Runs it to its end and keeps it for another run with the same home.
    pub fn run_again(&mut self) -> Ran {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().expect("the program starts");
        let mut input = child.stdin.take().expect("a pipe");
        let bytes = std::mem::take(&mut self.stdin);
        // A program that does not read its input closes it: no fault of the test's.
        let writer = std::thread::spawn(move || drop(input.write_all(&bytes)));
        let output = child.wait_with_output().expect("the program ends");
        writer.join().expect("the input was written");
        Ran::from(output)
    }
}

/// Takes the caller's environment away and gives a small one of its own.
pub fn clean(command: &mut Command, home: &Path) {
    command.env_clear();
    for key in KEPT {
        if let Some(value) = std::env::var_os(key) {
            command.env(key, value);
        }
    }
    command.env("PATH", "/usr/bin:/bin").env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
    command.env("HOME", home).env("USERPROFILE", home);
    for (key, folder) in [
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_RUNTIME_DIR", "runtime"),
        ("TMPDIR", "tmp"),
    ] {
        let folder = home.join(folder);
        std::fs::create_dir(&folder).or_else(kept).expect("a folder in the home");
        command.env(key, folder);
    }
}

fn kept(error: std::io::Error) -> std::io::Result<()> {
    match error.kind() {
        std::io::ErrorKind::AlreadyExists => Ok(()),
        _ => Err(error),
    }
}

impl Ran {
    /// The answer as JSON; fails with everything the program said.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("stdout is not JSON: {error}\n{self:#?}"))
    }

    /// Fails unless the exit code is this one.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "exit code\n{self:#?}");
        self
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program prints UTF-8");
        Self {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}
