//! Making a bundle: collect, redact, pack, describe, search, publish.

use std::path::{Path, PathBuf};

use super::error::BundleError;
use super::gather::gather;
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
    let (packed, manifest) = gather(inputs, &dir)?;
    let mut bundle = writer::write(&dir, packed, &manifest)?;
    let each = |name: &str| (inputs.progress)(Step::Auditing(name));
    audit::audit(&mut bundle, &manifest, inputs.auditor, &each)?;
    let path = path(target, &name::bundle(inputs.now, &bundle.sha256), sealer.is_some());
    if let Some(sealer) = sealer {
        (inputs.progress)(Step::Sealing);
        bundle = seal(bundle, &dir, sealer)?;
    }
    let (sha256, bytes) = (bundle.sha256.clone(), bundle.bytes);
    let path = bundle.publish(path)?;
    Ok(BuiltBundle { path, sha256, bytes, sealed: sealer.is_some(), manifest })
}

/// Does all that [`build`] does but writing: what the bundle would hold.
pub fn preview(inputs: &Inputs<'_>) -> Result<Manifest, BundleError> {
    Ok(gather(inputs, &std::env::temp_dir())?.1)
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

fn seal(mut bundle: Unnamed, dir: &Path, sealer: &dyn Sealer) -> Result<Unnamed, BundleError> {
    let fail = |source| BundleError::Write { place: dir.to_owned(), source };
    let mut sealed = writer::temporary(dir).map_err(fail)?;
    let content = bundle.content().map_err(fail)?;
    sealer.seal(content, sealed.as_file_mut()).map_err(BundleError::Seal)?;
    Unnamed::complete(sealed).map_err(fail)
}
