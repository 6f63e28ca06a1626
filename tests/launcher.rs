//! The launcher CD: real media of every kind, hostile ones, and what a bundle says of them.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

pub mod support;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use keycase::host::Root;
use keycase::host::launcher::iso9660::{self, Volume};
use keycase::host::launcher::{Launcher, LauncherError, Place, ReadAt, pe_version, udf};
use proptest::prelude::*;
use serde_json::Value;
use support::keycase::{Keycase, Ran};
use support::machine::Machine;
use tempfile::TempDir;

/// One of the media in `tests/launcher`.
fn medium(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/launcher").join(name);
    let mut bytes = Vec::new();
    let packed = fs::File::open(path).unwrap();
    flate2::read::GzDecoder::new(packed).read_to_end(&mut bytes).unwrap();
    bytes
}

fn iso(bytes: &[u8]) -> Option<Volume> {
    iso9660::read(&mut &bytes[..]).unwrap()
}

fn paths(volume: &Volume) -> Vec<&str> {
    volume.files.iter().map(|file| file.path.as_str()).collect()
}

const PATHS: [&str; 6] = [
    "Example.app/Contents/Info.plist",
    "Unlocker.exe",
    "autorun.inf",
    "linux/Linux_Readme.txt",
    "linux/Zugriff für alle.txt",
    "windows/Helper.exe",
];

#[test]
fn names_sizes_and_label_are_read_from_every_kind_of_medium() {
    for name in ["joliet.iso.gz", "bridge.iso.gz"] {
        let volume = iso(&medium(name)).unwrap();
        assert_eq!(volume.label.as_deref(), Some("UNLOCKER"), "{name}");
        assert_eq!(paths(&volume), PATHS, "{name}");
        assert_eq!(volume.files[1].size, 3072, "{name}");
        assert!(!volume.incomplete, "{name}");
    }
    let plain = iso(&medium("plain.iso.gz")).unwrap();
    assert!(paths(&plain).contains(&"UNLOCKER.EXE"), "{:?}", paths(&plain));
    assert!(paths(&plain).contains(&"WINDOWS/HELPER.EXE"), "{:?}", paths(&plain));

    let bytes = medium("udf.iso.gz");
    assert_eq!(iso(&bytes), None);
    let volume = udf::read(&mut &bytes[..]).unwrap().unwrap();
    assert_eq!(volume.label.as_deref(), Some("UNLOCKER"));
    assert_eq!(paths(&volume), PATHS);
    assert!(!volume.incomplete);
    // The same bytes are found whichever structure leads to them.
    let bridge = medium("bridge.iso.gz");
    for (by_udf, by_iso) in volume.files.iter().zip(&iso(&bridge).unwrap().files) {
        assert_eq!(content(&bytes, by_udf), content(&bridge, by_iso), "{}", by_udf.path);
    }
    assert_eq!(udf::read(&mut &medium("joliet.iso.gz")[..]).unwrap(), None);
}

fn content(medium: &[u8], file: &iso9660::File) -> Vec<u8> {
    let part =
        |(offset, length): &(u64, u32)| (&mut &medium[..]).bytes_at(*offset, *length as usize);
    let mut bytes: Vec<u8> = file.parts.iter().flat_map(|p| part(p).unwrap()).collect();
    bytes.truncate(file.size as usize);
    bytes
}

#[test]
fn a_program_states_its_version() {
    let bytes = medium("joliet.iso.gz");
    let volume = iso(&bytes).unwrap();
    let version = |path: &str| {
        let file = volume.files.iter().find(|file| file.path == path).unwrap();
        pe_version::read(&mut content(&bytes, file).as_slice()).unwrap()
    };
    for (path, machine) in [("Unlocker.exe", "x86"), ("windows/Helper.exe", "x64")] {
        let found = version(path).unwrap();
        assert_eq!(found.file, Some([4, 8, 25, 1]), "{path}");
        assert_eq!(found.product, Some([4, 8, 25, 0]), "{path}");
        assert_eq!(found.machine, Some(machine), "{path}");
        assert_eq!(found.strings["ProductName"], "Example Unlocker", "{path}");
        assert_eq!(found.stated(), Some(("4.8.25".into(), "ProductVersion")), "{path}");
    }
    assert_eq!(version("linux/Linux_Readme.txt"), None);
}

