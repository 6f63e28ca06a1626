//! Making a bundle: collect, redact, pack, describe, search, publish.

use std::fs::File;
use std::io::{self, Seek};
use std::path::{Path, PathBuf};

use super::error::BundleError;
use super::gather::{Made, Samples, gather};
use super::inputs::{BuiltBundle, Inputs, Sealer, Step, Target};
use super::manifest::Manifest;
use super::writer::{self, Unnamed};
use super::{audit, name};

/// Makes a bundle and gives it its name. On an error nothing is left behind.
///
/// An interruption is no error: the bundle then holds what had been collected, and its
/// manifest says so.
pub fn build(
    inputs: &Inputs<'_>,
    target: &Target,
    sealer: Option<&dyn Sealer>,
) -> Result<BuiltBundle, BundleError> {
    let dir = folder(target);
    let mut made = gather(inputs, &dir)?;
    let (bundle, own_name) = loop {
        match attempt(inputs, &mut made, &dir, sealer)? {
            Some(done) => break done,
            None => made.shorten(),
        }
    };
    let Made { manifest, samples, .. } = made;
    let (sha256, bytes) = (bundle.sha256.clone(), bundle.bytes);
    let path = bundle.publish(path(target, &own_name, sealer.is_some()))?;
    Ok(BuiltBundle { path, sha256, bytes, sealed: sealer.is_some(), manifest, samples })
}

/// Writes and searches; `None` when the person did not want to wait for so long a search.
fn attempt(
    inputs: &Inputs<'_>,
    made: &mut Made,
    dir: &Path,
    sealer: Option<&dyn Sealer>,
) -> Result<Option<(Unnamed, String)>, BundleError> {
    let each = |name: &str| (inputs.progress)(Step::Auditing(name));
    let stop = &inputs.context.stop;
    let is_long = made.is_long();
    let give_up = || is_long && stop.is_asked();
    let (packed, manifest) = (&mut made.packed, &made.manifest);
    let watch = audit::Watch { each: &each, give_up: &give_up };
    let audit = |file: &mut File| audit::audit(file, manifest, inputs.auditor, &watch);
    let Some(sealer) = sealer else {
        let mut bundle = writer::write(dir, packed, manifest)?;
        let whole = audit(bundle.content().map_err(|source| cannot_write(dir, source))?)?;
        let own_name = name::bundle(inputs.now, &bundle.sha256);
        return Ok(whole.then_some((bundle, own_name)));
    };
    // What is not sealed yet has no name in the file system: even a power cut leaves
    // nothing of it.
    let (mut open, sha256) = writer::write_nameless(dir, packed, manifest)?;
    if !audit(&mut open)? {
        return Ok(None);
    }
    (inputs.progress)(Step::Sealing);
    Ok(Some((seal(open, dir, sealer)?, name::bundle(inputs.now, &sha256))))
}

fn cannot_write(dir: &Path, source: io::Error) -> BundleError {
    BundleError::Write { place: dir.to_owned(), source }
}

/// Does all that [`build`] does but writing: what the bundle would hold, and some lines of
/// each file before and after, for a terminal only.
pub fn preview(inputs: &Inputs<'_>) -> Result<(Manifest, Samples), BundleError> {
    let made = gather(inputs, &std::env::temp_dir())?;
    Ok((made.manifest, made.samples))
}

fn folder(target: &Target) -> PathBuf {
    match target {
        Target::Folder(dir) => dir.clone(),
        Target::File(file) => match file.parent() {
            Some(dir) if !dir.as_os_str().is_empty() => dir.to_owned(),
            _ => PathBuf::from("."),
        },
    }
}

fn path(target: &Target, own_name: &str, sealed: bool) -> PathBuf {
    let path = match target {
        Target::Folder(dir) if dir.as_path() == Path::new(".") => PathBuf::from(own_name),
        Target::Folder(dir) => dir.join(own_name),
        Target::File(file) => file.clone(),
    };
    // A sealed bundle is not a zip, and must not be taken for one.
    if !sealed || path.extension().is_some_and(|ending| ending == "age") {
        return path;
    }
    let mut path = path.into_os_string();
    path.push(".age");
    path.into()
}

fn seal(mut open: File, dir: &Path, sealer: &dyn Sealer) -> Result<Unnamed, BundleError> {
    let fail = |source| cannot_write(dir, source);
    let mut sealed = writer::temporary(dir).map_err(fail)?;
    open.rewind().map_err(fail)?;
    sealer.seal(&mut open, sealed.as_file_mut()).map_err(BundleError::Seal)?;
    Unnamed::complete(sealed).map_err(fail)
}
