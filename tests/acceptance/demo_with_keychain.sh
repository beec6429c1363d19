# Inside a private D-Bus session with a real keychain: the demo's secret goes through it and leaves nothing behind.
set -e
printf 'test\n' | gnome-keyring-daemon --unlock --components=secrets > /dev/null
"$TLA" demo --language de
"$TLA" credential list
