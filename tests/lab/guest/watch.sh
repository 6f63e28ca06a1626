# Shell library: `scan --watch` while drives are locked, unlocked, pulled, put back, in a storm,
# while it does not listen, and across a suspend. Leaves in /out/watch what it said, and how
# much time it took of the processor.

watch_drives() {
  result=/out/watch
  mkdir -p "$result"
  su -s /bin/sh alice -c "exec keycase scan --watch" >"$result/lines" 2>"$result/stderr" &
  watcher=$!
  until grep -q '^watching' "$result/stderr"; do sleep 0.1; done
  cp "$result/lines" "$result/at-start"
  idle_for 3
  let_the_kernel_look launcher-and-vpd
  step lock tell_machine launcher-and-vpd lock
  step unlock tell_machine launcher-and-vpd "unlock private.img"
  step detach unplug_machine twin-a
  step attach plug_machine twin-a "$(cat /run/lab/twin-a.number)"
  storm twin-a 20 >"$result/storm"
  step overrun lose_events_and twin-a
  step suspend suspend_and full-speed
  grep -E '^(VmHWM|voluntary_ctxt_switches)' "/proc/$watcher/status" >"$result/status"
  kill -TERM "$watcher"
  status=0
  wait "$watcher" || status=$?
  echo "$status" >"$result/exit"
  plug_machine twin-a "$(cat /run/lab/twin-a.number)"
  plug_machine full-speed "$(cat /run/lab/full-speed.number)"
}

# step NAME COMMAND…: does it, waits until a new line is there and half a second has brought
# no other, or 20 seconds have passed; keeps the new lines under that name.
step() {
  before=$(wc -l <"$result/lines")
  id=$1
  shift
  "$@"
  tries=0 last=$before
  while [ $tries -lt 40 ]; do
    sleep 0.5
    now=$(wc -l <"$result/lines")
    # Lock states are told a second after the last event.
    if [ "$now" -gt "$before" ] && [ "$now" = "$last" ] && [ $tries -gt 4 ]; then break; fi
    last=$now
    tries=$((tries + 1))
  done
  tail -n +$((before + 1)) "$result/lines" >"$result/$id.lines"
}

# Processor time and voluntary waits of the watcher before and after.
idle_for() {
  ticks >"$result/idle-before"
  sleep "$1"
  ticks >"$result/idle-after"
}

ticks() {
  awk '{print "ticks", $14 + $15}' "/proc/$watcher/stat"
  awk '/^voluntary_ctxt_switches/ {print "waits", $2}' "/proc/$watcher/status"
}

# The kernel notices a medium only by looking; a desktop has it look every two seconds.
let_the_kernel_look() {
  for poll in "$(device_of "$1")"/*/host*/target*/*/block/sd*/events_poll_msecs; do
    echo 500 >"$poll"
  done
}

# storm NAME TIMES: plugs it in and pulls it, as fast as the kernel takes it; says how long
# that took in hundredths of a second.
storm() {
  unplug_machine "$1"
  start=$(hundredths)
  cycle=0
  while [ $cycle -lt "$2" ]; do
    until [ -z "$(device_of "$1")" ]; do :; done
    plug_machine "$1" "$(cat "/run/lab/$1.number")"
    until [ -d "$(device_of "$1")/power" ]; do :; done
    unplug_machine "$1"
    cycle=$((cycle + 1))
  done
  echo "$2 $(($(hundredths) - start))"
  # The last one stays.
  until [ -z "$(device_of "$1")" ]; do :; done
  plug_machine "$1" "$(cat "/run/lab/$1.number")"
  sleep 3
}

hundredths() { cut -d' ' -f1 /proc/uptime | tr -d .; }

# More events than its socket holds, and a drive that goes away among them.
lose_events_and() {
  kill -STOP "$watcher"
  many_events 1500
  unplug_machine "$1"
  sleep 1
  many_events 100
  grep -E "^[0-9a-f]+ +15 " /proc/net/netlink >"$result/netlink"
  kill -CONT "$watcher"
}

many_events() {
  count=0
  while [ $count -lt "$1" ]; do
    echo change >/sys/class/mem/null/uevent
    count=$((count + 1))
  done
}

# All processes are frozen for a second and go on (pm_test; the drives stay powered).
suspend_and() {
  echo 1 >/sys/module/suspend/parameters/pm_test_delay
  echo freezer >/sys/power/pm_test
  echo freeze >/sys/power/state && echo done >"$result/suspended" || true
  unplug_machine "$1"
}
