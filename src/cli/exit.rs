//! Exit codes, all of them. `tests/exit_codes.rs` holds the documentation to this file.

/// How a command other than `check` ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Failed for a reason no other code names.
    Failed = 1,
    /// The command line is wrong (`EX_USAGE`).
    Usage = 64,
    /// Input data is wrong (`EX_DATAERR`).
    BadData = 65,
    /// No input: no drive found, no such bundle (`EX_NOINPUT`).
    NoInput = 66,
    /// The support desk cannot be reached (`EX_UNAVAILABLE`).
    DeskUnreachable = 69,
    /// Reading or writing failed (`EX_IOERR`).
    Io = 74,
    /// Queued in the outbox, will be sent (`EX_TEMPFAIL`).
    Queued = 75,
    /// The desk refused, or answered out of protocol (`EX_PROTOCOL`).
    DeskRefused = 76,
    /// A right is missing (`EX_NOPERM`).
    MissingRight = 77,
    /// Configuration or a pack is wrong (`EX_CONFIG`).
    Config = 78,
    /// Interrupted by the person.
    Interrupted = 130,
}

impl Exit {
    /// Every code with its meaning, in the order of the documentation.
    pub const ALL: [(Self, &'static str); 12] = [
        (Self::Done, "done"),
        (Self::Failed, "failed"),
        (Self::Usage, "usage"),
        (Self::BadData, "bad input data"),
        (Self::NoInput, "no input (no drive found, no such bundle)"),
        (Self::DeskUnreachable, "desk unreachable"),
        (Self::Io, "I/O"),
        (Self::Queued, "queued in the outbox, will be sent"),
        (Self::DeskRefused, "the desk refused, or answered out of protocol"),
        (Self::MissingRight, "a right is missing"),
        (Self::Config, "bad configuration or pack"),
        (Self::Interrupted, "interrupted"),
    ];

    /// The number the shell sees.
    pub fn code(self) -> u8 {
        self as u8
    }
}

/// How `check` ends: the convention of monitoring plugins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum CheckExit {
    /// Every drive is eligible.
    Eligible = 0,
    /// Something is to be settled.
    Settle = 1,
    /// A drive is not eligible.
    NotEligible = 2,
    /// Unknown, no drive found, or the check could not run.
    Unknown = 3,
}

impl CheckExit {
    /// Every code with its meaning, in the order of the documentation.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Eligible, "every drive eligible"),
        (Self::Settle, "something to settle"),
        (Self::NotEligible, "a drive not eligible"),
        (Self::Unknown, "unknown, no drive found, or the check could not run"),
    ];

    /// The number the shell sees.
    pub fn code(self) -> u8 {
        self as u8
    }
}
