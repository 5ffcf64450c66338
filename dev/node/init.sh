#!/usr/bin/env bash
# The first process in the node's network, mount and process namespaces. Its end ends all others.
#
# Environment: STATE the node's folder (with the files that config.ts writes), NAME the node's name, PROGRAMS and
# NODE_PROGRAMS the folders with the programs, API_PORT the API server's port on the loopback interface of the machine,
# NODE_JS the path of node, KUBELET_KUBECONFIG, PROXY_KUBECONFIG, DISKS_KUBECONFIG.
set -euo pipefail
export PATH=$NODE_PROGRAMS:$PROGRAMS:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
here=$(dirname "$(readlink -f "$0")")
readonly address=10.88.0.1
mount --make-rprivate /

# Writes to /run and /var go to a tmpfs, because the kubelet and containerd have fixed paths there.
exec 9<"$STATE" 8<"$here"
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/var/upper /run/var/work
mount -t overlay -o lowerdir=/var,upperdir=/run/var/upper,workdir=/run/var/work overlay /var
for fd in 9 8; do
  folder=$(readlink "/proc/$$/fd/$fd")
  case $folder in
    /run/* | /var/*)
      mkdir -p "$folder"
      mount --no-canonicalize --bind "/proc/self/fd/$fd" "$folder"
      ;;
  esac
done
exec 9<&- 8<&-
# What a mount namespace of a pod mounts must be seen here, and the other way round.
mount --make-rshared /

# The kubelet sets the sysctls of the machine. Here they are read-only, except those of the network namespace, and have the
# values that the kubelet expects.
mount --bind /proc/sys /proc/sys
mount --bind /proc/sys/net /proc/sys/net
mount -o remount,bind,ro /proc/sys
mkdir -p /run/sysctl
while read -r file value; do
  echo "$value" > "/run/sysctl/${file//\//.}"
  mount --bind "/run/sysctl/${file//\//.}" "/proc/sys/$file"
done <<'SYSCTLS'
vm/overcommit_memory 1
vm/panic_on_oom 0
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
SYSCTLS

# The node's address needs a device, and the kubelet a default route. Nothing is at its other end.
ip link set lo up
ip link add node0 type veth peer name node1
ip address add "$address/24" dev node0
ip link set node0 up
ip link set node1 up
ip route add default via 10.88.0.2 dev node0
echo 1 > /proc/sys/net/ipv4/ip_forward
# Where the kernel has it: the answer of a pod behind a Service goes back through the Service.
echo 1 2> /dev/null > /proc/sys/net/bridge/bridge-nf-call-iptables || true

keep_running() { # name, command: runs the command again a second after it has ended
  local name=$1
  shift
  while :; do
    "$@" >> "$STATE/$name.log" 2>&1 || echo "$name ended with exit code $?" >> "$STATE/$name.log"
    sleep 1
  done
}
rm -f "$STATE"/*.log

# The disks of an earlier run.
for image in "$STATE"/disks/*.img; do
  [ -e "$image" ] || continue
  mkdir -p "${image%.img}"
  # A disk may have grown: see disks/disk.ts.
  e2fsck -fp "$image" > /dev/null || [ $? -eq 1 ]
  resize2fs "$image" 2> /dev/null
  mount -o loop "$image" "${image%.img}"
done

keep_running gateway env API_PORT="$API_PORT" "$NODE_JS" "$here/gateway.ts" "$STATE" &
keep_running containerd containerd --config "$STATE/containerd.toml" &
keep_running disks env KUBECONFIG="$DISKS_KUBECONFIG" "$NODE_JS" "$here/disks/main.ts" "$STATE/disks" "$NAME" &
keep_running kube-proxy kube-proxy --kubeconfig="$PROXY_KUBECONFIG" --proxy-mode=nftables --hostname-override="$NAME" \
  --cluster-cidr=10.244.0.0/16 --nodeport-addresses="$address/24" --conntrack-max-per-core=0 &

# The images that archives hold are there before the kubelet pulls one.
until ctr version > /dev/null 2>&1; do sleep 0.1; done
while read -r archive; do
  mark="$STATE/imported/$(basename "$archive")"
  [ "$(cat "$mark" 2> /dev/null)" = "$archive" ] && continue
  ctr --namespace k8s.io images import --local --discard-unpacked-layers "$archive" >> "$STATE/images.log" 2>&1
  mkdir -p "$STATE/imported"
  echo "$archive" > "$mark"
done < "$STATE/archives"

keep_running kubelet kubelet --config="$STATE/kubelet.yaml" --kubeconfig="$KUBELET_KUBECONFIG" --root-dir="$STATE/kubelet" \
  --cert-dir="$STATE/kubelet-pki" --hostname-override="$NAME" --node-ip="$address" &

wait
