# Shell library: records every USB request of the machine while a command runs.
# The text format is described in Documentation/usb/usbmon.rst of the kernel.

USBMON=/sys/kernel/debug/usb/usbmon

start_usbmon() {
  mount -t debugfs debugfs /sys/kernel/debug
}

# record NAME USER COMMAND…: leaves in /out/NAME.USER/ what the command was, said, and sent.
# usbmon's own counters before and after show whether the recording is complete.
record() {
  name=$1 user=$2
  shift 2
  result=/out/$name.$user
  mkdir -p "$result"
  echo "$*" >"$result/command"
  cat "$USBMON/0s" >"$result/before"
  cat "$USBMON/0u" >/tmp/usbmon.txt &
  reader=$!
  wait_for_reader
  status=0
  "$@" </dev/null >"$result/stdout" 2>"$result/stderr" || status=$?
  echo "$status" >"$result/exit"
  # What a command set off, in udev or in the kernel, may come after its end.
  sleep 0.3
  kill "$reader"
  # The shell would say "Terminated".
  wait "$reader" 2>/dev/null || true
  cat "$USBMON/0s" >"$result/after"
  cp /tmp/usbmon.txt "$result/usbmon.txt"
}

# usbmon counts its readers; a command that starts before there is one would go unseen.
wait_for_reader() {
  until grep -q '^nreaders 1 ' "$USBMON/0s"; do
    sleep 0.05
  done
}
