//! The picture of how the drives are connected: buses, hubs, ports.

use std::collections::BTreeMap;

use super::view::clean;
use crate::bundle::Log;
use crate::snapshot::{PortPath, Snapshot};

/// Measures, in the picture's own units.
const BOX_WIDTH: i64 = 250;
const BOX_HEIGHT: i64 = 48;
const GAP_X: i64 = 44;
const GAP_Y: i64 = 16;
const MARGIN: i64 = 4;

/// With more boxes in a row they would be too small to read if the picture were to fit.
const WIDEST: usize = 4;

/// More boxes than this are no picture any more.
const MOST_NODES: usize = 60;

/// A list with more devices is no machine's.
const MOST_DEVICES: usize = 1024;

/// The whole picture.
pub(super) struct Topology {
    pub(super) width: i64,
    pub(super) height: i64,
    /// Whether it keeps its size, and is moved sideways where it has no room.
    pub(super) is_deep: bool,
    pub(super) nodes: Vec<Node>,
    pub(super) lines: Vec<String>,
    /// In words, for whoever does not see the picture.
    pub(super) words: Vec<String>,
}

/// One box.
pub(super) struct Node {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) width: i64,
    pub(super) height: i64,
    pub(super) class: &'static str,
    pub(super) name: String,
    pub(super) about: String,
}

/// A device as the topology's text has it.
#[derive(Clone, Default)]
struct Device {
    class: Option<u8>,
    mbps: Option<f64>,
}

impl Topology {
    /// The picture of the buses that drives are on; `None` without a drive.
    pub(super) fn new(logs: &[Log], snapshot: &Snapshot) -> Option<Self> {
        let mut devices = devices(logs, snapshot);
        let buses: Vec<u16> = snapshot.drives.iter().map(|drive| drive.port.bus()).collect();
        devices.retain(|key, _| key.first().is_some_and(|bus| buses.contains(bus)));
        if snapshot.drives.is_empty() || devices.len() > MOST_NODES {
            return None;
        }
        Some(draw(&devices, snapshot))
    }
}

/// What is known of the devices that are no drives, to call them the same in every picture.
pub(super) struct Others(BTreeMap<Vec<u16>, Device>);

impl Others {
    pub(super) fn new(logs: &[Log], snapshot: &Snapshot) -> Self {
        Self(devices(logs, snapshot))
    }

    /// What the device at a port is called.
    pub(super) fn name(&self, port: &PortPath) -> &'static str {
        class_name(self.0.get(&key(&port.to_string())).and_then(|device| device.class))
    }
}

/// Every device that is listed, every drive, and the hubs that their ports name.
fn devices(logs: &[Log], snapshot: &Snapshot) -> BTreeMap<Vec<u16>, Device> {
    let listed = logs.iter().find(|log| log.name.ends_with("usb-topology.txt"));
    let mut devices = listed.map(|log| parse(&log.text)).unwrap_or_default();
    for drive in &snapshot.drives {
        let mbps = drive.usb.speed_mbps.map(|speed| speed.mbps());
        devices.entry(key(&drive.port.to_string())).or_insert(Device { class: None, mbps });
    }
    add_hubs(&mut devices);
    devices
}

/// Bus and ports: `2-1.4` is `[2, 1, 4]`, the root hub `usb2` is `[2]`.
fn key(name: &str) -> Vec<u16> {
    let numbers = name.trim_start_matches("usb").split(['-', '.']);
    numbers.filter_map(|number| number.parse().ok()).collect()
}

/// Reads `usb-topology.txt`: a name a line, its attributes indented below it.
fn parse(text: &[u8]) -> BTreeMap<Vec<u16>, Device> {
    let text = String::from_utf8_lossy(text);
    let mut devices: BTreeMap<Vec<u16>, Device> = BTreeMap::new();
    let mut current: Option<Vec<u16>> = None;
    for line in text.lines() {
        match line.strip_prefix("  ").and_then(|line| line.split_once(' ')) {
            None => {
                let name = line.split(' ').next().unwrap_or_default();
                let root = name.strip_prefix("usb").map(str::parse::<u16>);
                let is_device = matches!(root, Some(Ok(_))) || name.parse::<PortPath>().is_ok();
                current = is_device.then(|| key(name));
                if let Some(key) = &current {
                    devices.entry(key.clone()).or_default();
                }
                if devices.len() > MOST_DEVICES {
                    return devices;
                }
            }
            Some((attribute, value)) => {
                let device = current.as_ref().and_then(|key| devices.get_mut(key));
                let Some(device) = device else { continue };
                match attribute {
                    "bDeviceClass" => device.class = u8::from_str_radix(value.trim(), 16).ok(),
                    "speed" => {
                        device.mbps = value.trim().parse().ok().filter(|s: &f64| s.is_finite())
                    }
                    _ => {}
                }
            }
        }
    }
    devices
}

/// A port path names its hubs, whether or not anybody listed them.
fn add_hubs(devices: &mut BTreeMap<Vec<u16>, Device>) {
    let all: Vec<Vec<u16>> = devices.keys().cloned().collect();
    for key in all {
        for length in 1..key.len() {
            let hub = Device { class: Some(9), mbps: None };
            devices.entry(key[..length].to_vec()).or_insert(hub);
        }
    }
}

