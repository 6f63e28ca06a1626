//! One row of a list, and the drive it describes.

use super::columns::{Column, Columns};
use crate::catalog::Catalog;
use crate::condition::{Facts, Origin};
use crate::snapshot::{Drive, Interface, LockState, Managed, PortPath, Usb, UsbDevice, Version};

/// What a list says about one drive: a text for each known column, empty where it says nothing.
#[derive(Debug)]
pub struct Row {
    /// The line it begins on, from 1.
    pub line: u64,
    /// Why it cannot be read.
    pub flaw: Option<String>,
    pub(super) values: Vec<Vec<u8>>,
}

/// The drive that a row describes, and what the row says besides.
#[derive(Debug)]
pub struct Described<'f> {
    /// The drive; its port is a stand-in, as a list has none that means anything here.
    pub drive: Drive,
    /// What to call it: as the catalog does, else as the list does, else by its ids.
    pub name: String,
    /// Facts of the row over those that hold for all rows.
    pub facts: Facts<'f>,
}

impl Row {
    pub(super) fn new(columns: &Columns<'_>) -> Self {
        Self { line: 0, flaw: None, values: vec![Vec::new(); columns.all().len()] }
    }

    pub(super) fn clear(&mut self, line: u64) {
        self.line = line;
        self.flaw = None;
        self.values.iter_mut().for_each(Vec::clear);
    }

    /// Whether it says nothing at all.
    pub(super) fn is_blank(&self) -> bool {
        self.flaw.is_none() && self.values.iter().all(|value| value.trim_ascii().is_empty())
    }

    /// Everything that the verdict can depend on, each part with its length.
    pub fn key(&self, columns: &Columns<'_>, key: &mut Vec<u8>) {
        key.clear();
        for (column, value) in columns.all().iter().zip(&self.values) {
            if column.counts() {
                key.extend_from_slice(&(value.len() as u64).to_le_bytes()[..3]);
                key.extend_from_slice(value);
            }
        }
        if let Some(flaw) = &self.flaw {
            key.extend_from_slice(flaw.as_bytes());
        }
    }

    /// The serial number.
    pub fn serial(&self, columns: &Columns<'_>) -> Option<String> {
        self.text(columns, Column::Serial)
    }

    /// Where the drive is plugged in, or whatever else the list calls its port.
    pub fn port(&self, columns: &Columns<'_>) -> Option<String> {
        self.text(columns, Column::Port)
    }

    fn text(&self, columns: &Columns<'_>, wanted: Column<'_>) -> Option<String> {
        let place = columns.all().iter().position(|column| *column == wanted)?;
        let value = self.values.get(place)?.trim_ascii();
        (!value.is_empty()).then(|| String::from_utf8_lossy(value).into_owned())
    }

    /// The drive, by its ids, its product string, and the name the list has for its model.
    /// `facts` hold for all rows. The error names the column that cannot be read.
    pub fn describe<'f>(
        &self,
        columns: &Columns<'f>,
        catalog: &Catalog,
        facts: &'f Facts<'f>,
    ) -> Result<Described<'f>, String> {
        if let Some(flaw) = &self.flaw {
            return Err(flaw.clone());
        }
        let read = Texts { row: self, columns };
        let device = read.device()?;
        let mut drive = catalog.listed(&device, read.get(Column::Model).as_deref());
        read.state(&mut drive)?;
        let name = drive.identity.name.clone().or_else(|| read.called());
        let name = name.unwrap_or_else(|| drive.display_name());
        Ok(Described { drive, name, facts: read.facts(facts)? })
    }
}

/// A row's texts by column.
struct Texts<'r, 'c, 'p> {
    row: &'r Row,
    columns: &'c Columns<'p>,
}

impl<'p> Texts<'_, '_, 'p> {
    fn get(&self, column: Column<'_>) -> Option<String> {
        self.row.text(self.columns, column)
    }

    /// A column read as something; the error names it.
    fn parsed<T, E: std::fmt::Display>(
        &self,
        column: Column<'_>,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, String> {
        let text = self.get(column);
        let parsed = text.map(|text| parse(&text)).transpose();
        parsed.map_err(|error| format!("column `{}`: {error}", column.name()))
    }

    /// What the list calls the drive.
    fn called(&self) -> Option<String> {
        self.get(Column::Product).or_else(|| self.get(Column::Model))
    }

    fn device(&self) -> Result<UsbDevice, String> {
        let usb = Usb {
            vid: self.parsed(Column::Vid, |text| hex(text).parse())?,
            pid: self.parsed(Column::Pid, |text| hex(text).parse())?,
            bcd_device: self.parsed(Column::BcdDevice, str::parse)?,
            manufacturer: self.get(Column::Manufacturer),
            product: self.get(Column::Product),
            serial: self.get(Column::Serial),
            ..Usb::default()
        };
        // Whatever stands in a list of drives is one.
        let storage = Interface { class: Some(8), ..Interface::default() };
        Ok(UsbDevice {
            port: PortPath::on_root(0, 0),
            class: None,
            usb,
            interfaces: vec![storage],
            hid: Vec::new(),
            luns: Vec::new(),
        })
    }

    fn state(&self, drive: &mut Drive) -> Result<(), String> {
        if let Some(managed) = self.parsed(Column::Managed, managed)? {
            drive.managed = managed;
        }
        if let Some(state) = self.parsed(Column::LockState, lock_state)? {
            drive.lock_state = state;
        }
        let told = |version| Version { version, from: Some("the inventory".into()) };
        if let Some(version) = self.get(Column::Firmware) {
            drive.firmware = told(Some(version));
        }
        if let Some(version) = self.get(Column::Software) {
            drive.software = told(Some(version));
        }
        Ok(())
    }

    fn facts<'f>(&self, below: &'f Facts<'f>) -> Result<Facts<'f>, String>
    where
        'p: 'f,
    {
        let mut facts = Facts::over(below);
        for column in self.columns.all() {
            if let Column::Fact(id, kind) = *column
                && let Some(value) = self.parsed(*column, |text| kind.parse(text))?
            {
                facts.set(id, value, Origin::Inventory);
            }
        }
        Ok(facts)
    }
}

/// `0x0951`, `0951`, `951`; anything else stays, to be named in the error.
fn hex(text: &str) -> String {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    match digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => format!("{:0>4}", digits.to_lowercase()),
        false => text.to_owned(),
    }
}

fn managed(text: &str) -> Result<Managed, String> {
    match text.to_lowercase().as_str() {
        "yes" | "true" | "y" => Ok(Managed::Yes),
        "likely" => Ok(Managed::Likely),
        "no" | "false" | "n" => Ok(Managed::No),
        "unknown" => Ok(Managed::Unknown),
        _ => Err(format!("`{}` is none of yes, likely, no, unknown", short(text))),
    }
}

fn lock_state(text: &str) -> Result<LockState, String> {
    match text.to_lowercase().as_str() {
        "locked" => Ok(LockState::Locked),
        "unlocked" => Ok(LockState::Unlocked),
        "unknown" => Ok(LockState::Unknown),
        _ => Err(format!("`{}` is none of locked, unlocked, unknown", short(text))),
    }
}

/// Enough of a text to find it again.
fn short(text: &str) -> String {
    text.chars().take(40).collect()
}
