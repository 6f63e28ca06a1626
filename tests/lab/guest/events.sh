# Shell library: drives that come and go while a command runs, and one that never answers.

# Plugged in and pulled at a different moment of each scan.
hotplug_during_scan() {
  result=/out/hotplug
  mkdir -p "$result"
  for moment in 1 2 3 4 5 6; do
    as_user alice "keycase scan --json" >"$result/$moment" 2>"$result/$moment.stderr" &
    scan=$!
    sleep 0.$moment
    unplug_machine twin-b
    plug_machine twin-b "$(cat /run/lab/twin-b.number)"
    status=0
    wait "$scan" || status=$?
    echo "$status" >"$result/$moment.exit"
  done
}

# The drive the bundle is about goes while it is made.
pulled_during_bundle() {
  result=/out/pulled
  mkdir -p "$result"
  as_user alice "keycase bundle -o pulled.zip" >"$result/stdout" 2>"$result/stderr" &
  bundle=$!
  sleep 0.4
  unplug_machine launcher-and-vpd
  unplug_machine hid-interface
  status=0
  wait "$bundle" || status=$?
  echo "$status" >"$result/exit"
  as_user alice "keycase verify --json pulled.zip" >"$result/verify" 2>&1 || true
}

# It enumerates and then answers nothing: the kernel waits for it, keycase must not.
beside_a_mute_drive() {
  result=/out/mute
  mkdir -p "$result"
  plug_machine mute 27
  until [ -d "$(device_of mute)/power" ]; do sleep 0.1; done
  sleep 1
  for command in "scan --json" "bundle -o mute.zip"; do
    id=${command%% *}
    start=$(hundredths)
    status=0
    traced alice "keycase $command" >"$result/$id" 2>"$result/$id.stderr" || status=$?
    echo "$status $(($(hundredths) - start))" >"$result/$id.exit"
    mv /tmp/trace.alice "$result/$id.trace"
  done
  basename "$(device_of mute)" >"$result/port"
  grep '^mute ' $SIM_LOG >"$result/simulated.txt" || true
}
