# Inside a private D-Bus session: a real keychain is made, locked, and then asked for.
set -e
printf 'test\n' | gnome-keyring-daemon --unlock --components=secrets > /dev/null
dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
  org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login > /dev/null
set +e
"$TLA" credential list
exit $?
