# Shell library: the udev rules, installed by keycase itself, with the real udevd.

# What logind would write for a person at the screen; udev's uaccess reads nothing else.
seat_alice() {
  mkdir -p /run/systemd/seats
  printf 'ACTIVE=1\nACTIVE_UID=1000\n' >/run/systemd/seats/seat0
}

use_rules() {
  result=/out/rules
  mkdir -p "$result"
  nodes_open >"$result/before"
  as_user root "keycase udev install" >"$result/install" 2>"$result/install.stderr"
  as_user root "keycase udev install" >"$result/install-again" 2>&1
  udevadm control --reload
  udevadm trigger --action=add --subsystem-match=usb --subsystem-match=hidraw --subsystem-match=block \
    --subsystem-match=scsi_generic
  udevadm settle --timeout=60
  nodes_open >"$result/after"
  as_user alice "keycase udev check --json" >"$result/check" 2>"$result/check.stderr" || true
  as_user alice "keycase scan --json" >"$result/scan" 2>/dev/null || true
}

# USER KIND opened|refused, for the nodes of one drive with a HID interface and of one without
# ids of ours (the gadget of a consumer stick is not there, so it is the root hub).
nodes_open() {
  device=$(device_of hid-interface)
  usb=$(printf '/dev/bus/usb/%03d/%03d' "$(cat "$device/busnum")" "$(cat "$device/devnum")")
  hidraw=/dev/$(basename "$device"/*/0003:*/hidraw/hidraw*)
  sg=/dev/$(basename "$device"/*/host*/target*/*/scsi_generic/sg*)
  block=/dev/$(basename "$device"/*/host*/target*/*/block/sd?)
  for user in alice bob; do
    for node in "usb $usb" "hidraw $hidraw" "sg $sg" "block $block" "hub /dev/bus/usb/001/001"; do
      opens "$user" "${node#* }" && said=opened || said=refused
      echo "$user ${node%% *} $said"
    done
  done
}

opens() { su -s /bin/sh "$1" -c ": <>$2" 2>/dev/null; }
