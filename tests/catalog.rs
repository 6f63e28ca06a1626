//! The catalog on devices as they present themselves: what is named, how surely, and what
//! is told apart.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

use keycase::catalog::{Catalog, Kind};
use keycase::packs::{Origin, Pack, PackSet, embedded};
use keycase::snapshot::{
    Confidence, DataVersion, Drive, Ending, Interface, LockState, Lun, LunRole, LunType, Machine,
    Managed, Tool, Usb, UsbDevice,
};

fn catalog() -> Catalog {
    Catalog::load(&embedded()).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

fn device(ids: &str, product: &str, luns: &[Lun]) -> UsbDevice {
    let (vid, pid) = ids.split_once(':').unwrap();
    UsbDevice {
        port: "1-1".parse().unwrap(),
        class: Some(0),
        usb: Usb {
            vid: vid.parse().ok(),
            pid: pid.parse().ok(),
            product: Some(product.to_owned()).filter(|p| !p.is_empty()),
            ..Usb::default()
        },
        interfaces: vec![Interface { number: Some(0), class: Some(8), ..Interface::default() }],
        hid: vec![],
        luns: luns.to_vec(),
    }
}

fn lun(kind: LunType, vendor: &str, model: &str, size: u64) -> Lun {
    Lun {
        lun: Some(0),
        kind,
        vendor: Some(vendor.into()),
        model: Some(model.into()),
        size_bytes: Some(size),
        ..Lun::default()
    }
}

fn scan_with(catalog: &Catalog, device: UsbDevice) -> Option<Drive> {
    let machine = Machine { devices: vec![device], ..Machine::default() };
    let data = DataVersion { version: "t".into(), hash: "t".into() };
    let tool = Tool { name: "keycase".into(), version: "t".into(), data };
    let now = "2026-11-22T12:00:00Z".parse().unwrap();
    catalog.snapshot(machine, now, tool, true).drives.pop()
}

fn scan(device: UsbDevice) -> Option<Drive> {
    scan_with(&catalog(), device)
}

fn disk(vendor: &str, model: &str) -> Lun {
    lun(LunType::Disk, vendor, model, 8_000_000_000)
}

/// Ids, product string, LUNs, and the entry with its confidence.
type Case<'a> = (&'a str, &'a str, &'a [Lun], Option<(&'a str, Confidence)>);

#[test]
fn models_families_makers_and_strangers_are_told_apart() {
    use Confidence::{Exact, Family, Vendor};
    let cases: &[Case<'_>] = &[
        ("1953:0202", "", &[], Some(("ironkey-s200", Exact))),
        ("0951:1576", "", &[], Some(("kingston-vp50", Exact))),
        ("0951:159d", "", &[], Some(("kingston-lp50-g2", Exact))),
        ("230a:1550", "", &[], Some(("datalocker-sentry-one-m", Exact))),
        // Ids beat strings: a drive's maker decides, not what a volume calls itself.
        (
            "0951:1539",
            "Sentry ONE-M",
            &[disk("DL", "Sentry ONE-M")],
            Some(("kingston-d300", Exact)),
        ),
        // The id is not known, the INQUIRY strings are.
        ("13fe:9999", "", &[disk("DL", "Sentry ONE-M")], Some(("datalocker-sentry-one-m", Exact))),
        ("13fe:9999", "", &[disk("DL", "Sentry NEW")], Some(("datalocker-sentry", Family))),
        ("13fe:9999", "", &[disk("Imation", "IRONKEY OTHER")], Some(("ironkey-imation", Family))),
        ("0951:0001", "IronKey Sample", &[], Some(("kingston-encrypted", Family))),
        ("0951:0001", "some VAULT", &[], Some(("kingston-encrypted", Family))),
        // An unknown product of a known maker.
        ("0951:0001", "USB Device", &[disk("Kingston", "Something")], Some(("kingston", Vendor))),
        ("230a:0001", "", &[], Some(("datalocker", Vendor))),
        ("1953:0001", "", &[], Some(("ironkey", Vendor))),
        // Consumer sticks and other makers' drives are not ours.
        ("0951:1666", "DataTraveler 3.0", &[disk("Kingston", "DataTraveler 3.0")], None),
        ("0951:aaaa", "DataTraveler 3.0", &[disk("Kingston", "DataTraveler 3.0")], None),
        ("0984:1407", "", &[], None),
        ("1f75:0001", "Locker Sample", &[disk("Generic", "Locker")], None),
    ];
    for (ids, product, luns, want) in cases {
        let drive = scan(device(ids, product, luns));
        let got =
            drive.as_ref().map(|d| (d.identity.id.as_deref().unwrap(), d.identity.confidence));
        assert_eq!(got, *want, "{ids} {product}");
    }
}

#[test]
fn a_headset_of_the_same_maker_is_no_drive() {
    let mut headset = device("0951:16df", "HyperX QuadCast", &[]);
    headset.interfaces[0].class = Some(1);
    assert_eq!(scan(headset.clone()), None);
    // Nor is any other device of the maker that stores nothing.
    headset.usb.pid = "16d2".parse().ok();
    assert_eq!(scan(headset), None);
}

#[test]
fn an_unauthorized_device_of_the_maker_stays_on_the_list() {
    let mut hidden = device("0951:0001", "USB Device", &[]);
    hidden.interfaces.clear();
    hidden.usb.authorized = Some(false);
    let drive = scan(hidden).unwrap();
    assert_eq!(drive.lock_state, LockState::Unknown);
    assert!(drive.missing.iter().any(|m| m.fact == "interfaces" && !m.fix.is_empty()));
}

#[test]
fn lock_state_follows_the_data_unit() {
    use LockState::{Locked, Unknown, Unlocked};
    let cd = || lun(LunType::Cdrom, "DL", "Sentry ONE-M", 300_000_000);
    let data = |size| lun(LunType::Disk, "DL", "Sentry ONE-M", size);
    let public = lun(LunType::Disk, "Imation", "IRONKEY PUBLIC", 10_000_000);
    let secure = |size| lun(LunType::Disk, "Imation", "IRONKEY SECURE", size);
    let unreadable = Lun { size_bytes: None, ..data(0) };
    let cases: &[(&[Lun], LockState)] = &[
        (&[cd(), data(0)], Locked),
        (&[cd()], Locked),
        (&[cd(), data(1)], Unlocked),
        (&[data(0)], Locked),
        (&[cd(), unreadable], Unknown),
        (&[], Unknown),
        // A public area is always readable and says nothing about the secure one.
        (&[public.clone(), secure(0)], Locked),
        (&[public, secure(1)], Unlocked),
    ];
    for (luns, want) in cases {
        let ids = if luns.first().is_some_and(|l| l.vendor.as_deref() == Some("Imation")) {
            "0718:0001"
        } else {
            "230a:1550"
        };
        let drive = scan(device(ids, "", luns)).unwrap();
        assert_eq!(drive.lock_state, *want, "{luns:?}");
    }
}

#[test]
fn roles_are_claimed_only_where_the_drive_is_surely_a_secure_one() {
    let sure = scan(device("230a:1550", "", &[disk("DL", "Sentry ONE-M")])).unwrap();
    assert_eq!(sure.luns[0].role, LunRole::Data);
    let maybe = scan(device("0951:0001", "USB Device", &[disk("Kingston", "Thing")])).unwrap();
    assert_eq!(maybe.luns[0].role, LunRole::Unknown);
    assert_eq!(maybe.lock_state, LockState::Unknown);
}

#[test]
fn revisions_and_bcd_device_are_no_firmware() {
    let mut pmap = disk("DL", "SENTRY EMS");
    pmap.revision = Some("PMAP".into());
    let drive = scan(device("13fe:1d01", "", &[pmap])).unwrap();
    assert_eq!(drive.identity.id.as_deref(), Some("datalocker-sentry-ems"));
    assert_eq!(drive.firmware.version, None);
    assert!(drive.missing.iter().any(|m| m.fact == "firmware.version"));
}

#[test]
fn no_entry_claims_an_end_of_life_without_a_source() {
    for entry in catalog().entries() {
        assert!(!entry.sources.is_empty(), "{}", entry.id);
        if let Some(lifecycle) = &entry.lifecycle {
            assert!(lifecycle.source.is_some(), "{}", entry.id);
        }
        if matches!(entry.kind, Kind::Model | Kind::Family) {
            assert!(entry.lifecycle.is_some(), "{} says nothing about its end", entry.id);
        }
    }
}

#[test]
fn replacements_name_entries_that_exist() {
    let catalog = catalog();
    for entry in catalog.entries() {
        let named = entry.replacement.as_ref().and_then(|r| r.model.as_ref());
        if let Some(id) = named {
            assert!(catalog.entries().iter().any(|e| e.id == *id), "{}: {id}", entry.id);
        }
    }
}

fn with_overlay(text: &'static str) -> PackSet {
    let mut set = embedded();
    let path = "overlay/devices/ours.toml".to_owned();
    set.add("devices", Pack { path, text: text.into(), origin: Origin::Overlay });
    set
}

#[test]
fn an_overlay_changes_one_fact_and_is_named_as_its_source() {
    let set = with_overlay(
        "extends = \"kingston-d300\"\nmanaged = \"no\"\n[lifecycle]\nend_of_life = \"2026-06-30\"\nchecked = \"2026-11-01\"\nsource = \"our contract\"\n",
    );
    let catalog = Catalog::load(&set).unwrap();
    let drive = scan_with(&catalog, device("0951:1539", "", &[])).unwrap();
    assert_eq!(drive.managed, Managed::No);
    assert_eq!(drive.identity.name.as_deref(), Some("Kingston IronKey D300"));
    let lifecycle = catalog.lifecycle(&drive.identity);
    assert_eq!(lifecycle.end_of_life, Some("2026-06-30".parse().unwrap()));
    assert_eq!(lifecycle.source.as_deref(), Some("overlay/devices/ours.toml: our contract"));
}

#[test]
fn the_earlier_of_two_published_ends_counts() {
    for (dates, wanted) in [
        ("end_of_support = \"2026-06-30\"", ("2026-06-30", Ending::Support)),
        (
            "end_of_life = \"2027-01-01\"\nend_of_support = \"2026-06-30\"",
            ("2026-06-30", Ending::Support),
        ),
        (
            "end_of_life = \"2026-06-30\"\nend_of_support = \"2027-01-01\"",
            ("2026-06-30", Ending::Life),
        ),
        (
            "end_of_life = \"2026-06-30\"\nend_of_support = \"2026-06-30\"",
            ("2026-06-30", Ending::Life),
        ),
    ] {
        let text = format!(
            "extends = \"kingston-d300\"\n[lifecycle]\n{dates}\nchecked = \"2026-11-01\"\n"
        );
        let catalog = Catalog::load(&with_overlay(Box::leak(text.into_boxed_str()))).unwrap();
        let drive = scan_with(&catalog, device("0951:1539", "", &[])).unwrap();
        let (day, ending) = catalog.lifecycle(&drive.identity).end().unwrap();
        assert_eq!((day.to_string().as_str(), ending), wanted, "{dates}");
    }
}

#[test]
fn mistakes_in_overlays_are_named_with_line_and_column() {
    const HEAD: &str = "id = \"x\"\nkind = \"model\"\nvendor = \"V\"\nmodel = \"M\"\nname = \"N\"\nchecked = \"2026-11-22\"\n[[source]]\nwhat = \"w\"\nconfidence = \"seen\"\n";
    let row = |usb: &str| -> &'static str {
        let row =
            format!("{HEAD}[[match]]\nusb = {{ {usb} }}\nsource = \"s\"\nconfidence = \"seen\"\n");
        Box::leak(row.into_boxed_str())
    };
    let cases: &[(&'static str, &str)] = &[
        ("extends = \"nothing\"\n", ":1:1: no device `nothing` to extend"),
        ("extends = \"kingston-d300\"\nend = 1\n", ":2:1: unknown field `end`"),
        ("extends = \"kingston-d300\"\nmanaged = \"perhaps\"\n", ":2:11: unknown variant"),
        ("extends = \"kingston-d300\"\n[lifecycle]\nchecked = 2026-11-01\n", ":3:11: "),
        ("extends = \"kingston-d300\"\n[lifecycle]\nchecked = \"2026-13-01\"\n", ":3:11: "),
        ("id = \n", ":1:"),
        (row("vid = \"951\", pid = \"0001\""), "`951` is not a vendor id of four hex digits"),
        (row("pid = \"0001\""), ":10:1: a product id means nothing without a vendor id"),
        (row(""), ":10:1: an empty `usb` would match everything"),
        (row("vid = \"0951\", pid = \"1539\""), ":10:1: this row ties with one of `kingston-d300`"),
    ];
    for (text, want) in cases {
        let Err(errors) = Catalog::load(&with_overlay(text)) else {
            panic!("accepted:\n{text}");
        };
        let printed: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert!(printed.iter().any(|e| e.contains(want)), "{text}\n→ {printed:?}, not {want}");
        assert!(printed[0].starts_with("overlay/devices/ours.toml:"), "{printed:?}");
    }
}
