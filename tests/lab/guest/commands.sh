# Shell library: runs the commands of `steps` as one user.

# run_steps USER
run_steps() {
  as=$1
  record help "$as" traced "$as" "keycase --help"
  while read -r id only_if _ _ arguments; do
    case $id in '' | '#'*) continue ;; esac
    if [ "$only_if" = - ] || is_command "$only_if"; then
      record "$id" "$as" traced "$as" "keycase $arguments"
    fi
  done </lab/guest/steps
  keep_bundle
}

# The host looks into it for what must not be there.
keep_bundle() {
  home=$(home_of "$as")
  if [ -e "$home/case.zip" ]; then cp "$home/case.zip" "/out/bundle.$as/case.zip"; fi
}

# is_command WORD: whether this keycase lists it; a command not built yet is absent.
is_command() {
  grep -qE "^ +$1( |\$)" "/out/help.$as/stdout"
}

home_of() { awk -F: -v user="$1" '$1 == user {print $6}' /etc/passwd; }

# as_user USER COMMAND: in the user's home, with the environment of a login and no more. A
# command that hangs is ended after two minutes and then has exit status 143.
as_user() {
  home=$(home_of "$1")
  runtime=/run/user/$(id -u "$1")
  mkdir -p "$runtime"
  chown "$1" "$runtime"
  chmod 700 "$runtime"
  env -i PATH="$PATH" LANG=C.UTF-8 HOME="$home" USER="$1" LOGNAME="$1" SHELL=/bin/sh \
    XDG_RUNTIME_DIR="$runtime" XDG_CONFIG_HOME="$home/.config" XDG_CACHE_HOME="$home/.cache" \
    XDG_DATA_HOME="$home/.local/share" XDG_STATE_HOME="$home/.local/state" \
    timeout 120 su -s /bin/sh "$1" -c "cd && $2"
}
