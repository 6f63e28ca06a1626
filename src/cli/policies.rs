//! The support policies of a run, and which one governs it.

use super::{App, CliError, CliResult, Exit, desks};
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
        let id = match id {
            Some(id) => id,
            None => desks::usual_policy(self)?.unwrap_or(USUAL),
        };
        let policies = self.policies()?;
        policies
            .get(id)
            .ok_or_else(|| App::usage(format!("no policy `{id}`")).hint(known(policies)))
    }
}

/// The policies there are, for whoever named another one.
pub(super) fn known(policies: &Policies) -> String {
    let known: Vec<&str> = policies.iter().map(|policy| policy.id.as_str()).collect();
    format!("the policies are: {}", known.join(", "))
}
