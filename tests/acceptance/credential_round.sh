# Inside a private D-Bus session with a real keychain: set, list, remove.
set -e
printf 'test\n' | gnome-keyring-daemon --unlock --components=secrets > /dev/null
printf '{"user": "anna", "password": "canary-7731"}' | "$TLA" credential set shop --stdin
"$TLA" credential list
"$TLA" credential remove shop
"$TLA" credential list
