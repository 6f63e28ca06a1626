//! Lists every pack under `data/` so that the binary carries them all, and hashes them: a program
//! that is asked for the hash need not read what it has no other use for. Names stand together for
//! the same reason; beside the texts, looking for a pack would bring all of them into memory.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use sha2::{Digest, Sha256};

/// Packs longer than this are embedded deflated: what was learned for triage would be a seventh of
/// the program. Short ones gain little.
const LONG: usize = 8 * 1024;

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    println!("cargo:rerun-if-changed=data");
    let mut files = Vec::new();
    collect(&root.join("data"), &mut files)?;
    files.sort();

    let mut hash = Sha256::new();
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    let (mut names, mut plain, mut rows) = (String::new(), Vec::new(), String::new());
    for file in &files {
        let text = fs::read(file)?;
        // Lengths keep two files from hashing like one.
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(&text);
        let name = file.strip_prefix(root.join("data")).map_err(io::Error::other)?;
        let name = name.to_string_lossy().replace('\\', "/");
        let text = match text.len() > LONG {
            true => packed(&text, &out.join(name.replace('/', "-")))?,
            false => format!("Body::Plain({:?})", append(&mut plain, &text)),
        };
        writeln!(rows, "    ({}, {text}),", name.len()).map_err(io::Error::other)?;
        names.push_str(&name);
    }
    fs::write(out.join("pack_names"), names)?;
    fs::write(out.join("packs"), plain)?;
    let (count, hash) = (files.len(), hash.finalize().to_vec());
    let list = format!(
        "pub(super) static NAMES: &str = include_str!(\"pack_names\");\n\
         pub(super) static PLAIN: &str = include_str!(\"packs\");\n\
         pub(super) static FILES: [(usize, Body); {count}] = [\n{rows}];\n\
         pub(super) static HASH: &[u8] = &{hash:?};\n"
    );
    fs::write(out.join("packs.rs"), list)
}

/// Where the text stands among the others.
fn append(all: &mut Vec<u8>, text: &[u8]) -> std::ops::Range<usize> {
    let start = all.len();
    all.extend_from_slice(text);
    start..all.len()
}

/// Writes a long pack deflated, and returns how the list names it.
fn packed(text: &[u8], file: &Path) -> io::Result<String> {
    let mut encoder = DeflateEncoder::new(fs::File::create(file)?, Compression::best());
    encoder.write_all(text)?;
    encoder.finish()?;
    Ok(format!("Body::Packed(include_bytes!({file:?}))"))
}

/// Adds the TOML files below `dir`; folders are watched so that a new file rebuilds.
fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo:rerun-if-changed={}", dir.display());
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|e| e == "toml") {
            files.push(path);
        }
    }
    Ok(())
}
