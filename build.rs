//! Lists every pack under `data/` so that the binary carries them all, and hashes them: a program
//! that is asked for the hash need not read what it has no other use for.

#![expect(clippy::use_debug, reason = "string literals for generated Rust")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use sha2::{Digest, Sha256};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    println!("cargo:rerun-if-changed=data");
    let mut files = Vec::new();
    collect(&root.join("data"), &mut files)?;
    files.sort();

    let mut hash = Sha256::new();
    let mut list = String::from("pub(super) static FILES: &[(&str, &str)] = &[\n");
    for file in &files {
        let text = fs::read(file)?;
        // Lengths keep two files from hashing like one.
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(&text);
        let name = file.strip_prefix(root.join("data")).map_err(io::Error::other)?;
        let name = name.to_string_lossy().replace('\\', "/");
        writeln!(list, "    ({name:?}, include_str!({file:?})),").map_err(io::Error::other)?;
    }
    list.push_str("];\n");
    let hash: Vec<u8> = hash.finalize().to_vec();
    writeln!(list, "pub(super) static HASH: &[u8] = &{hash:?};").map_err(io::Error::other)?;
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(out.join("packs.rs"), list)
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
