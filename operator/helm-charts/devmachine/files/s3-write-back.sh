# Copies what changed back to the bucket, every minute and once more when the machine stops. It never deletes there, and
# never overwrites what is newer there: another machine may use the same bucket.
set -u
write_back() { rclone copy --update --stats=0 /data "$BUCKET"; }
stop() {
  kill "$sleeper" 2>/dev/null
  write_back
  exit $?
}
sleeper=
trap stop TERM INT
while :; do
  sleep 60 &
  sleeper=$!
  wait "$sleeper"
  write_back || echo 'Not everything was written back. The next try is in a minute.' >&2
done
