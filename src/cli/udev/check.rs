//! Looking for the rules where udev does.

use std::collections::BTreeSet;
use std::io;

use super::super::{App, CliError, CliResult, Exit, output};
use crate::catalog::Catalog;
use crate::host::Root;
use crate::render::udev::{DriveRow, UdevDocument};
use crate::snapshot::{Drive, Snapshot};
use crate::text;
use crate::udev::{self, FILE_NAME, Found, Grant, State};

/// udev's folders, the strongest first (udev(7)). `/lib` is where Debian 12 and others keep
/// what systemd calls `/usr/lib`; where one is a link to the other it counts once.
const FOLDERS: [&str; 5] = [
    "etc/udev/rules.d",
    "run/udev/rules.d",
    "usr/local/lib/udev/rules.d",
    "usr/lib/udev/rules.d",
    "lib/udev/rules.d",
];

/// A rules file is a few kilobytes.
const LONGEST: usize = 1024 * 1024;

/// Prints how the rules stand.
pub(super) fn run(app: &App) -> CliResult {
    let Some(root) = app.root()? else { return Err(App::usage("no machine to look at")) };
    let installed = udev::status(&found(&root), &udev::rules(app.catalog()?));
    let state = installed.state;
    let snapshot = app.snapshot(false)?;
    let drives = drives(&root, app.catalog()?, &snapshot);
    let document = UdevDocument::new(app.tool()?, installed, drives);
    let text = match app.global.json {
        true => text::json::document(&document)
            .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))?,
        false => document.text(),
    };
    output::answer(&text)?;
    if let Some(next) = document.next.as_deref().filter(|_| !app.global.quiet) {
        output::hint(next);
    }
    Ok(match state {
        State::Installed => Exit::Done.code(),
        State::Absent | State::Stale | State::Shadowed => Exit::Failed.code(),
    })
}

/// The files of our name, the strongest folder first.
pub(super) fn found(root: &Root) -> Vec<Found> {
    let mut seen = BTreeSet::new();
    let folders = FOLDERS.iter().filter_map(|folder| root.dir(folder).ok());
    let folders: Vec<_> = folders.filter(|folder| seen.insert(folder.display())).collect();
    let mut found = Vec::new();
    for folder in folders {
        let path = format!("{}/{FILE_NAME}", folder.display().trim_end_matches('/'));
        // A link to /dev/null is udev's way to switch a file off.
        if folder.link_name(FILE_NAME).as_deref() == Some("null") {
            found.push(Found { path, text: Some(String::new()), masked: true });
            continue;
        }
        match folder.bytes(FILE_NAME, LONGEST) {
            Ok(bytes) => {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let masked = text.is_empty();
                found.push(Found { path, text: Some(text), masked });
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(_) => found.push(Found { path, text: None, masked: false }),
        }
    }
    found
}

/// The attached drives that the rules are about, and whether udev marked them.
fn drives(root: &Root, catalog: &Catalog, snapshot: &Snapshot) -> Vec<DriveRow> {
    let grants = udev::grants(catalog);
    let granted = |drive: &&Drive| match (drive.usb.vid, drive.usb.pid) {
        (Some(vid), Some(pid)) => grants.contains_key(&Grant { vid, pid }),
        _ => false,
    };
    let row = |drive: &Drive| DriveRow {
        port: drive.port.clone(),
        name: drive.display_name(),
        applied: applied(root, drive),
    };
    snapshot.drives.iter().filter(granted).map(row).collect()
}

/// Whether udev's record of the drive's USB node holds the tag (`G:` ever, `Q:` now).
fn applied(root: &Root, drive: &Drive) -> Option<bool> {
    let device = root.dir(&format!("sys/bus/usb/devices/{}", drive.port)).ok()?;
    let number = device.attribute("dev").ok()?;
    let number = number.trim();
    let plain = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
    let record = root.text(&format!("run/udev/data/c{number}"), LONGEST).ok().filter(|_| plain)?;
    Some(record.lines().any(|line| line == "G:uaccess" || line == "Q:uaccess"))
}
