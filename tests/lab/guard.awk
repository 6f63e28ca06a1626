# The guard of the wire: reads a recording of usbmon and says which requests should not have been.
#
# usage: awk -v launcher=yes|no -f guard.awk ADVERTISED USBMON_TXT
#   ADVERTISED  a line for each drive: bus, address, name, launcher's unit or -, string indices
#   launcher    whether the command was asked to read the launcher's CD
# prints for every request that went to a drive: "ok NAME request", "launcher NAME request", or
# "violation NAME LINE".
#
# Allowed is the standard GET_DESCRIPTOR (80 06) of a string (03) with an index that this very
# drive advertises; and, where a command was asked to read the launcher, the kernel's own commands that
# read a CD, to the unit that is the CD. Whatever is not understood is a violation.

# Events look like:  TAG TIME S Ci:1:002:0 s 80 06 0303 0409 00ff 255 <
# S is a submission; C and E repeat one that was seen. Address 001 is a root hub, which is
# not a device but a part of the host controller's driver.
FILENAME == ARGV[1] {
  drive = $1 + 0 SUBSEP $2 + 0
  name[drive] = $3
  cd[drive] = $4
  for (i = 5; i <= NF; i++) advertised[drive, $i] = 1
  next
}

$3 == "S" {
  split($4, address, ":")
  if (address[3] == "001") next
  drive = address[2] + 0 SUBSEP address[3] + 0
  who = drive in name ? name[drive] : "unknown"
  if (is_string_request()) print "ok " who " request"
  else if (launcher == "yes" && reads_launcher()) print "launcher " who " request"
  else print "violation " who " " $0
  next
}

$3 != "C" && $3 != "E" { print "violation unknown " $0 }

function is_string_request() {
  return address[1] == "Ci" && $5 == "s" && $6 == "80" && $7 == "06" && $8 ~ /^03[0-9a-f][0-9a-f]$/ &&
    ((drive, byte(substr($8, 3))) in advertised)
}

# A command wrapper (55534243) says its unit in byte 13 and its command from byte 15 on. The
# data and the status that the kernel then fetches belong to it.
function reads_launcher(    unit, opcode) {
  if (cd[drive] == "" || cd[drive] == "-") return 0
  if (address[1] == "Bi") return reading[drive]
  reading[drive] = 0
  if (address[1] != "Bo" || $7 != "=" || $8 != "55534243" || $6 != 31) return 0
  unit = byte(substr($11, 3, 2))
  opcode = substr($11, 7, 2)
  # TEST UNIT READY, REQUEST SENSE, READ CAPACITY, READ(10), READ TOC, GET CONFIGURATION,
  # GET EVENT STATUS NOTIFICATION, READ DISC INFORMATION.
  reading[drive] = unit == cd[drive] && opcode ~ /^(00|03|25|28|43|46|4a|51)$/
  return reading[drive]
}

function byte(hex) {
  return 16 * digit(substr(hex, 1, 1)) + digit(substr(hex, 2, 1))
}

function digit(hex) { return index("0123456789abcdef", hex) - 1 }
