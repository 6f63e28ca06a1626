//! What a column of a list may be about, and what it may be called.

use std::collections::HashMap;

use crate::condition::FactType;
use crate::policy::Policy;

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column<'p> {
    Port,
    Serial,
    Vid,
    Pid,
    BcdDevice,
    Manufacturer,
    Product,
    Model,
    Managed,
    LockState,
    Firmware,
    Software,
    /// What the policy asks about the customer or the request.
    Fact(&'p str, FactType),
}

/// The first name is the one that messages use; the ones with a full stop are those of a drive
/// in `scan`'s document.
const NAMES: [(Column<'static>, &[&str]); 12] = [
    (Column::Port, &["port"]),
    (Column::Serial, &["serial", "serial_number", "serialnumber", "usb.serial"]),
    (Column::Vid, &["vid", "vendor_id", "idvendor", "usb.vid"]),
    (Column::Pid, &["pid", "product_id", "idproduct", "usb.pid"]),
    (Column::BcdDevice, &["bcd_device", "bcddevice", "usb.bcd_device"]),
    (Column::Manufacturer, &["manufacturer", "usb.manufacturer"]),
    (Column::Product, &["product", "product_name", "usb.product"]),
    (Column::Model, &["model", "model_name", "id", "identity.id"]),
    (Column::Managed, &["managed"]),
    (Column::LockState, &["lock_state"]),
    (Column::Firmware, &["firmware", "firmware_version", "firmware.version"]),
    (Column::Software, &["software", "software_version", "software.version"]),
];

/// All columns that a list may have.
#[derive(Debug)]
pub struct Columns<'p> {
    all: Vec<Column<'p>>,
    by_name: HashMap<String, usize>,
}

impl<'p> Columns<'p> {
    /// Those about drives, and the facts that a policy asks for.
    pub fn new(policy: &'p Policy) -> Self {
        let mut columns = Self { all: Vec::new(), by_name: HashMap::new() };
        for (column, names) in NAMES {
            columns.add(column, names);
        }
        for row in &policy.pack.facts {
            let id = row.id.get_ref().as_str();
            columns.add(Column::Fact(id, row.kind), &[id, &format!("fact.{id}")]);
        }
        columns
    }

    fn add(&mut self, column: Column<'p>, names: &[&str]) {
        for name in names {
            self.by_name.entry(normal(name)).or_insert(self.all.len());
        }
        self.all.push(column);
    }

    /// The place of the column that is called so.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).or_else(|| self.by_name.get(&normal(name))).copied()
    }

    pub(super) fn all(&self) -> &[Column<'p>] {
        &self.all
    }

    /// Whether a list with these columns can say which drives it has.
    pub(super) fn can_identify(&self, places: impl Iterator<Item = usize>) -> bool {
        use Column::{Model, Product, Vid};
        places.into_iter().any(|at| matches!(self.all[at], Vid | Product | Model))
    }

    /// The names of all columns, for a message.
    pub fn names(&self) -> Vec<&'p str> {
        self.all.iter().map(Column::name).collect()
    }
}

impl<'p> Column<'p> {
    pub(super) fn name(&self) -> &'p str {
        match self {
            Self::Fact(id, _) => id,
            known => NAMES.iter().find(|(column, _)| column == known).map_or("", |row| row.1[0]),
        }
    }

    /// Whether the verdict can depend on it: it does not on what tells equal drives apart.
    pub(super) fn counts(&self) -> bool {
        !matches!(self, Self::Port | Self::Serial)
    }
}

/// `Serial Number`, `serial-number` and `serial_number` are one name.
fn normal(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-'], "_")
}
