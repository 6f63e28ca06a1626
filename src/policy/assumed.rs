//! What a pack had to assume about the hours of a desk.

/// What had to be assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Assumed {
    Zone,
    Days,
    Holidays,
}

/// Which days of the week had to be assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AssumedDays {
    /// Those on which the desk is open, and business days are the same.
    Both,
    /// Those on which the desk is open; business days are stated.
    Open,
    /// Business days; those on which the desk is open are stated.
    Business,
}

impl AssumedDays {
    /// Whether a time rests on them that counts in hours or days of the desk.
    pub(super) fn matter(self, to_hours: bool, to_days: bool) -> bool {
        match self {
            Self::Both => to_hours || to_days,
            Self::Open => to_hours,
            Self::Business => to_days,
        }
    }
}

impl Assumed {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Zone => "time zone",
            Self::Days => "business days",
            Self::Holidays => "holidays",
        }
    }
}
