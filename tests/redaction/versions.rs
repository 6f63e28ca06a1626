//! What looks like something else: addresses like versions, classes like volumes.

use super::{Class, redactor, text};

#[test]
fn addresses_near_words_of_software_go() {
    let redactor = redactor(&[]);
    for (line, address) in [
        ("Downloading firmware update from 10.20.30.40 failed", "10.20.30.40"),
        ("SafeConsole update from 192.168.7.20 failed", "192.168.7.20"),
        ("host 192.168.7.20 updated its lease", "192.168.7.20"),
        ("host 203.0.113.9 updated its lease", "203.0.113.9"),
        ("driver installed from 192.168.7.20", "192.168.7.20"),
        ("driver 10.1.2.3 answered", "10.1.2.3"),
        ("agent installed at 172.16.4.9 now", "172.16.4.9"),
        ("tcp/5.9.12.33:443 open", "5.9.12.33"),
        ("version 6.3.1.4:8080 refused", "6.3.1.4"),
        ("reached SafeConsole at 22.33.44.55", "22.33.44.55"),
        ("server 22.33.44.55", "22.33.44.55"),
        ("DNS server 9.9.9.9", "9.9.9.9"),
        ("client_ip 5.6.7.8 and agent-host 5.6.7.8", "5.6.7.8"),
        ("\u{1b}[1;34m192.168.7.20\u{1b}[0m up", "192.168.7.20"),
    ] {
        let out = text(&redactor, line);
        assert!(!out.contains(address), "{out}");
    }
}

#[test]
fn versions_and_codes_stay() {
    let redactor = redactor(&[]);
    let mut changed = Vec::new();
    for line in [
        "Unlocker_Win 8.5.1.2 starting",
        "SafeConsoleReady 4.8.35.1",
        "unlocker.exe,8.5.1.2,ok",
        "IKVP50 3.6.0.12",
        "DL4 FE fw: 2.0.1.5",
        "IronKey Vault Privacy 50 1.0.0.5 found",
        "Secure Drive Client 4.8.35.0 started",
        "Name=\"IronKey Unlocker\" 8.5.1.2",
        "firmware 10.0.0.5 and DriverVersion=10.1.2.3",
        "ProductVersion=192.10.1.5",
        "firmware was updated from 3.6.0.11 to 3.6.0.12",
        "firmware is now at 3.6.0.12",
        "usb usb1: SerialNumber: 0000:00:14.0",
        "tty serial: 16550A at 0x3f8",
        "request failed, response code: 0x80072EE7",
        "Fixed format, response code: 70",
        "HTTP response code: 511",
        "unlock_code: 0x80070005",
        "pin: 12345 bytes read; pass: 1024 bytes",
        "log-24_x 24-06-01-12-30-45.txt written",
        "Class GUID of device changed to: {4d36e97e-e325-11ce-bfc1-08002be10318}.",
        "Class GUID of device changed to: {e2f84ce7-8efa-411c-aa69-97454ca4cb57}.",
        "Class GUID of device changed to: {ca3e7ab9-b4c3-4ae6-8251-579ef933890f}.",
        "1:2:3:4:5:6 and 00:1:2:3:4:5 and a:b:c:d:e:f",
        "dev_4C_87_5D_11_22 and dev_sdb",
    ] {
        let out = text(&redactor, line);
        if out != line {
            changed.push(out);
        }
    }
    assert!(changed.is_empty(), "{}", changed.join("\n"));
}

#[test]
fn a_volume_is_not_a_class_of_interfaces() {
    let redactor = redactor(&[]);
    let volume = "{7f3f3ba4-1a2b-11ee-9c0d-806e6f6e6963}";
    let class = "{12345678-16b5-11d0-94f2-00a0c91efb8b}";
    let path = format!(r"\\?\SWD#WPDBUSENUM#{volume}#0000000000100000#{class}\x");
    let out = text(&redactor, &path);
    assert!(!out.contains("7f3f3ba4") && out.contains(class), "{out}");
    for path in [format!("SWD#WPDBUSENUM#{volume}"), format!("STORAGE#Volume#{volume}#0010")] {
        assert!(!text(&redactor, &path).contains("7f3f3ba4"));
    }
    let path = format!(r"\\?\hid#vid_0951&pid_1666#7&1a&0&0000#{class}");
    assert_eq!(text(&redactor, &path), path);
}

#[test]
fn addresses_of_hardware_go_in_every_form() {
    let redactor = redactor(&[]);
    for (line, address) in [
        ("? (host) at 0:1b:63:84:45:e6 on en0 ifscope", "0:1b:63:84:45:e6"),
        ("DUID. . . : 00-01-00-01-1F-3C-9A-55-00-1A-2B-3C-4D-5E", "00-1A-2B-3C-4D-5E"),
        ("duid 00:01:00:01:1f:3c:9a:55:00:1a:2b:3c:4d:5e", "00:1a:2b:3c:4d:5e"),
        ("duid 00-03-00-01-00-1A-2B-3C-4D-5E", "00-1A-2B-3C-4D-5E"),
        ("bluetoothd: /org/bluez/hci0/dev_4C_87_5D_11_22_33/fd0", "4C_87_5D_11_22_33"),
        ("Physical Address. . . . : 24-06-01-12-30-45", "24-06-01-12-30-45"),
        ("\u{1b}[1;34m27:5e:35:d7:31:f5\u{1b}[0m up", "27:5e:35:d7:31:f5"),
        ("\u{1b}[1;34mfe80::a00:27ff:fe4e:66a1\u{1b}[0m", "fe80::a00:27ff:fe4e:66a1"),
        ("\u{1b}[1muser=akowalski\u{1b}[0m up", "akowalski"),
        ("key 111111 222222 333333 444444 555555 666666 777777 888888", "333333"),
        ("key 111111222222333333444444555555666666777777888888.", "333333"),
        ("by-id/nvme-Samsung_SSD_980_1TB_S649NL0W123456_1", "S649NL0W123456"),
        ("by-id/nvme-Samsung_SSD_980_1TB_S649NL0W123456_1-part2", "S649NL0W123456"),
        ("E: ID_SERIAL=Samsung_SSD_980_1TB_S649NL0W123456_1", "S649NL0W123456"),
    ] {
        let out = text(&redactor, line);
        assert!(!out.contains(address), "{out}");
    }
    let colour = "\u{1b}[1;34mnas3.corp.acme.de\u{1b}[0m";
    let out = text(&redactor, colour);
    assert!(out.starts_with("\u{1b}[1;34mhost-") && !out.contains("acme"), "{out}");
    let short = text(&redactor, "0:1b:63:84:45:e6");
    assert_eq!(short, text(&redactor, "00:1b:63:84:45:e6"));
    assert_eq!(redactor.pseudonym(Class::Mac, "00:1b:63:84:45:e6"), short);
}

#[test]
fn a_log_that_was_redacted_before_keeps_the_meaning_of_its_addresses() {
    let first = redactor(&[]);
    let once = text(&first, "bound to 203.0.113.9");
    let second = redactor(&[]);
    second.remember(first.map());
    assert_eq!(text(&second, &once), once);
    assert_eq!(second.map().entries().count(), 0, "nothing new was issued");
}
