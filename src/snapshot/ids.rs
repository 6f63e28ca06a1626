//! Identifiers and how they print: `0951:1576`, `1.10`, `2-1.4`.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a text is not the identifier it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {what}")]
pub struct IdError {
    text: String,
    what: &'static str,
}

impl IdError {
    fn new(text: &str, what: &'static str) -> Self {
        let text = text.chars().take(40).collect();
        Self { text, what }
    }
}

fn four_hex(text: &str, what: &'static str) -> Result<u16, IdError> {
    let ok = text.len() == 4 && text.bytes().all(|b| b.is_ascii_hexdigit());
    if !ok {
        return Err(IdError::new(text, what));
    }
    u16::from_str_radix(text, 16).map_err(|_| IdError::new(text, what))
}

macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
        #[schemars(with = "String")]
        pub struct $name(pub u16);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:04x}", self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                four_hex(text, $what).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

hex_id!(
    /// USB vendor id (`idVendor`), printed as four lowercase hex digits.
    Vid,
    "a vendor id of four hex digits"
);
hex_id!(
    /// USB product id (`idProduct`), printed as four lowercase hex digits.
    Pid,
    "a product id of four hex digits"
);

/// The device release number `bcdDevice`; 0x0110 prints as `1.10`.
///
/// It is the vendor's own counter, and *not* a firmware version unless the vendor says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String")]
pub struct BcdDevice(pub u16);

impl fmt::Display for BcdDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}.{:02x}", self.0 >> 8, self.0 & 0xff)
    }
}

impl FromStr for BcdDevice {
    type Err = IdError;

    /// Reads the printed form `1.10`; sysfs' four digits are read by [`BcdDevice::from_sysfs`].
    fn from_str(text: &str) -> Result<Self, IdError> {
        let error = || IdError::new(text, "a release number like 1.10");
        let (major, minor) = text.split_once('.').ok_or_else(error)?;
        let digits = |part: &str, longest: usize| {
            let ok =
                (1..=longest).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_hexdigit());
            ok.then(|| u16::from_str_radix(part, 16).ok()).flatten()
        };
        if minor.len() != 2 {
            return Err(error());
        }
        let major = digits(major, 2).ok_or_else(error)?;
        let minor = digits(minor, 2).ok_or_else(error)?;
        Ok(Self(major << 8 | minor))
    }
}

impl BcdDevice {
    /// Reads the kernel's form, four digits such as `0110`.
    pub fn from_sysfs(text: &str) -> Result<Self, IdError> {
        four_hex(text, "a release number of four digits").map(Self)
    }
}

impl Serialize for BcdDevice {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BcdDevice {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Bus and port chain, `bus-port[.port…]`: the name that stays the same across replugs.
///
/// The device address, which changes with each replug, is deliberately not part of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, JsonSchema)]
#[schemars(with = "String")]
pub struct PortPath {
    bus: u16,
    ports: Vec<u8>,
}

impl PortPath {
    /// Makes a path from a bus number and the chain of ports; `None` without any port.
    pub fn new(bus: u16, ports: &[u8]) -> Option<Self> {
        // Five hub tiers are the USB limit, which makes at most six ports in a chain;
        // seven are accepted, as libusb does.
        let ok = (1..=7).contains(&ports.len());
        ok.then(|| Self { bus, ports: ports.to_vec() })
    }

    /// A port of the root hub itself.
    pub fn on_root(bus: u16, port: u8) -> Self {
        Self { bus, ports: vec![port] }
    }

    /// How many hubs lie between the device and the root hub.
    pub fn hubs(&self) -> usize {
        self.ports.len() - 1
    }

    /// The bus number.
    pub fn bus(&self) -> u16 {
        self.bus
    }
}

impl PartialOrd for PortPath {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PortPath {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.bus, &self.ports).cmp(&(other.bus, &other.ports))
    }
}

impl fmt::Display for PortPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-", self.bus)?;
        for (index, port) in self.ports.iter().enumerate() {
            let dot = if index == 0 { "" } else { "." };
            write!(f, "{dot}{port}")?;
        }
        Ok(())
    }
}

impl FromStr for PortPath {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let error = || IdError::new(text, "a port path like 2-1.4");
        let (bus, chain) = text.split_once('-').ok_or_else(error)?;
        let bus = number(bus).and_then(|b| b.parse().ok()).ok_or_else(error)?;
        let ports: Option<Vec<u8>> =
            chain.split('.').map(|part| number(part).and_then(|p| p.parse().ok())).collect();
        Self::new(bus, &ports.ok_or_else(error)?).ok_or_else(error)
    }
}

