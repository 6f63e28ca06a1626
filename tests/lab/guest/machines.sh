# Shell library: the simulated machines of `machines/`, one process each, all plugged in at once.

SIM_LOG=/run/lab/sim.log
# The gadgets' units (drives.sh), and those of the drive that QEMU emulates (boot).
GADGET_LUNS=3
EMULATED_LUNS=2

# A controller has 15 ports for fast devices and 15 for faster ones; only the first are used.
port_of() { echo $(($1 / 15 * 30 + $1 % 15)); }

start_controllers() {
  modprobe vhci-hcd
  mkdir -p /run/lab
  : >$SIM_LOG
  # Copies in memory: a drive must not wait for the share to answer.
  cp -r /lab/media /run/lab/media
  cp /lab/bin/usbsim /usr/local/bin/usbsim
}

# plug_machine NAME NUMBER: attaches it and keeps a pipe to tell it to lock and unlock.
plug_machine() {
  mkfifo "/run/lab/$1.pipe" 2>/dev/null || true
  # Media are named without a folder.
  (cd /run/lab/media && exec usbsim "/lab/machines/$1.machine" "$(port_of "$2")" $SIM_LOG <>"/run/lab/$1.pipe") &
  echo $! >"/run/lab/$1.pid"
  echo "$2" >"/run/lab/$1.number"
}

tell_machine() { echo "$2" >"/run/lab/$1.pipe"; }

unplug_machine() { kill -9 "$(cat "/run/lab/$1.pid")"; }

# Every machine but the ones that are plugged in later, for what they do to the bus.
plug_machines() {
  number=0
  for file in /lab/machines/*.machine; do
    name=$(basename "$file" .machine)
    case $name in mute) continue ;; esac
    plug_machine "$name" $number
    number=$((number + 1))
  done
  wait_for_machines
  for file in /lab/machines/*.machine; do
    if grep -q '^unauthorized' "$file"; then
      echo 0 >"$(device_of "$(basename "$file" .machine)")/authorized"
    fi
  done
}

# Until every unit of every machine has its block device, and udev has seen to them.
wait_for_machines() {
  wanted=$(cat /lab/machines/*.machine | grep -cE '^(cd|disk) *=')
  # The mute one is not plugged in.
  wait_for_luns $((wanted - 1 + GADGET_LUNS + EMULATED_LUNS))
}

# device_of NAME: its folder in sysfs. The virtual controller says which port has which bus; it
# pads numbers with zeros, which busybox' awk would take for octal.
device_of() {
  port=$(port_of "$(cat "/run/lab/$1.number")")
  awk -v port="$port" '{sub(/^0+/, "", $2)} $2 + 0 == port && $3 == "006" {print "/sys/bus/usb/devices/" $7}' \
    /sys/devices/platform/vhci_hcd.0/status*
}

# One line for each machine: name, port, expected id, expected lock state.
list_machines() {
  for pid in /run/lab/*.pid; do
    name=$(basename "$pid" .pid)
    device=$(device_of "$name")
    if [ -n "$device" ]; then
      printf '%s\t%s\t%s\t%s\n' "$name" "$(basename "$device")" \
        "$(expected "$name" expect-id)" "$(expected "$name" expect-lock)"
    fi
  done
}

expected() { awk -F ' *= *' -v key="$2" '$1 == key {print $2}' "/lab/machines/$1.machine"; }
