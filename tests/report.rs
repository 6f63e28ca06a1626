//! `report.html` as a technician sees it: in a browser, without the network, light and dark.
//!
//! With `PICTURES=DIR` the pictures are kept there, to be looked at.
#![cfg(target_os = "linux")]
#![expect(clippy::expect_used, reason = "a test says what it expected")]

pub mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::browser::{Look, Looked, look, size};
use support::keycase::Keycase;
use support::machine::Machine;
use tempfile::TempDir;

/// What the kernel of a machine with a loose plug says.
const LOOSE: &str = "\
2026-11-22T08:14:03.0+00:00 pc kernel: [  515.000000] usb 1-2.4: new full-speed USB device number 5 using xhci_hcd
2026-11-22T08:31:10.0+00:00 pc kernel: [ 1542.000000] usb 1-2.4: USB disconnect, device number 5
2026-11-22T08:31:14.0+00:00 pc kernel: [ 1546.000000] usb 1-2.4: new full-speed USB device number 6 using xhci_hcd
2026-11-22T08:31:15.0+00:00 pc kernel: [ 1547.000000] usb 1-2.4: device descriptor read/64, error -71
2026-11-22T09:02:44.0+00:00 pc kernel: [ 3436.000000] usb 1-2.4: reset full-speed USB device number 6 using xhci_hcd
2026-11-22T09:02:45.0+00:00 pc kernel: [ 3437.000000] I/O error, dev sdb, sector 2048 op 0x0:(READ) flags 0x0
2026-11-22T09:03:00.0+00:00 pc kernel: [ 3452.000000] usb 1-3: new low-speed USB device number 7 using xhci_hcd
";

/// The page about a machine; its kernel log is `log` when that is given.
fn page(machine: &str, log: Option<&str>, dir: &Path) -> PathBuf {
    let root = Machine::named(machine).unpack();
    if let Some(log) = log {
        fs::write(root.path().join("var/log/kern.log"), log).expect("a log");
    }
    let zip = dir.join("b.zip");
    Keycase::new("bundle -q").sysroot(root.path()).arg("-o").arg(&zip).run().expect(0);
    let html = dir.join("page.html");
    Keycase::new("show -q").arg(&zip).arg("--html").arg(&html).run().expect(0);
    html
}

fn is_quiet(looked: &Looked, what: &str) {
    assert!(looked.console.is_empty(), "{what}: {:#?}", looked.console);
    assert!(looked.asked.is_empty(), "{what}: {:#?}", looked.asked);
}

fn keep(name: &str, looked: &Looked) {
    if let Some(dir) = std::env::var_os("PICTURES") {
        fs::write(Path::new(&dir).join(format!("{name}.png")), &looked.picture).expect("a picture");
    }
}

#[test]
fn a_browser_shows_the_page_without_a_complaint_or_a_request() {
    let dir = TempDir::new().expect("a folder");
    let html = page("unlocked-behind-hub", Some(LOOSE), dir.path());
    let mut pictures = Vec::new();
    for (name, width, height, dark) in [
        ("desk-light", 1280, 2600, false),
        ("desk-dark", 1280, 2600, true),
        ("phone", 390, 3600, false),
    ] {
        let looked = look(&html, Look { width, height, dark });
        is_quiet(&looked, name);
        assert_eq!(size(&looked.picture), (width, height), "{name}");
        keep(name, &looked);
        pictures.push(looked.picture);
    }
    assert!(pictures[0] != pictures[1], "dark looks like light");
}

#[test]
fn hostile_device_text_stays_text_in_a_browser() {
    let dir = TempDir::new().expect("a folder");
    let html = page("hostile-strings", None, dir.path());
    let looked = look(&html, Look { width: 800, height: 1200, dark: false });
    is_quiet(&looked, "hostile-strings");
    keep("hostile", &looked);
}

/// What the test above would see if the page were not as it should be.
#[test]
fn the_browser_would_tell_of_a_request_or_a_script() {
    let dir = TempDir::new().expect("a folder");
    let page = dir.path().join("bad.html");
    let image = "<!DOCTYPE html><meta charset=utf-8><img src='http://192.0.2.1/x.png'>";
    fs::write(&page, image).expect("a page");
    assert!(!look(&page, Look { width: 400, height: 300, dark: false }).asked.is_empty());
    let policy = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\">";
    let script = format!("<!DOCTYPE html><meta charset=utf-8>{policy}<script>1</script>");
    fs::write(&page, script).expect("a page");
    let looked = look(&page, Look { width: 400, height: 300, dark: false });
    assert!(!looked.console.is_empty(), "a refused script was not told of");
}

#[test]
fn the_pictures_say_what_happened_and_where() {
    let dir = TempDir::new().expect("a folder");
    let html = page("unlocked-behind-hub", Some(LOOSE), dir.path());
    let text = fs::read_to_string(&html).expect("a page");
    for wanted in [
        "3 attached, 1 detached, 3 with trouble",
        "device descriptor read/64, error -71",
        "USB bus 1",
        ">Hub<",
        "port 1-2.4",
        "Nothing was cut",
    ] {
        assert!(text.contains(wanted), "no `{wanted}`");
    }
    let marks = |class: &str| text.matches(&format!("class=\"{class}\" d=\"M")).count();
    assert!(marks("trouble") >= 2, "trouble is drawn");
}

