//! What is read about a machine from its files, below any root.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::Path;

use keycase::collect::seeds;
use keycase::host::Root;
use keycase::redact::Class;

fn put(root: &Path, path: &str, content: impl AsRef<[u8]>) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn machine() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    put(root, "etc/hostname", "wks-ledger-07.corp.works.test\n");
    put(
        root,
        "etc/passwd",
        "root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1::/x:/bin/false\nanna.k:x:1000:1000:Anna Kowalska,4711,,:/srv/people/akow:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\nbroken line\n",
    );
    put(root, "etc/machine-id", "4c8f1b9e2d7a4b3c8e6f0a1b2c3d4e5f\n");
    put(
        root,
        "etc/resolv.conf",
        "# x\nnameserver 10.0.0.1\nsearch corp.works.test lan.works.test.\n",
    );
    put(
        root,
        "etc/hosts",
        "127.0.0.1 localhost\n127.0.1.1 wks7.corp.works.test wks7 # own\n10.0.0.9 other.host\n",
    );
    put(root, "sys/class/net/eth0/address", "52:54:00:12:34:56\n");
    put(root, "sys/class/net/lo/address", "00:00:00:00:00:00\n");
    put(root, "sys/bus/usb/devices/1-2/serial", "CA4A7700F3EE1D00\n");
    put(root, "sys/bus/usb/devices/usb1/serial", "0000:00:14.0\n");
    put(root, "sys/block/sda/device/vpd_pg80", b"\x00\x80\x00\x08WX11A77F");
    put(root, "sys/block/sda/device/wwid", "naa.5002538e40a0b0c0\n");
    put(root, "sys/block/nvme0n1/device/serial", "S466NX0M123456      \n");
    put(
        root,
        "run/udev/data/b8:17",
        "S:disk/x\nE:ID_FS_LABEL=PAYROLL_Q3\nE:ID_FS_LABEL_ENC=PAYROLL\\x20Q3\nE:ID_FS_UUID=1A2B-3C4D\nE:ID_SERIAL_SHORT=0000:00:14.0\nE:ID_WWN=0x5002538e40a0b0c1\n",
    );
    put(
        root,
        "proc/self/mountinfo",
        "36 35 8:17 / /run/media/anna/MY\\040VAULT rw - vfat /dev/sdb1 rw\n22 1 8:1 / / rw - ext4 /dev/sda1 rw\n",
    );
    dir
}

fn values(known: &seeds::Known, class: Class) -> Vec<&str> {
    let of = known.seeds.secret.iter().filter(|seed| seed.class == class);
    of.map(|seed| seed.value.as_str()).collect()
}

#[test]
fn every_source_is_read() {
    let dir = machine();
    let known = seeds::read(&Root::at(dir.path()), &[], &["KEEPME01".into()]);
    assert_eq!(values(&known, Class::Host), ["wks-ledger-07", "localhost", "wks7"]);
    assert_eq!(values(&known, Class::Domain), ["corp.works.test", "lan.works.test"]);
    assert_eq!(values(&known, Class::User), ["anna.k", "Anna Kowalska", "4711", "akow"]);
    assert_eq!(values(&known, Class::Mac), ["52:54:00:12:34:56"]);
    assert_eq!(
        values(&known, Class::Serial),
        ["CA4A7700F3EE1D00", "S466NX0M123456", "5002538e40a0b0c0", "WX11A77F", "5002538e40a0b0c1"]
    );
    assert_eq!(values(&known, Class::VolumeLabel), ["PAYROLL_Q3", "PAYROLL Q3", "MY VAULT"]);
    assert_eq!(values(&known, Class::FileName), ["/run/media/anna/MY VAULT"]);
    assert_eq!(values(&known, Class::Uuid), ["4c8f1b9e2d7a4b3c8e6f0a1b2c3d4e5f", "1A2B-3C4D"]);
    assert_eq!(known.seeds.keep, ["KEEPME01"]);
    assert!(known.unread.is_empty() && !known.truncated);
}

#[test]
fn the_environment_counts_and_an_empty_machine_is_ordinary() {
    let dir = tempfile::tempdir().unwrap();
    let environment =
        [("USER", "bob77"), ("HOME", "/home/bob77x"), ("HOSTNAME", "h7.d.test"), ("PATH", "/bin")];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let known = seeds::read(&Root::at(dir.path()), &environment, &[]);
    assert_eq!(values(&known, Class::User), ["bob77", "bob77x"]);
    assert_eq!(values(&known, Class::Host), ["h7"]);
    assert_eq!(values(&known, Class::Domain), ["d.test"]);
}

#[test]
fn links_do_not_lead_out_of_the_root() {
    let outside = tempfile::tempdir().unwrap();
    put(outside.path(), "hostname", "elsewhere");
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("etc")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("hostname"), dir.path().join("etc/hostname"))
        .unwrap();
    let known = seeds::read(&Root::at(dir.path()), &[], &[]);
    assert!(known.seeds.secret.is_empty());
}
