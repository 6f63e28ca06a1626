//! The picture of what happened at which port, and when: geometry only, drawn by the page.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::events::{self, Event, Kind};
use super::topology::Others;
use crate::bundle::Log;
use crate::render::text::count;
use crate::snapshot::{PortPath, Snapshot};

/// The picture's measures, in its own units.
const WIDTH: i64 = 920;
const LEFT: i64 = 236;
const RIGHT: i64 = 24;
const TOP: i64 = 16;
const LANE: i64 = 60;
const AXIS: i64 = 34;

/// Lanes shown; the drives' own ports come first.
const MOST_LANES: usize = 10;

/// Rows of the table below the picture.
const MOST_ROWS: usize = 60;

/// Bytes of words on one mark.
const MOST_TITLE: usize = 800;

/// In a shorter span, in seconds, two ticks have the same second.
const SHORT: f64 = (TICKS - 1) as f64;

/// Places with a label on the axis.
const TICKS: i64 = 5;

/// The whole picture and its table.
pub(super) struct Timeline {
    pub(super) width: i64,
    pub(super) height: i64,
    pub(super) left: i64,
    pub(super) right: i64,
    pub(super) axis_y: i64,
    pub(super) lanes: Vec<Lane>,
    pub(super) ticks: Vec<Tick>,
    /// In words, for whoever does not see the picture.
    pub(super) words: String,
    pub(super) rows: Vec<Row>,
    /// What was left out, in words; usually nothing.
    pub(super) left_out: String,
}

/// One port.
pub(super) struct Lane {
    pub(super) name: String,
    pub(super) port: String,
    pub(super) y: i64,
    pub(super) bars: Vec<Bar>,
    pub(super) marks: Vec<Mark>,
}

/// A time during which something was attached.
pub(super) struct Bar {
    pub(super) x: i64,
    pub(super) width: i64,
}

/// One event, or several at the same place.
pub(super) struct Mark {
    pub(super) x: i64,
    pub(super) class: &'static str,
    pub(super) title: String,
}

/// A label on the axis.
pub(super) struct Tick {
    pub(super) x: i64,
    pub(super) anchor: &'static str,
    pub(super) label: String,
}

/// A line of the table.
pub(super) struct Row {
    pub(super) at: String,
    pub(super) port: String,
    pub(super) class: &'static str,
    pub(super) what: &'static str,
    pub(super) text: String,
}

impl Timeline {
    /// The picture; `None` when nothing is known to have happened.
    pub(super) fn new(logs: &[Log], snapshot: &Snapshot) -> Option<Self> {
        let (all, older) = events::events(logs, snapshot);
        let last = all.last()?.at;
        // A log that mixes both kinds of stamps is drawn from the newer kind.
        let same = |event: &Event| events::since_start(event.at) == events::since_start(last);
        let all: Vec<Event> = all.into_iter().filter(same).collect();
        let first = all.first()?.at;
        let scale = Scale::new(first, last);
        let mut lanes = lanes(&all, snapshot, &Others::new(logs, snapshot), &scale);
        let hidden = lanes.split_off(lanes.len().min(MOST_LANES)).len();
        let height = TOP + LANE * i64::try_from(lanes.len()).unwrap_or(0) + AXIS;
        Some(Self {
            width: WIDTH,
            height,
            left: LEFT,
            right: WIDTH - RIGHT,
            axis_y: height - AXIS,
            lanes,
            ticks: scale.ticks(),
            words: words(&all, &scale),
            rows: rows(&all, &scale),
            left_out: left_out(older, hidden),
        })
    }
}

/// From time to place.
struct Scale {
    first: Timestamp,
    seconds: f64,
}

impl Scale {
    fn new(first: Timestamp, last: Timestamp) -> Self {
        // A single moment is drawn in the middle of a minute around it.
        let seconds = last.duration_since(first).as_secs_f64();
        let before = first.checked_sub(jiff::SignedDuration::from_secs(30));
        match before {
            Ok(before) if seconds < 1.0 => Self { first: before, seconds: 60.0 },
            _ => Self { first, seconds: seconds.max(1.0) },
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "a place in a picture of 920 units")]
    fn x(&self, at: Timestamp) -> i64 {
        let share = at.duration_since(self.first).as_secs_f64() / self.seconds;
        let room = (WIDTH - LEFT - RIGHT - 24) as f64;
        LEFT + 12 + (share.clamp(0.0, 1.0) * room).round() as i64
    }

    fn ticks(&self) -> Vec<Tick> {
        let tick = |index: i64| {
            let seconds = self.seconds * index as f64 / (TICKS - 1) as f64;
            let step = jiff::SignedDuration::try_from_secs_f64(seconds).unwrap_or_default();
            let at = self.first.checked_add(step).unwrap_or(self.first);
            let anchor = match index {
                0 => "start",
                _ if index == TICKS - 1 => "end",
                _ => "middle",
            };
            Tick { x: self.x(at), anchor, label: self.label(at) }
        };
        (0..TICKS).map(tick).collect()
    }

    /// As short as the span allows, and long enough to tell the ticks apart.
    fn label(&self, at: Timestamp) -> String {
        if events::since_start(at) {
            return match self.seconds {
                s if s < SHORT => at.strftime("%s%.3f s").to_string(),
                _ => format!("{} s", at.as_second()),
            };
        }
        let form = match self.seconds {
            s if s < SHORT => "%H:%M:%S%.3f",
            s if s < 36.0 * 3600.0 => "%H:%M:%S",
            s if s < 30.0 * 86400.0 => "%d %b %H:%M",
            _ => "%d %b %Y",
        };
        at.strftime(form).to_string()
    }
}

