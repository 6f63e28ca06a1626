# Shell library: every drive as this kernel shows it, for the fast tests (`run --record`).

record_drives() {
  if [ ! -x /usr/bin/umockdev-record ]; then return 0; fi
  mkdir -p /out/recorded
  while read -r name port _; do
    # Each device below a drive is named: of its own accord the recorder adds only parents.
    find -H "/sys/bus/usb/devices/$port" -name uevent |
      while read -r event; do
        device=$(dirname "$event")
        if [ -e "$device/subsystem" ]; then echo "$device"; fi
      done | xargs umockdev-record >"/out/recorded/$name.umockdev"
  done </out/machines.tsv
}
