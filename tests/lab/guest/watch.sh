# Shell library: `scan --watch` while drives are locked, unlocked, pulled, put back, in a storm,
# while it does not listen, and across a suspend. Leaves in /out/watch what it said, and how
# much time it took of the processor.

watch_drives() {
  result=/out/watch
  mkdir -p "$result"
  su -s /bin/sh alice -c "exec keycase scan --watch" >"$result/lines" 2>"$result/stderr" &
  watcher=$!
  until grep -qs '^watching' "$result/stderr"; do sleep 0.1; done
  cp "$result/lines" "$result/at-start"
  idle_for 3
  let_the_kernel_look launcher-and-vpd
  step lock 1 tell_machine launcher-and-vpd lock
  step unlock 1 tell_machine launcher-and-vpd "unlock private.img"
  step detach 1 unplug_machine twin-a
  step attach 2 plug_again twin-a
  storm 15 twin-a kingston-dtl-locked >"$result/storm"
  step after-storm 4 plug_again twin-a kingston-dtl-locked
  step overrun 1 lose_events_and twin-a
  step suspend 1 suspend_and full-speed
  grep -E '^(VmHWM|Rss|voluntary_ctxt_switches)' "/proc/$watcher/status" >"$result/status"
  kill -TERM "$watcher"
  status=0
  wait "$watcher" || status=$?
  echo "$status" >"$result/exit"
  plug_again twin-a full-speed
}

# step NAME LINES COMMAND…: does it, waits until as many lines are there, or 20 seconds have
# passed, and then two seconds for lines that should not be; keeps the new ones under that name.
step() {
  before=$(wc -l <"$result/lines")
  id=$1 wanted=$2
  shift 2
  "$@"
  tries=0
  while [ $tries -lt 40 ] && [ "$(wc -l <"$result/lines")" -lt $((before + wanted)) ]; do
    sleep 0.5
    tries=$((tries + 1))
  done
  sleep 2
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

# storm TIMES NAME…: plugs each in and pulls it, as fast as the kernel takes it; says how many
# plugs that were, and how long it took in hundredths of a second. Each is on a controller of
# its own: one settles one port after the other, a fifth of a second each.
storm() {
  times=$1
  shift
  start=$(hundredths)
  storms=
  for name in "$@"; do
    storm_of "$name" &
    storms="$storms $!"
  done
  # shellcheck disable=SC2086  # one word for each
  wait $storms
  echo "$((times * $#)) $(($(hundredths) - start))"
}

plug_again() {
  for name in "$@"; do
    plug_machine "$name" "$(cat "/run/lab/$name.number")"
  done
}

# Pulls it, then plugs and pulls as often as that; it is out in the end.
storm_of() {
  unplug_machine "$1"
  until [ -z "$(device_of "$1")" ]; do :; done
  cycle=0
  while [ $cycle -lt "$times" ]; do
    plug_machine "$1" "$(cat "/run/lab/$1.number")"
    until [ -d "$(device_of "$1")/power" ]; do :; done
    unplug_machine "$1"
    until [ -z "$(device_of "$1")" ]; do :; done
    cycle=$((cycle + 1))
  done
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
