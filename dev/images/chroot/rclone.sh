# rclone of Debian, for s3 mounts. Runs in a chroot.
apt-get update -qq
apt-get install -qq --no-install-recommends rclone

rclone version
