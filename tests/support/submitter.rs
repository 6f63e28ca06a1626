//! A person with a computer of their own: configuration, state, and the program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use super::fake_freshdesk::{FakeFreshdesk, KEY};

pub(crate) struct Submitter {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) bundle: PathBuf,
}

pub(crate) const DESCRIPTION: &str = "<b>\"not\" recognised & blinking</b>\nsince the update";

impl Submitter {
    /// With the desk `acme` at `url`.
    pub(crate) fn new(url: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for folder in ["config/keycase", "state", "root/sys"] {
            fs::create_dir_all(dir.path().join(folder)).unwrap();
        }
        let bundle = dir.path().join("keycase-20261122T100000Z-0123abcd.zip");
        let this = Self { dir, bundle };
        this.configure(url, "");
        let made = this.run(&["bundle", "-o", this.bundle.to_str().unwrap()]);
        assert_eq!(made.code, 0, "{}", made.stderr);
        this
    }

    /// With a bundle of about this many bytes.
    pub(crate) fn with_noise(url: &str, bytes: usize) -> Self {
        let this = Self::new(url);
        this.make_bundle_of(bytes);
        this
    }

    /// Makes the bundle one of about this many bytes.
    pub(crate) fn make_bundle_of(&self, bytes: usize) {
        fs::remove_file(&self.bundle).unwrap();
        let (bundle, noise) = (self.bundle.to_str().unwrap(), self.noise(bytes));
        let made = self.run(&["bundle", "-o", bundle, "--include", &noise, "--max-bytes", "100M"]);
        assert_eq!(made.code, 0, "{}", made.stderr);
    }

    /// A file of bytes that do not compress.
    pub(crate) fn noise(&self, bytes: usize) -> String {
        let mut state = 0x2545_f491_u32;
        let noise = std::iter::repeat_with(|| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state.to_le_bytes()
        });
        let noise: Vec<u8> = noise.take(bytes / 4).flatten().collect();
        let file = self.dir.path().join("noise.bin");
        fs::write(&file, noise).unwrap();
        file.to_str().unwrap().to_owned()
    }

    /// Makes the bundle larger than a desk takes.
    pub(crate) fn grow_bundle(&self) {
        self.make_bundle_of(20_000_000);
    }

    /// The bundle's bytes.
    pub(crate) fn bundle_bytes(&self) -> Vec<u8> {
        fs::read(&self.bundle).unwrap()
    }

    pub(crate) fn at(desk: &FakeFreshdesk) -> Self {
        Self::new(&desk.url())
    }

    /// With a bundle that is there already, and everything of its own in `place`.
    pub(crate) fn with_bundle(url: &str, bundle: &Path, place: &Path) -> Self {
        let dir = tempfile::tempdir_in(place).unwrap();
        for folder in ["config/keycase", "state", "root/sys"] {
            fs::create_dir_all(dir.path().join(folder)).unwrap();
        }
        let this = Self { dir, bundle: bundle.to_owned() };
        this.configure(url, "");
        this
    }

    pub(crate) fn configure(&self, url: &str, more: &str) {
        self.configure_kind("freshdesk", url, more);
    }

    pub(crate) fn configure_kind(&self, kind: &str, url: &str, more: &str) {
        let url = if url.is_empty() { String::new() } else { format!("url = \"{url}\"\n") };
        let text = format!(
            "default-desk = \"acme\"\n[outbox]\nlook-interval = \"1ms\"\nretry-base = \"1ms\"\n\
             [facts]\nrequester_is_admin = true\n\
             [desk.acme]\nkind = \"{kind}\"\n{url}requester = \"a.user+x@example.org\"\n{more}\n"
        );
        fs::write(self.dir.path().join("config/keycase/config.toml"), text).unwrap();
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        self.command_at("2026-11-22T10:00:00Z", args)
    }

    pub(crate) fn command_at(&self, now: &str, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keycase"));
        command.args(args).args(["--now", now, "--sysroot"]);
        command.arg(self.dir.path().join("root"));
        command.env_clear().env("KEYCASE_ACME_TOKEN", KEY).env("HOME", self.dir.path());
        command.env("XDG_CONFIG_HOME", self.dir.path().join("config"));
        command.env("XDG_STATE_HOME", self.dir.path().join("state"));
        command.stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Outcome {
        Outcome::of(self.command(args).output().unwrap())
    }

    pub(crate) fn submit_args<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        let bundle = self.bundle.to_str().unwrap();
        let mut args = vec!["submit", bundle, "--describe", DESCRIPTION, "--yes", "--json"];
        args.extend(more);
        args
    }

    pub(crate) fn submit(&self) -> Outcome {
        self.run(&self.submit_args(&[]))
    }

    pub(crate) fn send(&self) -> Outcome {
        self.run(&["outbox", "send", "--json"])
    }

    pub(crate) fn start(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    pub(crate) fn outbox(&self) -> PathBuf {
        self.dir.path().join("state/keycase/outbox")
    }

    /// The folders of all submissions.
    pub(crate) fn items(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.outbox()) else { return Vec::new() };
        // What a killed process left half done has no name yet.
        let named =
            |path: &PathBuf| !path.file_name().unwrap().as_encoded_bytes().starts_with(b".");
        let mut items: Vec<_> = entries.map(|entry| entry.unwrap().path()).filter(named).collect();
        items.sort();
        items
    }

    /// The state on disk of the only submission.
    pub(crate) fn state(&self) -> String {
        let items = self.items();
        assert_eq!(items.len(), 1, "{items:?}");
        let text = fs::read_to_string(items[0].join("state.json")).unwrap();
        let state: Value = serde_json::from_str(&text).unwrap();
        state["state"].as_str().unwrap().to_owned()
    }
}

pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    pub(crate) fn of(output: Output) -> Self {
        let code = output.status.code().unwrap_or(-1);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code, stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    pub(crate) fn json(&self) -> Value {
        let parsed = serde_json::from_str(&self.stdout);
        parsed.unwrap_or_else(|error| panic!("{error}: {}\n{}", self.stdout, self.stderr))
    }

    /// The state that the answer names, and the exit code.
    pub(crate) fn ended(&self) -> (String, i32) {
        let json = self.json();
        let of = if json["items"].is_array() { json["items"][0].clone() } else { json };
        (of["state"].as_str().unwrap_or("none").to_owned(), self.code)
    }
}
