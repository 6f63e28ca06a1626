//! What goes wrong in one run: a function of its seed.

use crate::fake_freshdesk::Act;
use crate::steps;

/// What a desk, or something on the way to it, does wrong with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    None,
    DroppedBefore,
    DroppedAfter,
    DroppedUnread,
    ResetMidway,
    StalledBefore,
    StalledAfter,
    Status429,
    Status500Before,
    Status500After,
    Page502Before,
    Page502After,
    Portal200,
    Portal200After,
    TruncatedJson,
    EmptyAnswer,
}

/// When the program is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kill {
    Never,
    /// At the nth of a system call that makes a step durable or talks to the desk.
    AtStep(&'static str, u32),
    /// At the nth of any other system call.
    AtInstant(&'static str, u32),
}

/// One run.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    /// What happens to the first requests that make the ticket.
    pub(crate) create: Vec<Fault>,
    /// What happens to the first uploads.
    pub(crate) attach: Vec<Fault>,
    /// What happens to the first looks whether the ticket is there.
    pub(crate) look: Vec<Fault>,
    /// What happens to the first looks whether the file is there.
    pub(crate) look_at_files: Vec<Fault>,
    /// When the first commands are killed.
    pub(crate) kills: Vec<Kill>,
}

impl Fault {
    const ALL: [Self; 16] = [
        Self::None,
        Self::DroppedBefore,
        Self::DroppedAfter,
        Self::DroppedUnread,
        Self::ResetMidway,
        Self::StalledBefore,
        Self::StalledAfter,
        Self::Status429,
        Self::Status500Before,
        Self::Status500After,
        Self::Page502Before,
        Self::Page502After,
        Self::Portal200,
        Self::Portal200After,
        Self::TruncatedJson,
        Self::EmptyAnswer,
    ];

    /// The words of the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::DroppedBefore => "no answer, not carried out",
            Self::DroppedAfter => "no answer, carried out",
            Self::DroppedUnread => "closed before the body",
            Self::ResetMidway => "reset in the middle of the body",
            Self::StalledBefore => "stalls, not carried out",
            Self::StalledAfter => "stalls, carried out",
            Self::Status429 => "429 with Retry-After",
            Self::Status500Before => "500, not carried out",
            Self::Status500After => "500, carried out",
            Self::Page502Before => "502 web page, not carried out",
            Self::Page502After => "502 web page, carried out",
            Self::Portal200 => "200 login page, not carried out",
            Self::Portal200After => "200 login page, carried out",
            Self::TruncatedJson => "answer cut after 10 bytes",
            Self::EmptyAnswer => "201 without a body",
        }
    }

    /// Whether the desk carries the request out, and what it does with the connection.
    pub(crate) fn act(self) -> Option<(bool, Act)> {
        let page = |status, text: &str| Act::Answer {
            status,
            headers: vec![("content-type", "text/html".into())],
            body: text.into(),
        };
        let json = |status, body: &str| Act::Answer {
            status,
            headers: vec![("content-type", "application/json".into())],
            body: body.into(),
        };
        let busy = Act::Answer {
            status: 429,
            headers: vec![("retry-after", "35".into())],
            body: String::new(),
        };
        let oops = r#"{"code":"internal_error","message":"We're sorry, but something went wrong"}"#;
        let gateway = "<html><h1>502 Bad Gateway</h1></html>";
        let portal = "<html>Welcome. Please accept the terms.</html>";
        Some(match self {
            Self::None => return None,
            Self::DroppedBefore => (false, Act::Drop),
            Self::DroppedAfter => (true, Act::Drop),
            Self::DroppedUnread => (false, Act::DropEarly),
            Self::ResetMidway => (false, Act::ResetMidway),
            Self::StalledBefore => (false, Act::Hang),
            Self::StalledAfter => (true, Act::Hang),
            Self::Status429 => (false, busy),
            Self::Status500Before => (false, json(500, oops)),
            Self::Status500After => (true, json(500, oops)),
            Self::Page502Before => (false, page(502, gateway)),
            Self::Page502After => (true, page(502, gateway)),
            Self::Portal200 => (false, page(200, portal)),
            Self::Portal200After => (true, page(200, portal)),
            Self::TruncatedJson => (true, Act::Truncate),
            Self::EmptyAnswer => (true, Act::NoBody),
        })
    }
}

impl Kill {
    /// The words of the table.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::AtStep(..) => "at a step of the outbox or the network",
            Self::AtInstant(..) => "at a random instant",
        }
    }
}

impl Plan {
    /// The plan of a seed. Every fault comes first in every sixteenth run, at the ticket and
    /// in another order at the bundle.
    pub(crate) fn of(seed: u64) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let all = Fault::ALL.len() as u64;
        let first = Fault::ALL[(seed % all) as usize];
        let second = Fault::ALL[(seed / all + 5 * seed) as usize % Fault::ALL.len()];
        let mut create = vec![first];
        let mut attach = vec![second];
        if dice.one_in(3) {
            create.push(dice.fault());
        }
        if dice.one_in(3) {
            attach.push(dice.fault());
        }
        let look = (0..dice.below(3)).map(|_| dice.fault()).collect();
        let look_at_files = (0..dice.below(2)).map(|_| dice.fault()).collect();
        let kills = (0..4).map(|_| dice.kill()).collect();
        Self { seed, create, attach, look, look_at_files, kills }
    }
}

/// Numbers that look random (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    fn fault(&mut self) -> Fault {
        Fault::ALL[self.below(Fault::ALL.len() as u64) as usize]
    }

    fn kill(&mut self) -> Kill {
        match self.below(4) {
            0 => {
                let (call, n) = self.call(steps::STEPS);
                Kill::AtStep(call, n)
            }
            1 => {
                let (call, n) = self.call(steps::INSTANTS);
                Kill::AtInstant(call, n)
            }
            _ => Kill::Never,
        }
    }

    fn call(&mut self, calls: &[(&'static str, u32)]) -> (&'static str, u32) {
        let (call, most) = calls[self.below(calls.len() as u64) as usize];
        (call, 1 + self.below(u64::from(most)) as u32)
    }
}
