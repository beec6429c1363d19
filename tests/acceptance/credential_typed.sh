# Inside a private D-Bus session with a real keychain: set by typing at a terminal.
set -e
printf 'test\n' | gnome-keyring-daemon --unlock --components=secrets > /dev/null
"$PYTHON" "$(dirname "$0")/type_credential.py"
"$TLA" credential list
