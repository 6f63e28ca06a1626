//! What the person stated: `--fact` over `[facts]` of the configuration over overlays.

use crate::cli::{App, CliError, CliResult, Config, Exit};
use crate::condition::{Facts, Origin};
use crate::policy::{Policy, typed_fact};

/// Gathers the stated facts of all layers.
pub(in crate::cli) fn gather<'a>(
    policy: &'a Policy,
    options: &'a [String],
    config: &'a Config,
) -> CliResult<Facts<'a>> {
    let mut facts = policy.standing_facts();
    configured(&mut facts, policy, config)?;
    for option in options {
        stated(&mut facts, policy, option)?;
    }
    Ok(facts)
}

/// A configuration serves several policies: what this one does not know is passed over.
fn configured<'a>(facts: &mut Facts<'a>, policy: &Policy, config: &'a Config) -> CliResult<()> {
    for (name, value) in &config.facts {
        if policy.fact(name).is_none() {
            continue;
        }
        let value = typed_fact(policy.names(), name, value).map_err(|what| {
            CliError::new(
                Exit::Config,
                format!("a fact of the configuration is not usable: {what}"),
            )
            .hint("correct it below [facts] in the configuration")
        })?;
        facts.set(name.as_str(), value, Origin::Config);
    }
    Ok(())
}

fn stated<'a>(facts: &mut Facts<'a>, policy: &Policy, option: &'a str) -> CliResult<()> {
    let Some((name, value)) = option.split_once('=') else {
        return Err(App::usage(format!("--fact takes NAME=VALUE, not `{option}`"))
            .hint("for example --fact requester_is_admin=true"));
    };
    let name = name.trim();
    let Some(row) = policy.fact(name) else {
        return Err(unknown(policy, name));
    };
    let value = row.kind.parse(value.trim()).map_err(|error| {
        App::usage(format!("--fact {name}: {error}")).hint(row.question.to_string())
    })?;
    facts.set(name, value, Origin::Option);
    Ok(())
}

fn unknown(policy: &Policy, name: &str) -> CliError {
    let known: Vec<&str> = policy.pack.facts.iter().map(|row| row.id.get_ref().as_str()).collect();
    let error = App::usage(format!("the policy `{}` has no fact `{name}`", policy.id));
    match known.is_empty() {
        true => error.hint("this policy asks for no facts"),
        false => error.hint(format!("its facts are: {}", known.join(", "))),
    }
}