fn draw(devices: &BTreeMap<Vec<u16>, Device>, snapshot: &Snapshot) -> Topology {
    let mut places = BTreeMap::new();
    let mut row = 0;
    for root in devices.keys().filter(|key| key.len() == 1) {
        place(root, devices, &mut row, &mut places);
    }
    let x = |depth: usize| MARGIN + (BOX_WIDTH + GAP_X) * i64::try_from(depth).unwrap_or(0);
    let node = |(key, &y): (&Vec<u16>, &i64)| {
        let device = devices.get(key).cloned().unwrap_or_default();
        let (class, name, about) = describe(key, &device, snapshot);
        let (width, height) = (BOX_WIDTH, BOX_HEIGHT);
        Node { x: x(key.len() - 1), y, width, height, class, name, about }
    };
    let nodes: Vec<Node> = places.iter().map(node).collect();
    let line = |(key, &y): (&Vec<u16>, &i64)| {
        let parent = places.get(&key[..key.len() - 1])?;
        let (from, to) = (x(key.len() - 2) + BOX_WIDTH, x(key.len() - 1));
        let (middle, half) = (from + GAP_X / 2, BOX_HEIGHT / 2);
        Some(format!("M{from} {} H{middle} V{} H{to}", parent + half, y + half))
    };
    let lines = places.iter().filter(|(key, _)| key.len() > 1).filter_map(line).collect();
    let words = nodes.iter().filter(|node| node.class != "other");
    let words = words.map(|node| format!("{}, {}", node.name, node.about)).collect();
    let deepest = places.keys().map(Vec::len).max().unwrap_or(1);
    let width = x(deepest - 1) + BOX_WIDTH + MARGIN;
    let height = row * (BOX_HEIGHT + GAP_Y) - GAP_Y + 2 * MARGIN;
    Topology { width, height, is_deep: deepest > WIDEST, nodes, lines, words }
}

/// Gives a device a row: a leaf the next free one, a hub the middle of what hangs on it.
fn place(
    key: &[u16],
    devices: &BTreeMap<Vec<u16>, Device>,
    row: &mut i64,
    places: &mut BTreeMap<Vec<u16>, i64>,
) -> i64 {
    let below =
        devices.keys().filter(|other| other.len() == key.len() + 1 && other.starts_with(key));
    let rows: Vec<i64> = below.map(|child| place(child, devices, row, places)).collect();
    let y = match (rows.first(), rows.last()) {
        (Some(first), Some(last)) => (first + last) / 2,
        _ => {
            *row += 1;
            MARGIN + (*row - 1) * (BOX_HEIGHT + GAP_Y)
        }
    };
    places.insert(key.to_vec(), y);
    y
}

fn describe(key: &[u16], device: &Device, snapshot: &Snapshot) -> (&'static str, String, String) {
    let speed = device.mbps.map(speed);
    let with = |head: String| speed.iter().fold(head, |head, speed| format!("{head} · {speed}"));
    if key.len() == 1 {
        return ("root", format!("USB bus {}", key[0]), speed.unwrap_or_else(|| "root hub".into()));
    }
    let about = with(format!("port {}", port(key)));
    let drive = snapshot.drives.iter().find(|drive| self::key(&drive.port.to_string()) == key);
    match (drive, device.class) {
        (Some(drive), _) => ("drive", short(&clean(&drive.display_name())), about),
        (None, class @ Some(9)) => ("hub", class_name(class).to_owned(), about),
        (None, class) => ("other", class_name(class).to_owned(), about),
    }
}

fn port(key: &[u16]) -> String {
    let ports: Vec<String> = key[1..].iter().map(u16::to_string).collect();
    format!("{}-{}", key[0], ports.join("."))
}

fn short(name: &str) -> String {
    const MOST: usize = 34;
    match name.chars().count() > MOST {
        true => name.chars().take(MOST - 1).chain(['…']).collect(),
        false => name.to_owned(),
    }
}

/// `5 Gb/s`, `480 Mb/s`, `1.5 Mb/s`.
fn speed(mbps: f64) -> String {
    if mbps >= 1000.0 { format!("{} Gb/s", mbps / 1000.0) } else { format!("{mbps} Mb/s") }
}

/// Source: USB class codes, <https://www.usb.org/defined-class-codes>.
fn class_name(class: Option<u8>) -> &'static str {
    match class {
        Some(0x01) => "Audio device",
        Some(0x03) => "Keyboard, mouse …",
        Some(0x08) => "Other storage",
        Some(0x09) => "Hub",
        Some(0x0e) => "Camera",
        Some(0xe0) => "Wireless adapter",
        _ => "Another device",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_drawn_with_hubs_between_bus_and_drive() {
        let devices = parse(b"usb1\n  speed 480\n1-2\n  bDeviceClass 09\n1-2.1\n  bDeviceClass 03\nodd\n  speed x\n");
        assert_eq!(devices.len(), 3);
        let mut devices = devices;
        devices.insert(key("1-2.4.1"), Device::default());
        add_hubs(&mut devices);
        assert_eq!(devices.len(), 5, "the hub at 1-2.4 is implied");
        let (mut row, mut places) = (0, BTreeMap::new());
        place(&[1], &devices, &mut row, &mut places);
        assert_eq!((row, places.len()), (2, 5));
        assert_eq!(places[&vec![1]], places[&vec![1, 2]]);
    }
}
