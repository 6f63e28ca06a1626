//! What an emulated drive is made of, and the descriptors it answers with.

/// A drive: ids, strings, logical units, and perhaps a HID interface.
#[derive(Clone, Debug, Default)]
pub struct Drive {
    /// `idVendor`.
    pub vid: u16,
    /// `idProduct`.
    pub pid: u16,
    /// `bcdDevice`.
    pub bcd: u16,
    /// String 1, when the drive has one.
    pub manufacturer: Option<String>,
    /// String 2.
    pub product: Option<String>,
    /// String 3.
    pub serial: Option<String>,
    /// SCSI logical units of its mass-storage interface.
    pub units: Vec<Unit>,
    /// Report descriptor of its HID interface.
    pub hid: Option<Vec<u8>>,
    /// What the kernel puts before the HID device's ids in its name; `0003` unless given.
    pub hid_prefix: Option<&'static str>,
    /// What it does when it is asked for a string.
    pub strings: Strings,
}

/// What a drive does when it is asked for a string descriptor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strings {
    /// Answers.
    #[default]
    Answered,
    /// Stalls the control endpoint.
    Stalled,
}

/// A logical unit as INQUIRY describes it.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Peripheral device type.
    pub kind: Kind,
    /// Vendor identification.
    pub vendor: String,
    /// Product identification.
    pub model: String,
    /// Product revision.
    pub revision: String,
    /// Size in sectors of 512 bytes; 0 without a medium.
    pub sectors: u64,
}

/// Peripheral device types that drives have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Type 0.
    Disk,
    /// Type 5.
    Cdrom,
}

/// Two bulk endpoints of 512 bytes, as every bulk-only drive at high speed has.
const BULK: [u8; 14] = [7, 5, 0x81, 2, 0, 2, 0, 7, 5, 0x02, 2, 0, 2, 0];

impl Drive {
    /// A drive with these ids that calls itself this.
    pub fn new(vid: u16, pid: u16, manufacturer: &str, product: &str) -> Self {
        Self {
            vid,
            pid,
            bcd: 0x0110,
            manufacturer: Some(manufacturer.into()),
            product: Some(product.into()),
            serial: Some("MOCK0000000000000001".into()),
            ..Self::default()
        }
    }

    /// Adds a logical unit.
    pub fn unit(mut self, kind: Kind, vendor: &str, model: &str, sectors: u64) -> Self {
        let (vendor, model, revision) = (vendor.into(), model.into(), "1.00".into());
        self.units.push(Unit { kind, vendor, model, revision, sectors });
        self
    }

    /// Device descriptor followed by the configuration, as sysfs has them (USB 2.0, 9.6).
    pub fn descriptors(&self) -> Vec<u8> {
        let interfaces = self.interface_descriptors();
        let count = u8::from(!self.units.is_empty()) + u8::from(self.hid.is_some());
        let [low, high] = (interfaces.len() as u16 + 9).to_le_bytes();
        let mut all = vec![18, 1, 0x00, 0x02, 0, 0, 0, 64];
        all.extend([self.vid, self.pid, self.bcd].map(u16::to_le_bytes).as_flattened());
        all.extend([self.index(1), self.index(2), self.index(3), 1]);
        all.extend([9, 2, low, high, count, 1, 0, 0x80, 100]);
        all.extend(interfaces);
        all
    }

    fn interface_descriptors(&self) -> Vec<u8> {
        let mut all = Vec::new();
        if !self.units.is_empty() {
            all.extend([9, 4, 0, 0, 2, 8, 6, 0x50, 0]);
            all.extend(BULK);
        }
        if let Some(report) = &self.hid {
            let number = u8::from(!self.units.is_empty());
            let [low, high] = (report.len() as u16).to_le_bytes();
            all.extend([9, 4, number, 0, 1, 3, 0, 0, 0]);
            all.extend([9, 0x21, 0x11, 1, 0, 1, 0x22, low, high]);
            all.extend([7, 5, 0x83, 3, 64, 0, 4]);
        }
        all
    }

    /// The text behind a string index.
    pub fn string(&self, index: u8) -> Option<&str> {
        let text = match index {
            1 => &self.manufacturer,
            2 => &self.product,
            3 => &self.serial,
            _ => &None,
        };
        text.as_deref()
    }

    /// The index as the device descriptor advertises it: 0 for a string that is not there.
    fn index(&self, index: u8) -> u8 {
        if self.string(index).is_some() { index } else { 0 }
    }
}

impl Unit {
    /// Peripheral device type.
    pub fn code(&self) -> u8 {
        match self.kind {
            Kind::Disk => 0,
            Kind::Cdrom => 5,
        }
    }

    /// The 36 bytes of standard INQUIRY data (SPC-4, 6.6.2).
    pub fn inquiry(&self) -> Vec<u8> {
        let mut data = vec![self.code(), 0x80, 6, 2, 31, 0, 0, 0];
        let text = format!("{:<8.8}{:<16.16}{:<4.4}", self.vendor, self.model, self.revision);
        data.extend(text.bytes());
        data
    }
}
