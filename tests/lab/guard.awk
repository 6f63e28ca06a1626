# The guard: reads a recording of usbmon and says which requests should not have been.
#
# usage: awk -f guard.awk ADVERTISED USBMON_TXT
#   ADVERTISED  a line for each drive: bus, address, string indices
# prints "request ok" or "violation LINE" for every request that went to a drive.
#
# The only request allowed is the standard GET_DESCRIPTOR (80 06) of a string (03) with an
# index that this very drive advertises. Whatever is not understood is a violation.

# Events look like:  TAG TIME S Ci:1:002:0 s 80 06 0303 0409 00ff 255 <
# S is a submission; C and E repeat one that was seen. Address 001 is a root hub, which is
# not a device but a part of the host controller's driver.
FILENAME == ARGV[1] {
  for (i = 3; i <= NF; i++) advertised[$1, $2, $i] = 1
  next
}

$3 == "S" {
  split($4, address, ":")
  if (address[3] == "001") next
  print is_allowed() ? "request ok" : "violation " $0
  next
}

$3 != "C" && $3 != "E" { print "violation " $0 }

function is_allowed() {
  return address[1] == "Ci" && $5 == "s" && $6 == "80" && $7 == "06" && $8 ~ /^03[0-9a-f][0-9a-f]$/ &&
    (address[2] + 0, address[3] + 0, byte(substr($8, 3))) in advertised
}

function byte(hex) {
  return 16 * digit(substr(hex, 1, 1)) + digit(substr(hex, 2, 1))
}

function digit(hex) { return index("0123456789abcdef", hex) - 1 }
