//! What this machine is known to hold: values to take out wherever they stand.

use super::Class;

/// One sensitive value and its class.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seed {
    /// The value as the machine spells it.
    pub value: String,
    /// What it is.
    pub class: Class,
}

/// All seeds of a machine.
#[derive(Clone, Debug, Default)]
pub struct Seeds {
    /// Values that must not leave.
    pub secret: Vec<Seed>,
    /// Values that must never be changed, although a rule would (serials of the drives the
    /// ticket is about, for example).
    pub keep: Vec<String>,
}
