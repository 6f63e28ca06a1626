# Shell library of `judge`: what `scan --watch` said, and what happened to commands whose drives
# came and went.

judge_events() {
  judge_watch
  judge_hotplug
  judge_rules
  judge_pulled
  judge_mute
}

# words FILE: event and port of each line, or what is wrong with the file.
words() { jq -r '"\(.event) \(.port)"' "$1" 2>&1 | tr '\n' ';'; }

judge_watch() {
  local dir=$out/watch port drives cycles hundredths
  port=$(port_of launcher-and-vpd)
  drives=$(wc -l <"$out/machines.tsv")
  check "watch: $(wc -l <"$dir/at-start") of $drives drives present at the start" \
    [ "$(grep -c '"event":"present"' "$dir/at-start")" = "$drives" ]
  check "watch: idle for 3 s it ran: $(paste -sd' ' "$dir/idle-before") → $(paste -sd' ' "$dir/idle-after")" \
    cmp -s "$dir/idle-before" "$dir/idle-after"
  check "watch: after a lock: $(words "$dir/lock.lines")" [ "$(words "$dir/lock.lines")" = "locked $port;" ]
  check "watch: after an unlock: $(words "$dir/unlock.lines")" [ "$(words "$dir/unlock.lines")" = "unlocked $port;" ]
  port=$(port_of twin-a)
  check "watch: after a pull: $(words "$dir/detach.lines")" [ "$(words "$dir/detach.lines")" = "detached $port;" ]
  check "watch: after a plug: $(words "$dir/attach.lines")" [ "$(words "$dir/attach.lines")" = "attached $port;locked $port;" ]
  read -r cycles hundredths <"$dir/storm"
  # For both drives: the pull before the storm, then the storm. How fast it is depends on this
  # machine, and is printed.
  check "watch: $(in_storm attached) attached and $(in_storm detached) detached lines in a storm of $cycles" \
    [ "$(in_storm attached)-$(in_storm detached)" = "$cycles-$((cycles + 2))" ]
  check "watch: after the storm: $(words "$dir/after-storm.lines")" \
    [ "$(grep -c '"event":"attached"' "$dir/after-storm.lines")-$(grep -c '"event":"locked"' "$dir/after-storm.lines")" = 2-2 ]
  check "watch: no event was lost while it did not listen" awk '{lost += $9} END {exit !lost}' "$dir/netlink"
  check "watch: after lost events: $(words "$dir/overrun.lines")" [ "$(words "$dir/overrun.lines")" = "detached $port;" ]
  check "watch: the machine was not suspended" [ -e "$dir/suspended" ]
  check "watch: after a suspend: $(words "$dir/suspend.lines")" [ "$(words "$dir/suspend.lines")" = "detached $(port_of full-speed);" ]
  check "watch: $(grep VmHWM "$dir/status") is more than 15 MB" awk '/VmHWM/ {exit $2 > 15 * 1024}' "$dir/status"
  check "watch: exit $(cat "$dir/exit") after SIGTERM" [ "$(cat "$dir/exit")" = 0 ]
  check "watch: a line is no JSON" jq -e '.schema == "keycase.event/1"' "$dir/lines" >/dev/null
  echo "watch: $(grep VmHWM "$dir/status" | tr -s '\t ' ' '), $((cycles * 6000 / hundredths)) plugs a minute, $(wc -l <"$dir/lines") lines"
}

port_of() { awk -F'\t' -v name="$1" '$1 == name {print $2}' "$out/machines.tsv"; }

# Lines of one event after the plug and before the storm is over.
in_storm() {
  local from to
  from=$(cat "$out/watch/at-start" "$out/watch/"{lock,unlock,detach,attach}.lines | wc -l)
  to=$(cat "$out/watch/"{after-storm,overrun,suspend}.lines | wc -l)
  tail -n +$((from + 1)) "$out/watch/lines" | head -n -"$to" | grep -c "\"event\":\"$1\"" || true
}

judge_hotplug() {
  local moment
  for moment in 1 2 3 4 5 6; do
    check "hotplug during scan, moment $moment: exit $(cat "$out/hotplug/$moment.exit")" [ "$(cat "$out/hotplug/$moment.exit")" = 0 ]
    check "hotplug during scan, moment $moment: no snapshot" jq -e '.drives | length > 20' "$out/hotplug/$moment" >/dev/null
  done
}

judge_rules() {
  local dir=$out/rules user node want
  for user in alice bob; do
    for node in usb hidraw sg block hub; do
      check "rules: $user could open $node before they were installed" grep -qx "$user $node refused" "$dir/before"
      want=refused
      if [ "$user" = alice ] && { [ $node = usb ] || [ $node = hidraw ]; }; then want=opened; fi
      check "rules: $user and $node: $(grep "^$user $node" "$dir/after"), not $want" grep -qx "$user $node $want" "$dir/after"
    done
  done
  check "rules: install said: $(cat "$dir/install")" grep -qx 'wrote /etc/udev/rules.d/70-keycase.rules' "$dir/install"
  check "rules: installing twice said: $(cat "$dir/install-again")" grep -q 'nothing was written' "$dir/install-again"
  check "rules: check says $(jq -c '.state' "$dir/check")" jq -e '.state == "installed"' "$dir/check" >/dev/null
  check "rules: a drive is not open after the rules were used: $(jq -c '[.drives[] | select(.applied != true)]' "$dir/check")" \
    jq -e '[.drives[] | select(.applied != true)] == []' "$dir/check" >/dev/null
}

judge_pulled() {
  check "pulled during bundle: exit $(cat "$out/pulled/exit"): $(tail -n 2 "$out/pulled/stderr")" [ "$(cat "$out/pulled/exit")" = 0 ]
  check "pulled during bundle: the bundle is not sound" jq -e '.ok' "$out/pulled/verify" >/dev/null
}

judge_mute() {
  local dir=$out/mute id status hundredths
  for id in scan bundle; do
    read -r status hundredths <"$dir/$id.exit"
    check "mute: $id: exit $status: $(tail -n 2 "$dir/$id.stderr")" [ "$status" = 0 ]
    check "mute: $id took $hundredths hundredths of a second" [ "$hundredths" -lt 6000 ]
    awk -v launcher="$([ $id = bundle ] && echo yes || echo no)" -f "$here/trace.awk" "$dir/$id.trace" >"$dir/$id.verdict"
    check "mute: $id: forbidden system call: $(first_violation "$dir/$id.verdict")" lacks '^violation' "$dir/$id.verdict"
  done
  check "mute: the scan does not show it" \
    jq -e --arg port "$(cat "$dir/port")" '[.drives[] | select(.port == $port)][0].identity.id == "ironkey-s200"' "$dir/scan" >/dev/null
  check "mute: it was asked for what it does not advertise" lacks '^mute (beyond|report|vendor|change|unlock-attempt) ' "$dir/simulated.txt"
}
