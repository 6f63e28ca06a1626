//! The support policies of a run, and which one governs it.

use super::{App, CliError, CliResult, Exit};
use crate::policy::{Policies, Policy};

/// The policy when neither the command line nor the configuration names one.
const USUAL: &str = "datalocker";

impl App {
    /// The policies, loaded on first use.
    pub fn policies(&self) -> CliResult<&Policies> {
        self.policies_once(|| {
            Policies::load(self.packs()?).map_err(|errors| {
                let mut error = CliError::new(Exit::Config, "the policy packs are not usable");
                for problem in errors {
                    error = error.because(&problem);
                }
                error.hint("`keycase policy lint FILE` checks a policy pack")
            })
        })
    }

    /// The named policy, or the default desk's, or `datalocker`.
    pub fn policy(&self, id: Option<&str>) -> CliResult<&Policy> {
        let config = self.config()?;
        let desk = config.default_desk.as_ref().and_then(|name| config.desk.get(name));
        let id = id.or(desk.and_then(|desk| desk.policy.as_deref())).unwrap_or(USUAL);
        let policies = self.policies()?;
        policies.get(id).ok_or_else(|| {
            let known: Vec<&str> = policies.iter().map(|policy| policy.id.as_str()).collect();
            App::usage(format!("no policy `{id}`"))
                .hint(format!("the policies are: {}", known.join(", ")))
        })
    }
}
