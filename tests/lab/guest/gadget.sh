# Shell library: simulated USB drives, made with configfs and dummy_hcd. The kernel's own mass
# storage function answers as a drive, on a bus that exists only in memory; to everything
# above the host controller this is real hardware.

GADGETS=/sys/kernel/config/usb_gadget

# start_gadgets NUMBER: as many ports, each on a bus of its own (1-1, 2-1, …).
start_gadgets() {
  modprobe -a libcomposite usb_f_mass_storage usb_f_hid
  modprobe dummy_hcd "num=$1" is_super_speed=0
  # Only now: the file system's mount point comes with the module.
  mount -t configfs configfs /sys/kernel/config
}

# new_gadget NAME VID PID BCD_DEVICE MANUFACTURER PRODUCT SERIAL
new_gadget() {
  gadget=$GADGETS/$1
  mkdir "$gadget" "$gadget/strings/0x409" "$gadget/configs/c.1"
  echo "$2" >"$gadget/idVendor"
  echo "$3" >"$gadget/idProduct"
  echo "$4" >"$gadget/bcdDevice"
  echo 0x0200 >"$gadget/bcdUSB"
  printf '%s' "$5" >"$gadget/strings/0x409/manufacturer"
  printf '%s' "$6" >"$gadget/strings/0x409/product"
  printf '%s' "$7" >"$gadget/strings/0x409/serialnumber"
  echo 200 >"$gadget/configs/c.1/MaxPower"
}

# add_lun NAME NUMBER cdrom|disk FILE VENDOR PRODUCT REVISION
# No FILE is a drive without a medium, which is what a locked one looks like.
# Every LUN must be there before plug: later the kernel says EBUSY.
add_lun() {
  function=$GADGETS/$1/functions/mass_storage.0
  lun=$function/lun.$2
  # Each new function comes with a lun.0.
  [ -d "$function" ] || mkdir "$function"
  [ -d "$lun" ] || mkdir "$lun"
  echo 1 >"$lun/removable"
  if [ "$3" = cdrom ]; then
    echo 1 >"$lun/cdrom"
    echo 1 >"$lun/ro"
  fi
  # INQUIRY: 8, 16 and 4 characters, padded with spaces.
  printf '%-8s%-16s%-4s' "$5" "$6" "$7" >"$lun/inquiry_string"
  if [ -n "$4" ]; then echo "$4" >"$lun/file"; fi
}

# add_hid NAME REPORT_DESCRIPTOR: the descriptor as printf escapes, reports of 64 bytes.
add_hid() {
  function=$GADGETS/$1/functions/hid.0
  mkdir "$function"
  echo 0 >"$function/protocol"
  echo 0 >"$function/subclass"
  echo 64 >"$function/report_length"
  # shellcheck disable=SC2059  # the escapes are the data
  printf "$2" >"$function/report_desc"
}

# plug NAME PORT: connects it; ports count from 0.
plug() {
  for function in "$GADGETS/$1"/functions/*; do
    ln -s "$function" "$GADGETS/$1/configs/c.1/"
  done
  echo "dummy_udc.$2" >"$GADGETS/$1/UDC"
}
