# keycase.snapshot/1 on the two drives of guest/drives.sh. Every claim is one check.
include "claims";

def drive($name; $port): [.drives[] | select(.port == $port)][0] as $drive
  | ($drive // {}) | . + {name: $name};

def usb_is($want): .name as $name | (.usb // {}) as $usb
  | $want | to_entries[] | claim("\($name): usb.\(.key)"; $usb[.key]; .value);

def luns_are($want): claim("\(.name): LUNs"; [.luns[]? | {lun, type, vendor, model}]; $want);

claim("schema"; .schema; "keycase.snapshot/1"),
claim("the drives' ports"; [.drives[].port] | sort; ["1-1", "2-1"]),

(drive("ironkey"; "1-1") |
  usb_is({vid: "1953", pid: "0202", bcd_device: "2.08", manufacturer: "IronKey",
    product: "Secure Drive", serial: "00000042", speed_mbps: 480}),
  luns_are([
    {lun: 0, type: "cdrom", vendor: "IronKey", model: "Launcher Test"},
    {lun: 1, type: "disk", vendor: "IronKey", model: "Secure Drive"}]),
  claim("ironkey: lock_state"; .lock_state; "locked")),

(drive("kingston"; "2-1") |
  usb_is({vid: "0951", pid: "1576", bcd_device: "1.10", manufacturer: "Kingston",
    product: "VaultPrivacy50", serial: "AA00000000000043", speed_mbps: 480}),
  luns_are([{lun: 0, type: "disk", vendor: "Kingston", model: "VaultPrivacy50"}]),
  claim("kingston: size of LUN 0"; .luns[0].size_bytes; 4194304),
  claim("kingston: file system of LUN 0"; .luns[0].filesystem; "vfat"),
  claim("kingston: number of HID interfaces"; .hid | length; 1),
  claim("kingston: lock_state"; .lock_state; "unlocked"))
