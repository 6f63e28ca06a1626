//! Any number of emulated drives as a recording for `umockdev-run`: bare sticks of three
//! makers, fourteen on each bus. Ids of products are placeholders, serial numbers invented.

use std::fmt::Write as _;

const CONTROLLER: &str = "/devices/pci0000:00/0000:00:14.0";
/// Drives on each bus.
pub const PORTS: usize = 14;

/// Makers whose drives are looked for, and one whose are not.
const MODELS: [(u16, &str, &str); 3] = [
    (0x0951, "Kingston", "IronKey Sample A"),
    (0x230a, "DataLocker", "Sentry Sample B"),
    (0x1f75, "Generic", "Locker Sample C"),
];

/// One mass-storage interface, bulk-only, two endpoints of 1024 bytes.
const CONFIGURATION: &str = "0902200001010080960904000002080650000705810200040007050202000400";

/// A recording of this many drives.
pub fn recording(drives: usize) -> String {
    let mut text = String::new();
    for bus in 1..=drives.div_ceil(PORTS) {
        hub(&mut text, bus);
    }
    for index in 0..drives {
        drive(&mut text, index);
    }
    text
}

fn hub(text: &mut String, bus: usize) {
    let descriptor = descriptor(9, 0x1d6b, 0x0003, 0x0601);
    let attributes = [
        ("bDeviceClass", "09".into()),
        ("bcdDevice", "0601".into()),
        ("devpath", "0".into()),
        ("idProduct", "0003".into()),
        ("idVendor", "1d6b".into()),
        ("manufacturer", "Linux xhci-hcd".into()),
        ("maxchild", PORTS.to_string()),
        ("product", "xHCI Host Controller".into()),
        ("serial", "0000:00:14.0".into()),
        ("version", " 3.10".into()),
    ];
    device(text, &format!("{CONTROLLER}/usb{bus}"), bus, 1, &descriptor, &attributes);
}

fn drive(text: &mut String, index: usize) {
    let (bus, port) = (index / PORTS + 1, index % PORTS + 1);
    let (vid, maker, product) = MODELS[index % MODELS.len()];
    let bcd = 0x0100 + index as u16 % 9;
    let path = format!("{CONTROLLER}/usb{bus}/{bus}-{port}");
    let attributes = [
        ("bDeviceClass", "00".into()),
        ("bDeviceProtocol", "00".into()),
        ("bDeviceSubClass", "00".into()),
        ("bMaxPower", "300mA".into()),
        ("bNumConfigurations", "1".into()),
        ("bNumInterfaces", " 1".into()),
        ("bcdDevice", format!("{bcd:04x}")),
        ("devpath", port.to_string()),
        ("idProduct", "0001".into()),
        ("idVendor", format!("{vid:04x}")),
        ("manufacturer", maker.into()),
        ("maxchild", "0".into()),
        ("product", product.into()),
        ("serial", format!("{:024X}", (index as u128 + 1) * 0x9e37_79b9_7f4a_7c15)),
        ("version", " 3.20".into()),
    ];
    device(text, &path, bus, port + 1, &descriptor(0, vid, 0x0001, bcd), &attributes);
    let _ = writeln!(text, "P: {path}/{bus}-{port}:1.0");
    text.push_str("E: DEVTYPE=usb_interface\nE: DRIVER=usb-storage\nE: SUBSYSTEM=usb\n");
    for (key, value) in [
        ("bAlternateSetting", " 0"),
        ("bInterfaceClass", "08"),
        ("bInterfaceNumber", "00"),
        ("bInterfaceProtocol", "50"),
        ("bInterfaceSubClass", "06"),
        ("bNumEndpoints", "02"),
    ] {
        let _ = writeln!(text, "A: {key}={value}\\n");
    }
    text.push('\n');
}

fn device(
    text: &mut String,
    path: &str,
    bus: usize,
    number: usize,
    descriptors: &str,
    attributes: &[(&str, String)],
) {
    let node = format!("bus/usb/{bus:03}/{number:03}");
    let minor = (bus - 1) * 128 + number - 1;
    let _ = write!(
        text,
        "P: {path}\nN: {node}={descriptors}\nE: BUSNUM={bus:03}\nE: DEVNAME=/dev/{node}\n\
         E: DEVNUM={number:03}\nE: DEVTYPE=usb_device\nE: MAJOR=189\nE: MINOR={minor}\n\
         E: SUBSYSTEM=usb\n"
    );
    for (key, value) in attributes {
        let _ = writeln!(text, "A: {key}={value}\\n");
    }
    let _ = write!(
        text,
        "A: bConfigurationValue=1\\n\nA: busnum={bus}\\n\nA: devnum={number}\\n\n\
         A: speed=5000\\n\nH: descriptors={descriptors}\n\n"
    );
}

/// Device descriptor of USB 3.2 with three strings, and the configuration, in hexadecimal.
fn descriptor(class: u8, vid: u16, pid: u16, bcd: u16) -> String {
    let ids = [vid, pid, bcd].map(|id| format!("{:04X}", id.swap_bytes())).concat();
    format!("12012003{class:02X}000009{ids}01020301{CONFIGURATION}")
}