/// A machine with a launcher whose CD is mounted nowhere, and has this content.
fn machine(image: &[u8]) -> support::machine::Sysroot {
    let root = Machine::named("locked-sentry-one").unpack();
    let table = root.path().join("proc/self/mountinfo");
    let text = fs::read_to_string(&table).unwrap();
    let others: String =
        text.lines().filter(|l| !l.contains("/dev/sr0")).map(|l| format!("{l}\n")).collect();
    fs::write(table, others).unwrap();
    fs::create_dir_all(root.path().join("dev")).unwrap();
    fs::write(root.path().join("dev/sr0"), image).unwrap();
    root
}

fn bundle(root: &Path, out: &Path) -> (Value, PathBuf) {
    let ran: Ran = Keycase::new("bundle --json").sysroot(root).arg("-o").arg(out).run().expect(0);
    let json = ran.json();
    let file = PathBuf::from(json["bundle"]["file"].as_str().unwrap());
    (json["manifest"].clone(), file)
}

fn document(bundle: &Path, name: &str) -> Value {
    let mut zip = zip::ZipArchive::new(fs::File::open(bundle).unwrap()).unwrap();
    serde_json::from_reader(zip.by_name(name).unwrap()).unwrap()
}

fn outcome<'a>(manifest: &'a Value, id: &str) -> &'a Value {
    let all = manifest["collectors"].as_array().unwrap();
    all.iter().find(|entry| entry["id"] == id).unwrap()
}

#[test]
fn a_bundle_lists_the_launcher_from_its_node_and_states_the_software() {
    for name in ["joliet.iso.gz", "udf.iso.gz", "plain.iso.gz"] {
        let (root, out) = (machine(&medium(name)), TempDir::new().unwrap());
        let (manifest, file) = bundle(root.path(), out.path());
        assert_eq!(outcome(&manifest, "launcher-cd")["outcome"], "done", "{name}: {manifest}");
        let port = document(&file, "snapshot.json")["drives"][0]["port"].clone();
        let launcher = document(&file, &format!("logs/launcher-{}.json", port.as_str().unwrap()));
        assert_eq!(launcher["read_from"], "its node");
        assert_eq!(launcher["software"]["version"], "4.8.25", "{name}");
        let files = launcher["files"].as_array().unwrap();
        assert_eq!(files.len(), 6, "{name}");
        for file in files {
            assert_eq!(file["sha256"].as_str().map(str::len), Some(64), "{name}: {file}");
        }
        let drive = &document(&file, "snapshot.json")["drives"][0];
        assert_eq!(drive["software"]["version"], "4.8.25", "{name}");
        let from = drive["software"]["from"].as_str().unwrap();
        assert!(from.to_lowercase().contains("productversion of unlocker.exe"), "{from}");
        let missing = drive["missing"].as_array().unwrap();
        assert!(missing.iter().all(|m| m["fact"] != "software.version"), "{missing:?}");
    }
}

#[test]
fn a_mounted_launcher_is_read_where_it_is_mounted_and_no_link_is_followed() {
    let root = machine(b"not a medium");
    let mut table = fs::read_to_string(root.path().join("proc/self/mountinfo")).unwrap();
    table.push_str("61 25 11:0 / /media/dana/UNLOCKER ro - iso9660 /dev/sr0 ro\n");
    fs::write(root.path().join("proc/self/mountinfo"), table).unwrap();
    let mount = root.path().join("media/dana/UNLOCKER");
    let bytes = medium("joliet.iso.gz");
    for file in &iso(&bytes).unwrap().files {
        let path = mount.join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content(&bytes, file)).unwrap();
    }
    let secret = root.path().join("etc/secret.exe");
    fs::write(&secret, "a secret").unwrap();
    std::os::unix::fs::symlink(&secret, mount.join("linked.exe")).unwrap();
    std::os::unix::fs::symlink("/etc", mount.join("folder")).unwrap();
    let pipe = mount.join("pipe.exe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();

    let out = TempDir::new().unwrap();
    let (manifest, file) = bundle(root.path(), out.path());
    assert_eq!(outcome(&manifest, "launcher-cd")["outcome"], "done", "{manifest}");
    let launcher = document(&file, "logs/launcher-2-1.json");
    assert_eq!(
        (&launcher["read_from"], &launcher["incomplete"]),
        (&"its mount".into(), &true.into())
    );
    let paths: Vec<&str> =
        launcher["files"].as_array().unwrap().iter().map(|f| f["path"].as_str().unwrap()).collect();
    assert_eq!(paths.len(), PATHS.len(), "{paths:?}");
    assert_eq!(document(&file, "snapshot.json")["drives"][0]["software"]["version"], "4.8.25");
}

