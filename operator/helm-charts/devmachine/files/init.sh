# The first process of a container that does not share its process namespace. It passes signals on to the machine's process,
# and reaps the processes whose parents have ended.
"$@" &
machine=$!
trap 'kill -TERM "$machine"' TERM INT
while :; do
  wait "$machine"
  status=$?
  # A trap ends the wait, too.
  kill -0 "$machine" 2>/dev/null || exit "$status"
done
