# The guard of the system calls: reads what strace wrote and says which should not have been.
#
# usage: awk -v launcher=yes|no -f trace.awk TRACE
# prints "violation LINE", or "launcher LINE" for the launcher's CD opened for reading only and
# without waiting, where the command was asked to read it. Says nothing about what is allowed.
#
# A line is:  PID NAME(ARGUMENTS) = RESULT …
# Calls that failed count like the others: they were tried.

{ sub(/^[0-9]+ +/, "") }

# A call that another process interrupts is written in two parts; the first has all arguments
# but those that the kernel fills in.
/^<\.\.\. / || /^\+\+\+ / || /^--- / { next }

{ call = substr($0, 1, index($0, "(") - 1) }

call ~ /^(open|openat|openat2|creat)$/ {
  path = quoted($0)
  writes = call == "creat" || $0 ~ /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND/
  # Looking into a folder opens no node; libusb looks whether there is a /dev/bus/usb.
  if (path ~ /^\/dev\// && $0 !~ /O_DIRECTORY/ && !is_harmless_node(path)) {
    if (launcher == "yes" && path ~ /^\/dev\/sr[0-9]+$/ && !writes && $0 ~ /O_NONBLOCK/) print "launcher " $0
    else print "violation " $0
  }
  else if (writes && path ~ /^\/(sys|proc)\//) print "violation " $0
  next
}

# Terminals: what kind, how wide. FIONBIO and FIOCLEX set up the program's own pipes.
call == "ioctl" {
  if ($0 !~ /, (TCGETS|TCSETS|TIOCGWINSZ|FIONBIO|FIOCLEX|FIONREAD|TIOCGPGRP)[,)]/) print "violation " $0
  next
}

call ~ /^(mount|umount2|init_module|finit_module|delete_module|reboot|ptrace|mknodat)$/ { print "violation " $0; next }

# Raw sockets reach past every check; the kernel's device events and local sockets are all there is.
call == "socket" {
  if ($0 !~ /AF_UNIX|AF_NETLINK|AF_INET/ || $0 ~ /SOCK_RAW.*AF_INET|AF_INET.*SOCK_RAW/) print "violation " $0
  next
}

function quoted(line,    parts) {
  split(line, parts, "\"")
  return parts[2]
}

# The kernel's log is one of the collectors' sources; reading it sends nothing.
function is_harmless_node(path) {
  return path ~ /^\/dev\/(null|zero|full|tty|random|urandom|log|kmsg|pts\/.*|shm\/.*|fd\/.*|std(in|out|err))$/
}
