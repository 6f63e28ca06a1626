//! `keycase completions`: the script that lets a shell complete the command line.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{App, Cli, CliResult, Exit, output};

/// Print the completion script of a shell
///
/// The packages install these scripts. After `cargo install`, put them where the shell looks:
///
/// bash: keycase completions bash > ~/.local/share/bash-completion/completions/keycase
///
/// zsh: keycase completions zsh > FOLDER/_keycase, where FOLDER is one of $fpath
///
/// fish: keycase completions fish > ~/.config/fish/completions/keycase.fish
///
/// PowerShell: add to $PROFILE: keycase completions powershell | Out-String | Invoke-Expression
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

pub(super) fn run(args: &CompletionsArgs, app: &App) -> CliResult {
    app.refuse_json("a completion script is for a shell")?;
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "keycase", &mut script);
    output::answer(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done.code())
}