#[test]
fn media_that_are_none_are_a_result() {
    for image in [&b""[..], b"short", &[0; 100_000], &medium("joliet.iso.gz")[..34_000]] {
        let (root, out) = (machine(image), TempDir::new().unwrap());
        let (manifest, file) = bundle(root.path(), out.path());
        assert_eq!(outcome(&manifest, "launcher-cd")["outcome"], "failed", "{}", image.len());
        let drive = &document(&file, "snapshot.json")["drives"][0];
        assert_eq!(drive["software"]["version"], Value::Null);
    }
}

#[test]
fn a_folder_or_pipe_in_the_place_of_the_node_is_not_read() {
    let root = machine(b"");
    let node = root.path().join("dev/sr0");
    fs::remove_file(&node).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, &node, rustix::fs::Mode::RUSR).unwrap();
    let place = Place { mount: None, node: Some("/dev/sr0".into()) };
    let opened = Launcher::open(&Root::at(root.path()), &place);
    assert!(matches!(opened, Err(LauncherError::Other(_))));
}

#[test]
fn a_scan_reads_no_launcher() {
    let root = machine(&medium("joliet.iso.gz"));
    let ran = Keycase::new("scan --json").sysroot(root.path()).run().expect(0);
    assert_eq!(ran.json()["drives"][0]["software"]["version"], Value::Null);
}

/// A medium whose root folder holds itself, again and again, in every entry.
#[test]
fn folders_that_hold_themselves_end() {
    let mut bytes = medium("plain.iso.gz");
    let root = u32::from_le_bytes(bytes[32768 + 158..32768 + 162].try_into().unwrap());
    let start = root as usize * 2048;
    let record = |place: u32| {
        let mut record = vec![34_u8, 0];
        record.extend(place.to_le_bytes());
        record.extend([0; 4]);
        record.extend(2048_u32.to_le_bytes());
        record.extend([0; 11]);
        record.extend([2, 0, 0, 1, 0, 0, 1, 1, b'D']);
        record.truncate(34);
        record[32] = 1;
        record[33] = b'D';
        record[25] = 2;
        record
    };
    let folder: Vec<u8> = (0..60).flat_map(|_| record(root)).collect();
    bytes[start..start + folder.len()].copy_from_slice(&folder);
    let volume = iso(&bytes).unwrap();
    assert!(volume.incomplete && volume.files.is_empty(), "{volume:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    /// Bytes of real media changed anywhere: an answer, whatever it is.
    #[test]
    fn damaged_media_end(
        name in prop::sample::select(vec!["joliet.iso.gz", "udf.iso.gz", "plain.iso.gz"]),
        changes in prop::collection::vec((0..400_000_usize, any::<u8>()), 1..200),
        near in prop::collection::vec((0..4096_usize, any::<u8>()), 0..50),
    ) {
        let mut bytes = medium(name);
        for (at, byte) in changes.into_iter().chain(near.into_iter().map(|(at, b)| (at + 16 * 2048, b))) {
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
        }
        let found = [iso(&bytes), udf::read(&mut &bytes[..]).unwrap()];
        for volume in found.iter().flatten() {
            for file in volume.files.iter().take(20) {
                let part = file.parts.first().copied().unwrap_or((0, 0));
                let start = (part.0 as usize).min(bytes.len());
                let _ = pe_version::read(&mut &bytes[start..]);
            }
        }
    }

    /// A program with bytes changed anywhere.
    #[test]
    fn damaged_programs_end(changes in prop::collection::vec((0..3072_usize, any::<u8>()), 1..100)) {
        let bytes = medium("joliet.iso.gz");
        let volume = iso(&bytes).unwrap();
        let mut program = content(&bytes, &volume.files[1]);
        for (at, byte) in changes {
            program[at] = byte;
        }
        let _ = pe_version::read(&mut program.as_slice());
    }
}