/// What a kernel says of two plugs within three seconds.
const SHORT: &str = "\
2026-11-22T08:14:02.1+00:00 pc kernel: [  514.100000] usb 1-2: new high-speed USB device number 4 using xhci_hcd
2026-11-22T08:14:02.6+00:00 pc kernel: [  514.600000] usb 1-2.4: new full-speed USB device number 5 using xhci_hcd
2026-11-22T08:14:04.1+00:00 pc kernel: [  516.100000] usb 1-2.4: USB disconnect, device number 5
";

#[test]
fn in_a_short_time_the_ticks_are_told_apart_and_a_port_is_called_the_same_twice() {
    let dir = TempDir::new().expect("a folder");
    let html = page("unlocked-behind-hub", Some(SHORT), dir.path());
    let text = fs::read_to_string(&html).expect("a page");
    let (_, timeline) = text.split_once("<svg class=\"timeline\"").expect("the picture");
    let timeline = timeline.split("</svg>").next().expect("its end");
    for label in ["08:14:02.100", "08:14:02.600", "08:14:03.100", "08:14:03.600", "08:14:04.100"] {
        assert!(timeline.contains(&format!(">{label}<")), "no `{label}`: {timeline}");
    }
    let hub = ">Hub</text><text class=\"sub\" x=\"0\"";
    assert!(timeline.contains(hub), "{timeline}");
    let tree = text.split_once("<svg class=\"tree\"").expect("the picture").1;
    assert!(tree.contains(">Hub</text>"), "{tree}");
    let looked = look(&html, Look { width: 1280, height: 3400, dark: false });
    keep("short", &looked);
}

/// The page itself allows no script; a copy without its policy measures it.
#[test]
fn the_boxes_stay_inside_their_card_in_a_small_window() {
    let dir = TempDir::new().expect("a folder");
    let html = page("unlocked-behind-hub", Some(LOOSE), dir.path());
    keep("window-900", &look(&html, Look { width: 900, height: 5400, dark: false }));
    let text = fs::read_to_string(&html).expect("a page");
    let (before, policy) = text.split_once("<meta http-equiv").expect("a policy");
    let (_, after) = policy.split_once('>').expect("its end");
    let measure = "<script>
        const side = query => document.querySelector(query).getBoundingClientRect().right;
        const card = document.querySelector('.tree').closest('.card').getBoundingClientRect();
        console.log('inside ' + (side('.tree .drive .box') < card.right));
    </script>";
    fs::write(&html, format!("{before}{after}{measure}")).expect("a page");
    let looked = look(&html, Look { width: 900, height: 3000, dark: false });
    assert!(looked.console.iter().any(|line| line.contains("inside true")), "{looked:?}");
}

#[test]
fn what_must_not_be_done_stands_before_what_to_do() {
    let dir = TempDir::new().expect("a folder");
    let text = fs::read_to_string(page("locked-sentry-one", None, dir.path())).expect("a page");
    let at = |wanted: &str| text.find(wanted).unwrap_or_else(|| panic!("no `{wanted}`"));
    assert!(at("Do not let the system format") < at("What to do"));
}

#[test]
fn every_picture_and_table_has_a_name_for_those_who_do_not_see_it() {
    let dir = TempDir::new().expect("a folder");
    let html = page("unlocked-behind-hub", Some(LOOSE), dir.path());
    let text = fs::read_to_string(&html).expect("a page");
    for picture in text.split("<svg").skip(1) {
        let tag = picture.split('>').next().unwrap_or_default();
        let named = tag.contains("role=\"img\"") && tag.contains("aria-labelledby=");
        assert!(named || tag.contains("aria-hidden=\"true\""), "<svg{tag}>");
    }
    let ids: Vec<&str> = text.split(" id=\"").skip(1).filter_map(|r| r.split('"').next()).collect();
    for label in text.split("aria-labelledby=\"").skip(1).filter_map(|r| r.split('"').next()) {
        for id in label.split(' ') {
            assert!(ids.contains(&id), "nothing is called {id}");
        }
    }
    let levels: Vec<char> = text
        .split("<h")
        .skip(1)
        .filter_map(|r| r.chars().next())
        .filter(char::is_ascii_digit)
        .collect();
    assert_eq!(levels.first(), Some(&'1'));
    assert_eq!(levels.iter().filter(|level| **level == '1').count(), 1);
    for pair in levels.windows(2) {
        let [before, after] =
            pair.iter().map(|c| c.to_digit(10).unwrap_or(0)).collect::<Vec<_>>()[..]
        else {
            panic!("two levels")
        };
        assert!(after <= before + 1, "a heading of level {after} follows one of level {before}");
    }
    assert!(text.contains("<html lang=\"en\">"));
}
