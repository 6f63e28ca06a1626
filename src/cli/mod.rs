//! The shell: one file per command, each with its `Args` and a `run` that reads as steps.
//!
//! Belongs here: the command line, prompts, exit codes, and everything that reads the
//! clock, the environment or the configuration. Does not belong here: decisions.

mod app;
mod ask;
mod assemble;
mod attach;
mod bundle;
mod check;
mod clock;
mod completions;
mod config;
mod data;
mod description;
mod desk;
mod desks;
mod diagnose;
mod error;
mod exit;
mod explain;
mod explain_collector;
mod explain_problem;
mod explain_triage;
mod identity;
mod interrupt;
mod launcher;
mod lint;
mod log;
mod man;
mod outbox;
mod output;
mod overview;
mod packs;
mod paths;
mod policies;
mod policy;
mod pseudonyms;
mod record;
mod recording;
mod redaction;
mod scan;
mod show;
mod source;
mod status;
mod submit;
mod triage;
mod udev;
mod units;
mod unmask;
mod verify;

pub use app::{App, Global};
pub use config::Config;
pub use error::{CliError, CliResult, io_exit};
pub use exit::{CheckExit, Exit};
pub use interrupt::Interrupt;

use std::ffi::OsString;

use clap::{Parser, Subcommand};

/// Open a better support case for an encrypted USB drive
///
/// Reads what the operating system already publishes about attached IronKey, Kingston and
/// DataLocker drives, says what each drive is and whether the vendor still supports it, packs
/// redacted evidence into a verifiable bundle, and files one ticket, exactly once.
///
/// Nothing is sent to a drive, and nothing leaves the machine unseen.
///
/// Without a command: the drives of this computer, whether they are supported, what is
/// wrong, who helps and what to do next.
#[derive(Debug, Parser)]
#[command(name = "keycase", version, max_term_width = 100, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Scan(scan::ScanArgs),
    Check(check::CheckArgs),
    Diagnose(diagnose::DiagnoseArgs),
    Triage(triage::TriageArgs),
    Policy(policy::PolicyArgs),
    Bundle(bundle::BundleArgs),
    Show(show::ShowArgs),
    Verify(verify::VerifyArgs),
    Unmask(unmask::UnmaskArgs),
    Submit(submit::SubmitArgs),
    Attach(attach::AttachArgs),
    Status(status::StatusArgs),
    Outbox(outbox::OutboxArgs),
    Desk(desk::DeskArgs),
    Explain(explain::ExplainArgs),
    Data(data::DataArgs),
    Udev(udev::UdevArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

/// Runs the program on `args` (the first is its own name); returns the exit code.
pub fn main(args: impl IntoIterator<Item = OsString>) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => return output::usage(&error, &args),
    };
    let app = match App::new(cli.global) {
        Ok(app) => app,
        Err(error) => {
            error.print();
            return error.exit.code();
        }
    };
    match run(cli.command.as_ref(), &app) {
        Ok(code) => code,
        Err(error) => {
            error.print();
            error.exit.code()
        }
    }
}

fn run(command: Option<&Command>, app: &App) -> CliResult {
    let Some(command) = command else { return overview::run(app) };
    match command {
        Command::Scan(args) => scan::run(args, app),
        Command::Check(args) => check::run(args, app),
        Command::Diagnose(args) => diagnose::run(args, app),
        Command::Triage(args) => triage::run(args, app),
        Command::Policy(args) => policy::run(args, app),
        Command::Bundle(args) => bundle::run(args, app),
        Command::Show(args) => show::run(args, app),
        Command::Verify(args) => verify::run(args, app),
        Command::Unmask(args) => unmask::run(args, app),
        Command::Submit(args) => submit::run(args, app),
        Command::Attach(args) => attach::run(args, app),
        Command::Status(args) => status::run(args, app),
        Command::Outbox(args) => outbox::run(args, app),
        Command::Desk(args) => desk::run(args, app),
        Command::Explain(args) => explain::run(args, app),
        Command::Data(args) => data::run(args, app),
        Command::Udev(args) => udev::run(args, app),
        Command::Completions(args) => completions::run(args, app),
        Command::Man(args) => man::run(args, app),
    }
}
