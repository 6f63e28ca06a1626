# keycase.snapshot/1 on the lab's drives. Every claim is one check; $machines is machines.tsv.
include "claims";

def drive($port): [.drives[] | select(.port == $port)][0] // {};

def usb_is($want): .name as $name | (.usb // {}) as $usb
  | $want | to_entries[] | claim("\($name): usb.\(.key)"; $usb[.key]; .value);

def luns_are($want): claim("\(.name): LUNs"; [.luns[]? | {lun, type, vendor, model}]; $want);

. as $snapshot
| claim("schema"; .schema; "keycase.snapshot/1"),
claim("the drives' ports"; [.drives[].port] | sort; expected_ports),
(expected_machines[] as $machine | $snapshot | drive($machine.port) |
  claim("\($machine.name): identity"; .identity.id; $machine.id),
  claim("\($machine.name): lock state"; .lock_state; $machine.lock)),

(drive("1-1") + {name: "gadget-locked"} |
  usb_is({vid: "1953", pid: "0202", bcd_device: "2.08", manufacturer: "IronKey",
    product: "Secure Drive", serial: "00000042", speed_mbps: 480}),
  luns_are([
    {lun: 0, type: "cdrom", vendor: "IronKey", model: "Launcher Test"},
    {lun: 1, type: "disk", vendor: "IronKey", model: "Secure Drive"}])),

(drive("2-1") + {name: "gadget-unlocked"} |
  usb_is({vid: "0951", pid: "1576", bcd_device: "1.10", manufacturer: "Kingston",
    product: "VaultPrivacy50", serial: "AA00000000000043", speed_mbps: 480}),
  luns_are([{lun: 0, type: "disk", vendor: "Kingston", model: "VaultPrivacy50"}]),
  claim("gadget-unlocked: size of LUN 0"; .luns[0].size_bytes; 4194304),
  claim("gadget-unlocked: file system of LUN 0"; .luns[0].filesystem; "vfat"),
  claim("gadget-unlocked: number of HID interfaces"; .hid | length; 1)),

(drive(port("full-speed")) | claim("full-speed: speed"; .usb.speed_mbps; 12)),
(drive(port("behind-hubs")) |
  claim("behind-hubs: speed"; .usb.speed_mbps; 12),
  claim("behind-hubs: number of hubs"; .port | split(".") | length; 3)),
(drive(port("hid-interface")) | claim("hid-interface: HID"; .hid; [{usage_page: 65280, usage: 1, interface: 1}])),
(drive(port("unauthorized")) | claim("unauthorized: authorized"; .usb.authorized; false)),
(drive(port("strings-stall")) | claim("strings-stall: serial"; .usb.serial; null)),
(drive(port("launcher-and-vpd")) |
  claim("launcher-and-vpd: roles"; [.luns[].role]; ["launcher", "data"]),
  claim("launcher-and-vpd: file systems"; [.luns[].filesystem]; ["iso9660", "vfat"]))