/// Digits only: `parse` alone would take a leading `+`.
fn number(part: &str) -> Option<&str> {
    part.bytes().all(|b| b.is_ascii_digit()).then_some(part)
}

impl Serialize for PortPath {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PortPath {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Negotiated bus speed in Mbit/s: 1.5, 12, 480, 5000, 10000, 20000.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, JsonSchema)]
#[schemars(with = "f64")]
pub struct SpeedMbps(f64);

impl SpeedMbps {
    /// No link is faster: USB4 (version 2) has 120,000.
    const FASTEST: f64 = 1e6;

    /// Accepts any positive number that can be a speed. It is kept in tenths, which is exact
    /// enough for all there are and the same after it was written and read.
    pub fn new(mbps: f64) -> Option<Self> {
        let tenths = (mbps * 10.0).round();
        (tenths >= 1.0 && mbps <= Self::FASTEST).then_some(Self(tenths / 10.0))
    }

    /// The speed in Mbit/s.
    pub fn mbps(self) -> f64 {
        self.0
    }
}

impl fmt::Display for SpeedMbps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} Mb/s", self.0)
    }
}

impl Serialize for SpeedMbps {
    /// Whole numbers are written without a fraction: 480, but 1.5.
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            return s.serialize_u64(self.0 as u64);
        }
        s.serialize_f64(self.0)
    }
}

impl<'de> Deserialize<'de> for SpeedMbps {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let mbps = f64::deserialize(d)?;
        Self::new(mbps).ok_or_else(|| serde::de::Error::custom("a speed is a positive number"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_print_as_the_field_writes_them() {
        assert_eq!(Vid(0x951).to_string(), "0951");
        assert_eq!(BcdDevice(0x0110).to_string(), "1.10");
        assert_eq!(BcdDevice(0x0301).to_string(), "3.01");
        assert_eq!(PortPath::new(2, &[1, 4]).unwrap().to_string(), "2-1.4");
        assert_eq!(serde_json::to_string(&SpeedMbps(480.0)).unwrap(), "480");
        assert_eq!(serde_json::to_string(&SpeedMbps(1.5)).unwrap(), "1.5");
    }

    #[test]
    fn ids_read_back_what_they_print() {
        for raw in [0u16, 0x0110, 0x9999, 0xffff, 0x00a0] {
            assert_eq!(BcdDevice(raw).to_string().parse(), Ok(BcdDevice(raw)));
            assert_eq!(Pid(raw).to_string().parse(), Ok(Pid(raw)));
        }
        assert_eq!("10-1.2.3".parse::<PortPath>().unwrap().to_string(), "10-1.2.3");
    }

    /// Written and read, a speed of 9.1e92 came back as another one.
    #[test]
    fn a_speed_reads_back_as_it_was_written_or_is_none() {
        for mbps in [1.5, 12.0, 480.0, 12.345_678_901_234_567, 999_999.949_999_9] {
            let speed = SpeedMbps::new(mbps).unwrap();
            let text = serde_json::to_string(&speed).unwrap();
            assert_eq!(serde_json::from_str::<SpeedMbps>(&text).unwrap(), speed, "{text}");
        }
        for none in [0.0, 0.01, -480.0, f64::NAN, f64::INFINITY, "9".repeat(93).parse().unwrap()] {
            assert_eq!(SpeedMbps::new(none), None, "{none}");
        }
        assert!(serde_json::from_str::<SpeedMbps>("9.111111111111112e92").is_err());
    }

    #[test]
    fn near_misses_are_refused() {
        for text in ["951", "0x0951", "zzzz", "09511", " 951", "+951"] {
            assert!(text.parse::<Vid>().is_err(), "{text}");
        }
        for text in ["usb1", "1-0:1.0", "1-", "-1", "1-1.", "1-+1", "1-1:1.0", "1-999"] {
            assert!(text.parse::<PortPath>().is_err(), "{text}");
        }
        for text in ["110", "1.1", "1.100", ".10", "123.10"] {
            assert!(text.parse::<BcdDevice>().is_err(), "{text}");
        }
    }

    #[test]
    fn ports_sort_by_number_not_by_text() {
        let mut ports: Vec<PortPath> =
            ["1-10", "1-2", "1-2.1", "10-1"].iter().map(|p| p.parse().unwrap()).collect();
        ports.sort();
        let printed: Vec<String> = ports.iter().map(ToString::to_string).collect();
        assert_eq!(printed, ["1-2", "1-2.1", "1-10", "10-1"]);
    }
}
