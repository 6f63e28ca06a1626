//! `keycase unmask`: the customer reads a stand-in back.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{App, CliError, CliResult, Exit, output, pseudonyms};
use crate::bundle::Bundle;
use crate::cli::show::is_sealed_or_intact;
use crate::render::unmasked::{SCHEMA, Unmasked};

/// Read stand-ins of a bundle back, with the map that stayed on this machine
#[derive(Debug, Args)]
pub(super) struct UnmaskArgs {
    /// The bundle that the stand-ins are from
    bundle: PathBuf,
    /// The map [default: the one that `keycase bundle` has kept here]
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// The text with stand-ins in it, e.g. a line of a log (`-` is stdin)
    text: String,
}

/// The longest text read from stdin.
const LONGEST: u64 = 64 * 1024 * 1024;

pub(super) fn run(args: &UnmaskArgs, app: &App) -> CliResult {
    let key_id = key_id(&args.bundle)?;
    let file = args.map.clone().map_or_else(pseudonyms::place, Ok)?;
    let kept = pseudonyms::read(app, &file)?;
    if key_id.is_some_and(|key_id| key_id != kept.key_id) {
        let what = format!("{} is not the map of this bundle", file.display());
        return Err(CliError::new(Exit::BadData, what)
            .because("their stand-ins were made under different keys")
            .hint("use the map of the machine and the user who made the bundle"));
    }
    let (text, replaced) = kept.map.unmask(&text(&args.text)?);
    if replaced == 0 {
        let truncated = kept.map.is_truncated();
        let hint = match truncated {
            true => "the map is full: the oldest values are in it, the newest are not",
            false => "passwords, tokens and keys are never in a map",
        };
        return Err(
            CliError::new(Exit::Failed, "no stand-in in this text is known to the map").hint(hint)
        );
    }
    output::answer(&show(app, &Unmasked { schema: SCHEMA, text, replaced })?)?;
    Ok(Exit::Done.code())
}

fn show(app: &App, answer: &Unmasked) -> CliResult<String> {
    if !app.global.json {
        return Ok(answer.text());
    }
    crate::text::json::document(answer)
        .map_err(|error| CliError::caused_by(Exit::Failed, "can't write JSON", &error))
}

/// The key that made a bundle's stand-ins. A sealed bundle does not say; nothing is read
/// from one that is not intact.
fn key_id(path: &Path) -> CliResult<Option<String>> {
    let sealed = is_sealed_or_intact(path)?;
    let opened = if sealed { None } else { Bundle::open(path).ok() };
    Ok(opened.and_then(|bundle| bundle.manifest().key_id.clone()))
}

fn text(given: &str) -> CliResult<String> {
    if given != "-" {
        return Ok(given.to_owned());
    }
    let mut text = String::new();
    std::io::stdin().take(LONGEST).read_to_string(&mut text).map_err(|error| {
        CliError::caused_by(Exit::BadData, "can't read the text from stdin", &error)
    })?;
    Ok(text)
}
