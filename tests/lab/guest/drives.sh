# Shell library: the two drives that the kernel's own gadget driver plays, and what is
# common to all drives.
#
# VID:PID, and the SCSI vendor and product of the data LUNs, are those of real models:
#   1953:0202  IronKey S200 (usb.ids); drives of that family say "IronKey", "Secure Drive"
#   0951:1576  Kingston IronKey Vault Privacy 50 (github.com/DavidCarliez/ironkey-vp50)
# Everything else is a test value and says nothing about a real drive: bcdDevice, USB strings,
# serial numbers, revisions, sizes, labels, the CD's INQUIRY, the Kingston's HID interface.

# A launcher CD and a data LUN without a medium: locked.
plug_ironkey() {
  cp /lab/media/launcher.iso /tmp/launcher.iso
  new_gadget ironkey 0x1953 0x0202 0x0208 "IronKey" "Secure Drive" "00000042"
  add_lun ironkey 0 cdrom /tmp/launcher.iso "IronKey" "Launcher Test" "2.08"
  add_lun ironkey 1 disk "" "IronKey" "Secure Drive" "2.08"
  plug ironkey 0
}

# A data LUN with a file system: unlocked. The HID interface (vendor page FF00, 8-byte reports)
# is there to see that nothing opens it, which alone would send an interrupt request.
plug_kingston() {
  dd if=/dev/zero of=/tmp/private.img bs=1M count=4 2>/dev/null
  mkdosfs -n PRIVATE /tmp/private.img >/dev/null 2>&1
  new_gadget kingston 0x0951 0x1576 0x0110 "Kingston" "VaultPrivacy50" "AA00000000000043"
  add_lun kingston 0 disk /tmp/private.img "Kingston" "VaultPrivacy50" "1.00"
  add_hid kingston '\x06\x00\xff\x09\x01\xa1\x01\x15\x00\x26\xff\x00\x75\x08\x95\x40\x09\x01\x81\x02\xc0'
  plug kingston 1
}

# wait_for_luns NUMBER: until so many in all have their block device, and udev has seen to them.
wait_for_luns() {
  tries=0
  while [ "$(count_luns)" -lt "$1" ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 600 ]; then
      echo "error: waited 60 s for $1 LUNs, saw $(count_luns)"
      return 1
    fi
    sleep 0.1
  done
  udevadm settle --timeout=300
}

# Disks and CDs, without partitions.
count_luns() { ls /sys/block | grep -cE '^s[dr]' || true; }

# As a desktop does: whatever has a file system is mounted for the person at the screen.
mount_unlocked() {
  mkdir -p /run/media/alice/LAUNCHER_TEST /run/media/alice/PRIVATE
  mount -t iso9660 -o ro,nosuid,nodev "/dev/$(cd_of 1-1)" /run/media/alice/LAUNCHER_TEST
  mount -t vfat -o nosuid,nodev,noatime,uid=1000,gid=1000 "/dev/$(data_disk 2-1)" /run/media/alice/PRIVATE
}

# data_disk PORT: the name of the disk there (sda, sdb); the order is the kernel's.
data_disk() { basename /sys/bus/usb/devices/"$1"/*/host*/target*/*/block/sd?; }

# cd_of PORT: the name of the CD there (sr0, sr1).
cd_of() { basename /sys/bus/usb/devices/"$1"/*/host*/target*/*/block/sr?; }

# One line for each drive of machines.tsv: bus, address, name, the number of the launcher's
# unit (- without one), and every string index its descriptors advertise. 0 is always among
# them: it is the list of languages.
list_advertised() {
  while read -r name port _; do
    device=/sys/bus/usb/devices/$port
    printf '%d %d %s %s 0' "$(cat "$device/busnum")" "$(cat "$device/devnum")" "$name" \
      "$(launcher_of "$device")"
    od -An -v -tu1 "$device/descriptors" | string_indices
    echo
  done <"$1"
}

launcher_of() {
  for type in "$1"/*/host*/target*/*/type; do
    if [ "$(cat "$type" 2>/dev/null)" = 5 ]; then
      unit=$(basename "$(dirname "$type")")
      echo "${unit##*:}"
      return
    fi
  done
  echo -
}

# Walks the descriptors (USB 2.0, 9.6): each starts with its length and its type. The offsets
# are iManufacturer, iProduct, iSerialNumber; iConfiguration; iInterface.
string_indices() {
  awk '
    { for (i = 1; i <= NF; i++) byte[n++] = $i }
    function advertise(at) { if (byte[at] > 0) printf " %d", byte[at] }
    END {
      for (at = 0; at < n && byte[at] > 0; at += byte[at]) {
        type = byte[at + 1]
        if (type == 1) { advertise(at + 14); advertise(at + 15); advertise(at + 16) }
        if (type == 2) advertise(at + 6)
        if (type == 4) advertise(at + 8)
      }
    }'
}
