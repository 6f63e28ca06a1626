# Shell library: records what a command sends to drives and asks of the kernel.
# usbmon's text format is described in Documentation/usb/usbmon.rst of the kernel.

USBMON=/sys/kernel/debug/usb/usbmon

# System calls that can reach a device, or change how the machine treats one. The names are
# those of x86-64; one that a command never uses costs nothing.
TRACED=open,openat,openat2,creat,ioctl,mount,umount2,unlinkat,unlink,mknodat,init_module,finit_module,delete_module,reboot,ptrace,kill,socket,connect

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
  simulated=$(wc -l <"$SIM_LOG")
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
  tail -n +$((simulated + 1)) "$SIM_LOG" >"$result/simulated.txt"
  if [ -e "/tmp/trace.$user" ]; then mv "/tmp/trace.$user" "$result/trace.txt"; fi
}

# traced USER COMMAND: the same as as_user, with every traced system call written down.
traced() {
  as_user "$1" "strace -f -qq --seccomp-bpf -e trace=$TRACED -e signal=none -o /tmp/trace.$1 $2"
}

# usbmon counts its readers; a command that starts before there is one would go unseen.
wait_for_reader() {
  until grep -q '^nreaders 1 ' "$USBMON/0s"; do
    sleep 0.05
  done
}
