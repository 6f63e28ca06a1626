//! Writing the rules: one file, whole or not at all, never over somebody else's.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use super::super::{App, CliError, CliResult, Exit, io_exit, output};
use super::check;
use crate::udev::{self, FILE_NAME};

const FOLDER: &str = "etc/udev/rules.d";

/// What makes udev use new rules on drives that are plugged in already.
const RELOAD: &str = "udevadm control --reload && \
     udevadm trigger --action=add --subsystem-match=usb --subsystem-match=hidraw";

/// Writes the file, unless it is there already, and says how to reload.
pub(super) fn run(app: &App) -> CliResult {
    let Some(root) = app.root()? else { return Err(App::usage("no machine to write to")) };
    let right = udev::rules(app.catalog()?);
    let folder = root.place(FOLDER).map_err(|error| failed(Path::new(FOLDER), &error))?;
    let file = folder.join(FILE_NAME);
    if fs::read_to_string(&file).is_ok_and(|there| there == right) {
        tell(app, &Outcome { file: &file, written: false, hidden: &[], reload: false })?;
        return Ok(Exit::Done.code());
    }
    refuse_to_replace(&file)?;
    write(&folder, &file, &right).map_err(|error| failed(&file, &error))?;
    let hidden = udev::status(&check::found(&root), &right).hidden;
    let reload = root.is_live();
    tell(app, &Outcome { file: &file, written: true, hidden: &hidden, reload })?;
    if !app.global.quiet && reload {
        output::hint(
            "udev uses the rules on drives plugged in from now on; for those that are, run",
        );
        output::tell(&format!("  {RELOAD}"));
    }
    Ok(Exit::Done.code())
}

/// What was done.
struct Outcome<'a> {
    file: &'a Path,
    /// Whether it was written; if not, it was right already.
    written: bool,
    /// Files of the same name that udev does not read because of it.
    hidden: &'a [String],
    /// Whether udev has to be told.
    reload: bool,
}

fn tell(app: &App, done: &Outcome<'_>) -> CliResult<()> {
    let file = done.file.display();
    if app.global.json {
        return output::document(&serde_json::json!({
            "schema": "keycase.udev-install/1",
            "tool": app.tool()?,
            "file": file.to_string(),
            "written": done.written,
            "hidden": done.hidden,
            "next": done.reload.then_some(RELOAD),
        }));
    }
    let mut said = match done.written {
        true => format!("wrote {file}\n"),
        false => format!("{file} is up to date; nothing was written\n"),
    };
    for other in done.hidden {
        said.push_str(&format!("udev reads it instead of {other}\n"));
    }
    output::answer(&said)
}

/// A file that keycase did not write may be somebody's decision: it stays.
fn refuse_to_replace(file: &Path) -> CliResult<()> {
    let Ok(metadata) = fs::symlink_metadata(file) else { return Ok(()) };
    let ours = metadata.is_file()
        && fs::read_to_string(file).is_ok_and(|text| text.contains("`keycase udev print`"));
    if ours {
        return Ok(());
    }
    let what = match metadata.is_symlink() {
        true => format!(
            "{} is a link; somebody has redirected or switched off the rules",
            file.display()
        ),
        false => format!("{} was not written by keycase", file.display()),
    };
    Err(CliError::new(Exit::Failed, what)
        .hint("move it away if the rules are wanted; nothing was changed"))
}

fn write(folder: &Path, file: &Path, text: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut temporary = tempfile::Builder::new().prefix(".keycase-").tempfile_in(folder)?;
    temporary.write_all(text.as_bytes())?;
    readable_by_all(temporary.as_file())?;
    temporary.as_file().sync_all()?;
    temporary.persist(file).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(unix)]
fn readable_by_all(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_by_all(_: &fs::File) -> io::Result<()> {
    Ok(())
}

fn failed(file: &Path, error: &io::Error) -> CliError {
    let exit = io_exit(error);
    let what = CliError::caused_by(exit, format!("can't write {}", file.display()), error);
    match exit {
        Exit::MissingRight => what.hint(
            "only root may write there: `sudo keycase udev install`, or look first with `keycase udev print`",
        ),
        _ => what.hint("nothing was changed; `keycase udev print` prints the rules"),
    }
}