/// One lane for each port: the drives first, then others with events.
fn lanes(all: &[Event], snapshot: &Snapshot, known: &Others, scale: &Scale) -> Vec<Lane> {
    let mut of_port: BTreeMap<&PortPath, Vec<&Event>> = BTreeMap::new();
    for event in all {
        of_port.entry(&event.port).or_default().push(event);
    }
    let drives = snapshot.drives.iter().map(|drive| (&drive.port, drive.display_name()));
    let mut names: Vec<(&PortPath, String)> = drives.collect();
    let others: Vec<&PortPath> =
        of_port.keys().copied().filter(|port| names.iter().all(|(own, _)| own != port)).collect();
    names.extend(others.into_iter().map(|port| (port, known.name(port).to_owned())));
    let lane = |(index, (port, name)): (usize, (&PortPath, String))| {
        let events = of_port.get(port).cloned().unwrap_or_default();
        let is_there = snapshot.drives.iter().any(|drive| drive.port == *port);
        Lane {
            name: short(&super::view::clean(&name)),
            port: port.to_string(),
            y: TOP + LANE * i64::try_from(index).unwrap_or(0) + LANE / 2,
            bars: bars(&events, scale, is_there),
            marks: marks(&events, scale),
        }
    };
    names.into_iter().enumerate().map(lane).collect()
}

fn short(name: &str) -> String {
    const MOST: usize = 34;
    match name.chars().count() > MOST {
        true => name.chars().take(MOST - 1).chain(['…']).collect(),
        false => name.to_owned(),
    }
}

/// When something was attached; a device that is there now was there until the end.
fn bars(events: &[&Event], scale: &Scale, is_there: bool) -> Vec<Bar> {
    let (mut bars, mut from) = (Vec::new(), None);
    let mut add = |from: i64, to: i64| bars.push(Bar { x: from, width: (to - from).max(2) });
    for event in events {
        match (event.kind, from) {
            (Kind::Attached, None) => from = Some(scale.x(event.at)),
            // It was there already when the log began.
            (Kind::Detached, None) => add(LEFT, scale.x(event.at)),
            (Kind::Detached, Some(start)) => {
                add(start, scale.x(event.at));
                from = None;
            }
            _ => {}
        }
    }
    match from {
        Some(start) => add(start, WIDTH - RIGHT),
        None if is_there && events.is_empty() => add(LEFT, WIDTH - RIGHT),
        None => {}
    }
    bars
}

/// Marks: several of a kind at nearly the same place are one, and one of another kind there
/// steps aside. Trouble stands above the bar, where nothing else does.
fn marks(events: &[&Event], scale: &Scale) -> Vec<Mark> {
    const TOUCH: i64 = 7;
    const ROOM: i64 = 14;
    let mut marks: Vec<Mark> = Vec::new();
    for event in events {
        let (mut x, class) = (scale.x(event.at), class(event.kind));
        let title = format!("{}: {}", scale.label(event.at), event.text);
        let above = event.kind == Kind::Trouble;
        let last = marks.iter_mut().rev().find(|mark| (mark.class == "trouble") == above);
        if let Some(last) = last {
            if last.class == class && x - last.x < TOUCH {
                if last.title.len() < MOST_TITLE {
                    last.title.push_str(" · ");
                    last.title.push_str(&title);
                }
                continue;
            }
            x = x.max(last.x + if above { TOUCH } else { ROOM });
        }
        marks.push(Mark { x: x.min(WIDTH - RIGHT), class, title });
    }
    marks
}

fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Attached => "attached",
        Kind::Detached => "detached",
        Kind::Trouble => "trouble",
    }
}

fn what(kind: Kind) -> &'static str {
    match kind {
        Kind::Attached => "Attached",
        Kind::Detached => "Detached",
        Kind::Trouble => "Trouble",
    }
}

fn words(all: &[Event], scale: &Scale) -> String {
    let count = |kind: Kind| all.iter().filter(|event| event.kind == kind).count();
    let (first, last) = (all.first().map(|e| e.at), all.last().map(|e| e.at));
    let labels = first.zip(last).map(|(first, last)| (scale.label(first), scale.label(last)));
    let span = labels.map(|(first, last)| match first == last {
        true => format!("at {first}"),
        false => format!("from {first} to {last}"),
    });
    format!(
        "{}: {} attached, {} detached, {} with trouble.",
        span.unwrap_or_default(),
        count(Kind::Attached),
        count(Kind::Detached),
        count(Kind::Trouble)
    )
}

fn rows(all: &[Event], scale: &Scale) -> Vec<Row> {
    let newest = &all[all.len().saturating_sub(MOST_ROWS)..];
    let row = |event: &Event| Row {
        at: match events::since_start(event.at) {
            true => scale.label(event.at),
            false if scale.seconds < SHORT => event.at.strftime("%F %H:%M:%S%.3f").to_string(),
            false => event.at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        },
        port: event.port.to_string(),
        class: class(event.kind),
        what: what(event.kind),
        text: event.text.clone(),
    };
    newest.iter().map(row).collect()
}

fn left_out(older: usize, hidden: usize) -> String {
    let older = (older > 0).then(|| count(older, "older event"));
    let hidden = (hidden > 0).then(|| count(hidden, "further port"));
    let parts: Vec<String> = older.into_iter().chain(hidden).collect();
    match parts.is_empty() {
        true => String::new(),
        false => format!("Not drawn: {}.", parts.join(" and ")),
    }
}
