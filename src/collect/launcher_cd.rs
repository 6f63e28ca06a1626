//! The launcher CD: its label, its files with sizes and hashes, the versions they state.

use std::io;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Budget, Collector, Content, Context, Cut, Ending, Gathered, Launcher, Source, System};
use crate::host::Root;
use crate::host::launcher::{self, LauncherFile, Place};
use std::time::Duration;

/// Launcher facts.
pub(super) struct LauncherCd;

/// Bytes hashed in all; a launcher has up to 300 megabytes.
const MOST_HASHED: u64 = 400 * 1000 * 1000;

/// Bytes read at a time.
const PIECE: usize = 256 * 1024;

impl Source for LauncherCd {
    fn id(&self) -> &'static str {
        "launcher-cd"
    }
    fn reads(&self) -> &'static str {
        "label, file list with sizes and hashes, and stated versions of the launcher CD, from \
         its mount or its read-only node; on a live machine only with --read-launcher"
    }
    fn wanted_for(&self) -> &'static str {
        "which unlocker is on the drive, whether it is whole, and for which systems"
    }
    fn systems(&self) -> &'static [System] {
        &[System::Linux]
    }
    fn budget(&self) -> Budget {
        Budget { time: Duration::from_secs(30), bytes: 2 * 1024 * 1024 }
    }
}

impl Collector for LauncherCd {
    fn collect(&self, root: &Root, context: &Context) -> Ending {
        if context.target.launchers.is_empty() {
            return Ending::Skipped("no launcher CD of a known drive is there".into());
        }
        if root.is_live() && !context.asked.launcher {
            return Ending::Skipped(
                "not read, because that sends read requests to the drive; --read-launcher reads it"
                    .into(),
            );
        }
        let mut files = Vec::new();
        let mut refused = Vec::new();
        for cd in &context.target.launchers {
            match describe(root, cd, context) {
                Ok(file) => files.push(file),
                Err(error) => refused.push(format!("port {}: {error}", cd.port)),
            }
        }
        match files.is_empty() {
            true => Ending::Failed(refused.join("; ")),
            false => Ending::Done(files),
        }
    }
}

impl Launcher {
    /// Where it can be read.
    pub fn place(&self) -> Place {
        Place { mount: self.mounts.first().cloned(), node: self.node.clone() }
    }
}

fn describe(
    root: &Root,
    cd: &Launcher,
    context: &Context,
) -> Result<Gathered, launcher::LauncherError> {
    let opened = launcher::Launcher::open(root, &cd.place())?;
    let mut hashing = Hashing { context, left: MOST_HASHED, skipped: 0 };
    let files: Vec<Value> =
        opened.files.iter().map(|file| hashing.describe(&opened, file)).collect();
    let readmes = opened.readmes().into_iter();
    let software = opened.software();
    let value = json!({
        "port": cd.port,
        "node": cd.node,
        "filesystem": cd.filesystem,
        "volume": opened.label.as_ref().or(cd.label.as_ref()),
        "read_from": if cd.mounts.is_empty() { "its node" } else { "its mount" },
        "software": software.map(|s| json!({ "version": s.version, "from": s.from })),
        "readme": readmes.map(|(path, line)| json!({ "path": path, "says": line })).collect::<Vec<_>>(),
        "files": files,
        "incomplete": opened.incomplete,
    });
    let why = match hashing.skipped {
        0 => None,
        count => Some(format!("{count} files were not hashed: time or size was used up")),
    };
    let cut = why.map(|why| Cut { why, of: None });
    let name = format!("launcher-{}.json", cd.port);
    Ok(Gathered { name, content: Content::Fields(value), cut })
}

/// Hashes files while there is time.
struct Hashing<'a> {
    context: &'a Context,
    left: u64,
    skipped: u32,
}

impl Hashing<'_> {
    fn describe(&mut self, opened: &launcher::Launcher, file: &LauncherFile) -> Value {
        let program = opened.program(file);
        let (sha256, problem) = match self.hash(opened, file) {
            Ok(Some(hash)) => (Some(hash), None),
            Ok(None) => {
                self.skipped += 1;
                (None, None)
            }
            Err(error) => (None, Some(error.to_string())),
        };
        let mut value = json!({ "path": file.path, "size_bytes": file.size, "sha256": sha256 });
        if let (Some(problem), Some(fields)) = (problem, value.as_object_mut()) {
            fields.insert("problem".into(), problem.into());
        }
        if let (Some(program), Some(fields)) = (program, value.as_object_mut()) {
            let dotted = |v: [u16; 4]| v.map(|part| part.to_string()).join(".");
            fields.insert(
                "version".into(),
                json!({
                    "file": program.file.map(dotted),
                    "product": program.product.map(dotted),
                    "machine": program.machine,
                    "strings": program.strings,
                }),
            );
        }
        value
    }

    /// The hash of a file; `None` when there is no time or room for it.
    fn hash(
        &mut self,
        opened: &launcher::Launcher,
        file: &LauncherFile,
    ) -> io::Result<Option<String>> {
        if file.size > self.left || self.context.stop.is_due() {
            return Ok(None);
        }
        let mut content = opened.open_file(file)?;
        let (mut at, mut hasher) = (0, Sha256::new());
        while at < file.size {
            if self.context.stop.is_due() {
                return Ok(None);
            }
            let wanted = usize::try_from(file.size - at).unwrap_or(PIECE).min(PIECE);
            let piece = content.bytes_at(at, wanted)?;
            if piece.is_empty() {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it ends too early"));
            }
            hasher.update(&piece);
            at += piece.len() as u64;
        }
        self.left -= file.size;
        Ok(Some(crate::text::hex(&hasher.finalize())))
    }
}
